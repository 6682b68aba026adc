// The live gateway, `/v1/gateway`: accepts clients, pings them, and broadcasts what happens to those who subscribed.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { OrchestratorEvent } from '../contract/event.ts';
import type { Change } from '../model/change.ts';
import type { ModelView } from '../model/views.ts';
import { broadcastsOf } from './broadcast.ts';
import { CLOSE_TRY_LATER, GatewayClient } from './client.ts';
import { closeSockets } from './closing.ts';
import { chosenSubprotocol } from './subprotocol.ts';
import { Subscriptions } from './subscriptions.ts';

const UNSUPPORTED_DATA = 1003;

export interface GatewayOptions {
  readonly model: ModelView;
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
  readonly #server: WebSocketServer;
  readonly #clients = new Map<WebSocket, GatewayClient>();
  readonly #subscriptions = new Subscriptions<GatewayClient>();
  readonly #stopPinging: () => void;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: options.maxMessageBytes,
      clientTracking: false,
      handleProtocols: chosenSubprotocol,
    });
    this.#stopPinging = options.clock.every(options.pingPeriodMs, () => {
      this.#ping();
    });
  }

  get clients(): number {
    return this.#clients.size;
  }

  get subscriptions(): number {
    return this.#subscriptions.count;
  }

  /** Takes over a socket whose request was checked (path, origin, credentials). */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#accept(webSocket);
    });
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

  async close(): Promise<void> {
    this.#stopPinging();
    await closeSockets(this.#clients.keys());
    this.#server.close();
  }

  #accept(socket: WebSocket): void {
    if (this.#clients.size >= this.#options.maxClients) {
      socket.close(CLOSE_TRY_LATER, `the gateway serves ${this.#options.maxClients} clients at most`);
      return;
    }
    const client = new GatewayClient(socket, {
      ...this.#options,
      now: () => this.#options.clock.now(),
      subscriptions: this.#subscriptions,
    });
    this.#clients.set(socket, client);
    socket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) socket.close(UNSUPPORTED_DATA, 'expected text frames with JSON');
      else client.receive((data as Buffer).toString('utf8'));
    });
    socket.on('pong', () => {
      client.alive = true;
    });
    // A broken or too large frame, or a broken connection: the peer's doing, and ws closes the socket itself after this.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#subscriptions.removeClient(client);
      this.#clients.delete(socket);
    });
  }

  #ping(): void {
    for (const [socket, client] of this.#clients) {
      if (!client.alive) {
        socket.terminate();
        continue;
      }
      client.alive = false;
      socket.ping();
    }
  }
}
