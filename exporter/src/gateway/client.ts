// One WebSocket client: its requests, and what waits for it.
import { z } from 'zod';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { CLOSE_TRY_LATER } from '../contract/wire.ts';
import type { GatewayResponse, LaggedNotice, StreamPosition } from '../contract/wire.ts';
import { quoted } from '../errors.ts';
import type { ReadPastCheckpoints } from '../model/past-checkpoints.ts';
import type { ReplayThread } from '../model/thread-replay.ts';
import type { ModelView } from '../model/views.ts';
import type { Listener } from './fan-out.ts';
import { textFrame } from './frame.ts';
import { callMethod } from './methods.ts';
import type { MethodResult, Subscriber } from './methods.ts';
import { Outbox } from './outbox.ts';
import type { Chunk } from './outbox.ts';
import type { BroadcastStream, Subscription } from './stream.ts';

export interface ClientContext {
  readonly model: ModelView;
  readonly now: () => number;
  readonly past: ReadPastCheckpoints | undefined;
  readonly replay: ReplayThread | undefined;
  readonly stream: BroadcastStream;
  readonly maxQueuedBytes: number;
  readonly onFrames: (outcome: 'sent' | 'dropped', count: number) => void;
  readonly onError: (error: unknown) => void;
}

const requestShape = z.strictObject({
  type: z.literal('req'),
  id: z.string().min(1).max(128),
  method: z.string().max(128),
  params: z.unknown().optional(),
});

export class GatewayClient implements Subscriber, Listener {
  readonly #webSocket: WebSocket;
  /** The connection below the WebSocket: whole frames that were made for many are written there as they are. */
  readonly #socket: Duplex;
  readonly #context: ClientContext;
  readonly #outbox: Outbox;
  isInLine = false;
  #left: AbortController | undefined;

  constructor(webSocket: WebSocket, socket: Duplex, context: ClientContext) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#context = context;
    this.#outbox = new Outbox(socket, context.maxQueuedBytes, () => {
      context.stream.ready(this);
    });
  }

  get isReady(): boolean {
    return this.#isOpen && this.#outbox.isReady;
  }

  deliver(chunk: Chunk): void {
    if (this.#isOpen && !this.#outbox.push(chunk)) this.#lag(chunk.frames);
  }

  flush(): void {
    if (!this.#isOpen) return;
    const frames = this.#outbox.flush();
    if (frames > 0) this.#context.onFrames('sent', frames);
  }

  subscribe(threadId: string, from: StreamPosition | undefined): Subscription {
    return this.#context.stream.subscribe(this, threadId, from);
  }

  unsubscribe(threadId: string): void {
    this.#context.stream.unsubscribe(this, threadId);
  }

  receive(text: string): void {
    // One that is being closed may still send for a while.
    if (!this.#isOpen) return;
    const answer = this.#answer(text);
    if (!(answer instanceof Promise)) this.#send(answer);
    // It never rejects.
    else
      void answer.then((late) => {
        this.#send(late);
      });
  }

  /** A pong was sent. Who pings and does not read must not fill the memory with pongs. */
  pinged(): void {
    if (this.#socket.writableLength > this.#context.maxQueuedBytes) this.#webSocket.terminate();
  }

  /** The client is gone: what is being read for it ends. */
  leave(): void {
    this.#outbox.discard();
    this.#left?.abort(new Error('the client went away'));
  }

  get #isOpen(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  #send({ response, behind }: Answer): void {
    this.deliver({ bytes: textFrame(JSON.stringify(response)), frames: 1 });
    if (!this.#isOpen) return;
    if (behind !== undefined) this.#outbox.grant(behind);
    this.#context.stream.writeNow(this);
  }

  /** What waits is let go of, and the client hears so: a gap that it cannot see would be worse. */
  #lag(frames: number): void {
    const missed = this.#outbox.discard() + frames;
    this.#context.onFrames('dropped', missed);
    const { epoch } = this.#context.stream.position;
    const notice: LaggedNotice = { type: 'event', event: 'orchestrator.lagged', payload: { epoch, missed } };
    this.#socket.write(textFrame(JSON.stringify(notice)));
    this.#webSocket.close(CLOSE_TRY_LATER, 'this client reads too slowly; connect again and resume');
  }

  #answer(text: string): Answer | Promise<Answer> {
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

  #call({ id, method, params }: z.infer<typeof requestShape>): Answer | Promise<Answer> {
    const { model, now, past, replay, stream } = this.#context;
    const signal = (): AbortSignal => (this.#left ??= new AbortController()).signal;
    const { epoch } = stream.position;
    try {
      const result = callMethod(method, params, { model, now, past, replay, epoch, signal, subscriber: this });
      if (!(result instanceof Promise)) return answerOf(id, result);
      return result.then(
        (late) => answerOf(id, late),
        (error: unknown) => this.#failed(id, error)
      );
    } catch (error) {
      return this.#failed(id, error);
    }
  }

  #failed(id: string, error: unknown): Answer {
    if (this.#left?.signal.aborted !== true) this.#context.onError(error);
    return refusal(id, { code: 'internal', message: 'the request could not be answered' });
  }
}

interface Answer {
  readonly response: GatewayResponse;
  /** Sent behind it, before anything else. */
  readonly behind?: Chunk | undefined;
}

function answerOf(id: string, result: MethodResult): Answer {
  if (!result.ok) return refusal(id, { code: result.code, message: result.message });
  return { response: { type: 'res', id, ok: true, payload: result.payload }, behind: result.behind };
}

function badRequest(id: string, message: string): Answer {
  return refusal(id, { code: 'bad_request', message });
}

function refusal(id: string, error: Extract<GatewayResponse, { ok: false }>['error']): Answer {
  return { response: { type: 'res', id, ok: false, error } };
}
