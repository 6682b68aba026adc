import { TimelineSeriesSet } from '../series/timeline-series.ts';
import { channelPath, influxLines } from './influx-lines.ts';
import { grafanaLiveSchema, pushUrl } from './live-options.ts';
import type { PushedSample } from './write-request.ts';

const SET = new TimelineSeriesSet('prod');
const AGENT = SET.of({ family: 'agentState', threadId: 'run-1', lane: 'the planner' });
const HOSTILE = SET.of({ family: 'agentState', threadId: 'a/b c,d="e"\\', lane: '{x},y=z\\' });
const COST = SET.of({ family: 'threadCost', threadId: 'run-1' });

test.each<[string, readonly PushedSample[], readonly string[]]>([
  ['nothing', [], []],
  ['an end alone', [{ series: AGENT, atMs: 1, value: undefined }], []],
  [
    'samples in the order of their time, money in dollars, spaces escaped',
    [
      { series: AGENT, atMs: 1_800_000_000_002, value: 5 },
      { series: COST, atMs: 1_800_000_000_001, value: 31_700 },
    ],
    [
      'run-1,__name__=orchestrator_timeline_thread_cost_usd,environment=prod,job=x,thread=run-1 value=0.0000317 1800000000001000000',
      'run-1,__name__=orchestrator_timeline_agent_state,environment=prod,job=x,thread=run-1,agent=the\\ planner value=5 1800000000002000000',
    ],
  ],
  [
    'names that would break the line, or the labels that Grafana makes of it',
    [{ series: HOSTILE, atMs: 1_800_000_000_000, value: 2 }],
    [
      'a_b_c_d__e__,__name__=orchestrator_timeline_agent_state,environment=prod,job=x,thread=a/b\\ c_d__e__,agent=_x__y_z_ value=2 1800000000000000000',
    ],
  ],
])('lines of %s', (_name, samples, lines) => {
  const text = influxLines(samples, { environment: 'prod', labels: { job: 'x' } });
  expect(text.split('\n').slice(0, -1)).toEqual(lines);
});

test.each([
  ['run-1.a_b', 'run-1.a_b'],
  ['', ''],
  ['../..', '.._..'],
  ['ünïcode', '_n_code'],
  ['x'.repeat(200), 'x'.repeat(100)],
])('the thread %j is the path %j of a channel', (thread, path) => {
  expect(channelPath(thread)).toBe(path);
});

const LEAST = { url: 'http://grafana:3000', token_file: '/run/secrets/grafana' };

test.each<[string, unknown, readonly string[]]>([
  ['as little as it takes', LEAST, []],
  ['nothing', {}, ['url: expected an http or https URL', 'token_file: expected a file']],
  ['a stream that is a path', { ...LEAST, stream: 'a/b' }, ['stream: expected 1 to 64 letters, digits, _ or -']],
  ['a token in the file', { ...LEAST, token: 'hunter2' }, [': Unrecognized key: "token"']],
  [
    'labels that are none',
    { ...LEAST, labels: { 'a-b': 'x', job: 'a=b' } },
    [
      'labels.job: expected text without commas, equals signs, quotes, braces and backslashes',
      'labels.a-b: expected a label name',
    ],
  ],
])('grafana_live with %s', (_name, value, problems) => {
  const parsed = grafanaLiveSchema.safeParse(value);
  const found = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

  expect(found).toEqual(problems);
  expect(found.join()).not.toContain('hunter2');
});

test.each([
  ['http://grafana:3000', 'http://grafana:3000/api/live/push/s'],
  ['http://example.com/grafana/', 'http://example.com/grafana/api/live/push/s'],
])('of %s it posts to %s', (url, to) => {
  expect(pushUrl({ url, stream: 's' })).toBe(to);
});
