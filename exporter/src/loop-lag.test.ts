import { loopLag } from './loop-lag.ts';

test.each([
  { name: 'the first call has nothing to compare with', atMs: [5_000], lags: [] },
  { name: 'a timer in time is not late', atMs: [0, 100, 200], lags: [0, 0] },
  { name: 'one that is early is not late', atMs: [0, 99.5], lags: [0] },
  { name: 'one that was held is as late as it was held', atMs: [0, 100, 350, 450], lags: [0, 0.15, 0] },
  { name: 'what went by while the machine slept counts', atMs: [0, 3_600_100], lags: [3_600] },
])('$name', ({ atMs, lags }) => {
  const times = [...atMs];
  const heard: number[] = [];
  const tick = loopLag({ monotonic: () => times.shift() ?? NaN }, 100, (seconds) => heard.push(seconds));
  atMs.forEach(tick);
  expect(heard).toEqual(lags);
});
