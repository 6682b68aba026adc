// The open WebSockets of one path: at most so many, pinged, and ended when their credentials are withdrawn or the exporter stops.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { CLOSE_NOT_ALLOWED, CLOSE_TRY_LATER } from '../contract/wire.ts';
import { closeSockets } from './closing.ts';
import { chosenSubprotocol } from './subprotocol.ts';

export interface SocketGroupOptions {
  readonly clock: Clock;
  readonly maxSockets: number;
  readonly maxMessageBytes: number;
  /** A peer that has not answered one ping when the next is due is cut off. */
  readonly pingPeriodMs: number;
  /** One message of a client is heard in a turn of the loop, so that a flood of them does not hold it up. */
  readonly oneMessageATurn?: boolean;
}

/** What comes with a request to upgrade that was checked (path, origin, credentials). */
export interface Admission {
  readonly head: Buffer;
  /** Whether its credentials would be let in now. */
  readonly stillAllowed: () => boolean;
}

interface Member {
  alive: boolean;
  readonly stillAllowed: () => boolean;
}

export class SocketGroup {
  readonly #options: SocketGroupOptions;
  readonly #server: WebSocketServer;
  readonly #members = new Map<WebSocket, Member>();
  readonly #stopPinging: () => void;

  constructor(options: SocketGroupOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: options.maxMessageBytes,
      clientTracking: false,
      allowSynchronousEvents: options.oneMessageATurn !== true,
      handleProtocols: chosenSubprotocol,
    });
    this.#stopPinging = options.clock.every(options.pingPeriodMs, () => {
      this.#ping();
    });
  }

  get size(): number {
    return this.#members.size;
  }

  /** Takes the socket over. @param opened Not called for a socket past the limit. */
  upgrade(
    {
      request,
      socket,
      admission,
    }: { readonly request: IncomingMessage; readonly socket: Duplex; readonly admission: Admission },
    opened: (socket: WebSocket) => void
  ): void {
    // Not the whole admission: the bytes that came with the request would be held as long as the socket.
    const { head, stillAllowed } = admission;
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      // A broken or too large frame, or a broken connection: ws closes the socket itself after this. It can come from one
      // that is being closed too, and an error that nobody hears ends the process.
      webSocket.on('error', () => undefined);
      if (this.#members.size >= this.#options.maxSockets) {
        webSocket.close(CLOSE_TRY_LATER, `at most ${this.#options.maxSockets} are served at once`);
        return;
      }
      const member = { alive: true, stillAllowed };
      this.#members.set(webSocket, member);
      webSocket.on('pong', () => {
        member.alive = true;
      });
      webSocket.on('close', () => {
        this.#members.delete(webSocket);
      });
      opened(webSocket);
    });
  }

  /** Ends the sockets whose credentials are not good any more. What they still send is not heard. */
  endWithdrawn(): void {
    for (const [socket, { stillAllowed }] of this.#members) {
      if (stillAllowed()) continue;
      socket.removeAllListeners('message');
      socket.close(CLOSE_NOT_ALLOWED, 'the credentials are not good any more');
    }
  }

  async close(): Promise<void> {
    this.#stopPinging();
    await closeSockets(this.#members.keys());
    this.#server.close();
  }

  #ping(): void {
    for (const [socket, member] of this.#members) {
      // Nothing is read from a socket that we paused, its pong neither.
      if (socket.isPaused) continue;
      if (!member.alive) {
        socket.terminate();
        continue;
      }
      member.alive = false;
      socket.ping();
    }
  }
}
