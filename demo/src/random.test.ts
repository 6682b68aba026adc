import { Random, type Range } from './random.ts';

test.each<[string, Range]>([
  ['one value', [5, 5]],
  ['two values', [0, 1]],
  ['a wide range', [2, 20_000]],
])('draws from %s stay within their bounds and reach both', (_name, range) => {
  const random = new Random(7);
  const draws = Array.from({ length: 200_000 }, () => random.int(range));
  expect([draws.reduce((a, b) => Math.min(a, b)), draws.reduce((a, b) => Math.max(a, b))]).toEqual(range);
  expect(draws.every(Number.isInteger)).toBe(true);
});

test('half of the latencies lie below the geometric mean of the range', () => {
  const random = new Random(3);
  const draws = Array.from({ length: 10_000 }, () => random.latency([10, 1_000]));
  expect(draws.every((draw) => draw >= 10 && draw <= 1_000)).toBe(true);
  expect(draws.filter((draw) => draw < 100).length / draws.length).toBeCloseTo(0.5, 1);
});

test('the same seed draws the same, another seed something else', () => {
  const draw = (seed: number): number[] => {
    const random = new Random(seed);
    return Array.from({ length: 20 }, () => random.unit());
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test('a fork draws for itself: what it draws does not change its origin', () => {
  const draws = (forkDraws: number): number => {
    const random = new Random(1);
    const fork = random.fork();
    for (let i = 0; i < forkDraws; i += 1) fork.unit();
    return random.unit();
  };
  expect(draws(100)).toBe(draws(0));
});

test.each([
  ['an empty list', []],
  ['one item', ['a']],
  ['repeated items', ['b', 'a', 'b', 'c']],
])('shuffling %s keeps every item and the original list', (_name, list) => {
  const original = [...list];
  expect(new Random(9).shuffle(list).sort()).toEqual([...list].sort());
  expect(list).toEqual(original);
});

test('a shuffle puts every item in every place about as often', () => {
  const random = new Random(5);
  const firsts = { a: 0, b: 0, c: 0 };
  for (let i = 0; i < 6_000; i += 1) firsts[random.shuffle(['a', 'b', 'c'] as const)[0] ?? 'a'] += 1;
  for (const count of Object.values(firsts)) expect(Math.abs(count - 2_000)).toBeLessThan(200);
});

test('picking from an empty list is refused', () => {
  expect(() => new Random(1).pick([])).toThrow('pick: the list is empty');
});
