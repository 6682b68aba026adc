import { KnownIds } from './known-ids.ts';
import { randomOf } from '../../test/journal/entries.ts';

test('an id is new once, then the same or another by its digest, until it was forgotten', () => {
  const known = new KnownIds(10);
  expect([known.look('a', 'd'), known.note('a', 'd'), known.note('a', 'd'), known.note('a', 'e'), known.size]).toEqual([
    'new',
    'new',
    'same',
    'other',
    1,
  ]);
  known.forget('a', 'd');
  known.forget('never there', 'd');
  expect([known.size, known.note('a', 'e'), known.note('a', 'e'), known.note('a', 'd')]).toEqual([
    0,
    'new',
    'same',
    'other',
  ]);
});

test.each([
  { capacity: 1, notes: ['a', 'b', 'a'], known: ['a'] },
  { capacity: 2, notes: ['a', 'b', 'c'], known: ['b', 'c'] },
  { capacity: 2, notes: ['a', 'b', 'a', 'c'], known: ['b', 'c'] },
  { capacity: 3, notes: ['a', 'b', 'c'], known: ['a', 'b', 'c'] },
  { capacity: 2, notes: [], known: [] },
])('of $notes, room for $capacity keeps $known', ({ capacity, notes, known }) => {
  const ids = new KnownIds(capacity);
  for (const id of notes) ids.note(id, id);
  expect(['a', 'b', 'c'].filter((id) => ids.look(id, id) === 'same')).toEqual(known);
  expect(ids.size).toBe(known.length);
});

test.each(['', '\u0000', '\u0001price:x', '__proto__', 'constructor', '\ud800', 'x'.repeat(100_000), '💰', '"id":"'])(
  'the id %j is as any other',
  (id) => {
    const known = new KnownIds(5);
    expect([known.note(id, 'd'), known.note(id, 'd'), known.note(`${id}x`, 'd'), known.note(id, id)]).toEqual([
      'new',
      'same',
      'new',
      id === 'd' ? 'same' : 'other',
    ]);
  }
);

test.each([0, -1, 1.5, Number.NaN])('room for %s ids is refused', (capacity) => {
  expect(() => new KnownIds(capacity)).toThrow('is not a number of ids to keep');
});

test('in 266,000 random steps it does what a list of the ids noted last does', () => {
  for (const [seed, capacity] of [
    [1, 7],
    [2, 64],
    [3, 500],
    // Past the room that there is at first, twice.
    [4, 3_000],
  ] as const) {
    const random = randomOf(seed);
    const known = new KnownIds(capacity);
    /** By place in the order of noting; a forgotten one leaves its place taken. */
    let order: (string | undefined)[] = [];
    const digests = new Map<string, string>();
    for (let step = 0; step < 200_000 / 3; step += 1) {
      const id = `id-${Math.floor(random() * capacity * 2)}`;
      const digest = random() < 0.1 ? 'another' : id;
      const expected = !digests.has(id) ? 'new' : digests.get(id) === digest ? 'same' : 'other';
      if (random() < 0.05) {
        known.forget(id, digests.get(id) ?? id);
        order = order.map((each) => (each === id ? undefined : each));
        digests.delete(id);
        continue;
      }
      if (known.note(id, digest) !== expected) throw new Error(`step ${step}: ${id} is not ${expected}`);
      if (expected !== 'new') continue;
      digests.set(id, digest);
      order.push(id);
      if (order.length > capacity) {
        const gone = order.shift();
        if (gone !== undefined) digests.delete(gone);
      }
    }
    expect(known.size).toBe(digests.size);
  }
});
