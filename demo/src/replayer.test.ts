import { VirtualTime } from '../test/virtual-time.ts';
import type { PostOutcome } from './ingest-client.ts';
import type { TimedEvent } from './recorded-run.ts';
import { replay, type ReplayTotals } from './replayer.ts';

const run = (threadId: string, ...times: number[]): TimedEvent[] =>
  times.map((atMs) => ({ atMs, event: { threadId, timestamp: atMs } }));

interface Sent {
  readonly atMs: number;
  readonly events: readonly object[];
}

async function replayed(
  runs: TimedEvent[][],
  { live = false, speed = 1, script = [] }: { live?: boolean; speed?: number; script?: PostOutcome[] }
): Promise<{ sent: Sent[]; totals: ReplayTotals }> {
  const clock = new VirtualTime(100_000);
  const sent: Sent[] = [];
  const post = (events: readonly object[]): Promise<PostOutcome> => {
    sent.push({ atMs: clock.now(), events });
    const all = { accepted: events.length, duplicates: 0, rejected: [] };
    return Promise.resolve(script.shift() ?? { kind: 'answered', answer: all });
  };
  const totals = replay(runs, { post, clock, live, speed, suffix: '' });
  await clock.advance(60_000);
  return { sent, totals: await totals };
}

const t = (threadId: string, timestamp: number): object => ({ threadId, timestamp });

test.each<[string, TimedEvent[][], { live?: boolean; speed?: number }, Sent[]]>([
  ['no run: nothing is sent', [], {}, []],
  [
    'at once: both runs end now, merged by time',
    [run('a', 1, 5), run('b', 9_001, 9_003)],
    {},
    [{ atMs: 100_000, events: [t('a', 99_996), t('b', 99_998), t('a', 100_000), t('b', 100_000)] }],
  ],
  [
    'live: each event is sent at its own time',
    [run('a', 1, 501), run('b', 9_000, 9_200)],
    { live: true },
    [
      { atMs: 100_000, events: [t('a', 100_000), t('b', 100_000)] },
      { atMs: 100_200, events: [t('b', 100_200)] },
      { atMs: 100_500, events: [t('a', 100_500)] },
    ],
  ],
  [
    'live at double speed: in half the time',
    [run('a', 0, 1_000)],
    { live: true, speed: 2 },
    [
      { atMs: 100_000, events: [t('a', 100_000)] },
      { atMs: 100_500, events: [t('a', 100_500)] },
    ],
  ],
])('%s', async (_name, runs, options, sent) => {
  expect((await replayed(runs, options)).sent).toEqual(sent);
});

test('what was accepted, known, rejected or not delivered is summed over all requests', async () => {
  const rejected = [{ index: 0, reason: 'missing_field', message: 'no type' }] as const;
  const { sent, totals } = await replayed([run('a', ...Array.from({ length: 1_001 }, (_, n) => n))], {
    script: [
      { kind: 'answered', answer: { accepted: 490, duplicates: 9, rejected } },
      { kind: 'away', message: 'nobody home', retryAfterMs: undefined },
    ],
  });
  expect(sent.map(({ events }) => events.length)).toEqual([500, 500, 1]);
  expect(totals).toEqual({
    accepted: 491,
    duplicates: 9,
    rejected: 1,
    undelivered: 500,
    problems: ['rejected (missing_field): no type: {"threadId":"a","timestamp":99000}', 'nobody home'],
  });
});
