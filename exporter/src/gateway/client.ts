// One WebSocket client: its subscriptions, its requests, and the bound on what may wait for it.
import { z } from 'zod';
import type { WebSocket } from 'ws';
import type { GatewayResponse } from '../contract/wire.ts';
import { quoted } from '../errors.ts';
import type { ReadPastCheckpoints } from '../model/past-checkpoints.ts';
import type { ModelView } from '../model/views.ts';
import { callMethod } from './methods.ts';
import type { MethodResult, Subscriber } from './methods.ts';
import { CLOSE_TRY_LATER } from './socket-group.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface ClientContext {
  readonly model: ModelView;
  readonly now: () => number;
  readonly past: ReadPastCheckpoints | undefined;
  readonly subscriptions: Subscriptions<GatewayClient>;
  readonly maxSubscriptions: number;
  readonly maxQueuedBytes: number;
  readonly onFrame: (outcome: 'sent' | 'dropped') => void;
  readonly onError: (error: unknown) => void;
}

const requestShape = z.strictObject({
  type: z.literal('req'),
  id: z.string().min(1).max(128),
  method: z.string().max(128),
  params: z.unknown().optional(),
});

export class GatewayClient implements Subscriber {
  readonly #socket: WebSocket;
  readonly #context: ClientContext;
  readonly #left = new AbortController();

  constructor(socket: WebSocket, context: ClientContext) {
    this.#socket = socket;
    this.#context = context;
  }

  /** Queues one frame. A client that lags past its bound is closed instead: a gap it cannot see would be worse. */
  send(frame: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > this.#context.maxQueuedBytes) {
      this.#context.onFrame('dropped');
      this.#socket.close(CLOSE_TRY_LATER, 'this client reads too slowly; connect again and take a new snapshot');
      return;
    }
    this.#socket.send(frame);
    this.#context.onFrame('sent');
  }

  subscribe(threadId: string): boolean {
    const { subscriptions, maxSubscriptions } = this.#context;
    if (!subscriptions.has(this, threadId) && subscriptions.countOf(this) >= maxSubscriptions) return false;
    subscriptions.add(this, threadId);
    return true;
  }

  unsubscribe(threadId: string): void {
    this.#context.subscriptions.remove(this, threadId);
  }

  receive(text: string): void {
    const answer = this.#answer(text);
    if (!(answer instanceof Promise)) this.send(JSON.stringify(answer));
    // It never rejects.
    else
      void answer.then((late) => {
        this.send(JSON.stringify(late));
      });
  }

  /** The client is gone: what is being read for it ends. */
  leave(): void {
    this.#left.abort(new Error('the client went away'));
  }

  #answer(text: string): GatewayResponse | Promise<GatewayResponse> {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return badRequest('', `the message ${quoted(text)} is not JSON; expected {type:'req', id, method, params}`);
    }
    const request = requestShape.safeParse(message);
    if (!request.success) {
      const id = z.object({ id: z.string().max(128) }).safeParse(message);
      return badRequest(
        id.success ? id.data.id : '',
        `the message ${quoted(message)} is no request; expected {type:'req', id: text, method: text, params}`
      );
    }
    return this.#call(request.data);
  }

  #call({ id, method, params }: z.infer<typeof requestShape>): GatewayResponse | Promise<GatewayResponse> {
    const { model, now, past } = this.#context;
    const { signal } = this.#left;
    try {
      const result = callMethod(method, params, { model, now, past, signal, subscriber: this });
      if (!(result instanceof Promise)) return response(id, result);
      return result.then(
        (late) => response(id, late),
        (error: unknown) => this.#failed(id, error)
      );
    } catch (error) {
      return this.#failed(id, error);
    }
  }

  #failed(id: string, error: unknown): GatewayResponse {
    if (!this.#left.signal.aborted) this.#context.onError(error);
    return { type: 'res', id, ok: false, error: { code: 'internal', message: 'the request could not be answered' } };
  }
}

function response(id: string, result: MethodResult): GatewayResponse {
  if (result.ok) return { type: 'res', id, ok: true, payload: result.payload };
  return { type: 'res', id, ok: false, error: { code: result.code, message: result.message } };
}

function badRequest(id: string, message: string): GatewayResponse {
  return { type: 'res', id, ok: false, error: { code: 'bad_request', message } };
}
