import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sortedPage } from '../../test/sorted-page.ts';
import { nano } from '../contract/money.ts';
import { AGENT_STATES, FINAL_THREAD_STATES, THREAD_STATES } from '../contract/states.ts';
import { OrchestratorModel } from '../model/orchestrator-model.ts';
import type { BudgetView } from '../model/views.ts';
import { parseEvent } from '../source/parse.ts';
import { Admission } from './admission.ts';
import { BudgetFamilies } from './families/budgets.ts';
import { SeriesRegistry } from './registry.ts';
import { SeriesOutput } from './series-output.ts';
import { Timeline } from './timeline.ts';

const START = 1_800_000_000_000;

interface Fed {
  readonly registry: SeriesRegistry;
  readonly model: OrchestratorModel;
  readonly refused: string[];
  readonly feed: (events: readonly object[]) => void;
  readonly sweep: (atMs: number) => void;
  readonly lines: (...names: readonly string[]) => string[];
}

function fedOutput(
  limits: { readonly maxThreads?: number; readonly maxLanes?: number; readonly lanesOfModel?: number } = {}
): Fed {
  const refused: string[] = [];
  const model = new OrchestratorModel({
    retentionMs: 1_000,
    ...(limits.lanesOfModel && { maxLanes: limits.lanesOfModel }),
  });
  const registry = new SeriesRegistry({
    environment: 'test',
    maxSeriesPerFamily: 1_000,
    maxLabelValues: 200,
    onFold: (label) => refused.push(label),
  });
  const admission = new Admission({
    maxThreads: limits.maxThreads ?? 10,
    maxLanes: limits.maxLanes ?? 100,
    onThreadRefused: () => refused.push('thread'),
    onLaneFolded: () => refused.push('lane'),
  });
  const timeline = new Timeline({
    environment: 'test',
    latenessMs: 0,
    capacity: 1_000,
    retentionMs: 1_000,
    admission,
    now: () => START,
    onDrop: () => undefined,
  });
  const output = new SeriesOutput({ registry, model, admission, timeline, defaultWorkflow: 'w' });
  return {
    registry,
    model,
    refused,
    feed: (events) => {
      for (const raw of events) {
        const parsed = parseEvent(raw, { receivedMs: START, team: 'm', workflow: 'w' });
        if (!parsed.ok) throw new Error(parsed.rejection.message);
        output.apply(parsed.event, model.apply(parsed.event));
      }
    },
    sweep: (atMs) => {
      output.swept(model.sweep(atMs));
    },
    lines: (...names) =>
      sortedPage(registry.render())
        .split('\n')
        .filter((line) => names.some((name) => line.startsWith(`${name}{`))),
  };
}

const event = (type: string, atMs: number, payload: object, threadId = 't'): object => ({
  type,
  threadId,
  timestamp: START + atMs,
  payload,
});

test('the workflow of events that carry none is at zero from the start', () => {
  const { lines } = fedOutput();
  expect(lines('orchestrator_threads', 'orchestrator_checkpoints_total', 'orchestrator_wasted_cost_usd_total')).toEqual(
    [
      'orchestrator_wasted_cost_usd_total{environment="test",workflow="w",reason="failure"} 0',
      'orchestrator_wasted_cost_usd_total{environment="test",workflow="w",reason="timeout"} 0',
      'orchestrator_threads{environment="test",workflow="w",state="completed"} 0',
      'orchestrator_threads{environment="test",workflow="w",state="failed"} 0',
      'orchestrator_threads{environment="test",workflow="w",state="paused"} 0',
      'orchestrator_threads{environment="test",workflow="w",state="running"} 0',
      'orchestrator_threads{environment="test",workflow="w",state="timeout"} 0',
      'orchestrator_checkpoints_total{environment="test",workflow="w",outcome="failed"} 0',
      'orchestrator_checkpoints_total{environment="test",workflow="w",outcome="saved"} 0',
    ]
  );
});

test('a thread has its series while it is held, and none when it is forgotten', () => {
  const { feed, lines, sweep, registry } = fedOutput();
  feed([
    event('agent.active', 0, { agent: 'a' }),
    event('cost.updated', 500, { agent: 'a', costCents: 25, budgetRemainingCents: 75 }),
    event('checkpoint.saved', 600, { checkpointId: 'c', checkpointIndex: 4 }),
    event('agent.state', 1_000, { agent: 'a', state: 'waiting' }),
    event('graph.complete', 2_000, { status: 'timeout', duration: 1_500 }),
  ]);
  const perThread = [
    'orchestrator_thread_info',
    'orchestrator_thread_cost_usd_total',
    'orchestrator_thread_budget_limit_usd',
    'orchestrator_thread_budget_remaining_usd',
    'orchestrator_thread_checkpoints_total',
    'orchestrator_thread_last_checkpoint_timestamp_seconds',
    'orchestrator_agent_state_entered_timestamp_seconds',
    'orchestrator_agent_last_event_timestamp_seconds',
  ];
  const oneHot = ['orchestrator_thread_state', 'orchestrator_agent_state'];
  expect(lines(...perThread)).toEqual([
    'orchestrator_thread_info{environment="test",thread="t",workflow="w",team="m"} 1',
    'orchestrator_agent_state_entered_timestamp_seconds{environment="test",thread="t",agent="a"} 1800000002',
    expect.stringMatching(/^orchestrator_agent_last_event_timestamp_seconds\{.*\} 180000000[12]$/),
    'orchestrator_thread_cost_usd_total{environment="test",thread="t",agent="a"} 0.25',
    'orchestrator_thread_budget_limit_usd{environment="test",thread="t"} 1',
    'orchestrator_thread_budget_remaining_usd{environment="test",thread="t"} 0.75',
    'orchestrator_thread_checkpoints_total{environment="test",thread="t"} 1',
    'orchestrator_thread_last_checkpoint_timestamp_seconds{environment="test",thread="t"} 1800000000.6',
  ]);
  expect(lines(...oneHot).filter((line) => line.endsWith(' 1'))).toEqual([
    'orchestrator_thread_state{environment="test",thread="t",state="timeout"} 1',
    'orchestrator_agent_state{environment="test",thread="t",agent="a",state="failed"} 1',
  ]);
  expect(lines(...oneHot)).toHaveLength(THREAD_STATES.length + AGENT_STATES.length);
  expect(lines('orchestrator_agent_state_seconds_total', 'orchestrator_wasted_cost_usd_total')).toEqual([
    'orchestrator_wasted_cost_usd_total{environment="test",workflow="w",reason="failure"} 0',
    'orchestrator_wasted_cost_usd_total{environment="test",workflow="w",reason="timeout"} 0.25',
    'orchestrator_agent_state_seconds_total{environment="test",workflow="w",agent="a",state="running"} 1',
    'orchestrator_agent_state_seconds_total{environment="test",workflow="w",agent="a",state="waiting"} 1',
  ]);
  sweep(START + 10_000);
  expect(lines(...perThread, ...oneHot)).toEqual([]);
  expect(registry.render()).not.toContain('thread="t"');
  expect(lines('orchestrator_threads').every((line) => line.endsWith(' 0'))).toBe(true);
  expect(lines('orchestrator_cost_usd_total')).toEqual([expect.stringMatching(/ 0\.25$/)]);
});

test('a thread past the cap is in the aggregates only, counted once; a place that is free again is taken', () => {
  const { feed, lines, sweep, refused } = fedOutput({ maxThreads: 1 });
  const work = (thread: string, atMs: number): object[] => [
    event('agent.active', atMs, { agent: 'a' }, thread),
    event('cost.updated', atMs + 1, { agent: 'a', costCents: 100 }, thread),
    event('graph.complete', atMs + 2, { status: 'success' }, thread),
  ];
  feed([...work('one', 0), ...work('two', 5_000)]);
  expect(lines('orchestrator_thread_cost_usd_total')).toEqual([
    'orchestrator_thread_cost_usd_total{environment="test",thread="one",agent="a"} 1',
  ]);
  expect(lines('orchestrator_cost_usd_total')).toEqual([expect.stringMatching(/ 2$/)]);
  expect(refused).toEqual(['thread']);
  sweep(START + 5_500);
  feed(work('three', 6_000));
  expect(lines('orchestrator_thread_info').map((line) => /thread="(\w+)"/.exec(line)?.[1])).toEqual(['three']);
});

test('a thread past the cap stays so in its next run, also when there is room: no series shows a part of its spend', () => {
  const { feed, lines, sweep, refused } = fedOutput({ maxThreads: 1 });
  feed([
    event('graph.complete', 0, { status: 'success' }, 'one'),
    event('cost.updated', 1, { costCents: 500, agent: 'a' }, 'two'),
  ]);
  feed([event('graph.complete', 2_000, { status: 'success' }, 'two')]);
  sweep(START + 1_500);
  feed([
    event('node.start', 2_100, { nodeId: 'n' }, 'two'),
    event('cost.updated', 2_101, { costCents: 600, agent: 'a' }, 'two'),
  ]);
  expect([lines('orchestrator_thread_cost_usd_total'), refused]).toEqual([[], ['thread']]);
  expect(lines('orchestrator_cost_usd_total')).toEqual([expect.stringMatching(/ 6$/)]);
});

test('agents past the cap of lanes share `other`, money included', () => {
  const { feed, lines, refused } = fedOutput({ maxLanes: 1 });
  feed([
    event('cost.updated', 0, { agent: 'a', costUsd: 1 }),
    event('cost.updated', 1, { agent: 'b', costUsd: 2 }),
    event('cost.updated', 2, { agent: 'c', costUsd: 3 }),
  ]);
  expect(lines('orchestrator_thread_cost_usd_total')).toEqual([
    'orchestrator_thread_cost_usd_total{environment="test",thread="t",agent="a"} 1',
    'orchestrator_thread_cost_usd_total{environment="test",thread="t",agent="other"} 5',
  ]);
  expect(refused).toContain('lane');
});

test.each(['openai', 'langchain', 'smolagents', 'helix-stategraph'])(
  'the gauges of states say what the model holds after every event of %s',
  (name) => {
    const { feed, lines, model } = fedOutput();
    const file = join(__dirname, '../../../fixtures/runs', `${name}.events.jsonl`);
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
      feed([JSON.parse(line) as object]);
      const threads = [...model.threads.values()];
      const agents = threads
        .filter(({ state }) => !FINAL_THREAD_STATES.has(state))
        .flatMap((thread) => [...thread.agents.values()]);
      const count = (held: readonly { readonly state: string }[], state: string): number =>
        held.filter((one) => one.state === state).length;
      const gauges = (
        family: string,
        states: readonly string[],
        held: readonly { readonly state: string }[]
      ): string[] =>
        [...states]
          .sort()
          .map((state) => `${family}{environment="test",workflow="w",state="${state}"} ${count(held, state)}`);
      expect(lines('orchestrator_threads')).toEqual(gauges('orchestrator_threads', THREAD_STATES, threads));
      expect(lines('orchestrator_agents')).toEqual(gauges('orchestrator_agents', AGENT_STATES, agents));
    }
    expect(model.threads.size).toBeGreaterThan(0);
  }
);

const budget = (fields: Partial<BudgetView> = {}): BudgetView => ({
  name: 'daily',
  owner: 'o',
  window: 'day',
  timezone: 'UTC',
  limit: nano(5_000_000_000),
  spent: nano(6_000_000_000),
  thresholds: [0.8, 1],
  periodStartMs: START,
  periodEndMs: START + 86_400_000,
  burnRates: new Map([['5m', 0.25]]),
  exhaustionMs: START + 500,
  valid: true,
  untrusted: [],
  ...fields,
});

test('budgets are shown as they are, overspent too; what is not known any more is withdrawn', () => {
  const registry = new SeriesRegistry({
    environment: 'test',
    maxSeriesPerFamily: 1,
    maxLabelValues: 1,
    onFold: () => undefined,
  });
  const families = new BudgetFamilies(registry);
  const series = (): string[] =>
    sortedPage(registry.render())
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  families.show([budget()]);
  expect(series()).toEqual([
    'orchestrator_budget_info{environment="test",budget="daily",owner="o",window="day",timezone="UTC"} 1',
    'orchestrator_budget_limit_usd{environment="test",budget="daily"} 5',
    'orchestrator_budget_spent_usd{environment="test",budget="daily"} 6',
    'orchestrator_budget_remaining_usd{environment="test",budget="daily"} -1',
    'orchestrator_budget_used_ratio{environment="test",budget="daily"} 1.2',
    'orchestrator_budget_threshold_ratio{environment="test",budget="daily",threshold="1"} 0.8',
    'orchestrator_budget_threshold_ratio{environment="test",budget="daily",threshold="2"} 1',
    'orchestrator_budget_period_start_timestamp_seconds{environment="test",budget="daily"} 1800000000',
    'orchestrator_budget_period_end_timestamp_seconds{environment="test",budget="daily"} 1800086400',
    'orchestrator_budget_burn_rate_usd_per_second{environment="test",budget="daily",lookback="5m"} 0.25',
    'orchestrator_budget_exhaustion_timestamp_seconds{environment="test",budget="daily"} 1800000000.5',
    'orchestrator_budget_valid{environment="test",budget="daily"} 1',
  ]);
  families.show([
    budget({ exhaustionMs: undefined, valid: false }),
    budget({ name: 'b', limit: nano(0), spent: nano(1) }),
  ]);
  expect(series().filter((line) => /exhaustion|valid|used_ratio/.test(line))).toEqual([
    'orchestrator_budget_used_ratio{environment="test",budget="b"} 1',
    'orchestrator_budget_used_ratio{environment="test",budget="daily"} 1.2',
    'orchestrator_budget_exhaustion_timestamp_seconds{environment="test",budget="b"} 1800000000.5',
    'orchestrator_budget_valid{environment="test",budget="b"} 1',
    'orchestrator_budget_valid{environment="test",budget="daily"} 0',
  ]);
  families.show([]);
  expect(series()).toEqual([]);
});

test('agents past the bounds of the model share the lane other: their money is there, and each fold is counted', () => {
  const { feed, lines, refused } = fedOutput({ lanesOfModel: 2 });
  const cost = (agent: string, costUsd: number, threadId = 't') => ({
    type: 'cost.updated',
    threadId,
    timestamp: START,
    payload: { agent, costUsd },
  });
  feed([cost('a', 1), cost('b', 2), cost('c', 4), cost('d', 8), cost('a', 16), cost('e', 32, 'u'), cost('other', 64)]);
  expect(lines('orchestrator_thread_cost_usd_total')).toEqual([
    'orchestrator_thread_cost_usd_total{environment="test",thread="t",agent="a"} 17',
    'orchestrator_thread_cost_usd_total{environment="test",thread="t",agent="b"} 2',
    'orchestrator_thread_cost_usd_total{environment="test",thread="t",agent="other"} 76',
    'orchestrator_thread_cost_usd_total{environment="test",thread="u",agent="other"} 32',
  ]);
  expect(refused).toEqual(['lane', 'lane', 'lane']);
});

test('workflows without end leave the ones that are shown at their counts', () => {
  const { feed, lines } = fedOutput();
  const start = (workflow: string, n: number) => ({
    type: 'node.start',
    threadId: `t-${n}`,
    timestamp: START + n,
    payload: { nodeId: 'n', workflow },
  });
  feed([start('first', 0)]);
  feed(Array.from({ length: 1_000 }, (_, n) => start(`w-${n}`, n + 1)));
  feed([start('first', 2_000)]);
  const threads = lines('orchestrator_threads').filter((line) => line.includes('"running"'));
  expect(threads.find((line) => line.includes('"first"'))).toMatch(/ 2$/);
  expect(threads.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBe(1_002);
});
