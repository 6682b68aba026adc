// The live gateway, `/v1/gateway`: accepts clients, pings them, and broadcasts what happens to those who subscribed.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { OrchestratorEvent } from '../contract/event.ts';
import { CLOSE_UNSUPPORTED_DATA } from '../contract/wire.ts';
import type { Change } from '../model/change.ts';
import type { ReadPastCheckpoints } from '../model/past-checkpoints.ts';
import type { ReplayThread } from '../model/thread-replay.ts';
import type { ModelView } from '../model/views.ts';
import { GatewayClient } from './client.ts';
import type { ClientContext } from './client.ts';
import { SocketGroup } from './socket-group.ts';
import type { Admission } from './socket-group.ts';
import { BroadcastStream } from './stream.ts';

const SWEEP_PERIOD_MS = 5_000;

export interface GatewayOptions {
  readonly model: ModelView;
  /** Both undefined where no journal is kept. */
  readonly past: ReadPastCheckpoints | undefined;
  readonly replay: ReplayThread | undefined;
  readonly clock: Clock;
  /** See {@link StreamOptions}. */
  readonly epoch: () => string;
  readonly maxClients: number;
  readonly maxMessageBytes: number;
  /** Frames waiting for one client, in bytes; past it the client is closed. What it resumes with may be as much again. */
  readonly maxQueuedBytes: number;
  readonly maxSubscriptions: number;
  readonly maxResumeBytes: number;
  readonly resumeMs: number;
  readonly pingPeriodMs: number;
  /** Hears how long a step of writing broadcasts out held the loop. */
  readonly onSlice: (seconds: number) => void;
  readonly onFrames: (outcome: 'sent' | 'dropped', count: number) => void;
  readonly onError: (error: unknown) => void;
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #sockets: SocketGroup;
  readonly #stream: BroadcastStream;
  /** One for all of them. */
  readonly #clientContext: ClientContext;
  readonly #stopSweeping: () => void;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { clock } = options;
    this.#sockets = new SocketGroup({ ...options, maxSockets: options.maxClients, oneMessageATurn: true });
    this.#stream = new BroadcastStream({
      ...options,
      maxReplayBytes: options.maxQueuedBytes,
      monotonic: () => clock.monotonic(),
      later: (run, delayMs) => {
        if (delayMs >= 1) setTimeout(run, delayMs);
        else setImmediate(run);
      },
    });
    this.#clientContext = { ...options, now: () => clock.now(), stream: this.#stream };
    this.#stopSweeping = clock.every(SWEEP_PERIOD_MS, () => {
      this.#stream.sweep();
    });
  }

  get clients(): number {
    return this.#sockets.size;
  }

  get subscriptions(): number {
    return this.#stream.subscriptions;
  }

  /** Takes over a socket whose request was checked (path, origin, credentials). */
  upgrade(request: IncomingMessage, socket: Duplex, admission: Admission): void {
    this.#sockets.upgrade({ request, socket, admission }, (webSocket) => {
      this.#accept(webSocket, socket);
    });
  }

  /** Ends the clients whose credentials are not good any more. */
  endWithdrawn(): void {
    this.#sockets.endWithdrawn();
  }

  /** @param record number of the event's record in the journal */
  apply(event: OrchestratorEvent, changes: readonly Change[], record: number): void {
    this.#stream.publish({ event, record }, changes, this.#options.model.threads.get(event.threadId));
  }

  /** Threads that were forgotten make no broadcast: their subscribers heard of the end. */
  swept(_changes: readonly Change[]): void {
    return;
  }

  /** From before this start: nobody listened, but numbers go on from there. */
  restored(record: number): void {
    this.#stream.startBehind(record);
  }

  async close(): Promise<void> {
    this.#stopSweeping();
    await this.#sockets.close();
  }

  #accept(webSocket: WebSocket, socket: Duplex): void {
    const client = new GatewayClient(webSocket, socket, this.#clientContext);
    webSocket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) webSocket.close(CLOSE_UNSUPPORTED_DATA, 'expected text frames with JSON');
      else client.receive((data as Buffer).toString('utf8'));
    });
    webSocket.on('ping', () => {
      client.pinged();
    });
    webSocket.on('close', () => {
      this.#stream.leave(client);
      client.leave();
    });
  }
}
