// Makes the next snapshot of a journal: the newest one there is, and the segments that were finished since. Runs beside the
// journal's writer, which it neither stops nor needs; what it reads does not change any more.
import { messageOf } from '../errors.ts';
import type { JournalEntry } from './journal.ts';
import { advance, BEGINNING, segmentHeads } from './recovery.ts';
import type { SegmentHead } from './recovery.ts';
import { fits } from './restart.ts';
import { IdsOfSegments } from './segment-ids.ts';
import {
  leftoverNumber,
  readSnapshot,
  setAsideName,
  snapshotName,
  snapshotNames,
  snapshotNumber,
  writeSnapshot,
} from './snapshot-file.ts';
import type { SnapshotHead } from './snapshot-file.ts';
import type { JournalStorage } from './storage.ts';

/** What the entries of a journal come to; made anew for every snapshot. */
export interface Compactable {
  load(lines: () => Iterable<unknown>): void;
  entry(entry: JournalEntry, seq: number): void;
  dump(): Iterable<unknown>;
}

export interface CompactionOptions {
  readonly storage: JournalStorage;
  readonly create: () => Compactable;
  readonly stateVersion: number;
  readonly madeBy: string;
  /** How many of the latest records must be recognised when they are sent again. */
  readonly maxIds: number;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly monotonic: () => number;
}

export interface Compaction {
  /** Of the snapshot that was written; undefined when there was nothing to write. */
  readonly written: { readonly name: string; readonly bytes: number } | undefined;
  /** Number of the last segment that the newest snapshot covers; 0 without any. */
  readonly segment: number;
  /** Of the older one of the two newest snapshots: the segments up to it are not needed to restart, whichever is damaged. */
  readonly safe: number;
  readonly seconds: number;
  /** Of these, reading the snapshot before and writing this one: what it costs however little is new. */
  readonly fixedSeconds: number;
}

const KEPT = 2;

/** @throws what the storage throws; then the snapshots are what they were. */
export async function compact(options: CompactionOptions): Promise<Compaction> {
  const { storage, monotonic } = options;
  const startedMs = monotonic();
  await tidy(storage);
  const heads = await segmentHeads(storage);
  const usable = await usableSnapshots(options, heads);
  const covered = usable[0]?.head.position.segment ?? 0;
  const isDone = heads.filter(({ number, header }) => number > covered && header !== undefined).length < 2;
  if (isDone)
    return outcome(usable, { seconds: (monotonic() - startedMs) / 1_000, fixedSeconds: 0, written: undefined });

  const { newest, state } = await takeUp(options, usable);
  const from = newest?.head.position ?? BEGINNING;
  const loadedMs = monotonic();
  const ids = new IdsOfSegments(heads, options.maxIds);
  const position = await advance(
    storage,
    (entry, seq) => {
      state.entry(entry, seq);
      ids.note(entry, seq);
    },
    { from, heads }
  );
  await ids.save(storage, position.next);
  const readMs = monotonic();
  const head: SnapshotHead = {
    position,
    stateVersion: options.stateVersion,
    madeBy: options.madeBy,
    createdMs: options.now(),
  };
  const bytes = await writeSnapshot(storage, { head, lines: state.dump() }, async (unfinished) => {
    // Read back as a restart would: what cannot be taken up again must not take the place of what can.
    const file = readSnapshot(await storage.read(unfinished));
    if (file.kind !== 'whole') throw new Error('the snapshot does not read as it was written');
    options.create().load(file.lines);
  });
  const names = [snapshotName(position.segment), ...usable.map(({ name }) => name)].slice(0, KEPT);
  await removeOlder(storage, names);
  return outcome(
    names.map((name) => ({ name })),
    {
      seconds: (monotonic() - startedMs) / 1_000,
      fixedSeconds: (monotonic() - readMs + loadedMs - startedMs) / 1_000,
      written: { name: snapshotName(position.segment), bytes },
    }
  );
}

function outcome(
  kept: readonly { readonly name: string }[],
  rest: Pick<Compaction, 'written' | 'seconds' | 'fixedSeconds'>
): Compaction {
  const [segment = 0, safe = 0] = kept.map(({ name }) => snapshotNumber(name) ?? 0);
  return { ...rest, segment, safe };
}

/** The state of the newest snapshot that can be taken up; others are set aside, and taken out of the list. */
async function takeUp(
  { storage, create }: CompactionOptions,
  usable: Usable[]
): Promise<{ readonly newest: Usable | undefined; readonly state: Compactable }> {
  for (let newest = usable[0]; newest !== undefined; newest = usable[0]) {
    const state = create();
    try {
      state.load(newest.lines);
      return { newest, state };
    } catch {
      usable.shift();
      await setAside(storage, newest.name);
    }
  }
  return { newest: undefined, state: create() };
}

interface Usable {
  readonly name: string;
  readonly head: SnapshotHead;
  readonly lines: () => Iterable<unknown>;
}

/** The newest ones that are whole, of this version and of this journal. */
async function usableSnapshots(
  { storage, stateVersion }: CompactionOptions,
  heads: readonly SegmentHead[]
): Promise<Usable[]> {
  const usable: Usable[] = [];
  for (const name of await snapshotNames(storage)) {
    if (usable.length === KEPT) break;
    const file = readSnapshot(await storage.read(name));
    if (file.kind !== 'whole' || file.head.stateVersion !== stateVersion) continue;
    if (!fits(name, heads, file.head.position)) continue;
    usable.push({ name, head: file.head, lines: file.lines });
  }
  return usable;
}

/** What an attempt that was cut off has left. */
async function tidy(storage: JournalStorage): Promise<void> {
  for (const name of await storage.list()) {
    if (leftoverNumber(name) !== undefined && name.endsWith('.tmp')) await storage.remove(name);
  }
}

/** Snapshots older than those kept, and what was set aside before them. An error here costs space only. */
async function removeOlder(storage: JournalStorage, kept: readonly string[]): Promise<void> {
  const oldest = Math.min(...kept.map((name) => snapshotNumber(name) ?? 0));
  for (const name of await storage.list()) {
    const number = snapshotNumber(name) ?? leftoverNumber(name);
    if (number !== undefined && number < oldest) await storage.remove(name).catch(() => undefined);
  }
}

/** Takes a snapshot out of the way that cannot be used, and keeps it to be looked at. */
export async function setAside(storage: JournalStorage, name: string): Promise<void> {
  await storage.rename(name, setAsideName(name)).catch((error: unknown) => {
    throw new Error(`the damaged snapshot ${name} cannot be set aside: ${messageOf(error)}`, { cause: error });
  });
  await storage.syncDirectory();
}
