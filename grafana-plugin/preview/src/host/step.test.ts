import { alignRange, promDuration, stepOf, timeMacros } from './step.ts';

test.each([
  ['the calculated interval', { fromMs: 0, toMs: 3_600_000, intervalMs: 15_000, intervalFactor: 1 }, 15_000],
  ['times the factor', { fromMs: 0, toMs: 3_600_000, intervalMs: 15_000, intervalFactor: 2 }, 30_000],
  [
    'more where 11,000 points would not do',
    { fromMs: 0, toMs: 110_000_000, intervalMs: 1_000, intervalFactor: 1 },
    10_000,
  ],
  ['at least a millisecond', { fromMs: 5, toMs: 5, intervalMs: 0, intervalFactor: 0 }, 1],
])('steps by %s', (_name, request, expected) => {
  expect(stepOf(request)).toBe(expected);
});

test.each([
  [
    { fromMs: 1_007, toMs: 61_003, stepMs: 15_000, utcOffsetMs: 0 },
    { startMs: 0, endMs: 60_000 },
  ],
  [
    { fromMs: 15_000, toMs: 30_000, stepMs: 15_000, utcOffsetMs: 0 },
    { startMs: 15_000, endMs: 30_000 },
  ],
  [
    { fromMs: 86_400_000, toMs: 172_800_000, stepMs: 86_400_000, utcOffsetMs: 7_200_000 },
    { startMs: 79_200_000, endMs: 165_600_000 },
  ],
])('floors %j to the step', (request, expected) => {
  expect(alignRange(request)).toEqual(expected);
});

test.each([
  [15_000, '15s'],
  [90_000, '90s'],
  [60_000, '1m'],
  [7_200_000, '2h'],
  [86_400_000, '1d'],
  [1_500, '1500ms'],
  [1, '1ms'],
])('writes %d ms as %s', (ms, expected) => {
  expect(promDuration(ms)).toBe(expected);
});

test.each([
  [15_000, { __interval: '15s', __rate_interval: '1m', __range: '3600s', __range_s: '3600', __range_ms: '3600400' }],
  [60_000, { __interval: '1m', __rate_interval: '75s', __range: '3600s', __range_s: '3600', __range_ms: '3600400' }],
])('fills the time macros for a step of %d ms', (stepMs, expected) => {
  const macros = timeMacros({ fromMs: 0, toMs: 3_600_400, stepMs });
  const names = Object.keys(expected);
  expect(Object.fromEntries(names.map((name) => [name, macros.get(name)?.value]))).toEqual(expected);
});
