// The timeline through a real Prometheus: every transition is read back at its own millisecond, and nothing is warned of.
import { setTimeout as delay } from 'node:timers/promises';
import { AGENT_STATE_CODE, THREAD_STATE_CODE } from '../src/contract/states.ts';
import { changesOf, rawSamples, startPrometheus, timelineScrape } from './prometheus-process.ts';
import type { Prometheus } from './prometheus-process.ts';
import { ndjson, post, recordedRun, runExporter } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { runningClock } from './running-clock.ts';
import { until } from './until.ts';

const LATENESS_MS = 1_500;

const clock = runningClock();
let running: RunningExporter;
let prometheus: Prometheus;
beforeAll(async () => {
  running = await runExporter({ timeline: { lateness: `${LATENESS_MS}ms` } }, clock);
  const metrics = { job_name: 'metrics', static_configs: [{ targets: [running.url.replace('http://', '')] }] };
  prometheus = await startPrometheus({
    scrapes: [metrics, timelineScrape(running.url, 'test')],
    // Tells of every scrape that fails, and why.
    flags: ['--log.level=debug'],
  });
  await until('Prometheus scrapes the exporter', async () => {
    const up = await rawSamples(prometheus.url, 'orchestrator_exporter_build_info');
    return up !== undefined && up.size > 0 ? up : undefined;
  });
});
afterAll(async () => {
  await prometheus.stop();
  await running.close();
  clock.stop();
});

test('a recorded run is read back whole: each transition at its millisecond, the 3 ms tool call too', async () => {
  const events = recordedRun('openai', clock.now());
  await post(running.url, ndjson(events));
  const tool = events.filter((event) => (event['payload'] as { nodeId?: string }).nodeId === 'tool:get_current_time');
  const [started, completed] = tool.map((event) => event.timestamp);
  const endMs = Math.max(...events.map((event) => event.timestamp));
  const states = await until('the end of the run', async () => {
    const found = await rawSamples(prometheus.url, 'orchestrator_timeline_thread_state');
    const samples = found?.get('run-openai');
    return samples?.at(-1)?.[1] === '5'
      ? await rawSamples(prometheus.url, 'orchestrator_timeline_agent_state')
      : undefined;
  });
  expect(completed).toBe((started ?? 0) + 3);
  expect(changesOf(states.get('run-openai/tool:get_current_time'))).toEqual([
    [started, String(AGENT_STATE_CODE.running)],
    [completed, String(AGENT_STATE_CODE.idle)],
    [endMs, String(AGENT_STATE_CODE.completed)],
  ]);
  const costs = events.flatMap((event) => {
    const { costCents } = event['payload'] as { costCents?: number };
    return costCents === undefined ? [] : [[event.timestamp, Number((costCents / 100).toPrecision(12))] as const];
  });
  const stored = await rawSamples(prometheus.url, 'orchestrator_timeline_thread_cost_usd');
  expect(changesOf(stored?.get('run-openai')).map(([ms, value]) => [ms, Number(value)])).toEqual(costs);
  const checkpoints = events.filter((event) => event['type'] === 'checkpoint.saved').map((event) => event.timestamp);
  const saved = await rawSamples(prometheus.url, 'orchestrator_timeline_checkpoint');
  expect(saved?.get('run-openai')?.map(([ms]) => ms)).toEqual(checkpoints);
});

test('1,200 transitions 1 ms apart over several scrapes, sent out of order within the lateness, are stored exactly', async () => {
  const states = ['running', 'waiting', 'paused', 'queued'] as const;
  const truth: [number, string][] = [];
  // Every batch reaches back over the one before it: the later half of the earlier one is sent first.
  let held: unknown[] = [];
  let atMs = clock.now() - 100;
  for (let batch = 0; batch < 12; batch += 1) {
    const now: unknown[] = [];
    atMs = Math.max(atMs, clock.now() - 100);
    for (let i = 0; i < 100; i += 1) {
      const state = states[truth.length % states.length] ?? 'running';
      atMs += 1;
      truth.push([atMs, String(AGENT_STATE_CODE[state])]);
      const event = { type: 'agent.state', threadId: 'exact', timestamp: atMs, payload: { agent: 'a', state } };
      (i % 2 === 0 ? now : held).push(event);
    }
    await post(running.url, ndjson(now));
    await delay(200);
    await post(running.url, ndjson(held.reverse()));
    held = [];
  }
  const endMs = atMs + 5;
  const end = { type: 'graph.complete', threadId: 'exact', timestamp: endMs, payload: { status: 'failure' } };
  await post(running.url, ndjson([end]));
  await until('the end of the thread', async () => {
    const found = await rawSamples(prometheus.url, 'orchestrator_timeline_thread_state');
    const last = found?.get('exact')?.at(-1);
    return last?.[1] === String(THREAD_STATE_CODE.failed) && last[0] === endMs ? true : undefined;
  });
  const stored = (await rawSamples(prometheus.url, 'orchestrator_timeline_agent_state'))?.get('exact/a') ?? [];
  const byTime = new Map(stored);
  const missing = truth.filter(([ms, value]) => byTime.get(ms) !== value);
  expect(missing).toEqual([]);
  // What else is stored are heartbeats: they repeat the sample before them.
  const trueTimes = new Set([...truth.map(([ms]) => ms), endMs]);
  const extra = stored.filter(([ms, value], i) => !trueTimes.has(ms) && stored[i - 1]?.[1] !== value);
  expect(extra).toEqual([]);
});

test('Prometheus has warned of nothing, and every scrape was taken', async () => {
  expect(prometheus.warnings()).toEqual([]);
  const up = await rawSamples(prometheus.url, 'up{job="timeline"}');
  expect([...(up?.values() ?? [])].flat().map(([, value]) => value)).toContain('1');
  // On a machine that stands still a scrape may run out of time: nothing else may come between.
  const failed = prometheus.log().match(/msg="(Scrape|Append) failed".*/g) ?? [];
  expect(failed.filter((line) => !line.includes('context deadline exceeded'))).toEqual([]);
});
