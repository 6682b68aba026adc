// Incidents in which what was exposed was wrong, too much, or not to be parsed.
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { runExporter } from '../running-exporter.ts';
import { falls, strictPage } from '../strict-exposition.ts';
import { catalogued, cost, NOW, Rig, USD } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.open();
});
afterEach(() => rig.close());

test('LiteLLM#12159: labels of what was long over were never let go - does not happen here', async () => {
  await rig.crash(new Map(), { threads: { retention: '1m' } });
  const before = (await rig.seriesNames()).length;
  const end = (threadId: string): object => ({
    type: 'graph.complete',
    threadId,
    timestamp: NOW,
    payload: { status: 'success' },
  });
  await rig.post(...Array.from({ length: 200 }, (_, at) => [cost({}, { threadId: `t${at}` }), end(`t${at}`)]).flat());
  const full = (await rig.seriesNames()).length;
  rig.clock.nowMs += 120_000;
  rig.clock.tick();
  await rig.post(cost());
  const after = (await rig.seriesNames()).length;
  expect([full - before > 1_000, after - before < 150]).toEqual([true, true]);
});

test('LiteLLM#35666: paths that scanners ask for became labels - does not happen here', async () => {
  const before = await rig.seriesNames();
  for (let at = 0; at < 300; at += 1) await rig.get(`/wp-admin/${at}.php?x=${at}`);
  expect(await rig.seriesNames()).toEqual(before);
});

test('LiteLLM PR#39136: invented model names made series for good - does not happen here', async () => {
  await rig.post(...Array.from({ length: 1_000 }, (_, at) => cost({ model: `junk-${at}` })));
  const models = [...(await rig.page()).values()].filter(({ name }) => name === 'orchestrator_cost_usd_total');
  expect([
    models.length <= 202,
    await rig.spent(),
    await rig.value('orchestrator_exporter_label_overflow_total', { label: 'model' }),
  ]).toEqual([true, 1_000 * USD, expect.any(Number)]);
});

test('statsd_exporter#350: nothing held the number of series, or it would drop them in silence - does not happen here', async () => {
  await rig.crash(new Map(), { limits: { series_per_family: 10, label_values: 5 } });
  await rig.post(...Array.from({ length: 100 }, (_, at) => cost({ agent: `a${at}`, team: `x${at}` })));
  const folded = await rig.value('orchestrator_exporter_label_overflow_total', { label: 'agent' });
  const series = await rig.value('orchestrator_exporter_series', { family: 'orchestrator_cost_usd_total' });
  expect([(series ?? 99) <= 11, await rig.spent(), (folded ?? 0) > 0]).toEqual([true, 100 * USD, true]);
  // The caps themselves, so that a dashboard tells how near they are; what threads.max bounds has none of these.
  const limit = (family: string) => rig.value('orchestrator_exporter_series_limit', { family });
  expect({
    series: await limit('orchestrator_cost_usd_total'),
    ofThreads: await limit('orchestrator_thread_cost_usd_total'),
    agents: await rig.value('orchestrator_exporter_label_values', { label: 'agent' }),
    values: await rig.value('orchestrator_exporter_label_values_limit', {}),
    threads: await rig.value('orchestrator_exporter_threads_limit', {}),
  }).toEqual({ series: 10, ofThreads: undefined, agents: 5, values: 5, threads: 500 });
});

test('statsd_exporter#353: a series that expired came back as a reset - does not happen here', async () => {
  await rig.crash(new Map(), { threads: { retention: '1m' } });
  const timestamp = NOW;
  await rig.post(cost({ costCents: 500 }), {
    type: 'graph.complete',
    threadId: 't',
    timestamp,
    payload: { status: 'success' },
  });
  const before = await rig.page();
  rig.clock.nowMs += 120_000;
  rig.clock.tick();
  await rig.post(cost({ costCents: 600 }));
  expect([falls(before, await rig.page(), () => true), await rig.spent()]).toEqual([[], 6 * USD]);
});

test('statsd_exporter#579: an invalid line was a panic - does not happen here', async () => {
  const lines = [JSON.stringify(cost()), 'a:1|c|@', '\u0000', '{"type":', JSON.stringify(cost())];
  const { answer } = await rig.postText(lines.join('\n'), 'ndjson');
  expect([answer.accepted, answer.rejected.map(({ reason }) => reason), await rig.spent()]).toEqual([
    2,
    ['not_json', 'not_json', 'not_json'],
    2 * USD,
  ]);
});

test('statsd_exporter#213: one name with two types made every scrape fail - does not happen here', async () => {
  const clash = ['orchestrator_cost_usd_total', 'up', '__name__', 'le', 'environment'].map((agent) =>
    cost({ agent, model: agent })
  );
  expect((await rig.post(...clash)).answer.accepted).toBe(5);
  expect(await rig.spent({ agent: 'orchestrator_cost_usd_total', environment: 'fuzz' })).toBe(USD);
});

test('statsd_exporter#461: a name made like another took its series over - does not happen here', async () => {
  await rig.post(
    cost({ agent: 'planner' }),
    cost({ agent: 'planner\u0000' }),
    cost({ agent: 'planner ' }),
    cost({ agent: 'Planner' })
  );
  expect([await rig.spent({ agent: 'planner' }), await rig.spent()]).toEqual([USD, 4 * USD]);
});

test('Pushgateway#293: two groups of labels had one key - does not happen here', async () => {
  // Neighbours among the labels: whatever sign joins them, one of these pairs would be one.
  const pairs = [',', '|', ':', '"', ';', '=', '/', '\\', '\u00ff', '","', ',model:', ',model=', '1:'].flatMap(
    (sign) => [
      { provider: `x${sign}y`, model: 'z', costUsd: 1 },
      { provider: 'x', model: `y${sign}z`, costUsd: 1 },
    ]
  );
  await rig.post(...pairs.map((pair) => cost(pair)));
  for (const { provider, model } of pairs) expect(await rig.spent({ provider, model })).toBe(USD);
});

test('Pushgateway (consistency check): one inconsistent push made every scrape fail - does not happen here', async () => {
  const { answer } = await rig.post(
    cost(),
    cost({ agent: ['v"} 1\nfake_cost_usd_total{team="victim"} 999999\n#'] }),
    cost()
  );
  expect([answer.accepted, answer.rejected[0]?.reason, await rig.spent()]).toEqual([2, 'invalid_field', 2 * USD]);
});

test('client_js#791: an array for a label wrote metrics of its own - does not happen here', async () => {
  for (const field of ['agent', 'team', 'workflow', 'model', 'provider']) {
    await rig.post(cost({ [field]: ['"} 1\nfake_total 5\n#'] }), cost({ [field]: '"} 1\nfake_total 5\n#' }));
  }
  const { text } = await rig.get('/metrics');
  expect([text.split('\n').filter((line) => line.startsWith('fake')), strictPage(text).size > 0]).toEqual([[], true]);
});

test('prom-client#682: other label values with the same joined text shared a counter - does not happen here', async () => {
  const joined = { provider: 'a,model:b', model: 'c' };
  const other = { provider: 'a', model: 'b,model:c' };
  await rig.post(cost({ ...joined, costUsd: 5 }), cost({ ...other, costUsd: 10 }));
  expect([await rig.spent(joined), await rig.spent(other)]).toEqual([5 * USD, 10 * USD]);
});

test('prom-client (inc(NaN)): one NaN spoilt a counter for good - does not happen here', async () => {
  await rig.post(
    cost({ costUsd: 'NaN' }),
    cost({ costUsd: null, costCents: 'Infinity' }),
    cost({ inputTokensDelta: null, costUsd: [] })
  );
  await rig.postText('[{"type":"cost.updated","threadId":"t","timestamp":1,"payload":{"costUsd":1e400}}]');
  await rig.post(cost());
  expect(await rig.spent()).toBe(USD);
});

test('prom-client PR#829: one scrape in OpenMetrics renamed the metrics of the next in text - does not happen here', async () => {
  await rig.post(cost());
  const before = await rig.seriesNames();
  strictPage((await rig.get('/metrics/timeline?consumer=a')).text, 'timeline');
  expect(await rig.seriesNames()).toEqual(before);
});

test('prom-client#287: default labels of one metric leaked into others - does not happen here', async () => {
  await rig.post(cost({ team: 'a', workflow: 'w' }), cost({}, { threadId: 'u' }));
  // The strict reading refuses any label that the catalogue does not give the family.
  expect(await rig.spent({ team: 'default' })).toBe(USD);
});

test('Prometheus#3886: spend from before the first scrape was seen by no alert - does not happen here', async () => {
  const file = Rig.file('budgets: [{name: b, limit_usd: 40, window: day}]');
  await rig.crash(new Map(), { budgets_file: file });
  await rig.post(cost({ costUsd: 50, agent: 'new' }));
  // The first page ever: what alerts read is a gauge, not a rise.
  expect(await rig.value('orchestrator_budget_used_ratio', { budget: 'b' })).toBe(1.25);
});

async function seriesAt(url: string): Promise<string[]> {
  return catalogued(strictPage(await (await fetch(`${url}/metrics`)).text()));
}

/** Sent as it stands, with any method and any header. */
async function send(url: string, method: string, headers: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  const { hostname, port } = new URL(url);
  const asked = request({ hostname, port, path: '/metrics', method, headers, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  return answer;
}

test('client_golang CVE-2022-21698: every request method became a label - does not happen here', async () => {
  const running = await runExporter();
  try {
    const before = await seriesAt(running.url);
    for (const method of ['PUT', 'PATCH', 'DELETE', 'PROPFIND', 'MKCOL', 'REPORT', 'PURGE', 'SEARCH', 'LINK']) {
      expect((await send(running.url, method, {})).statusCode).toBe(405);
    }
    expect(await seriesAt(running.url)).toEqual(before);
  } finally {
    await running.close();
  }
});

test('otelhttp CVE-2023-45142: every user agent became a label - does not happen here', async () => {
  const running = await runExporter();
  try {
    const before = await seriesAt(running.url);
    for (let at = 0; at < 100; at += 1)
      await send(running.url, 'GET', { 'user-agent': `scanner/${at}`, 'x-forwarded-for': `10.0.0.${at}` });
    expect(await seriesAt(running.url)).toEqual(before);
  } finally {
    await running.close();
  }
});

test('LiteLLM PR#27272: every end user became a series - does not happen here', async () => {
  const before = (await rig.post(cost()), (await rig.seriesNames()).length);
  await rig.post(
    ...Array.from({ length: 500 }, (_, at) => cost({ user: `u${at}`, end_user: `u${at}`, session: at, costUsd: 1 }))
  );
  expect([(await rig.seriesNames()).length, await rig.spent()]).toEqual([before, 501 * USD]);
});
