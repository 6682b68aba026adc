import { RecentMap } from './recent-map.ts';

test('keeps the keys set last, whatever their age in use', () => {
  const map = new RecentMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  expect([map.get('a'), map.get('b'), map.size]).toEqual([3, 2, 2]);
  map.set('c', 4);
  expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([undefined, 2, 4, 2]);
});

test('a deleted key can be set again and is never more than its capacity', () => {
  const map = new RecentMap<number>(2);
  for (let round = 0; round < 10; round++) {
    map.set('a', round);
    map.delete('a');
    map.delete('never');
  }
  map.set('a', 1);
  map.set('b', 2);
  expect([map.get('b'), map.size <= 2]).toEqual([2, true]);
});

test('keys of Object are ordinary', () => {
  const map = new RecentMap<number>(3);
  map.set('__proto__', 1);
  expect([map.get('__proto__'), map.get('constructor')]).toEqual([1, undefined]);
});

test.each([0, -1, 1.5, NaN])('%d is no capacity', (capacity) => {
  expect(() => new RecentMap(capacity)).toThrow(`${capacity} is not a number of entries to keep`);
});
