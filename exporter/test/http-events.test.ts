// POST /v1/events over real HTTP: what is counted, what is refused and how that is said.
import { gzipSync } from 'node:zlib';
import { metricLines, ndjson, post, recordedRun, runExporter, sumOf } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';

let running: RunningExporter;
beforeEach(async () => {
  running = await runExporter({ limits: { body_bytes: 200_000, events_per_body: 500 } });
});
afterEach(() => running.close());

const RUNS = ['openai', 'langchain', 'smolagents'];
const event = (fields: object = {}): Record<string, unknown> => ({
  type: 'node.start',
  threadId: 't-1',
  timestamp: Date.now(),
  payload: { nodeId: 'n' },
  ...fields,
});

test('three recorded runs move the spend by exactly 0.000544 USD, and their repeat by nothing', async () => {
  const body = ndjson(RUNS.flatMap((name) => recordedRun(name, Date.now())));
  expect(await metricLines(running.url, 'orchestrator_cost_usd_total')).toEqual([]);
  expect(await post(running.url, body)).toMatchObject({
    status: 200,
    answer: { accepted: 76, duplicates: 0, rejected: [] },
  });
  const once = await metricLines(running.url, 'orchestrator_cost_usd_total');
  expect(once).toEqual([
    'orchestrator_cost_usd_total{environment="test",team="default",workflow="default",agent="any_agent",provider="unknown",model="mistral/mistral-small-latest"} 0.000544',
  ]);
  const tokens = await metricLines(running.url, 'orchestrator_tokens_total');
  expect(sumOf(tokens.filter((line) => line.includes('direction="input"')))).toBe(4576);
  expect(sumOf(tokens.filter((line) => line.includes('direction="output"')))).toBe(288);

  expect(await post(running.url, body)).toMatchObject({ answer: { accepted: 0, duplicates: 76, rejected: [] } });
  expect(await metricLines(running.url, 'orchestrator_cost_usd_total')).toEqual(once);
  expect(await metricLines(running.url, 'orchestrator_exporter_events_duplicate_total')).toEqual([
    'orchestrator_exporter_events_duplicate_total{environment="test"} 76',
  ]);
});

test('one bad event in a batch costs no other: its index, reason and value are answered, and it is counted', async () => {
  const good = recordedRun('openai', Date.now());
  const bad = { type: 'cost.updated', threadId: 'run-openai', timestamp: Date.now(), payload: { costCents: 'five' } };
  const { status, answer } = await post(running.url, ndjson([...good.slice(0, 3), bad, ...good.slice(3)]));
  expect(status).toBe(200);
  expect(answer).toEqual({
    accepted: 23,
    duplicates: 0,
    rejected: [{ index: 3, reason: 'invalid_amount', message: expect.stringContaining('"five"') }],
  });
  expect(await metricLines(running.url, 'orchestrator_cost_usd_total')).toEqual([
    expect.stringMatching(/ 0\.0001248$/),
  ]);
  expect(await metricLines(running.url, 'orchestrator_exporter_events_rejected_total')).toEqual([
    'orchestrator_exporter_events_rejected_total{environment="test",reason="forbidden"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="id_conflict"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="invalid_amount"} 1',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="invalid_field"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="invalid_timestamp"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="missing_field"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="not_an_object"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="not_durable"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="not_json"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="queue_full"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="quota_exceeded"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="seq_unknown"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="too_complex"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="too_large"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="too_many_events"} 0',
    'orchestrator_exporter_events_rejected_total{environment="test",reason="unknown_type"} 0',
  ]);
});

const JSON_TYPE = { 'content-type': 'application/json' };
const NDJSON_TYPE = { 'content-type': 'application/x-ndjson' };
const ONE = { accepted: 1, duplicates: 0, rejected: [] };

test.each([
  { name: 'one JSON event', body: () => JSON.stringify(event()), headers: JSON_TYPE, answer: ONE },
  { name: 'a JSON array', body: () => JSON.stringify([event()]), headers: JSON_TYPE, answer: ONE },
  { name: 'an empty array', body: () => '[]', headers: JSON_TYPE, answer: { ...ONE, accepted: 0 } },
  { name: 'NDJSON', body: () => `${ndjson([event()])}\n\n`, headers: NDJSON_TYPE, answer: ONE },
  { name: 'an empty NDJSON body', body: () => '', headers: NDJSON_TYPE, answer: { ...ONE, accepted: 0 } },
  {
    name: 'gzip, with a charset',
    body: () => gzipSync(ndjson([event()])),
    headers: { 'content-type': 'Application/X-NDJSON; charset=utf-8', 'content-encoding': 'gzip' },
    answer: ONE,
  },
])('$name is taken', async ({ body, headers, answer }) => {
  expect(await post(running.url, body(), headers)).toMatchObject({ status: 200, answer });
});

test.each([
  { name: 'no JSON at all', body: 'hello', headers: JSON_TYPE, status: 400, code: 'not_json', says: '"hello"' },
  { name: 'an empty JSON body', body: '', headers: JSON_TYPE, status: 400, code: 'not_json', says: 'JSON' },
  {
    name: 'gzip that is none',
    body: 'plain',
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    status: 400,
    code: 'not_json',
    says: 'could not be read',
  },
  {
    name: 'a body past the limit',
    body: `[${' '.repeat(200_000)}]`,
    headers: JSON_TYPE,
    status: 413,
    code: 'too_large',
    says: '200000 bytes',
  },
  {
    name: 'a small body that unpacks past the limit',
    body: gzipSync(Buffer.alloc(50_000_000, 32)),
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
    status: 413,
    code: 'too_large',
    says: '200000 bytes',
  },
  {
    name: 'too many events at once',
    body: `[${'1,'.repeat(500)}1]`,
    headers: JSON_TYPE,
    status: 413,
    code: 'too_many_events',
    says: '501 events',
  },
  {
    name: 'a form',
    body: 'a=b',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    status: 415,
    code: 'unsupported_media_type',
    says: 'application/x-www-form-urlencoded',
  },
  {
    name: 'an unknown encoding',
    body: '[]',
    headers: { ...JSON_TYPE, 'content-encoding': 'zstd' },
    status: 415,
    code: 'unsupported_media_type',
    says: 'gzip',
  },
])('$name is answered with $status', async ({ body, headers, status, code, says }) => {
  expect(await post(running.url, body, headers)).toMatchObject({
    status,
    answer: { error: { code, message: expect.stringContaining(says) } },
  });
});

test('hostile strings in labels add no series, no lines and nobody else`s money', async () => {
  const agent = '"} 1\nfake_cost_usd_total{team="victim"} 999\n#';
  const cost = event({ type: 'cost.updated', payload: { costCents: 100, agent, model: '__proto__', provider: 'a\\' } });
  await post(running.url, ndjson([cost]));
  expect(await metricLines(running.url, 'orchestrator_cost_usd_total', 'fake_cost_usd_total')).toEqual([
    'orchestrator_cost_usd_total{environment="test",team="default",workflow="default",agent="\\"} 1\ufffdfake_cost_usd_total{team=\\"victim\\"} 999\ufffd#",provider="a\\\\",model="__proto__"} 1',
  ]);
});
