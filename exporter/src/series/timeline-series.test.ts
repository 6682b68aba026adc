import { TimelineSeriesSet } from './timeline-series.ts';

/** Threads t-0, t-1 ... that began in this order, each with the agents a and b: five series. */
function threads(count: number, maxForgotten?: number): TimelineSeriesSet {
  const set = new TimelineSeriesSet('test', maxForgotten);
  for (let n = 0; n < count; n += 1) {
    set.of({ family: 'threadState', threadId: `t-${n}` }).settledMs = 1_000;
    for (const lane of ['a', 'b']) set.of({ family: 'agentState', threadId: `t-${n}`, lane });
  }
  return set;
}

/** Those whose series are still known: another call would make new ones, which have settled nothing. */
function known(set: TimelineSeriesSet, count: number): number[] {
  const all = Array.from({ length: count }, (_, n) => n);
  return all.filter((n) => set.of({ family: 'threadState', threadId: `t-${n}` }).settledMs === 1_000);
}

interface Story {
  readonly count: number;
  readonly forget: readonly number[];
  /** The first of them is heard of again, the others are forgotten. */
  readonly then?: readonly number[];
  readonly left: readonly number[];
}

test.each<[string, Story]>([
  ['no thread', { count: 0, forget: [], left: [] }],
  ['none is forgotten', { count: 5, forget: [], left: [0, 1, 2, 3, 4] }],
  ['as many as are remembered', { count: 4, forget: [3, 0], left: [0, 1, 2, 3] }],
  ['one more: the one forgotten first goes', { count: 4, forget: [3, 0, 1], left: [0, 1, 2] }],
  ['one forgotten twice counts once', { count: 4, forget: [3, 3, 3, 0], left: [0, 1, 2, 3] }],
  ['one that is heard of again does not count', { count: 4, forget: [3], then: [3, 0, 1], left: [0, 1, 2, 3] }],
  ['all', { count: 4, forget: [0, 1, 2, 3], left: [2, 3] }],
])('the series of forgotten threads are bounded: %s', (_name, { count, forget, then = [], left }) => {
  const set = threads(count, 10);
  for (const n of forget) set.forget(`t-${n}`);
  for (const [at, n] of then.entries()) {
    if (at === 0) set.revive(`t-${n}`);
    else set.forget(`t-${n}`);
  }
  expect(set.threads).toBe(left.length);
  expect(known(set, count)).toEqual(left);
});

test('a hundred thousand threads that come and go leave the bound', () => {
  const set = new TimelineSeriesSet('test');
  for (let n = 0; n < 100_000; n += 1) {
    set.of({ family: 'agentState', threadId: `t-${n}`, lane: 'a' });
    set.forget(`t-${n}`);
  }
  expect(set.threads).toBe(2_500);
});

test('what is forgotten and older than asked is let go', () => {
  const set = threads(3);
  set.forget('t-1');
  set.purge(1_001);
  expect(set.threads).toBe(2);
  set.forget('t-0');
  set.purge(1_000);
  expect(set.threads).toBe(2);
});
