// The model: what threads, agents and spend are after each event. Deterministic: no clock, no I/O.
import type { OrchestratorEvent, RouteTaken } from '../contract/event.ts';
import { subtractUsd, type NanoUsd } from '../contract/money.ts';
import { FINAL_THREAD_STATES } from '../contract/states.ts';
import { setAgent } from './agents.ts';
import type { Change } from './change.ts';
import { failCheckpoint, saveCheckpoint } from './checkpoints.ts';
import { endRun, hasOpenRun, startRun } from './node-runs.ts';
import { RecentMap } from './recent-map.ts';
import { applyCost, assumeBudget } from './spend.ts';
import { dumpThread, loadThread } from './thread-record.ts';
import type { Step, ThreadDump, ThreadRecord } from './thread-record.ts';
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
import { UnpricedUsage } from './unpriced-usage.ts';
import type { ModelView, ThreadView, UnpricedUsageView } from './views.ts';

const MAX_THREADS = 100_000;
const MAX_FORGOTTEN = 200_000;
/** About 30 MB. */
const MAX_LANES = 50_000;
const SILENT_RETENTION_MS = 7 * 86_400_000;

export interface ModelOptions {
  /** How long a thread is kept after its end. */
  readonly retentionMs: number;
  /** How long a thread without an end is kept after its last event; 7 days by default. */
  readonly silentRetentionMs?: number;
  /** Limit of a thread for which the orchestrator reports no budget: `BudgetLedger.threadLimit`. */
  readonly threadLimit?: (thread: { readonly team: string; readonly workflow: string }) => NanoUsd | undefined;
  /** False for a model of which nobody asks the checkpoints and the steps of spend of a thread: they are not kept. */
  readonly keepsHistory?: boolean;
  /** Threads held at most, the oldest are forgotten first; 100,000 by default. */
  readonly maxThreads?: number;
  /** Lanes of all threads together, besides one `other` of each; 50,000 by default. */
  readonly maxLanes?: number;
  /** Forgotten threads whose running total is remembered, the latest; 200,000 by default. */
  readonly maxForgotten?: number;
  /** Usage without a price that is held for a late one, the latest; 100,000 by default. */
  readonly maxUnpriced?: number;
}

/** One item of what the model holds, in the order in which it must be loaded again. */
export type ModelDump =
  | readonly ['thread', ThreadDump]
  | readonly ['forgotten', string, ForgottenThread]
  | readonly ['unpriced', UnpricedUsageView];

/** How long threads are kept: after their end, and without an end after their last event. */
export interface Retention {
  readonly retentionMs: number;
  readonly silentRetentionMs: number;
}

export class OrchestratorModel implements ModelView {
  readonly #options: ModelOptions;
  readonly #threads = new Map<string, ThreadRecord>();
  readonly #forgotten: RecentMap<ForgottenThread>;
  readonly #unpriced: UnpricedUsage;
  #lanes = 0;

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#forgotten = new RecentMap(options.maxForgotten ?? MAX_FORGOTTEN);
    this.#unpriced = new UnpricedUsage(options.maxUnpriced);
  }

  get threads(): ReadonlyMap<string, ThreadView> {
    return this.#threads;
  }

  get unpriced(): ReadonlyMap<string, UnpricedUsageView> {
    return this.#unpriced.pending;
  }

  /** What the event changes, in order; applying the same events again gives the same changes. Never throws. */
  apply(event: OrchestratorEvent): readonly Change[] {
    const corrected = event.type === 'cost.updated' && event.corrects !== undefined;
    const usage = corrected ? this.#unpriced.take(event.corrects) : undefined;
    // Settled in the meantime, or forgotten: its money must not come twice.
    if (corrected && usage === undefined) return [];
    const known = this.#threads.get(event.threadId);
    const { thread, changes }: Step = known === undefined ? this.#begin(event) : { thread: known, event, changes: [] };
    const lanesAreFull = this.#lanes >= (this.#options.maxLanes ?? MAX_LANES);
    const step: Step = { thread, event, changes, lanesAreFull };
    const lanesBefore = step.thread.agents.size;
    if (beginsNextRun(step)) startAgain(step);
    noteReceipt(step);
    applyEvent(step);
    followAgents(step);
    this.#lanes += step.thread.agents.size - lanesBefore;
    if (usage !== undefined) settle(step, usage);
    this.#keepUnpriced(step);
    if (this.#options.keepsHistory === false) dropHistory(step.thread);
    return step.changes;
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

  /** Everything that the answers to further events depend on. */
  *dump(): Generator<ModelDump> {
    for (const thread of this.#threads.values()) yield ['thread', dumpThread(thread)];
    for (const [threadId, before] of this.#forgotten.entries()) yield ['forgotten', threadId, before];
    for (const usage of this.#unpriced.pending.values()) yield ['unpriced', usage];
  }

  /** Takes one item of {@link dump}, in its order, into a model that has seen no event. */
  load(item: ModelDump): void {
    switch (item[0]) {
      case 'thread': {
        const thread = loadThread(item[1]);
        this.#threads.set(thread.threadId, thread);
        this.#lanes += thread.agents.size;
        return;
      }
      case 'forgotten':
        this.#forgotten.set(item[1], { ...item[2], endedMs: item[2].endedMs });
        return;
      case 'unpriced':
        this.#unpriced.add(item[1]);
        return;
    }
  }

  /** Gives the threads for which the orchestrator reports no budget the limits of a changed budgets.yml. */
  followThreadLimits(atMs: number): readonly Change[] {
    return [...this.#threads.values()].flatMap((thread) => {
      const limit = this.#options.threadLimit?.(thread);
      if (thread.budgetReported || thread.budgetLimit === limit) return [];
      const remaining = limit === undefined ? undefined : subtractUsd(limit, thread.total);
      thread.budgetLimit = limit;
      thread.budgetRemaining = remaining;
      const { threadId, workflow } = thread;
      return [{ kind: 'thread-budget' as const, threadId, workflow, atMs, limit, remaining }];
    });
  }

  /** The first step of a thread; the oldest thread goes where there is no room. */
  #begin(event: OrchestratorEvent): Step {
    const oldest = this.#threads.size < (this.#options.maxThreads ?? MAX_THREADS) ? undefined : this.#oldest();
    const evicted = oldest && this.#forget(oldest, event.timestampMs);
    const step = startThread(event, this.#forgotten.get(event.threadId));
    this.#threads.set(event.threadId, step.thread);
    assumeBudget(step, this.#options.threadLimit?.(step.thread));
    if (evicted !== undefined) step.changes.unshift(evicted);
    return step;
  }

  #keepUnpriced({ event, thread, changes }: Step): void {
    if (event.type !== 'cost.updated') return;
    // Not those that are added here.
    const { length } = changes;
    for (let at = 0; at < length; at += 1) {
      const change = changes[at];
      if (change?.kind !== 'unpriced' || change.reason === 'zero_amount') continue;
      const { id, threadId: of, workflow: by, team, agent, provider, model, tokens, atMs: usedMs, bookedMs } = change;
      const usage = { id, threadId: of, workflow: by, team, agent, provider, model, tokens, atMs: usedMs };
      if (this.#unpriced.add(bookedMs === undefined ? usage : { ...usage, bookedMs })) {
        const { threadId, workflow, atMs } = change;
        changes.push({ kind: 'anomaly', threadId, workflow, atMs, anomaly: 'unpriced_forgotten' });
      }
    }
    if (event.total === undefined || event.timestampMs < thread.startedMs) return;
    for (const usage of this.#unpriced.takeOfThread(thread.threadId, thread.startedMs)) {
      changes.push({ kind: 'usage-settled', ...usage, by: 'total' });
    }
  }

  #oldest(): ThreadRecord | undefined {
    const [first] = this.#threads.values();
    return first;
  }

  #forget(thread: ThreadRecord, atMs: number): Change {
    this.#threads.delete(thread.threadId);
    this.#lanes -= thread.agents.size;
    this.#forgotten.set(thread.threadId, forgotten(thread));
    return { kind: 'thread-forgotten', threadId: thread.threadId, workflow: thread.workflow, atMs };
  }
}

function dropHistory({ checkpoints, spendSteps }: ThreadRecord): void {
  checkpoints.length = 0;
  spendSteps.length = 0;
}

/** Late money; or a late price of zero, which is counted as one that was in time is. */
function settle({ event, changes }: Step, usage: UnpricedUsageView): void {
  changes.push({ kind: 'usage-settled', ...usage, by: 'price' });
  const pricing = event.type === 'cost.updated' ? event.pricing : undefined;
  if (pricing !== undefined && 'amount' in pricing && pricing.amount === 0) {
    changes.push({ kind: 'unpriced', ...usage, reason: 'zero_amount' });
  }
}

function isDue(thread: ThreadRecord, nowMs: number, { retentionMs, silentRetentionMs }: Retention): boolean {
  const keepMs = FINAL_THREAD_STATES.has(thread.state) ? retentionMs : silentRetentionMs;
  return Math.max(thread.lastEventMs, thread.lastReceivedMs) + keepMs <= nowMs;
}

function applyEvent(step: Step): void {
  // Written out for every type of event: `{...step, event}` takes several times as long.
  const { thread, event, changes, lanesAreFull = false } = step;
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
      setAgent({ thread, event, changes, lanesAreFull });
      return;
    case 'route.next':
      takeRoute({ thread, event, changes, lanesAreFull });
      return;
    case 'checkpoint.saved':
      saveCheckpoint({ thread, event, changes, lanesAreFull });
      return;
    case 'checkpoint.failed':
      failCheckpoint({ thread, event, changes, lanesAreFull });
      return;
    case 'cost.updated':
      applyCost({ thread, event, changes, lanesAreFull });
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
