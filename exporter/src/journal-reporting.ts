// The journal of a running exporter: where it is, and what the log and the metrics hear of it.
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { messageOf } from './errors.ts';
import { DirectoryJournal } from './journal/directory-journal.ts';
import type { Recovery } from './journal/recovery.ts';
import type { JournalStorage } from './journal/storage.ts';
import type { Log } from './log.ts';
import type { SelfMetrics } from './series/self.ts';

/** Findings of one start that are logged each; the rest is a number. */
const MAX_DAMAGE_LOGGED = 19;

export interface JournalParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly self: SelfMetrics;
  /** Files of `data_dir`; those of the system unless told. */
  readonly openStorage: ((directory: string) => Promise<JournalStorage>) | undefined;
}

/** The journal in `data_dir`; its trouble goes into the log and the metrics. */
export function directoryJournal({ config, clock, log, self, openStorage }: JournalParts): DirectoryJournal {
  let last: string | undefined;
  return new DirectoryJournal({
    directory: config.dataDir,
    open: openStorage,
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    onCommit: (seconds) => {
      if (last !== undefined) log('info', 'the journal can be written again');
      last = undefined;
      self.journalCommitted(seconds);
    },
    onError: (error) => {
      // A full disk fails every commit: it is logged when it begins and when it changes.
      if (messageOf(error) !== last) log('error', 'the journal cannot be written', { error: messageOf(error) });
      last = messageOf(error);
    },
  });
}

/** Logs and counts what was found; returns the sentence for /health/ready when records may be missing. */
export function reportRecovery(
  { records, segments, bytes, damage }: Recovery,
  { log, self, seconds }: { log: Log; self: SelfMetrics; seconds: number }
): string | undefined {
  log('info', 'journal read', { records, segments: segments.length, bytes, seconds });
  for (const { kind } of damage) self.journalDamaged(kind);
  // A write that was cut off was never acknowledged: its sender sends it again.
  const serious = damage.filter(({ kind }) => kind !== 'torn_tail');
  for (const { file, kind, offset, bytes: length, records: lost } of serious.slice(0, MAX_DAMAGE_LOGGED)) {
    log('error', 'the journal is damaged', { file, kind, offset, bytes: length, records: lost ?? 'unknown' });
  }
  if (serious.length === 0) return undefined;
  if (serious.length > MAX_DAMAGE_LOGGED) log('error', 'the journal is damaged', { findings: serious.length });
  const lost = serious.reduce((sum, { records: count = 0 }) => sum + count, 0);
  const files = [...new Set(serious.map(({ file }) => file))].slice(0, 5).join(', ');
  return `the journal was found damaged in ${files}: ${lost} records are known to be missing, and totals may be too low; orchestrator-exporter journal verify tells more`;
}
