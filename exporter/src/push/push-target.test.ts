import type { PushFailure } from '../contract/metrics.ts';
import type { Delivery } from '../series/timeline-delivery.ts';
import { TimelineSeriesSet } from '../series/timeline-series.ts';
import { MAX_AGE_MS } from '../series/timeline.ts';
import type { PostOutcome } from './http-post.ts';
import { PushTarget } from './push-target.ts';

const SERIES = new TimelineSeriesSet('test').of({ family: 'checkpoint', threadId: 't' });
const TAKEN: PostOutcome = { kind: 'taken' };
const LOST: PostOutcome = { kind: 'failed', isLost: true, message: 'ECONNRESET' };
const BUSY: PostOutcome = { kind: 'failed', isLost: false, retryAfterMs: 7_000, message: '429' };
const refused = (reason: Extract<PostOutcome, { kind: 'refused' }>['reason'], isPerSample = true): PostOutcome => ({
  kind: 'refused',
  reason,
  isPerSample,
  message: '400',
});

interface Story {
  /** Values of the samples of one delivery; the times are the same numbers. */
  readonly samples: readonly number[];
  readonly ends?: readonly number[];
  readonly lost?: Partial<Delivery['lost']>;
  /** What the receiver says to values, in turn. */
  readonly answer: (values: readonly string[], request: number) => PostOutcome;
  readonly nowMs?: number;
  /** Stopped when it has waited this often. */
  readonly stopAtSleep?: number;
  readonly expected: {
    readonly requests: readonly string[];
    readonly taken?: number;
    readonly failed?: Partial<Record<PushFailure, number>>;
    readonly sleeps?: readonly number[];
    readonly done: readonly boolean[];
    readonly trouble?: string;
  };
}

/** One delivery, pushed until it is decided. */
async function push(story: Story) {
  const { samples, ends = [], lost = {}, answer, nowMs = 1_000, stopAtSleep = 0 } = story;
  const requests: string[] = [];
  const sleeps: number[] = [];
  const done: boolean[] = [];
  const failed: Partial<Record<PushFailure, number>> = {};
  let taken = 0;
  let reads = 0;
  let stopped: Promise<void> | undefined;
  const target: PushTarget = new PushTarget({
    consumer: 'remote_write/x',
    timeline: {
      read: (_name, _wishes) => {
        reads += 1;
        const isFirst = reads === 1;
        return {
          kind: 'delivery',
          samples: isFirst ? samples.map((value) => ({ series: SERIES, atMs: value, value })) : [],
          ends: isFirst ? ends.map((atMs) => ({ series: SERIES, atMs })) : [],
          isPartial: false,
          lost: { overflow: 0, tooOld: 0, ...(isFirst ? lost : {}) },
          pages: [],
          done: (whole) => {
            if (isFirst) done.push(whole);
          },
          takeBack: () => undefined,
        };
      },
    },
    encode: (part) => Buffer.from(part.map(({ value }) => value ?? 'end').join(' ')),
    post: (body) => {
      const text = Buffer.from(body).toString();
      requests.push(text);
      return Promise.resolve(answer(text.split(' '), requests.length));
    },
    batchSize: 100,
    everyMs: 50,
    heartbeatMs: 1_000,
    ends: true,
    backoff: { minMs: 10, maxMs: 35, random: () => 1 },
    now: () => nowMs,
    tally: {
      taken: (count) => {
        taken += count;
      },
      failed: (reason, count) => {
        failed[reason] = (failed[reason] ?? 0) + count;
      },
      retried: () => undefined,
    },
    onTrouble: () => undefined,
    sleep: (ms) => {
      const isIdle = ms === 50;
      if (!isIdle) sleeps.push(ms);
      if (isIdle || sleeps.length === stopAtSleep) stopped ??= target.stop(60_000);
      return Promise.resolve();
    },
  });
  target.start();
  while (stopped === undefined) await new Promise(setImmediate);
  await stopped;
  const trouble = target.trouble?.message;
  return {
    requests: requests.length > 20 ? [`${requests.length} requests`] : requests,
    done,
    ...(taken > 0 ? { taken } : {}),
    ...(Object.keys(failed).length > 0 ? { failed } : {}),
    ...(sleeps.length > 0 ? { sleeps } : {}),
    ...(trouble === undefined ? {} : { trouble }),
  };
}

test.each<[string, Story]>([
  ['nothing to send', { samples: [], answer: () => TAKEN, expected: { requests: [], done: [false] } }],
  [
    'all of it is taken, the end of the series behind the samples',
    { samples: [1, 2], ends: [3], answer: () => TAKEN, expected: { requests: ['1 2 end'], taken: 3, done: [true] } },
  ],
  [
    'failures are tried again, later and later, as late as was asked for',
    {
      samples: [1],
      answer: (_values, request) => [LOST, LOST, LOST, BUSY][request - 1] ?? TAKEN,
      expected: { requests: ['1', '1', '1', '1', '1'], sleeps: [10, 20, 35, 7_000], taken: 1, done: [true] },
    },
  ],
  [
    'one refused sample costs itself only, and order is kept',
    {
      samples: [1, 2, 3, 4, 5],
      answer: (values) => (values.includes('2') ? refused('out_of_order') : TAKEN),
      expected: {
        requests: ['1 2 3 4 5', '1 2 3', '1 2', '1', '2', '3', '4 5'],
        taken: 4,
        failed: { out_of_order: 1 },
        done: [true],
      },
    },
  ],
  [
    'what is not about single samples is not sent in parts, and stays a trouble',
    {
      samples: [1, 2],
      answer: () => refused('rejected', false),
      expected: { requests: ['1 2'], failed: { rejected: 2 }, done: [true], trouble: '400' },
    },
  ],
  [
    'refused after an answer got lost: it was there already',
    {
      samples: [1, 2],
      answer: (_values, request) => (request === 1 ? LOST : refused('out_of_order')),
      expected: { requests: ['1 2', '1 2', '1', '2'], sleeps: [10], failed: { repeated: 2 }, done: [true] },
    },
  ],
  [
    'a batch of which every sample is refused is not sent in parts without end',
    {
      samples: Array.from({ length: 100 }, (_, n) => n),
      answer: () => refused('duplicate'),
      expected: { requests: ['129 requests'], failed: { duplicate: 100 }, done: [true] },
    },
  ],
  [
    'too old to be taken any more',
    {
      samples: [1],
      nowMs: MAX_AGE_MS + 2,
      answer: () => LOST,
      expected: { requests: ['1'], failed: { too_old: 1 }, done: [true], trouble: 'ECONNRESET' },
    },
  ],
  [
    'stopped while it fails: nothing is told, so that a restart sends it again',
    {
      samples: [1],
      answer: () => LOST,
      stopAtSleep: 2,
      expected: { requests: ['1', '1', '1'], sleeps: [10, 20], done: [false], trouble: 'ECONNRESET' },
    },
  ],
  [
    'what was lost before it could be sent is counted',
    {
      samples: [],
      lost: { overflow: 5, tooOld: 2 },
      answer: () => TAKEN,
      expected: { requests: [], failed: { overflow: 5, too_old: 2 }, done: [true] },
    },
  ],
])('%s', async (_name, story) => {
  expect(await push(story)).toEqual(story.expected);
});
