// Money and tokens. The spend of an event is the rise of the thread's running total; nothing is ever spent twice.
import { MAX_BEHIND_MS, type CostUpdated } from '../contract/event.ts';
import { TOKEN_DIRECTIONS, UNATTRIBUTED_AGENT, UNKNOWN_LABEL, type UnpricedReason } from '../contract/labels.ts';
import { addUsd, nano, subtractUsd, ZERO_USD, type NanoUsd } from '../contract/money.ts';
import { hearOfAgent } from './agents.ts';
import { at, receivedMs, type AgentRecord, type Step, type ThreadRecord, type TotalFrame } from './thread-record.ts';

/** Spend steps that a thread keeps, the latest. */
export const MAX_SPEND_STEPS = 4_096;

type CostStep = Step<CostUpdated>;

export function applyCost(step: CostStep): void {
  const { event, thread, changes } = step;
  const agent = spender(step);
  const late = receivedMs(event) - event.timestampMs > MAX_BEHIND_MS;
  const { threadId, workflow } = thread;
  const { timestampMs: atMs } = event;
  const who = {
    team: event.team ?? thread.team,
    agent: agent?.agent ?? (event.corrects === undefined ? undefined : event.agent) ?? UNATTRIBUTED_AGENT,
    provider: event.provider ?? UNKNOWN_LABEL,
    model: event.model ?? UNKNOWN_LABEL,
  };
  const booked = late ? { bookedMs: receivedMs(event) } : undefined;
  const told = event.total !== undefined || event.spend !== undefined;
  const included = isInTotals(step);
  const spend = addToTotals(step, agent, spendOf(step));
  if (spend > 0) {
    noteStep(thread, { atMs: event.timestampMs, spend });
    const source = { pricedBy: told ? 'reported' : 'table', late: event.corrects !== undefined } as const;
    const { team, agent: spentBy, provider, model } = who;
    changes.push({
      kind: 'spend',
      threadId,
      workflow,
      atMs,
      ...booked,
      team,
      agent: spentBy,
      provider,
      model,
      ...source,
      spend,
      threadTotal: thread.total,
    });
  }
  let used = 0;
  for (const direction of TOKEN_DIRECTIONS) {
    const tokens = event.tokens[direction] ?? 0;
    if (tokens === 0) continue;
    used += tokens;
    thread.tokens[direction] += tokens;
    const { team, agent: user, provider, model } = who;
    changes.push({ kind: 'tokens', threadId, workflow, atMs, team, agent: user, provider, model, direction, tokens });
  }
  const reason = used > 0 && !told && !included ? unpricedReason(event) : undefined;
  if (reason !== undefined) {
    changes.push({ kind: 'unpriced', ...at(step), ...booked, ...who, id: event.id, tokens: event.tokens, reason });
  }
  reportBudget(step, spend);
}

/** A thread that reports running totals tells all it spends by them: usage without a cost is in the next one. */
function isInTotals({ event, thread }: CostStep): boolean {
  return event.corrects === undefined && frameOf(thread, event.timestampMs).heard;
}

function unpricedReason({ pricing }: CostUpdated): UnpricedReason | undefined {
  if (pricing === undefined) return 'no_table';
  if ('unpriced' in pricing) return pricing.unpriced;
  return pricing.amount === 0 ? 'zero_amount' : undefined;
}

function tablePrice(step: CostStep): NanoUsd {
  const { pricing } = step.event;
  return pricing === undefined || 'unpriced' in pricing || isInTotals(step) ? ZERO_USD : pricing.amount;
}

/** A thread for which the orchestrator has reported no budget gets the limit of budgets.yml. */
export function assumeBudget(step: Step, limit: NanoUsd | undefined): void {
  const { thread } = step;
  if (limit === undefined || thread.budgetReported) return;
  thread.budgetLimit = limit;
  setRemaining(step, subtractUsd(limit, thread.total));
}

/**
 * The agent that spent: the one the event names, else the thread's one running agent. Where agents were named by agent
 * events, nodes that run inside them are not asked. Undefined while none or several run.
 */
function spender(step: CostStep): AgentRecord | undefined {
  const { event, thread } = step;
  if (event.corrects !== undefined) return thread.agents.get(event.agent ?? '');
  if (event.agent !== undefined) return hearOfAgent(step, event.agent, 'idle');
  let running = 0;
  let named = 0;
  let candidate: AgentRecord | undefined;
  for (const agent of thread.agents.values()) {
    if (agent.state !== 'running') continue;
    running += 1;
    if (agent.named) named += 1;
    if (agent.named || named === 0) candidate = agent;
  }
  const isOnly = named > 0 ? named === 1 : running === 1;
  return isOnly && candidate !== undefined ? hearOfAgent(step, candidate.agent, 'idle') : undefined;
}

/**
 * Rise of the running total, else the event's own spend, else its price by the table. The running total is a high-water mark: a repeat or a fall
 * adds nothing, and after a fall only what exceeds the mark does, because a reordered total looks the same. A run that
 * starts the thread again may go on with the old total or begin at zero: a first total below the mark, or equal to the
 * event's own spend, began at zero.
 */
function spendOf(step: CostStep): NanoUsd {
  const { event, thread } = step;
  const frame = frameOf(thread, event.timestampMs);
  const { total } = event;
  if (total === undefined) {
    const spend = event.spend ?? tablePrice(step);
    if (Number.isSafeInteger(frame.reported + spend)) frame.reported = addUsd(frame.reported, spend);
    return spend;
  }
  const firstOfRun = !frame.heard;
  frame.heard = true;
  const beganAtZero = thread.priorFrame !== undefined && frame === thread.frame && firstOfRun;
  if (beganAtZero && (total < frame.reported || total === event.spend)) frame.reported = ZERO_USD;
  if (total < frame.reported) {
    const anomaly = event.timestampMs < lastSpendMs(thread) ? 'late' : 'total_fell';
    step.changes.push({ kind: 'anomaly', ...at(step), anomaly });
    return ZERO_USD;
  }
  const rise = subtractUsd(total, frame.reported);
  frame.reported = total;
  return rise;
}

/** An event from before the present run of the thread counts against the totals of the run before. */
function frameOf(thread: ThreadRecord, timestampMs: number): TotalFrame {
  return timestampMs < thread.startedMs ? (thread.priorFrame ?? thread.frame) : thread.frame;
}

/** @returns what was added: nothing when a sum would leave the exact range, and that is counted. */
function addToTotals(step: CostStep, agent: AgentRecord | undefined, spend: NanoUsd): NanoUsd {
  const { thread } = step;
  if (!Number.isSafeInteger(thread.total + spend)) {
    step.changes.push({ kind: 'anomaly', ...at(step), anomaly: 'sum_overflow' });
    return ZERO_USD;
  }
  thread.total = addUsd(thread.total, spend);
  if (agent !== undefined) agent.spend = addUsd(agent.spend, spend);
  return spend;
}

/** Steps ascend in time: spend that arrives late is put in its place and raises the steps after it. */
function noteStep(thread: ThreadRecord, { atMs, spend }: { atMs: number; spend: NanoUsd }): void {
  const { spendSteps } = thread;
  let place = spendSteps.length;
  while (place > 0 && (spendSteps[place - 1]?.atMs ?? 0) > atMs) place -= 1;
  const before = spendSteps[place - 1]?.total ?? thread.spendBase;
  if (place === spendSteps.length) {
    spendSteps.push({ atMs, total: addUsd(spendSteps[place - 1]?.total ?? thread.spendBase, spend) });
    if (spendSteps.length > MAX_SPEND_STEPS) thread.spendBase = spendSteps.shift()?.total ?? thread.spendBase;
    return;
  }
  const raised = spendSteps.slice(place).map((step) => ({ ...step, total: addUsd(step.total, spend) }));
  spendSteps.splice(place, raised.length, { atMs, total: addUsd(before, spend) }, ...raised);
  if (spendSteps.length > MAX_SPEND_STEPS) thread.spendBase = spendSteps.shift()?.total ?? thread.spendBase;
}

function lastSpendMs(thread: ThreadRecord): number {
  return thread.spendSteps.at(-1)?.atMs ?? 0;
}

/** Limit = total + remaining, as the orchestrator reports both; where it only reports spend, what is left shrinks by it. */
function reportBudget(step: CostStep, spend: NanoUsd): void {
  const { event, thread } = step;
  if (event.remaining !== undefined) {
    const limit = (event.total ?? thread.frame.reported) + event.remaining;
    if (event.timestampMs < thread.budgetMs || !Number.isSafeInteger(limit)) return;
    thread.budgetMs = event.timestampMs;
    thread.budgetReported = true;
    thread.budgetLimit = nano(limit);
    setRemaining(step, event.remaining);
  } else if (spend > 0 && thread.budgetRemaining !== undefined) {
    const remaining = thread.budgetRemaining - spend;
    if (Number.isSafeInteger(remaining)) setRemaining(step, nano(remaining));
  }
}

function setRemaining(step: Step, remaining: NanoUsd): void {
  const { thread, changes } = step;
  if (thread.budgetLimit === undefined) return;
  thread.budgetRemaining = remaining;
  const { threadId, workflow, budgetLimit: limit } = thread;
  changes.push({ kind: 'thread-budget', threadId, workflow, atMs: step.event.timestampMs, limit, remaining });
}
