// The gateway's methods: parameters checked, answered from the model. Knows nothing of sockets.
import { z } from 'zod';
import { ALL_THREADS, GATEWAY_METHODS } from '../contract/wire.ts';
import type { GatewayErrorCode, GatewayMethod } from '../contract/wire.ts';
import { quoted } from '../errors.ts';
import { burnRateOf } from '../model/burn-rate.ts';
import type { ModelView, ThreadView } from '../model/views.ts';
import { checkpointEntries, currentMetrics, historyEntry } from './answers.ts';

/** What the methods may do to the client that asks. */
export interface Subscriber {
  /** False when the client holds as many subscriptions as it may. */
  subscribe(threadId: string): boolean;
  unsubscribe(threadId: string): void;
}

export interface MethodContext {
  readonly model: ModelView;
  readonly now: () => number;
  readonly subscriber: Subscriber;
}

export type MethodResult =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly code: GatewayErrorCode; readonly message: string };

const threadId = z.string().min(1).max(256);
const threadParams = z.strictObject({ threadId });
const historyParams = z.strictObject({
  threadId,
  minutes: z.int().min(1).max(1440).default(60),
  limit: z.int().min(1).max(1000).default(100),
  offset: z.int().min(0).default(0),
});
const checkpointParams = z.strictObject({ threadId, limit: z.int().min(1).max(1000).default(100) });

type Method = (params: unknown, context: MethodContext) => MethodResult;

const METHODS: Readonly<Record<GatewayMethod, Method>> = {
  'orchestrator.metrics.subscribe': withParams(threadParams, (params, { model, subscriber }) => {
    if (!subscriber.subscribe(params.threadId)) {
      return failure(
        'too_many_subscriptions',
        'this client holds as many subscriptions as it may; unsubscribe from one'
      );
    }
    // A thread that has not begun yet may be subscribed to as well: its first event then arrives.
    const thread = params.threadId === ALL_THREADS ? undefined : model.threads.get(params.threadId);
    return success({ subscribed: true, currentMetrics: thread === undefined ? null : currentMetrics(thread) });
  }),
  'orchestrator.metrics.unsubscribe': withParams(threadParams, (params, { subscriber }) => {
    subscriber.unsubscribe(params.threadId);
    return success({ subscribed: false, currentMetrics: null });
  }),
  /** Oldest first, as a chart reads it; `total` counts before limit and offset. */
  'orchestrator.metrics.history': withParams(historyParams, (params, { model, now }) =>
    ofThread(model, params.threadId, (thread) => {
      const sinceMs = now() - params.minutes * 60_000;
      const { limit, offset } = params;
      const recent = thread.checkpoints.filter((checkpoint) => checkpoint.atMs >= sinceMs);
      const metrics = recent.slice(offset, offset + limit).map((entry) => historyEntry(thread.threadId, entry));
      return { threadId: thread.threadId, metrics, total: recent.length, limit, offset };
    })
  ),
  'orchestrator.cost.burn_rate': withParams(threadParams, (params, { model }) =>
    ofThread(model, params.threadId, burnRateOf)
  ),
  'orchestrator.checkpoint.list': withParams(checkpointParams, (params, { model }) =>
    ofThread(model, params.threadId, (thread) => ({ checkpoints: checkpointEntries(thread, params.limit) }))
  ),
};

/** Answers one request; every failure is an answer too. */
export function callMethod(method: string, params: unknown, context: MethodContext): MethodResult {
  const known = GATEWAY_METHODS.find((name) => name === method);
  if (known === undefined) {
    return failure('unknown_method', `${quoted(method)} is no method; known are ${GATEWAY_METHODS.join(', ')}`);
  }
  return METHODS[known](params, context);
}

function success(payload: unknown): MethodResult {
  return { ok: true, payload };
}

function failure(code: GatewayErrorCode, message: string): MethodResult {
  return { ok: false, code, message };
}

function ofThread(model: ModelView, id: string, answer: (thread: ThreadView) => unknown): MethodResult {
  const thread = model.threads.get(id);
  if (thread === undefined)
    return failure('unknown_thread', `no thread ${quoted(id)} is held; it may have been forgotten`);
  return success(answer(thread));
}

function withParams<T>(schema: z.ZodType<T>, run: (params: T, context: MethodContext) => MethodResult): Method {
  return (params, context) => {
    const parsed = schema.safeParse(params ?? {}, { reportInput: true });
    if (parsed.success) return run(parsed.data, context);
    const problems = parsed.error.issues.map((issue) => {
      const path = issue.path.join('.') || 'params';
      const shown = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : quoted(issue.input);
      return `${path}: ${shown} is refused: ${issue.message}`;
    });
    return failure('invalid_params', problems.join('; '));
  };
}
