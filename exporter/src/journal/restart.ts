// Brings back what a journal comes to: the newest snapshot that can be used, the ids of the records before it, and every record
// behind it. Where no snapshot can be used, everything is read.
import { messageOf } from '../errors.ts';
import { readHighWater } from './high-water.ts';
import type { JournalEntry } from './journal.ts';
import { readIds } from './known-records.ts';
import { BEGINNING, NewerJournalError, recover, segmentHeads } from './recovery.ts';
import type { JournalDamage, Position, Recovery, SegmentHead } from './recovery.ts';
import { readSnapshot, snapshotNames, snapshotNumber } from './snapshot-file.ts';
import type { SnapshotHead } from './snapshot-file.ts';
import type { ReadableStorage } from './storage.ts';

/** Whoever builds the state of the journal. */
export interface Restorer {
  /** Of the lines that it understands. */
  readonly stateVersion: number;
  /** Takes the lines of a snapshot, before anything else. @throws when they make no sense; then nothing was taken. */
  load(lines: () => Iterable<unknown>): void;
  /** Hears of records that a snapshot holds, the latest, in their order. */
  know(id: string, digest: string): void;
  /** As `know`, of a hash; see id-hash.ts. */
  knowHashed?(words: Uint32Array, at: number): void;
  entry(entry: JournalEntry, seq: number): void;
}

export interface RestartOptions {
  /** How many of the latest records must be recognised when they are sent again. */
  readonly maxIds: number;
  /** Called with the name of a snapshot that is damaged or makes no sense. */
  readonly setAside?: ((name: string) => Promise<void>) | undefined;
}

export interface Restart extends Recovery {
  /** The snapshot it went on from. */
  readonly snapshot: { readonly name: string; readonly bytes: number; readonly head: SnapshotHead } | undefined;
  /** Damage before the snapshot: the records in it count, but their repeats may not be recognised. */
  readonly behind: readonly JournalDamage[];
}

/** @throws NewerJournalError, also when nothing but a snapshot of a later version holds the beginning; and what the storage throws. */
export async function restart(
  storage: ReadableStorage,
  restorer: Restorer,
  { maxIds, setAside }: RestartOptions
): Promise<Restart> {
  const heads = await segmentHeads(storage);
  const { snapshot, damage, newer } = await choose(storage, heads, restorer);
  for (const { file } of damage) await setAside?.(file);
  const from = snapshot?.head.position ?? BEGINNING;
  const first = heads.find(({ number }) => number > from.segment)?.header?.first;
  if (newer !== undefined && (first === undefined || first > from.next)) throw newer;
  const behind = snapshot === undefined ? [] : await knowRecords(storage, { heads, from, maxIds, restorer });
  const onEntry = (entry: JournalEntry, seq: number): void => {
    restorer.entry(entry, seq);
  };
  const recovery = await recover(storage, onEntry, { from, heads });
  const gone = snapshot === undefined ? [] : idsGone(heads, { from, firstId: Math.max(1, recovery.next - maxIds) });
  return { ...recovery, damage: [...damage, ...recovery.damage], snapshot, behind: [...gone, ...behind] };
}

interface Choice {
  readonly snapshot: Restart['snapshot'];
  readonly damage: readonly JournalDamage[];
  /** What to throw when the journal does not begin without a snapshot that this version cannot read. */
  readonly newer: NewerJournalError | undefined;
}

async function choose(storage: ReadableStorage, heads: readonly SegmentHead[], restorer: Restorer): Promise<Choice> {
  const damage: JournalDamage[] = [];
  let newer: NewerJournalError | undefined;
  for (const name of await snapshotNames(storage)) {
    const file = readSnapshot(await storage.read(name));
    const later =
      file.kind === 'newer' ? file.version : file.kind === 'whole' && file.head.stateVersion > restorer.stateVersion;
    if (later !== false) {
      newer ??= new NewerJournalError(name, later === true ? 'a later version of the state' : `format ${later}`);
      continue;
    }
    if (file.kind === 'whole' && file.head.stateVersion < restorer.stateVersion) continue;
    if (file.kind === 'whole' && fits(name, heads, file.head.position)) {
      try {
        restorer.load(file.lines);
        return { snapshot: { name, bytes: file.bytes, head: file.head }, damage, newer };
      } catch (error) {
        damage.push(unusable(name, file.bytes, messageOf(error)));
        continue;
      }
    }
    damage.push(unusable(name, file.kind === 'newer' ? 0 : file.bytes));
  }
  return { snapshot: undefined, damage, newer };
}

function unusable(file: string, bytes: number, problem?: string): JournalDamage {
  return { file, kind: 'snapshot', offset: 0, bytes, records: 0, ...(problem === undefined ? {} : { problem }) };
}

/** Whether its name is its own and the segment behind it can be the next one: one of another journal would be believed else. */
export function fits(
  name: string,
  heads: readonly SegmentHead[],
  { segment, next, previous, isWhole }: Position
): boolean {
  if (snapshotNumber(name) !== segment) return false;
  const header = heads.find(({ number }) => number > segment)?.header;
  if (header === undefined || header.first > next) return true;
  if (header.first < next) return false;
  return !isWhole || previous.some((digest) => digest.equals(header.previous));
}

/** Ids that are needed and whose segments are not there. */
function idsGone(
  heads: readonly SegmentHead[],
  { from, firstId }: { readonly from: Position; readonly firstId: number }
): readonly JournalDamage[] {
  const [first] = heads;
  // A header that cannot be read is damage that has been told.
  if (first !== undefined && first.header === undefined) return [];
  const begins = Math.min(first?.header?.first ?? from.next, from.next);
  if (begins <= firstId) return [];
  return [{ file: first?.name ?? 'segments', kind: 'missing_records', offset: 0, bytes: 0, records: begins - firstId }];
}

async function knowRecords(
  storage: ReadableStorage,
  {
    heads,
    from,
    maxIds,
    restorer,
  }: { heads: readonly SegmentHead[]; from: Position; maxIds: number; restorer: Restorer }
): Promise<readonly JournalDamage[]> {
  // It may lag: then some more are read than are needed.
  const newest = Math.max((await readHighWater(storage)) ?? 0, from.next - 1);
  const covered = heads.filter(({ number }) => number <= from.segment);
  return readIds(storage, covered, {
    from: Math.max(1, newest + 1 - maxIds),
    until: from.next,
    onId: (id, digest) => {
      restorer.know(id, digest);
    },
    onHash: restorer.knowHashed?.bind(restorer),
  });
}

/** What there is of snapshots, for looking only. */
export interface SnapshotSummary {
  readonly name: string;
  readonly bytes: number;
  readonly state: 'whole' | 'newer' | 'damaged' | 'of another journal';
  /** Number of the record that must come next; undefined unless it is whole. */
  readonly next: number | undefined;
}

/** Oldest first. */
export async function snapshotSummaries(storage: ReadableStorage): Promise<readonly SnapshotSummary[]> {
  const heads = await segmentHeads(storage);
  const summaries: SnapshotSummary[] = [];
  for (const name of [...(await snapshotNames(storage))].reverse()) {
    const bytes = await storage.size(name);
    const file = readSnapshot(await storage.read(name));
    if (file.kind !== 'whole') {
      summaries.push({ name, bytes, state: file.kind, next: undefined });
      continue;
    }
    const { position } = file.head;
    const isOurs = fits(name, heads, position);
    summaries.push({
      name,
      bytes,
      state: isOurs ? 'whole' : 'of another journal',
      next: isOurs ? position.next : undefined,
    });
  }
  return summaries;
}

/**
 * Every record that is kept, for looking only. Segments that were deleted because a snapshot holds what they came to are not
 * missing.
 */
export async function readKept(
  storage: ReadableStorage,
  onEntry: (entry: JournalEntry, seq: number) => void
): Promise<Recovery & { readonly snapshots: readonly SnapshotSummary[] }> {
  const snapshots = await snapshotSummaries(storage);
  const heads = await segmentHeads(storage);
  const [first] = heads;
  const held = Math.max(1, ...snapshots.map(({ next = 1 }) => next));
  const begins = first?.header?.first ?? 1;
  const isHeld = first !== undefined && begins > 1 && begins <= held;
  const from = isHeld ? { ...BEGINNING, segment: first.number - 1, next: begins, isWhole: false } : BEGINNING;
  return { ...(await recover(storage, onEntry, { from, heads })), snapshots };
}
