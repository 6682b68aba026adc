// The gateway's methods: parameters checked, answered from the model. Knows nothing of sockets.
import { z } from 'zod';
import { ALL_THREADS, GATEWAY_METHODS } from '../contract/wire.ts';
import type {
  GatewayErrorCode,
  GatewayMethod,
  ReplayAnswer,
  StreamPosition,
  SubscribeAnswer,
} from '../contract/wire.ts';
import { quoted } from '../errors.ts';
import { burnRateOf } from '../model/burn-rate.ts';
import type { ReadPastCheckpoints } from '../model/past-checkpoints.ts';
import type { ReplayThread } from '../model/thread-replay.ts';
import type { CheckpointView, ModelView, ThreadView } from '../model/views.ts';
import { checkpointEntries, currentMetrics, historyEntry } from './answers.ts';
import { CheckpointReplay } from './checkpoint-replay.ts';
import type { Chunk } from './outbox.ts';
import type { Subscription } from './stream.ts';

/** What the methods may do to the client that asks. */
export interface Subscriber {
  subscribe(threadId: string, from: StreamPosition | undefined): Subscription;
  unsubscribe(threadId: string): void;
}

export interface MethodContext {
  readonly model: ModelView;
  readonly now: () => number;
  readonly subscriber: Subscriber;
  /** Both undefined where no journal is kept. */
  readonly past: ReadPastCheckpoints | undefined;
  readonly replay: ReplayThread | undefined;
  /** Of the numbers of broadcasts. */
  readonly epoch: string;
  /** Aborted when the client goes away. */
  readonly signal: () => AbortSignal;
}

export type MethodResult =
  | {
      readonly ok: true;
      readonly payload: unknown;
      /** Sent behind the answer, before anything else. */
      readonly behind?: Chunk | undefined;
    }
  | { readonly ok: false; readonly code: GatewayErrorCode; readonly message: string };

const threadId = z.string().min(1).max(256);
const threadParams = z.strictObject({ threadId });
const seq = z.int().min(0);
const subscribeParams = z.strictObject({
  threadId,
  resumeFrom: z.strictObject({ epoch: z.string().min(1).max(64), seq }).optional(),
});
const historyParams = z.strictObject({
  threadId,
  minutes: z.int().min(1).max(1440).default(60),
  limit: z.int().min(1).max(1000).default(100),
  offset: z.int().min(0).default(0),
});
const limit = z.int().min(1).max(1000).default(100);
const checkpointParams = z.strictObject({ threadId, limit });
const replayParams = z
  .strictObject({ threadId, checkpointId: z.string().min(1).max(256).optional(), afterSeq: seq.optional(), limit })
  .refine(({ checkpointId, afterSeq }) => checkpointId === undefined || afterSeq === undefined, {
    message: 'expected checkpointId or afterSeq, not both',
    path: ['afterSeq'],
  });

type Answer = MethodResult | Promise<MethodResult>;
type Method = (params: unknown, context: MethodContext) => Answer;

const METHODS: Readonly<Record<GatewayMethod, Method>> = {
  'orchestrator.metrics.subscribe': withParams(subscribeParams, (params, { model, subscriber }) => {
    const subscription = subscriber.subscribe(params.threadId, params.resumeFrom);
    switch (subscription.kind) {
      case 'too_many':
        return failure(
          'too_many_subscriptions',
          'this client holds as many subscriptions as it may; unsubscribe from one'
        );
      case 'overlaps':
        return failure(
          'already_subscribed',
          'what was missed cannot be told from what this client hears already; unsubscribe first, or resume on a new connection'
        );
      case 'subscribed': {
        // A thread that has not begun yet may be subscribed to as well: its first event then arrives.
        const thread = params.threadId === ALL_THREADS ? undefined : model.threads.get(params.threadId);
        const { stream, resume, missed } = subscription;
        const answer: SubscribeAnswer = {
          subscribed: true,
          currentMetrics: thread === undefined ? null : currentMetrics(thread),
          stream,
          ...(resume === undefined ? {} : { resume }),
        };
        return { ok: true, payload: answer, behind: missed };
      }
    }
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
  'orchestrator.checkpoint.replay': withParams(replayParams, (params, { replay, epoch, signal }) => {
    if (replay === undefined) {
      return failure('not_stored', 'events are not stored: the exporter runs with data_dir memory');
    }
    const page = new CheckpointReplay(params, params.limit);
    return replay(params.threadId, (event) => page.visit(event), signal()).then((outcome) => {
      switch (outcome.kind) {
        case 'whole': {
          if (!page.isFound) return unknownCheckpoint(params.threadId, params.checkpointId);
          const answer: ReplayAnswer = {
            threadId: params.threadId,
            epoch,
            ...page.page(),
            complete: outcome.holes === 0,
          };
          return success(answer);
        }
        case 'none':
          return unknownThread(params.threadId);
        case 'busy':
          return busy();
        case 'too_many':
          return failure(
            'too_many_events',
            `thread ${quoted(params.threadId)} has too many events to be replayed; /v1/threads/{id}/events has them`
          );
      }
    });
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

function unknownCheckpoint(id: string, checkpointId: string | undefined): MethodResult {
  const message = `thread ${quoted(id)} has no checkpoint ${quoted(checkpointId)}; orchestrator.checkpoint.list names those it has`;
  return failure('unknown_checkpoint', message);
}

function busy(): MethodResult {
  return failure('busy', 'other histories are being read; try again in a moment');
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
  return past(id, signal()).then((found) => {
    switch (found.kind) {
      case 'found':
        return success(answer(found.checkpoints));
      case 'none':
        return unknownThread(id);
      case 'busy':
        return busy();
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
