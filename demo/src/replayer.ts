// Sends recorded runs to an exporter, at once or in real time, and says what came of every event.
import type { Clock } from './clock.ts';
import { rejectionLines, type PostEvents } from './ingest-client.ts';
import { shiftRun, type TimedEvent } from './recorded-run.ts';

export interface ReplayOptions {
  readonly post: PostEvents;
  readonly clock: Clock;
  /** In real time from now on, instead of at once with the last event now. */
  readonly live: boolean;
  readonly speed: number;
  readonly suffix: string;
}

export interface ReplayTotals {
  accepted: number;
  duplicates: number;
  rejected: number;
  /** Not delivered because the exporter did not take the request. */
  undelivered: number;
  problems: string[];
}

const BATCH_EVENTS = 500;

/** Sends the runs, each shifted on its own; a request that does not get through is reported, the others still go. */
export async function replay(runs: readonly (readonly TimedEvent[])[], options: ReplayOptions): Promise<ReplayTotals> {
  const { post, clock, live, speed, suffix } = options;
  const startMs = clock.now();
  const shift = { anchor: live ? 'first' : 'last', atMs: startMs, speed, suffix } as const;
  const events = runs.flatMap((run) => shiftRun(run, shift)).sort((a, b) => a.atMs - b.atMs);
  const totals: ReplayTotals = { accepted: 0, duplicates: 0, rejected: 0, undelivered: 0, problems: [] };
  for (let sent = 0; sent < events.length;) {
    const first = events[sent]?.atMs ?? 0;
    if (live && first > clock.now()) await clock.sleep(first - clock.now());
    const due = live ? events.filter(({ atMs }, index) => index >= sent && atMs <= clock.now()) : events.slice(sent);
    const batch = due.slice(0, BATCH_EVENTS).map(({ event }) => event);
    sent += batch.length;
    const outcome = await post(batch);
    if (outcome.kind !== 'answered') {
      totals.undelivered += batch.length;
      totals.problems.push(outcome.message);
      continue;
    }
    totals.accepted += outcome.answer.accepted;
    totals.duplicates += outcome.answer.duplicates;
    totals.rejected += outcome.answer.rejected.length;
    totals.problems.push(...rejectionLines(outcome.answer, batch));
  }
  return totals;
}
