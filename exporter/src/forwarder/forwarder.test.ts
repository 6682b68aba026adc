import { EventEmitter } from 'node:events';
import { ManualClock } from '../../test/forwarder/manual-clock.ts';
import { StartupError } from '../errors.ts';
import type { DeliveryOutcome } from './delivery.ts';
import { createForwarder } from './forwarder.ts';
import type { ForwarderOptions } from './forwarder.ts';

const away = (retryAfterMs?: number): DeliveryOutcome => ({
  kind: 'away',
  message: 'x: nobody home',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const refused: DeliveryOutcome = { kind: 'refused', message: 'x answered 413' };
type Answer = DeliveryOutcome | ((lines: readonly string[]) => DeliveryOutcome);

/** A forwarder to an exporter that answers by script and then takes everything; and what it was sent, when. */
function bed(script: Answer[] = [], options: Partial<ForwarderOptions> = {}) {
  const clock = new ManualClock();
  const startMs = clock.now();
  const sent: { atMs: number; seqs: number[] }[] = [];
  const said: string[] = [];
  const shed: object[] = [];
  const forwarder = createForwarder({
    clock,
    // The longest pause: what is random is how much shorter it is.
    random: () => 1,
    onWarning: (line) => said.push(line),
    onShed: (counts) => shed.push(counts),
    delivery: {
      name: 'x',
      send: (lines) => {
        sent.push({ atMs: clock.now() - startMs, seqs: lines.map(seqOf) });
        const next = script.shift();
        const answer = typeof next === 'function' ? next(lines) : next;
        return Promise.resolve(answer ?? { kind: 'answered', accepted: lines.length, duplicates: 0, rejected: [] });
      },
      close: () => Promise.resolve(),
    },
    ...options,
  });
  const offer = (count: number, type = 'node.start'): void => {
    for (let n = 0; n < count; n += 1)
      forwarder.offer({ type, threadId: 't', timestamp: 1, payload: { nodeId: 'n', status: 'success' } });
  };
  return { clock, sent, said, shed, forwarder, offer };
}

const seqOf = (line: string): number => (JSON.parse(line) as { payload: { seq: number } }).payload.seq;
const seqs = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const NONE = {
  offered: 0,
  accepted: 0,
  duplicates: 0,
  rejected: 0,
  unserialisable: 0,
  shed: { state: 0, end: 0, money: 0 },
  undelivered: 0,
  queued: 0,
  queuedBytes: 0,
  spooledBytes: 0,
  failedAttempts: 0,
  problem: undefined,
  spoolProblem: undefined,
};

test.each<[string, number, object[]]>([
  ['nothing', 0, []],
  ['one event after 200 ms', 1, [{ atMs: 200, seqs: seqs(1, 1) }]],
  ['999 events together after 200 ms', 999, [{ atMs: 200, seqs: seqs(1, 999) }]],
  ['1,000 events at once', 1_000, [{ atMs: 0, seqs: seqs(1, 1_000) }]],
  [
    '2,001 events as two full batches at once and the rest after 200 ms',
    2_001,
    [
      { atMs: 0, seqs: seqs(1, 1_000) },
      { atMs: 0, seqs: seqs(1_001, 2_000) },
      { atMs: 200, seqs: seqs(2_001, 2_001) },
    ],
  ],
])('it sends %s, in order', async (_name, count, sent) => {
  const it = bed();
  it.offer(count);
  await it.clock.advance(1_000);
  expect(it.sent).toEqual(sent);
  expect(it.forwarder.stats()).toEqual({ ...NONE, offered: count, accepted: count });
  expect(it.said).toEqual([]);
});

test('a batch ends at its bytes too', async () => {
  const it = bed([], { maxBatchBytes: 300 });
  it.offer(4);
  await it.clock.advance(1_000);
  expect(it.sent.map(({ seqs: each }) => each)).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('while the exporter is away the same batch is sent again, ever more patiently, before any other', async () => {
  const it = bed([away(), away(), away(2_000), away(3_600_000)]);
  it.offer(2);
  await it.clock.advance(250);
  it.offer(1);
  await it.clock.advance(700_000);
  expect(it.sent).toEqual([
    { atMs: 200, seqs: [1, 2] },
    { atMs: 300, seqs: [1, 2] },
    { atMs: 500, seqs: [1, 2] },
    { atMs: 2_900, seqs: [1, 2] },
    // At most ten minutes, however long it asks for.
    { atMs: 603_700, seqs: [1, 2] },
    { atMs: 603_900, seqs: [3] },
  ]);
  expect(it.said).toEqual(['events are kept and sent again: x: nobody home', 'x takes events again']);
  expect(it.forwarder.stats()).toEqual({ ...NONE, offered: 3, accepted: 3, failedAttempts: 4 });
});

test('pauses are random below their bound, and the bound stops growing', async () => {
  const it = bed(
    Array.from({ length: 8 }, () => away()),
    { random: () => 0.5, minRetryMs: 100, maxRetryMs: 400 }
  );
  it.offer(1);
  await it.clock.advance(10_000);
  expect(it.sent.map(({ atMs }) => atMs)).toEqual([200, 250, 350, 550, 750, 950, 1_150, 1_350, 1_550]);
});

test('a batch that is too large is halved until what cannot go is alone, refused and told', async () => {
  const tooLarge = (lines: readonly string[]): DeliveryOutcome =>
    lines.some((line) => seqOf(line) === 3)
      ? refused
      : { kind: 'answered', accepted: lines.length, duplicates: 0, rejected: [] };
  const it = bed(Array.from({ length: 9 }, () => tooLarge));
  it.offer(4);
  await it.clock.advance(1_000);
  expect(it.sent.map(({ seqs: each }) => each)).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]]);
  expect(it.forwarder.stats()).toEqual({ ...NONE, offered: 4, accepted: 3, rejected: 1 });
  expect(it.said).toEqual([expect.stringMatching(/^an event is refused: x answered 413: \{"type":"node.start"/)]);
});

test('what the exporter rejects is told, a few of each batch, and not sent again', async () => {
  const rejected = [0, 1, 2, 3, 99].map((index) => ({ index, reason: 'invalid_field' as const, message: 'no' }));
  const it = bed([{ kind: 'answered', accepted: 1, duplicates: 1, rejected }]);
  it.offer(7);
  await it.clock.advance(1_000);
  expect(it.said).toHaveLength(4);
  expect(it.said[3]).toBe('and 2 more events of the batch were rejected');
  expect(it.forwarder.stats()).toEqual({ ...NONE, offered: 7, accepted: 1, duplicates: 1, rejected: 5 });
});

test('with a full queue states give way first, then ends, then costs, oldest first; all told, and none in silence', async () => {
  const it = bed([away(60_000)], { maxQueueBytes: 8_192, maxBatchEvents: 1 });
  it.offer(1);
  await it.clock.advance(1);
  it.offer(5, 'graph.complete');
  it.offer(10, 'cost.updated');
  it.offer(100);
  const { shed, queued } = it.forwarder.stats();
  expect(shed.end + shed.money).toBe(0);
  expect(shed.state + queued).toBe(115);
  it.offer(100, 'cost.updated');
  const later = it.forwarder.stats().shed;
  expect([later.state, later.end, later.money > 0]).toEqual([100, 5, true]);
  expect(it.said.filter((line) => line.startsWith('the queue is full'))).toHaveLength(1);
  expect(it.shed).toHaveLength(1);
  await it.clock.advance(120_000);
  const end = it.forwarder.stats();
  expect(end.accepted + end.shed.state + end.shed.end + end.shed.money).toBe(216);
  // The newest costs are what is left, in their order.
  const last = it.sent.flatMap(({ seqs: each }) => each).slice(-3);
  expect(last).toEqual([214, 215, 216]);
});

test('close sends at once what waits and hears no more', async () => {
  const it = bed();
  const emitter = new EventEmitter();
  it.forwarder.attach(emitter);
  emitter.emit('metrics', { type: 'node.start', payload: {} });
  emitter.emit('state-graph:event', { type: 'node.start', payload: {} });
  const closed = it.forwarder.close();
  emitter.emit('metrics', { type: 'node.start', payload: {} });
  it.offer(1);
  expect(await closed).toEqual({ ...NONE, offered: 3, accepted: 2, undelivered: 1 });
  expect(it.sent).toEqual([{ atMs: 0, seqs: [1, 2] }]);
  expect(await it.forwarder.close()).toBe(await closed);
});

test('close does not wait out a pause, and gives up at its time and counts what is left', async () => {
  const it = bed(Array.from({ length: 100 }, () => away(5_000)));
  it.offer(1_500);
  await it.clock.advance(1_000);
  const closed = it.forwarder.close({ withinMs: 3_000 });
  await it.clock.advance(0);
  expect(it.sent.map(({ atMs }) => atMs)).toEqual([0, 1_000]);
  await it.clock.advance(3_000);
  expect(await closed).toEqual({
    ...NONE,
    offered: 1_500,
    undelivered: 1_500,
    failedAttempts: 2,
    problem: 'x: nobody home',
  });
  expect(it.said.at(-1)).toBe('closed with 1500 events that were not delivered');
});

test('nothing that is emitted, and nothing that a callback throws, reaches the orchestrator', async () => {
  const throwing = (): never => {
    throw new Error('mine');
  };
  const it = bed([], { onWarning: throwing, onShed: throwing, maxQueueBytes: 4_096 });
  const hostile = {
    get type() {
      return throwing();
    },
  };
  for (const event of [undefined, 1n, hostile, new Proxy({}, { ownKeys: throwing })]) it.forwarder.offer(event);
  it.offer(100);
  await it.clock.advance(1_000);
  const { offered, unserialisable, accepted, shed } = it.forwarder.stats();
  expect({ offered, unserialisable }).toEqual({ offered: 104, unserialisable: 4 });
  expect(accepted + shed.state).toBe(100);
  // Numbers of what was shed stay used: the exporter sees the gap.
  expect(it.sent[0]?.seqs.at(-1)).toBe(100);
});

test('every problem of the options is told at once, and no secret', () => {
  const wrong = {
    url: 'http://user:hunter2@host/',
    token: 'hunter 2',
    tokenFile: 'f',
    producer: 'a\nb',
    maxBatchEvents: 0,
    maxWaitMs: Number.NaN,
    spool: { directory: '', maxBytes: 1 },
  };
  let problems: readonly string[] = [];
  try {
    createForwarder(wrong);
  } catch (error) {
    if (error instanceof StartupError) problems = error.problems;
  }
  expect(problems).toEqual([
    'spool.directory: "" is refused; expected the path of a directory',
    'producer: "a\\nb" is refused; expected 1 to 96 bytes in Unicode NFC without control characters',
    'maxBatchEvents: 0 is refused; expected a number from 1 to 1000000',
    'maxWaitMs: null is refused; expected a number from 0 to 3600000',
    'spool.maxBytes: 1 is refused; expected a number from 65536 to 70368744177664',
    'token and tokenFile are both given; expected one of them',
    'token is refused; expected printable ASCII without spaces',
    'url holds a user or password; expected token or tokenFile',
  ]);
  expect(problems.join()).not.toContain('hunter');
  expect(() => createForwarder({})).toThrow('url is missing; expected one such as http://127.0.0.1:9847');
});
