import { durationMsOf, parseDemoArguments, parseReplayArguments } from './arguments.ts';

test.each([
  ['', undefined],
  ['0s', undefined],
  ['1s', 1_000],
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['10', undefined],
  ['1.5m', undefined],
  ['-1m', undefined],
  ['9999999s', undefined],
  ['1m; rm', undefined],
])('the duration %p is %p ms', (text, ms) => {
  expect(durationMsOf(text)).toBe(ms);
});

const demoDefaults = {
  exporter: 'http://127.0.0.1:9847',
  nats: undefined,
  seed: undefined,
  threads: 4,
  durationMs: undefined,
};

test.each([
  ['nothing', [], demoDefaults],
  [
    'everything',
    ['--exporter', 'https://x/base', '--nats', 'nats://y:4222', '--seed', '0', '--threads', '200', '--duration', '10m'],
    { exporter: 'https://x/base', nats: 'nats://y:4222', seed: 0, threads: 200, durationMs: 600_000 },
  ],
])('the demo understands %s', (_name, args, value) => {
  expect(parseDemoArguments(args)).toEqual({ ok: true, value });
});

test.each([
  ['an unknown option', ['--speeed', '2'], [expect.stringContaining("'--speeed'")]],
  [
    'several bad values, all named at once',
    ['--exporter', 'file:///etc/passwd', '--seed', '4294967296', '--threads', '201', '--duration', '5 minutes'],
    [
      "--exporter: the exporter's address 'file:///etc/passwd' is not an http(s) URL; expected e.g. http://127.0.0.1:9847",
      "--seed '4294967296': expected a whole number up to 4294967295",
      "--threads '201': expected a whole number from 1 to 200",
      "--duration '5 minutes': expected a duration such as 90s, 10m or 1h",
    ],
  ],
  ['no threads', ['--threads', '0'], ["--threads '0': expected a whole number from 1 to 200"]],
])('the demo refuses %s', (_name, args, problems) => {
  expect(parseDemoArguments(args)).toEqual({ ok: false, problems });
});

const replayDefaults = { exporter: 'http://127.0.0.1:9847', live: false, speed: 1, suffix: '' };

test.each([
  ['files alone', ['a', 'b'], { ...replayDefaults, files: ['a', 'b'] }],
  [
    'everything',
    ['a', '--live', '--speed', '0.5', '--suffix=-2', '--exporter', 'http://[::1]:1'],
    { files: ['a'], live: true, speed: 0.5, suffix: '-2', exporter: 'http://[::1]:1' },
  ],
])('the replayer understands %s', (_name, args, value) => {
  expect(parseReplayArguments(args)).toEqual({ ok: true, value });
});

test.each([
  ['no file', [], ['no file given; expected one or more files of events, one JSON event a line']],
  ['a speed of zero', ['a', '--speed', '0'], ["--speed '0': expected a number above 0, up to 1000"]],
  ['a speed that is no number', ['a', '--speed', '1e9'], ["--speed '1e9': expected a number above 0, up to 1000"]],
  ['an unknown option', ['a', '--fast'], [expect.stringContaining("'--fast'")]],
])('the replayer refuses %s', (_name, args, problems) => {
  expect(parseReplayArguments(args)).toEqual({ ok: false, problems });
});
