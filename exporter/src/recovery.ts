// What was counted before comes back: snapshot and journal into the state, each consumer's place, and what the log hears of it.
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Gateway } from './gateway/server.ts';
import type { DirectoryJournal } from './journal/directory-journal.ts';
import { reportRecovery } from './journal-reporting.ts';
import type { Log } from './log.ts';
import type { Pipeline } from './pipeline.ts';
import type { Projection } from './projection.ts';
import type { Pushing } from './pushing.ts';
import type { SelfMetrics } from './series/self.ts';
import { ExporterState, STATE_VERSION } from './state.ts';
import type { StateLine } from './state.ts';
import type { TimelineCursors } from './timeline-cursors.ts';

export interface RecoveryParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly self: SelfMetrics;
  readonly disk: DirectoryJournal;
  readonly state: ExporterState;
  readonly pipeline: Pipeline;
  readonly projection: Projection;
  readonly gateway: Gateway;
  readonly cursors: TimelineCursors | undefined;
  readonly pushing: Pushing;
}

/**
 * Opens the journal and takes up all that it holds; events may be taken when it resolves.
 * @returns what was damaged, in a sentence, or undefined.
 * @throws Error (rejects with) when the directory cannot be used.
 */
export async function recover(parts: RecoveryParts): Promise<string | undefined> {
  const { config, clock, log, self, disk, state, pipeline, projection, gateway, cursors, pushing } = parts;
  const { ledger, model } = state;
  const timelines = [state.timeline, ...state.earlier];
  const startedMs = clock.monotonic();
  const told = await cursors?.read();
  if (told !== undefined) {
    for (const each of timelines) each.resume(told.filter(({ name }) => pushing.timelineOf(name) === each));
  }
  const recovery = await disk.start({
    stateVersion: STATE_VERSION,
    load: (lines) => {
      // Tried out first: one that cannot be taken up must leave nothing behind.
      const trial = new ExporterState({ config, budgets: ledger.definitions, now: () => clock.now() });
      trial.load(lines() as Iterable<StateLine>);
      state.load(lines() as Iterable<StateLine>);
    },
    know: (id, digest) => {
      pipeline.know(id, digest);
    },
    knowHashed: (words, at) => {
      pipeline.knowHashed(words, at);
    },
    entry: (entry, seq) => {
      state.loss.note(entry, seq);
      pipeline.restore(entry);
    },
  });
  for (const each of timelines) each.restored();
  cursors?.save();
  projection.startBehind(disk.acknowledged);
  gateway.restored(disk.acknowledged);
  const damage = reportRecovery(recovery, { log, self, seconds: (clock.monotonic() - startedMs) / 1_000 });
  const lostUntilMs = state.loss.untilMs(recovery, clock.now());
  if (lostUntilMs !== undefined) ledger.missesBefore(lostUntilMs, model);
  return damage;
}
