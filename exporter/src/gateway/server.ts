// The live gateway, `/v1/gateway`: accepts clients, pings them, and broadcasts what happens to those who subscribed.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { OrchestratorEvent } from '../contract/event.ts';
import type { Change } from '../model/change.ts';
import type { ReadPastCheckpoints } from '../model/past-checkpoints.ts';
import type { ModelView } from '../model/views.ts';
import { broadcastsOf } from './broadcast.ts';
import { GatewayClient } from './client.ts';
import { SocketGroup } from './socket-group.ts';
import type { Admission } from './socket-group.ts';
import { Subscriptions } from './subscriptions.ts';

const UNSUPPORTED_DATA = 1003;

export interface GatewayOptions {
  readonly model: ModelView;
  /** Undefined where no journal is kept. */
  readonly past: ReadPastCheckpoints | undefined;
  readonly clock: Clock;
  readonly maxClients: number;
  readonly maxMessageBytes: number;
  /** Frames waiting for one client, in bytes; past it the client is closed. */
  readonly maxQueuedBytes: number;
  readonly maxSubscriptions: number;
  readonly pingPeriodMs: number;
  readonly onFrame: (outcome: 'sent' | 'dropped') => void;
  readonly onError: (error: unknown) => void;
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #sockets: SocketGroup;
  readonly #subscriptions = new Subscriptions<GatewayClient>();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#sockets = new SocketGroup({ ...options, maxSockets: options.maxClients });
  }

  get clients(): number {
    return this.#sockets.size;
  }

  get subscriptions(): number {
    return this.#subscriptions.count;
  }

  /** Takes over a socket whose request was checked (path, origin, credentials). */
  upgrade(request: IncomingMessage, socket: Duplex, admission: Admission): void {
    this.#sockets.upgrade({ request, socket, admission }, (webSocket) => {
      this.#accept(webSocket);
    });
  }

  /** Ends the clients whose credentials are not good any more. */
  endWithdrawn(): void {
    this.#sockets.endWithdrawn();
  }

  apply(event: OrchestratorEvent, changes: readonly Change[]): void {
    const listeners = this.#subscriptions.listeners(event.threadId);
    if (listeners.size === 0) return;
    const thread = this.#options.model.threads.get(event.threadId);
    for (const broadcast of broadcastsOf(event, changes, thread)) {
      const frame = JSON.stringify(broadcast);
      for (const client of listeners) client.send(frame);
    }
  }

  /** Threads that were forgotten make no broadcast: their subscribers heard of the end. */
  swept(_changes: readonly Change[]): void {
    return;
  }

  close(): Promise<void> {
    return this.#sockets.close();
  }

  #accept(socket: WebSocket): void {
    const client = new GatewayClient(socket, {
      ...this.#options,
      now: () => this.#options.clock.now(),
      subscriptions: this.#subscriptions,
    });
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) socket.close(UNSUPPORTED_DATA, 'expected text frames with JSON');
      else client.receive((data as Buffer).toString('utf8'));
    });
    socket.on('close', () => {
      this.#subscriptions.removeClient(client);
      client.leave();
    });
  }
}
