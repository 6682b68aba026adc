// The journal of a running exporter: where it is, and what the log and the metrics hear of it.
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { messageOf } from './errors.ts';
import { DirectoryJournal } from './journal/directory-journal.ts';
import type { Compactor } from './journal/directory-journal.ts';
import type { Restart } from './journal/restart.ts';
import type { JournalStorage } from './journal/storage.ts';
import type { Log } from './log.ts';
import { MAX_IDS } from './pipeline.ts';
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
  readonly compactor: Compactor;
}

/** The journal in `data_dir`; its trouble goes into the log and the metrics. */
export function directoryJournal({ config, clock, log, self, openStorage, compactor }: JournalParts): DirectoryJournal {
  let last: string | undefined;
  return new DirectoryJournal({
    directory: config.dataDir,
    open: openStorage,
    maxIds: MAX_IDS,
    compactor,
    retention: { retentionMs: config.journalRetentionMs, maxBytes: config.journalMaxBytes },
    onSnapshot: ({ written, segment, seconds }) => {
      if (written === undefined) return;
      self.snapshot({ createdMs: clock.now(), bytes: written.bytes, seconds });
      log('info', 'snapshot of the journal made', { file: written.name, bytes: written.bytes, segment, seconds });
    },
    onSnapshotError: (error) => {
      self.snapshotFailed();
      log('error', 'no snapshot of the journal could be made; it is tried again', { error: messageOf(error) });
    },
    onDeleted: (count) => {
      self.segmentsDeleted(count);
    },
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
  { records, segments, bytes, damage, behind, snapshot }: Restart,
  { log, self, seconds }: { log: Log; self: SelfMetrics; seconds: number }
): string | undefined {
  const from = snapshot?.name ?? 'none';
  log('info', 'journal read', { records, segments: segments.length, bytes, snapshot: from, seconds });
  if (snapshot !== undefined) self.snapshot({ createdMs: snapshot.head.createdMs, bytes: snapshot.bytes });
  for (const { kind } of [...damage, ...behind]) self.journalDamaged(kind);
  // A write that was cut off was never acknowledged: its sender sends it again.
  const serious = damage.filter(({ kind }) => kind !== 'torn_tail');
  for (const { file, kind, offset, bytes: length, records: lost, problem } of serious.slice(0, MAX_DAMAGE_LOGGED)) {
    const place = { file, kind, offset, bytes: length, records: lost ?? 'unknown' };
    log('error', 'the journal is damaged', problem === undefined ? place : { ...place, problem });
  }
  if (serious.length > MAX_DAMAGE_LOGGED) log('error', 'the journal is damaged', { findings: serious.length });
  if (behind.length > 0) {
    const files = filesOf(behind);
    log('error', 'repeats of some events may not be recognised: they are behind a snapshot and damaged', { files });
  }
  // What a damaged snapshot held came from an earlier one or from the records.
  const lossy = serious.filter(({ kind }) => kind !== 'snapshot');
  if (lossy.length === 0) return undefined;
  const lost = lossy.reduce((sum, { records: count = 0 }) => sum + count, 0);
  return `the journal was found damaged in ${filesOf(lossy)}: ${lost} records are known to be missing, and totals may be too low; orchestrator-exporter journal verify tells more`;
}

function filesOf(damage: readonly { readonly file: string }[]): string {
  return [...new Set(damage.map(({ file }) => file))].slice(0, 5).join(', ');
}
