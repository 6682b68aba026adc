// WebSocket /v1/ingest: each message an event, an array or NDJSON; each answered with an IngestAnswer, in order.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { CLOSE_INTERNAL_ERROR, CLOSE_UNSUPPORTED_DATA } from '../contract/wire.ts';
import type { IngestAnswer } from '../contract/wire.ts';
import { SocketGroup } from '../gateway/socket-group.ts';
import type { Admission } from '../gateway/socket-group.ts';
import { ingestText } from './ingest.ts';
import type { IngestParts, IngestResult } from './ingest.ts';
import type { Principal } from './auth/tokens.ts';

/** Of one socket under way; past either it is not read on, and TCP slows the sender down. */
const MAX_MESSAGES_UNDER_WAY = 64;
const MAX_BYTES_UNDER_WAY = 1_048_576;

export interface IngestSocketParts extends IngestParts {
  readonly maxMessageBytes: number;
  readonly maxClients: number;
  readonly clock: Clock;
  readonly pingPeriodMs: number;
  readonly onNotDurable: (error: unknown) => void;
}

/** What comes with an upgraded socket. */
export interface Upgrade extends Admission {
  readonly principal: Principal | undefined;
}

export class IngestSocket {
  readonly #parts: IngestSocketParts;
  readonly #sockets: SocketGroup;

  constructor(parts: IngestSocketParts) {
    this.#parts = parts;
    this.#sockets = new SocketGroup({ ...parts, maxSockets: parts.maxClients });
  }

  /** Takes over a socket whose request was checked (path, origin, credentials). */
  upgrade(request: IncomingMessage, socket: Duplex, { principal, ...admission }: Upgrade): void {
    this.#sockets.upgrade({ request, socket, admission }, (webSocket) => {
      this.#accept(webSocket, principal);
    });
  }

  /** Ends the senders whose credentials are not good any more. */
  endWithdrawn(): void {
    this.#sockets.endWithdrawn();
  }

  close(): Promise<void> {
    return this.#sockets.close();
  }

  #accept(socket: WebSocket, principal: Principal | undefined): void {
    let underWay = 0;
    let bytesUnderWay = 0;
    const isFull = (): boolean => underWay >= MAX_MESSAGES_UNDER_WAY || bytesUnderWay >= MAX_BYTES_UNDER_WAY;
    let inOrder: Promise<void> = Promise.resolve();
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) {
        socket.close(CLOSE_UNSUPPORTED_DATA, 'expected text frames with JSON');
        return;
      }
      const message = data as Buffer;
      underWay += 1;
      bytesUnderWay += message.length;
      if (isFull()) socket.pause();
      const result = ingestText(this.#parts, {
        body: message.toString('utf8'),
        bytes: message.length,
        format: 'json',
        source: 'websocket',
        principal,
      });
      inOrder = inOrder.then(async () => {
        this.#answer(socket, await result);
        underWay -= 1;
        bytesUnderWay -= message.length;
        if (socket.isPaused && !isFull()) socket.resume();
      });
    });
  }

  #answer(socket: WebSocket, result: IngestResult): void {
    if (socket.readyState !== socket.OPEN) return;
    switch (result.kind) {
      case 'answered':
        socket.send(JSON.stringify(result.answer));
        return;
      case 'refused': {
        const { reason, message } = result.refusal;
        const answer: IngestAnswer = { accepted: 0, duplicates: 0, rejected: [{ index: 0, reason, message }] };
        socket.send(JSON.stringify(answer));
        return;
      }
      case 'not-durable':
        // No answer means not counted: the sender connects again and sends what was not answered.
        this.#parts.onNotDurable(result.error);
        socket.close(CLOSE_INTERNAL_ERROR, 'the events could not be stored; send them again');
        return;
    }
  }
}
