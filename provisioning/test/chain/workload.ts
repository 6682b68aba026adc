// What the orchestrator of the chain reports: a day of spend, and one of everything that the runbook's queries ask for.
const HOUR_MS = 3_600_000;

/** Matched by the budget of the chain. */
export const TEAM = 'lab';

export type Event = Readonly<Record<string, unknown>>;

export const spend = (costUsd: number, timestamp: number): Event => ({
  type: 'cost.updated',
  threadId: 'report-1',
  workflow: 'report',
  team: TEAM,
  timestamp,
  payload: {
    costUsd,
    agent: 'writer',
    model: 'm-large',
    provider: 'p',
    inputTokensDelta: 1_000,
    outputTokensDelta: 100,
  },
});

/** 70 USD, hours ago: nothing to speak of in a budget of 100 of which half the day is over. */
export const morning = (nowMs: number): readonly Event[] => [5, 4, 3, 2].map((h) => spend(17.5, nowMs - h * HOUR_MS));

/** A thread that works, one that waits, one that failed and had cost 5 cents, and usage without a price. */
export function oneOfEverything(nowMs: number): readonly Event[] {
  const of = (threadId: string, type: string, payload: object, agoMs: number): Event => ({
    type,
    threadId,
    workflow: 'triage',
    team: 'support',
    timestamp: nowMs - agoMs,
    payload,
  });
  return [
    of('triage-1', 'agent.active', { agent: 'reader' }, 90_000),
    of('triage-1', 'agent.state', { agent: 'reader', state: 'completed' }, 80_000),
    of('triage-1', 'agent.active', { agent: 'reader' }, 20_000),
    of('triage-1', 'node.start', { nodeId: 'fetch' }, 19_000),
    of('triage-1', 'node.complete', { nodeId: 'fetch', duration: 900 }, 18_000),
    of('triage-1', 'checkpoint.saved', { checkpointId: 'c-1' }, 17_000),
    of(
      'triage-1',
      'cost.updated',
      { costUsd: 0.25, budgetRemainingCents: 75, agent: 'reader', model: 'm-small' },
      16_000
    ),
    of('triage-1', 'cost.updated', { agent: 'reader', model: 'm-new', inputTokensDelta: 10 }, 15_000),
    of('triage-2', 'agent.state', { agent: 'approver', state: 'waiting' }, 30_000),
    of('triage-3', 'agent.active', { agent: 'reader' }, 30_000),
    of('triage-3', 'node.start', { nodeId: 'call' }, 29_000),
    of('triage-3', 'node.error', { nodeId: 'call', duration: 310 }, 28_000),
    of('triage-3', 'cost.updated', { costUsd: 0.05, agent: 'reader', model: 'm-small' }, 27_000),
    of('triage-3', 'graph.complete', { status: 'failure', duration: 3_000 }, 26_000),
  ];
}
