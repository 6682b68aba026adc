// WebSocket /v1/ingest: each message an event, an array or NDJSON; each answered with an IngestAnswer, in order.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import type { IngestAnswer } from '../contract/wire.ts';
import { closeSockets } from '../gateway/closing.ts';
import { chosenSubprotocol } from '../gateway/subprotocol.ts';
import { ingestText } from './ingest.ts';
import type { IngestParts, IngestResult } from './ingest.ts';
import type { Principal } from './auth/tokens.ts';

const UNSUPPORTED_DATA = 1003;
const INTERNAL_ERROR = 1011;
const TRY_LATER = 1013;
/** Messages of one socket under way; past it the socket is not read on, and TCP slows the sender down. */
const MAX_UNDER_WAY = 64;

export interface IngestSocketParts extends IngestParts {
  readonly maxMessageBytes: number;
  readonly maxClients: number;
  readonly onNotDurable: (error: unknown) => void;
}

/** What comes with an upgraded socket. */
export interface Upgrade {
  readonly head: Buffer;
  readonly principal: Principal | undefined;
}

export class IngestSocket {
  readonly #parts: IngestSocketParts;
  readonly #server: WebSocketServer;
  readonly #sockets = new Set<WebSocket>();

  constructor(parts: IngestSocketParts) {
    this.#parts = parts;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: parts.maxMessageBytes,
      clientTracking: false,
      handleProtocols: chosenSubprotocol,
    });
  }

  /** Takes over a socket whose request was checked (path, origin, credentials). */
  upgrade(request: IncomingMessage, socket: Duplex, { head, principal }: Upgrade): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#accept(webSocket, principal);
    });
  }

  async close(): Promise<void> {
    await closeSockets(this.#sockets);
    this.#server.close();
  }

  #accept(socket: WebSocket, principal: Principal | undefined): void {
    if (this.#sockets.size >= this.#parts.maxClients) {
      socket.close(TRY_LATER, `at most ${this.#parts.maxClients} senders are served`);
      return;
    }
    this.#sockets.add(socket);
    let underWay = 0;
    let inOrder: Promise<void> = Promise.resolve();
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) {
        socket.close(UNSUPPORTED_DATA, 'expected text frames with JSON');
        return;
      }
      underWay += 1;
      if (underWay >= MAX_UNDER_WAY) socket.pause();
      const message = data as Buffer;
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
        if (socket.isPaused && underWay < MAX_UNDER_WAY) socket.resume();
      });
    });
    // A broken frame or connection: ws closes the socket itself after this event.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
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
        socket.close(INTERNAL_ERROR, 'the events could not be stored; send them again');
        return;
    }
  }
}
