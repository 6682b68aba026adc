import { PendingEvents } from './pending-events.ts';
import type { PendingEvent } from './pending-events.ts';

const pending = (name: string, dueMs: number): PendingEvent => ({
  event: { type: 'progress', id: name, dialect: 'gateway', threadId: name, timestampMs: dueMs },
  number: 1,
  dueMs,
});

function holding(list: readonly (readonly [string, number])[]): PendingEvents {
  const events = new PendingEvents();
  for (const [name, dueMs] of list) events.add(pending(name, dueMs));
  return events;
}

const namesOf = (list: Iterable<PendingEvent>): string[] => [...list].map(({ event }) => event.threadId);

test.each<[string, [string, number][], number, { due: string[]; left: string[] }]>([
  ['nothing waits: nothing is due', [], 1_000, { due: [], left: [] }],
  [
    'at the instant itself it is due, a millisecond before it is not',
    [
      ['a', 100],
      ['b', 101],
    ],
    100,
    { due: ['a'], left: ['b'] },
  ],
  [
    'whatever came first, what is due comes by time',
    [
      ['a', 350],
      ['b', 20],
      ['c', 130],
    ],
    400,
    { due: ['b', 'c', 'a'], left: [] },
  ],
  [
    'of one time in the order of arrival',
    [
      ['a', 150],
      ['b', 149],
      ['c', 150],
      ['d', 149],
    ],
    150,
    { due: ['b', 'd', 'a', 'c'], left: [] },
  ],
  [
    'of a slot that is not over, only what is due',
    [
      ['a', 190],
      ['b', 110],
      ['c', 150],
    ],
    150,
    { due: ['b', 'c'], left: ['a'] },
  ],
  [
    'times before 1970 and in a far future',
    [
      ['a', 8.64e15],
      ['b', -5],
      ['c', -105],
    ],
    0,
    { due: ['c', 'b'], left: ['a'] },
  ],
])('%s', (_name, list, upToMs, { due, left }) => {
  const events = holding(list);
  expect(namesOf(events.takeDue(upToMs))).toEqual(due);
  expect([namesOf(events), events.size]).toEqual([left, left.length]);
  expect(namesOf(events.takeDue(upToMs))).toEqual([]);
});

test('a random stream comes out as sorting all of it would have it, whenever it is asked for', () => {
  let seed = 1;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const events = new PendingEvents();
  const all: PendingEvent[] = [];
  const taken: PendingEvent[] = [];
  for (let now = 0; now < 5_000; now += 7) {
    for (let at = 0; at < 5; at++) {
      const one = pending(`${now}-${at}`, now + random(400));
      all.push(one);
      events.add(one);
    }
    taken.push(...events.takeDue(now));
  }
  taken.push(...events.takeDue(Number.MAX_SAFE_INTEGER));
  expect(taken).toEqual(all.sort((a, b) => a.dueMs - b.dueMs));
});

test.each<[string, [string, number][], number]>([
  ['nothing', [], 0],
  ['one', [['a', 7]], 7],
  [
    'an even number: the later of the middle two',
    [
      ['a', 900],
      ['b', 1],
      ['c', 30],
      ['d', 2],
    ],
    30,
  ],
])('the median of %s', (_name, list, median) => {
  expect(holding(list).medianMs()).toBe(median);
});
