import { settle, VirtualTime } from '../test/virtual-time.ts';
import type { PostOutcome } from './ingest-client.ts';
import { MetricsEmitter } from './metrics-emitter.ts';
import { Sender } from './sender.ts';

const away: PostOutcome = { kind: 'away', message: 'nobody home', retryAfterMs: undefined };
const accepted = (count: number): PostOutcome => ({
  kind: 'answered',
  answer: { accepted: count, duplicates: 0, rejected: [] },
});

/** An exporter that answers by script, then takes everything; and a record of what it was sent, when. */
function bed({ script = [], maxQueued }: { script?: PostOutcome[]; maxQueued?: number } = {}) {
  const time = new VirtualTime(0);
  const emitter = new MetricsEmitter(time.now);
  const posts: { atMs: number; ids: unknown[] }[] = [];
  const said: string[] = [];
  const sender = new Sender({
    post: (events) => {
      const ids = events.map((event) => (event as { payload: { id: string } }).payload.id);
      posts.push({ atMs: time.now(), ids });
      return Promise.resolve(script.shift() ?? accepted(events.length));
    },
    clock: time,
    runId: 'r',
    say: (line) => said.push(line),
    ...(maxQueued === undefined ? {} : { maxQueued }),
  });
  sender.attach(emitter);
  const emit = (count: number): void => {
    for (let n = 0; n < count; n += 1) emitter.emitNodeStart('t', 'n');
  };
  return { time, emitter, sender, posts, said, emit };
}

const ids = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => `r-${from + n}`);
const totals = { accepted: 0, duplicates: 0, rejected: 0, dropped: 0, undelivered: 0 };

test('nothing is sent when nothing was emitted', async () => {
  const { time, sender, posts } = bed();
  await time.advance(1_000);
  expect(await sender.close()).toEqual(totals);
  expect(posts).toEqual([]);
});

test.each([
  ['one event after 100 ms', 1, [{ atMs: 100, ids: ids(1, 1) }]],
  ['199 events together after 100 ms', 199, [{ atMs: 100, ids: ids(1, 199) }]],
  ['200 events at once', 200, [{ atMs: 0, ids: ids(1, 200) }]],
  [
    '401 events as two full batches at once and the rest after 100 ms',
    401,
    [
      { atMs: 0, ids: ids(1, 200) },
      { atMs: 0, ids: ids(201, 400) },
      { atMs: 100, ids: ids(401, 401) },
    ],
  ],
])('it sends %s, in order', async (_name, count, posts) => {
  const it = bed();
  it.emit(count);
  await it.time.advance(1_000);
  expect(it.posts).toEqual(posts);
  expect(it.sender.totals).toEqual({ ...totals, accepted: count });
});

test('while the exporter is away the same batch is sent again, ever more patiently, before any other', async () => {
  const it = bed({ script: [away, away, { ...away, retryAfterMs: 2_000 }, { ...away, retryAfterMs: 3_600_000 }] });
  it.emit(2);
  await it.time.advance(200);
  it.emit(1);
  await it.time.advance(60_000);
  expect(it.posts).toEqual([
    { atMs: 100, ids: ids(1, 2) },
    { atMs: 350, ids: ids(1, 2) },
    { atMs: 850, ids: ids(1, 2) },
    { atMs: 2_850, ids: ids(1, 2) },
    { atMs: 7_850, ids: ids(1, 2) },
    { atMs: 7_950, ids: ids(3, 3) },
  ]);
  expect(it.said).toEqual([
    'the exporter is away, events are kept and sent again: nobody home',
    'the exporter is back after 4 retries, 1 events queued',
  ]);
  expect(it.sender.totals).toEqual({ ...totals, accepted: 3 });
});

test('a full queue drops the oldest, says so once and counts them', async () => {
  const it = bed({ script: [away], maxQueued: 10 });
  it.emit(1);
  await it.time.advance(100);
  it.emit(13);
  await it.time.advance(1_000);
  expect(it.posts.slice(1)).toEqual([
    { atMs: 350, ids: ids(1, 1) },
    { atMs: 450, ids: ids(5, 14) },
  ]);
  expect(it.said.filter((line) => line.startsWith('queue full'))).toEqual([
    'queue full (10): the oldest events give way',
  ]);
  expect(it.sender.totals).toEqual({ ...totals, accepted: 11, dropped: 3 });
});

test('rejected events are reported with reason and content, and counted', async () => {
  const rejected = [
    { index: 1, reason: 'invalid_field', message: 'nodeId is empty' },
    { index: 99, reason: 'too_large', message: 'no such event was sent' },
  ] as const;
  const it = bed({ script: [{ kind: 'answered', answer: { accepted: 1, duplicates: 1, rejected } }] });
  it.emit(3);
  await it.time.advance(100);
  expect(it.said).toEqual([
    'rejected (invalid_field): nodeId is empty: {"type":"node.start","threadId":"t","timestamp":0,"payload":{"nodeId":"n","id":"r-2"}}',
    'rejected (too_large): no such event was sent: null',
  ]);
  expect(it.sender.totals).toEqual({ ...totals, accepted: 1, duplicates: 1, rejected: 2 });
});

test('a refused batch is reported, counted as rejected and not sent again', async () => {
  const it = bed({ script: [{ kind: 'refused', message: 'answered 415' }] });
  it.emit(5);
  await it.time.advance(100);
  it.emit(1);
  await it.time.advance(100);
  expect(it.said).toEqual(['5 events refused: answered 415']);
  expect(it.sender.totals).toEqual({ ...totals, accepted: 1, rejected: 5 });
});

test('close sends what is queued at once and hears no more events', async () => {
  const it = bed();
  it.emit(3);
  const closed = it.sender.close();
  it.emit(4);
  expect(await closed).toEqual({ ...totals, accepted: 3 });
  expect(it.posts).toEqual([{ atMs: 0, ids: ids(1, 3) }]);
});

test('close gives up on an exporter that stays away and counts what it could not deliver', async () => {
  const it = bed({ script: Array<PostOutcome>(100).fill(away) });
  it.emit(250);
  await it.time.advance(10);
  const closed = it.sender.close(3_000);
  await it.time.advance(3_000);
  expect(await closed).toEqual({ ...totals, undelivered: 250 });
});

test("an event's own id is kept", async () => {
  const it = bed();
  it.emitter.emitNodeStart('t', 'n', { id: 'own' });
  await it.time.advance(100);
  await settle();
  expect(it.posts).toEqual([{ atMs: 100, ids: ['own'] }]);
});
