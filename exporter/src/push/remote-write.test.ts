// What goes over the wire, what answers mean, and what may stand in the configuration.
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import snappy from 'snappyjs';
import { TimelineSeriesSet } from '../series/timeline-series.ts';
import { backoffMs } from './backoff.ts';
import { authorizationOf } from './credentials.ts';
import { refusalOf, retryAfterOf } from './http-post.ts';
import { printedTargets, remoteWriteSchema } from './options.ts';
import { WriteRequests } from './write-request.ts';
import type { PushedSample } from './write-request.ts';

/** `name{labels}` and its `value@ms`, in the order of the request; a stale mark by its bits. */
function decoded(bytes: Uint8Array): string[] {
  const message = (reader: BinaryReader, length: number, on: (field: number, type: WireType) => void): void => {
    const end = reader.pos + length;
    while (reader.pos < end) on(...reader.tag());
  };
  const lines: string[] = [];
  const body = snappy.uncompress(bytes);
  const reader = new BinaryReader(body);
  message(reader, body.length, () => {
    const labels: string[] = [];
    const samples: string[] = [];
    message(reader, reader.uint32(), (field) => {
      const texts: string[] = [];
      let [value, ms] = ['', ''];
      message(reader, reader.uint32(), (inner, type) => {
        if (field === 1) texts.push(reader.string());
        else if (type === WireType.Bit64) value = doubleText(BigInt(reader.fixed64()));
        else if (inner === 2) ms = String(reader.int64());
      });
      if (field === 1) labels.push(texts.join('='));
      else samples.push(`${value}@${ms}`);
    });
    lines.push(`${labels.join(',')} ${samples.join(' ')}`);
  });
  return lines;
}

function doubleText(bits: bigint): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  const value = view.getFloat64(0);
  return Number.isNaN(value) ? `0x${bits.toString(16)}` : String(value);
}

const SET = new TimelineSeriesSet('prod');
const AGENT = SET.of({ family: 'agentState', threadId: 't "1"\n', lane: 'ägent' });
const COST = SET.of({ family: 'threadCost', threadId: 't "1"\n' });

test.each<[string, readonly PushedSample[], readonly string[]]>([
  ['nothing', [], []],
  [
    'series apart, labels sorted, money in dollars, an end as the stale mark',
    [
      { series: AGENT, atMs: 1_800_000_000_000, value: 2 },
      { series: COST, atMs: 1_800_000_000_001, value: 31_700 },
      { series: AGENT, atMs: 1_800_000_000_002, value: 5 },
      { series: AGENT, atMs: 1_800_000_000_003, value: undefined },
    ],
    [
      '__name__=orchestrator_timeline_agent_state,agent=ägent,environment=prod,thread=t "1"\n 2@1800000000000 5@1800000000002 0x7ff0000000000002@1800000000003',
      '__name__=orchestrator_timeline_thread_cost_usd,environment=prod,thread=t "1"\n 0.0000317@1800000000001',
    ],
  ],
  [
    'before 1970, and a fraction of a millisecond',
    [{ series: COST, atMs: -1.4, value: 0 }],
    ['__name__=orchestrator_timeline_thread_cost_usd,environment=prod,thread=t "1"\n 0@-1'],
  ],
])('a write request of %s', (_name, samples, lines) => {
  expect(decoded(new WriteRequests('prod').encode(samples))).toEqual(lines);
});

test.each([
  ['', undefined],
  ['out of order sample', 'out_of_order'],
  ['err: out-of-order sample (err-mimir-sample-out-of-order)', 'out_of_order'],
  ['duplicate sample for timestamp', 'duplicate'],
  ['out of bounds', 'out_of_bounds'],
  ['too old sample', 'out_of_bounds'],
  ['out of bounds: timestamp is too far in the future', 'out_of_bounds'],
  ['internal error', undefined],
])('the answer %j refuses samples as %s', (text, refusal) => {
  expect(refusalOf(text)).toBe(refusal);
});

test.each<[string | undefined, number | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['0', 0],
  ['7', 7_000],
  ['99999999', 600_000],
  ['-1', undefined],
  ['soon', undefined],
  ['Thu, 01 Jan 1970 00:00:11 GMT', 10_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
])('Retry-After %j means %s ms', (header, ms) => {
  expect(retryAfterOf(header, 1_000)).toBe(ms);
});

test.each([
  { attempt: 0, random: 0, asked: 0, ms: 15 },
  { attempt: 0, random: 1, asked: 0, ms: 30 },
  { attempt: 3, random: 1, asked: 0, ms: 240 },
  { attempt: 1_000, random: 1, asked: 0, ms: 5_000 },
  { attempt: 1_000, random: 0, asked: 0, ms: 2_500 },
  { attempt: 0, random: 0, asked: 60_000, ms: 60_000 },
])('after attempt $attempt it waits $ms ms when chance says $random and $asked was asked', ({ ms, ...given }) => {
  const options = { minMs: 30, maxMs: 5_000, random: () => given.random };
  expect(backoffMs(given.attempt, options, given.asked)).toBe(ms);
});

const URL_ = 'https://metrics.example.com/api/v1/write';

test.each<[string, unknown, readonly string[]]>([
  ['none', [], []],
  ['a URL alone', [{ url: URL_ }], []],
  ['no URL', [{}], ['0.url: expected an http or https URL']],
  ['another scheme', [{ url: 'file:///etc/passwd' }], ['0.url: expected an http or https URL']],
  [
    'credentials in the URL',
    [{ url: 'https://user:hunter2@example.com/' }],
    ['0.url: expected a URL without user and password: they go into basic_auth'],
  ],
  ['an unknown key', [{ url: URL_, urls: 1 }], ['0: Unrecognized key: "urls"']],
  [
    'a secret among the headers',
    [{ url: URL_, headers: { Authorization: 'Bearer hunter2' } }],
    [
      '0.headers.Authorization: expected a header that the exporter does not set; secrets go into basic_auth, authorization or bearer_token_file',
    ],
  ],
  [
    'a header that would end the head',
    [{ url: URL_, headers: { 'X-Scope-OrgID': 'a\r\nX: y' } }],
    ['0.headers.X-Scope-OrgID: expected up to 4,096 printable ASCII characters'],
  ],
  [
    'two ways to say who we are',
    [{ url: URL_, bearer_token_file: '/a', basic_auth: { username: 'u', password_file: '/b' } }],
    ['0: expected one of basic_auth, authorization and bearer_token_file at most'],
  ],
  [
    'two targets of one host, without names',
    [{ url: URL_ }, { url: `${URL_}?x` }],
    ['1.name: expected a name that no other target has; without one it is the host of the URL'],
  ],
  [
    'durations that are none',
    [{ url: URL_, lateness: 5, queue_config: { batch_send_deadline: '1ms', min_backoff: '1m', max_backoff: '1s' } }],
    [
      '0.queue_config.batch_send_deadline: expected a duration from 10ms to 10m',
      '0.lateness: expected a duration up to 10m',
    ],
  ],
])('remote_write of %s', (_name, value, problems) => {
  const parsed = remoteWriteSchema.safeParse(value);
  const found = parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  expect(found).toEqual(problems);
  expect(found.join()).not.toContain('hunter2');
});

test('what is printed of a target names headers and no value, no query, and durations as they are written', () => {
  const parsed = remoteWriteSchema.parse([
    { url: `${URL_}?key=hunter2`, headers: { 'X-Key': 'hunter2' }, lateness: '1s' },
  ]);
  expect(printedTargets(parsed)).toEqual([
    {
      url: URL_,
      headers: ['X-Key'],
      remote_timeout: '30000ms',
      heartbeat_interval: '15000ms',
      lateness: '1000ms',
      queue_config: {
        max_samples_per_send: 2_000,
        batch_send_deadline: '50ms',
        min_backoff: '30ms',
        max_backoff: '5000ms',
      },
    },
  ]);
});

test.each<[string, Parameters<typeof authorizationOf>[0], string | undefined]>([
  ['nobody', {}, undefined],
  ['a user', { basic_auth: { username: 'u', password_file: 'pass' } }, `Basic ${btoa('u:p w')}`],
  ['a token', { bearer_token_file: 'token' }, 'Bearer abc'],
  ['a scheme of its own', { authorization: { type: 'Token', credentials_file: 'token' } }, 'Token abc'],
  ['an empty file', { bearer_token_file: 'empty' }, 'empty holds no secret that a header can carry'],
  ['two lines', { bearer_token_file: 'lines' }, 'lines holds no secret that a header can carry'],
])('credentials of %s', (_name, options, expected) => {
  const files: Record<string, string> = { pass: 'p w\n', token: ' abc\n', empty: '\n', lines: 'a\nb' };
  const said = (): string | undefined => {
    try {
      return authorizationOf(options, (path) => files[path] ?? '');
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(said()).toBe(expected);
});
