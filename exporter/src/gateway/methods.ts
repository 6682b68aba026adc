// The gateway's methods: parameters checked, answered from the model. Knows nothing of sockets.
import { z } from 'zod';
import { ALL_THREADS, GATEWAY_METHODS } from '../contract/wire.ts';
import type { GatewayErrorCode, GatewayMethod } from '../contract/wire.ts';
import { quoted } from '../errors.ts';
import { burnRateOf } from '../model/burn-rate.ts';
import type { ReadPastCheckpoints } from '../model/past-checkpoints.ts';
import type { CheckpointView, ModelView, ThreadView } from '../model/views.ts';
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
  /** Undefined where no journal is kept. */
  readonly past: ReadPastCheckpoints | undefined;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
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

type Answer = MethodResult | Promise<MethodResult>;
type Method = (params: unknown, context: MethodContext) => Answer;

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
  'orchestrator.metrics.history': withParams(historyParams, (params, context) => {
    const sinceMs = context.now() - params.minutes * 60_000;
    const reachesBack = (held: readonly CheckpointView[]): boolean => held.some(({ atMs }) => atMs < sinceMs);
    return withCheckpoints(params.threadId, { context, reachesBack }, (checkpoints) => {
      const { limit, offset } = params;
      const recent = checkpoints.filter((checkpoint) => checkpoint.atMs >= sinceMs);
      const metrics = recent.slice(offset, offset + limit).map((entry) => historyEntry(params.threadId, entry));
      return { threadId: params.threadId, metrics, total: recent.length, limit, offset };
    });
  }),
  'orchestrator.cost.burn_rate': withParams(threadParams, (params, { model }) =>
    ofThread(model, params.threadId, burnRateOf)
  ),
  'orchestrator.checkpoint.list': withParams(checkpointParams, (params, context) => {
    const reachesBack = (held: readonly CheckpointView[]): boolean => held.length >= params.limit;
    return withCheckpoints(params.threadId, { context, reachesBack }, (checkpoints) => ({
      checkpoints: checkpointEntries(checkpoints, params.limit),
    }));
  }),
};

/** Answers one request; every failure is an answer too. */
export function callMethod(method: string, params: unknown, context: MethodContext): Answer {
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
  return thread === undefined ? unknownThread(id) : success(answer(thread));
}

function unknownThread(id: string): MethodResult {
  return failure('unknown_thread', `no thread ${quoted(id)} is held; it may have been forgotten`);
}

interface Wanted {
  readonly context: MethodContext;
  /** Whether the checkpoints held, the latest, are all that the answer needs. */
  readonly reachesBack: (held: readonly CheckpointView[]) => boolean;
}

/** Answers from memory what memory holds, and reads the journal for more: older checkpoints, and forgotten threads. */
function withCheckpoints(
  id: string,
  { context, reachesBack }: Wanted,
  answer: (checkpoints: readonly CheckpointView[]) => unknown
): Answer {
  const { model, past, signal } = context;
  const thread = model.threads.get(id);
  const held = thread?.checkpoints;
  if (held !== undefined && (held.length === thread?.checkpointCount || reachesBack(held)))
    return success(answer(held));
  if (past === undefined) return held === undefined ? unknownThread(id) : success(answer(held));
  return past(id, signal).then((found) => {
    switch (found.kind) {
      case 'found':
        return success(answer(found.checkpoints));
      case 'none':
        return unknownThread(id);
      case 'busy':
        return failure('busy', 'other histories are being read; try again in a moment');
      case 'too_many':
        if (held !== undefined) return success(answer(held));
        return failure('unknown_thread', `thread ${quoted(id)} was forgotten and has too many events to be read again`);
    }
  });
}

function withParams<T>(schema: z.ZodType<T>, run: (params: T, context: MethodContext) => Answer): Method {
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
