// Journals to be restored from any place: those of the recorded runs, and random ones in which every kind of event comes, late
// and out of order too, threads end, are forgotten and come back, and every cap is reached.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBudgets } from '../../src/contract/budgets.ts';
import type { BudgetDefinition } from '../../src/contract/budgets.ts';
import type { OrchestratorEvent } from '../../src/contract/event.ts';
import { nano } from '../../src/contract/money.ts';
import { AGENT_STATES, GRAPH_STATUSES } from '../../src/contract/states.ts';
import type { JournalEntry } from '../../src/journal/journal.ts';
import { correctionOf } from '../../src/model/unpriced-usage.ts';
import { readBody } from '../../src/source/body.ts';
import { parseEvent } from '../../src/source/parse.ts';
import type { StateConfig } from '../../src/state.ts';
import { T } from './entries.ts';

const parsedBudgets = parseBudgets({
  budgets: [
    { name: 'hourly', limit_usd: 1, window: 'hour', match: { team: 'team-1' } },
    { name: 'daily', limit_usd: 2, window: 'day', timezone: 'Europe/Berlin' },
    { name: 'sliding', limit_usd: 0.5, window: 'rolling:2h', match: { model: 'm-1' } },
    { name: 'each', limit_usd: 0.01, window: 'thread', match: { workflow: 'w-1' } },
    { name: 'agent', limit_usd: 9, window: 'month', match: { agent: 'a-1' } },
  ],
});
if (!parsedBudgets.ok) throw new Error(parsedBudgets.problems.join());
export const BUDGETS: readonly BudgetDefinition[] = parsedBudgets.budgets;

/** Caps so small that all of them are reached. */
export const SMALL: StateConfig = {
  environment: 'test',
  retentionMs: 60_000,
  maxSeries: 10,
  maxLabelValues: 3,
  maxThreads: 3,
  latenessMs: 2_000,
  ring: 100,
  workflow: 'default',
};

export const ROOMY: StateConfig = { ...SMALL, maxSeries: 10_000, maxLabelValues: 200, maxThreads: 500, ring: 100_000 };

/** The events of the recorded runs, one run after the other, with sweeps between. */
export function recordedHistory(): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const name of ['openai', 'langchain', 'smolagents', 'helix-stategraph']) {
    const text = readFileSync(join(__dirname, '../../../fixtures/runs', `${name}.events.jsonl`), 'utf8');
    const body = readBody(text, 'ndjson');
    if (!body.ok) throw new Error(body.message);
    for (const item of body.items) {
      if (!('raw' in item)) throw new Error(item.rejection.message);
      const receivedMs = (item.raw as { timestamp: number }).timestamp + 20;
      const parsed = parseEvent(item.raw, { receivedMs, team: 'team-1', workflow: 'w-1' });
      if (!parsed.ok) throw new Error(parsed.rejection.message);
      entries.push({ event: parsed.event, digest: parsed.digest, source: 'http' });
    }
    const last = entries.at(-1);
    const sweptMs = last === undefined || 'sweptMs' in last ? 0 : last.event.timestampMs + 61_000;
    entries.push({ sweptMs, retentionMs: 60_000, silentRetentionMs: 604_800_000 });
  }
  return entries;
}

export function randomHistory(random: () => number, length: number): readonly JournalEntry[] {
  const below = (n: number): number => Math.floor(random() * n);
  const one = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const entries: JournalEntry[] = [];
  const unpriced: { id: string; event: Extract<OrchestratorEvent, { type: 'cost.updated' }> }[] = [];
  let nowMs = T;
  for (let n = 0; n < length; n += 1) {
    nowMs += below(20) === 0 ? below(200_000) : below(900);
    if (below(25) === 0) {
      entries.push({
        sweptMs: nowMs,
        retentionMs: one([60_000, 10_000]),
        silentRetentionMs: one([604_800_000, 90_000]),
      });
      continue;
    }
    const lateMs = below(6) === 0 ? below(5_000) : below(40) === 0 ? 8 * 86_400_000 : 0;
    const base = {
      id: `e-${n}`,
      threadId: `thread-${below(9)}`,
      timestampMs: nowMs - lateMs + (below(30) === 0 ? 4_000 : 0),
      receivedMs: nowMs,
      dialect: one(['metrics-emitter', 'gateway', 'state-graph'] as const),
      team: `team-${below(3)}`,
      workflow: `w-${below(3)}`,
      ...(below(3) === 0 ? { producer: `producer-${below(3)}`, seq: below(2) === 0 ? n : n + below(9) } : {}),
    } as const;
    const agent = `a-${below(5)}`;
    const node = `n-${below(4)}`;
    const event = ((): OrchestratorEvent => {
      switch (below(12)) {
        case 0:
        case 1:
          return { ...base, type: 'node.start', node, agent };
        case 2:
          return {
            ...base,
            type: 'node.complete',
            node,
            agent,
            ...(below(2) === 0 ? { durationMs: random() * 900 } : {}),
          };
        case 3:
          return { ...base, type: 'node.error', node, agent };
        case 4:
          return { ...base, type: 'agent.active', agent };
        case 5:
          return { ...base, type: 'agent.state', agent, state: one(AGENT_STATES) };
        case 6:
          return {
            ...base,
            type: 'route.next',
            from: node,
            to: one([`n-${below(4)}`, 'END']),
            carriesRuns: below(2) === 0,
          };
        case 7:
          return { ...base, type: 'checkpoint.saved', checkpointId: `c-${n}`, stepCount: n };
        case 8:
          return below(3) === 0
            ? { ...base, type: 'checkpoint.failed' }
            : { ...base, type: 'graph.complete', status: one(GRAPH_STATUSES) };
        default: {
          const usage =
            unpriced.length > 0 && below(8) === 0 ? unpriced.splice(below(unpriced.length), 1)[0] : undefined;
          if (usage !== undefined) {
            const { agent: user = 'unattributed', provider = 'unknown', model = 'unknown', tokens } = usage.event;
            const { threadId, team = '', workflow = '', timestampMs: atMs } = usage.event;
            const view = { id: usage.id, threadId, team, workflow, agent: user, provider, model, tokens, atMs };
            return correctionOf(view, { amount: nano(1 + below(1e6)), nowMs });
          }
          const money = one([
            { total: nano(below(1e9)) },
            { total: nano(below(1e9)), remaining: nano(below(1e9) - 5e8) },
            { spend: nano(1 + below(1e8)) },
            { pricing: { amount: nano(below(1e7)) } },
            { pricing: { unpriced: 'no_price' as const } },
          ]);
          const tokens = below(4) === 0 ? {} : { input: 1 + below(900), output: below(90), cache_read: below(9) };
          const cost = {
            ...base,
            type: 'cost.updated',
            ...money,
            model: `m-${below(5)}`,
            provider: 'p',
            tokens,
          } as const;
          const event = below(2) === 0 ? { ...cost, agent } : cost;
          if ('pricing' in event && 'unpriced' in event.pricing) unpriced.push({ id: base.id, event });
          return event;
        }
      }
    })();
    entries.push({ event, digest: event.id, source: 'http' });
  }
  return entries;
}
