import type { RawItem } from '../pipeline.ts';
import { copyOf, EmitQueue } from './emit-queue.ts';

const WAIT_MS = 50;

/** A queue whose timers are run by hand. */
function rig({
  ingest,
  maxWaiting,
}: { ingest?: (items: readonly RawItem[]) => Promise<unknown>; maxWaiting?: number } = {}) {
  const batches: unknown[][] = [];
  const refused: unknown[] = [];
  const timers: { delayMs: number; action: () => void }[] = [];
  const queue = new EmitQueue({
    ingest:
      ingest ??
      ((items) => {
        batches.push(items.map((item) => ('raw' in item ? item.raw : item.rejection.reason)));
        return Promise.resolve();
      }),
    onRefused: ({ reason, events, error }) =>
      refused.push([reason, events, error instanceof Error ? error.message : error]),
    waitMs: () => WAIT_MS,
    later: (delayMs, action) => timers.push({ delayMs, action }),
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
  });
  const run = (): number[] => {
    const due = timers.splice(0);
    for (const { action } of due) action();
    return due.map(({ delayMs }) => delayMs);
  };
  return { queue, batches, refused, timers, run };
}

test('nothing is taken in the call; what was emitted meanwhile is taken together, in its order', () => {
  const { queue, batches, timers, run } = rig();
  for (const raw of [1, 2, 3]) queue.push(raw);
  expect([batches, timers.length]).toEqual([[], 1]);
  expect([run(), batches]).toEqual([[WAIT_MS], [[1, 2, 3]]]);
});

test('many are taken in slices, a turn of the loop between them', () => {
  const { queue, batches, run } = rig();
  for (let at = 0; at < 450; at += 1) queue.push(at);
  expect([run(), run(), run(), run()]).toEqual([[WAIT_MS], [0], [0], []]);
  expect([batches.map(({ length }) => length), batches.flat()]).toEqual([
    [200, 200, 50],
    Array.from({ length: 450 }, (_, at) => at),
  ]);
});

test('flush hands over at once, and leaves nothing for the timer', () => {
  const { queue, batches, run } = rig();
  queue.push(1);
  queue.flush();
  expect([batches, run(), batches]).toEqual([[[1]], [WAIT_MS], [[1]]]);
});

test('what the orchestrator changes after the call is not seen', () => {
  const { queue, batches, run } = rig();
  const event = { type: 'cost.updated', payload: { costCents: 1, tags: ['a'] } };
  queue.push(event);
  event.type = 'other';
  event.payload.costCents = 2;
  event.payload.tags.push('b');
  run();
  expect(batches).toEqual([[{ type: 'cost.updated', payload: { costCents: 1, tags: ['a'] } }]]);
});

test('an event whose getter throws is refused alone', () => {
  const { queue, batches, run } = rig();
  queue.push({
    get type(): string {
      throw new Error('no');
    },
  });
  queue.push(2);
  run();
  expect(batches).toEqual([['invalid_field', 2]]);
});

test('drain waits for what waits and for what is under way', async () => {
  const settle: (() => void)[] = [];
  const { queue, run } = rig({
    ingest: () =>
      new Promise((resolve) =>
        settle.push(() => {
          resolve(undefined);
        })
      ),
  });
  queue.push(1);
  run();
  queue.push(2);
  let drained = false;
  const draining = queue.drain().then(() => (drained = true));
  run();
  await Promise.resolve();
  expect([settle.length, drained]).toEqual([2, false]);
  for (const resolve of settle) resolve();
  await draining;
  expect(drained).toBe(true);
});

test('drain of an empty queue resolves', async () => {
  await expect(rig().queue.drain()).resolves.toBeUndefined();
});

test('a batch that is not durable is told, and the next one is taken all the same', async () => {
  let calls = 0;
  const { queue, refused, run } = rig({
    ingest: () => ((calls += 1) === 1 ? Promise.reject(new Error('disk')) : Promise.resolve()),
  });
  queue.push(1);
  run();
  queue.push(2);
  run();
  await queue.drain();
  expect([calls, refused]).toEqual([2, [['not_durable', 1, 'disk']]]);
});

test('past its bound the queue takes no more, and says how many', () => {
  const { queue, batches, refused, run } = rig({ maxWaiting: 2 });
  for (const raw of [1, 2, 3, 4]) queue.push(raw);
  run();
  queue.push(5);
  run();
  expect([batches, refused]).toEqual([
    [[1, 2], [5]],
    [['queue_full', 2, '2 emitted events came while 2 others waited']],
  ]);
});

class Spent {
  readonly timestamp = 1;
  get type(): string {
    return 'cost.updated';
  }
}

const cycle: Record<string, unknown> = { a: 1 };
cycle['self'] = cycle;
const run = (): number => 1;

test.each<[string, unknown, unknown]>([
  ['nothing', undefined, undefined],
  ['text', 'x', 'x'],
  ['an empty object', {}, {}],
  ['functions are shared', { run }, { run }],
  ['an own key __proto__ stays a key', JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
  ['an object without prototype', Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
])('a copy of %s', (_name, raw, copy) => {
  expect(copyOf(raw)).toEqual(copy);
});

test('a copy of an object of a class has its getters; one of a cycle ends', () => {
  const spent = copyOf(new Spent()) as Spent;
  expect([spent.type, spent.timestamp, Object.keys(spent)]).toEqual(['cost.updated', 1, ['timestamp']]);
  const copy = copyOf(cycle) as typeof cycle;
  expect([copy['a'], copy === cycle, copy['self'] === cycle]).toEqual([1, false, false]);
});

test('what branches into itself is copied in bounded time', () => {
  const wide: unknown[] = [];
  for (let at = 0; at < 20; at += 1) wide.push(wide);
  expect(copyOf(wide)).toHaveLength(20);
});
