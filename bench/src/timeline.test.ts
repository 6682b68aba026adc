import { compared, timelineText } from './timeline.ts';

type Series = readonly (readonly [number, number])[];
const of = (...series: readonly Series[]): ReadonlyMap<string, Series> =>
  new Map(series.map((samples, n) => [`t/${n}`, samples]));

test.each([
  { name: 'nothing', truth: of(), stored: of(), exact: 0, extra: 0 },
  {
    name: 'all of it',
    truth: of([
      [1, 2],
      [5, 3],
    ]),
    stored: of([
      [1, 2],
      [5, 3],
    ]),
    exact: 2,
    extra: 0,
  },
  {
    name: 'heartbeats between',
    truth: of([
      [1, 2],
      [5, 3],
    ]),
    stored: of([
      [1, 2],
      [3, 2],
      [5, 3],
      [9, 3],
    ]),
    exact: 2,
    extra: 0,
  },
  { name: 'a value that is another', truth: of([[1, 2]]), stored: of([[1, 3]]), exact: 0, extra: 0 },
  {
    name: 'a change a millisecond late',
    truth: of([
      [1, 2],
      [5, 3],
    ]),
    stored: of([
      [1, 2],
      [6, 3],
    ]),
    exact: 1,
    extra: 1,
  },
  { name: 'a series that is not there', truth: of([[1, 2]], [[1, 2]]), stored: of([[1, 2]]), exact: 1, extra: 0 },
])('what is stored is compared by millisecond and value: $name', ({ truth, stored, exact, extra }) => {
  const transitions = [...truth.values()].reduce((sum, own) => sum + own.length, 0);
  expect(compared(truth, stored)).toEqual({ transitions, exact, extra });
});

test('what is not all exact does not read as 100 %', () => {
  const row = { consumer: 'c', transitions: 100_000, exact: 99_999, extra: 1, warnings: ['w'] };
  expect(timelineText([row]).split('\n').at(-1)).toBe(
    '| Prometheus, consumer c |     100,000 | 99,999 |  99.999 |          1 |                   1 |'
  );
});
