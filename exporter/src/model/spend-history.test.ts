import { nano } from '../contract/money.ts';
import { SpendHistory, type HistoricSpend } from './spend-history.ts';

const T = Date.UTC(2026, 2, 10, 12);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const spend = (atMs: number, amount: number, agent = 'a'): HistoricSpend => ({
  labels: { team: 'x', workflow: 'w', agent, provider: 'p', model: 'm' },
  spend: nano(amount),
  atMs,
});

function history(maxSlots: number, ...spends: HistoricSpend[]): SpendHistory {
  const made = new SpendHistory(maxSlots);
  for (const one of spends) made.add(one);
  return made;
}

test('nothing was spent, and that is known of all time', () => {
  const empty = history(10);
  expect([[...empty.spends()], empty.knownSinceMs]).toEqual([[], Number.NEGATIVE_INFINITY]);
});

test('spend of one minute and one set of labels is one sum at its newest instant', () => {
  const made = history(10, spend(T + 5_000, 1), spend(T + 1_000, 2), spend(T + MINUTE_MS, 4), spend(T, 8, 'b'));
  expect([...made.spends()]).toEqual([spend(T + 5_000, 3), spend(T + MINUTE_MS, 4), spend(T, 8, 'b')]);
});

test('labels that look alike when they are joined are kept apart', () => {
  const one = { ...spend(T, 1), labels: { team: 'a","b', workflow: 'c' } };
  const two = { ...spend(T, 2), labels: { team: 'a', workflow: 'b","c' } };
  expect([...history(10, one, two).spends()].map(({ spend: sum }) => sum)).toEqual([1, 2]);
});

test('past the bound what is older than a day becomes quarters of an hour, and no money is lost', () => {
  const minutes = Array.from({ length: 30 }, (_, at) => spend(T + at * MINUTE_MS, at + 1));
  const made = history(30, ...minutes, spend(T + 2 * DAY_MS, 1_000));
  expect([...made.spends()].map(({ spend: sum, atMs }) => [sum, atMs - T])).toEqual([
    [1_000, 2 * DAY_MS],
    [120, 14 * MINUTE_MS],
    [345, 29 * MINUTE_MS],
  ]);
  expect(made.knownSinceMs).toBe(Number.NEGATIVE_INFINITY);
});

test('where that is not enough the oldest go, and it is known from when on all is there', () => {
  const days = Array.from({ length: 9 }, (_, at) => spend(T + at * DAY_MS, at + 1));
  const made = history(8, ...days);
  expect([...made.spends()].map(({ spend: sum }) => sum).sort((a, b) => a - b)).toEqual([4, 5, 6, 7, 8, 9]);
  expect(made.knownSinceMs).toBe(T + 2 * DAY_MS + 15 * MINUTE_MS);
});

test('100,000 hostile labels take no more slots than the bound', () => {
  const made = new SpendHistory(1_000);
  for (let at = 0; at < 100_000; at++) made.add(spend(T + at, 1, `agent-${at}`));
  expect([...made.spends()].length).toBeLessThanOrEqual(1_000);
});

test('a sum past the exact range is held as far as it goes, and what it leaves out is known to be missing', () => {
  const most = Number.MAX_SAFE_INTEGER;
  const made = history(10, spend(T, most), spend(T + 1, 5), spend(T + MINUTE_MS, 1));
  expect([...made.spends()].map((one) => one.spend)).toEqual([most, 1]);
  expect(made.knownSinceMs).toBe(T + 2);
});
