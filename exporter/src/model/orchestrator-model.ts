// The model: what threads, agents and spend are after each event. Deterministic: no clock, no I/O.
import type { OrchestratorEvent, RouteTaken } from '../contract/event.ts';
import type { NanoUsd } from '../contract/money.ts';
import { FINAL_THREAD_STATES } from '../contract/states.ts';
import { setAgent } from './agents.ts';
import type { Change } from './change.ts';
import { failCheckpoint, saveCheckpoint } from './checkpoints.ts';
import { endRun, hasOpenRun, startRun } from './node-runs.ts';
import { RecentMap } from './recent-map.ts';
import { applyCost, assumeBudget } from './spend.ts';
import type { Step, ThreadRecord } from './thread-record.ts';
import {
  beginsNextRun,
  END,
  endThread,
  followAgents,
  forgotten,
  noteReceipt,
  startAgain,
  startThread,
  type ForgottenThread,
} from './threads.ts';
import type { ModelView, ThreadView } from './views.ts';

const MAX_THREADS = 100_000;
const MAX_FORGOTTEN = 200_000;
const SILENT_RETENTION_MS = 7 * 86_400_000;

export interface ModelOptions {
  /** How long a thread is kept after its end. */
  readonly retentionMs: number;
  /** How long a thread without an end is kept after its last event; 7 days by default. */
  readonly silentRetentionMs?: number;
  /** Limit of a thread for which the orchestrator reports no budget: `BudgetLedger.threadLimit`. */
  readonly threadLimit?: (thread: { readonly team: string; readonly workflow: string }) => NanoUsd | undefined;
  /** Threads held at most, the oldest are forgotten first; 100,000 by default. */
  readonly maxThreads?: number;
  /** Forgotten threads whose running total is remembered, the latest; 200,000 by default. */
  readonly maxForgotten?: number;
}

/** How long threads are kept: after their end, and without an end after their last event. */
export interface Retention {
  readonly retentionMs: number;
  readonly silentRetentionMs: number;
}

export class OrchestratorModel implements ModelView {
  readonly #options: ModelOptions;
  readonly #threads = new Map<string, ThreadRecord>();
  readonly #forgotten: RecentMap<ForgottenThread>;

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#forgotten = new RecentMap(options.maxForgotten ?? MAX_FORGOTTEN);
  }

  get threads(): ReadonlyMap<string, ThreadView> {
    return this.#threads;
  }

  /** What the event changes, in order; applying the same events again gives the same changes. Never throws. */
  apply(event: OrchestratorEvent): readonly Change[] {
    const { step, evicted } = this.#stepOf(event);
    if (beginsNextRun(step)) startAgain(step);
    noteReceipt(step);
    applyEvent(step);
    followAgents(step);
    return evicted === undefined ? step.changes : [evicted, ...step.changes];
  }

  /** In force, unless a sweep is told otherwise. */
  get retention(): Retention {
    const { retentionMs, silentRetentionMs = SILENT_RETENTION_MS } = this.#options;
    return { retentionMs, silentRetentionMs };
  }

  /** Whether a sweep would forget anything. */
  isSweepDue(nowMs: number): boolean {
    const retention = this.retention;
    for (const thread of this.#threads.values()) if (isDue(thread, nowMs, retention)) return true;
    return false;
  }

  /** Forgets threads that ended longer ago than the retention, by event time and by receipt. */
  sweep(nowMs: number, retention: Retention = this.retention): readonly Change[] {
    const due = [...this.#threads.values()].filter((thread) => isDue(thread, nowMs, retention));
    return due.map((thread) => this.#forget(thread, nowMs));
  }

  #stepOf(event: OrchestratorEvent): { step: Step; evicted?: Change } {
    const thread = this.#threads.get(event.threadId);
    if (thread !== undefined) return { step: { thread, event, changes: [] } };
    const oldest = this.#threads.size < (this.#options.maxThreads ?? MAX_THREADS) ? undefined : this.#oldest();
    const evicted = oldest && this.#forget(oldest, event.timestampMs);
    const step = startThread(event, this.#forgotten.get(event.threadId));
    this.#threads.set(event.threadId, step.thread);
    assumeBudget(step, this.#options.threadLimit?.(step.thread));
    return evicted === undefined ? { step } : { step, evicted };
  }

  #oldest(): ThreadRecord | undefined {
    const [first] = this.#threads.values();
    return first;
  }

  #forget(thread: ThreadRecord, atMs: number): Change {
    this.#threads.delete(thread.threadId);
    this.#forgotten.set(thread.threadId, forgotten(thread));
    return { kind: 'thread-forgotten', threadId: thread.threadId, workflow: thread.workflow, atMs };
  }
}

function isDue(thread: ThreadRecord, nowMs: number, { retentionMs, silentRetentionMs }: Retention): boolean {
  const keepMs = FINAL_THREAD_STATES.has(thread.state) ? retentionMs : silentRetentionMs;
  return Math.max(thread.lastEventMs, thread.lastReceivedMs) + keepMs <= nowMs;
}

function applyEvent(step: Step): void {
  const { event } = step;
  switch (event.type) {
    case 'node.start':
      startRun(step, { node: event.node, lane: event.agent, byRoute: false });
      return;
    case 'node.complete':
    case 'node.error': {
      const outcome = event.type === 'node.error' ? 'failed' : 'completed';
      endRun(step, { node: event.node, lane: event.agent, outcome, durationMs: event.durationMs });
      return;
    }
    case 'agent.active':
    case 'agent.state':
      setAgent({ ...step, event });
      return;
    case 'route.next':
      takeRoute({ ...step, event });
      return;
    case 'checkpoint.saved':
      saveCheckpoint({ ...step, event });
      return;
    case 'checkpoint.failed':
      failCheckpoint({ ...step, event });
      return;
    case 'cost.updated':
      applyCost({ ...step, event });
      return;
    case 'graph.complete':
      endThread(step, event.status, event.durationMs);
      return;
    case 'progress':
      return;
  }
}

function takeRoute(step: Step<RouteTaken>): void {
  const { event, thread } = step;
  const { from, to } = event;
  if (event.carriesRuns && from !== undefined && hasOpenRun(step, from)) {
    endRun(step, { node: from, lane: from, outcome: 'completed', durationMs: event.durationMs });
  }
  if (to === END) {
    endThread(step, 'success', undefined);
  } else if (to !== undefined && event.carriesRuns) {
    startRun(step, { node: to, lane: to, byRoute: true });
  } else if (to !== undefined && event.timestampMs >= thread.currentNodeMs) {
    thread.currentNode = to;
    thread.currentNodeMs = event.timestampMs;
  }
}
