// Journal entries for the tests: numbered, told apart, and of the sizes that real ones have.
import type { OrchestratorEvent } from '../../src/contract/event.ts';
import { nano } from '../../src/contract/money.ts';
import { compact } from '../../src/journal/compaction.ts';
import type { Compactable, Compaction } from '../../src/journal/compaction.ts';
import { DiskJournal } from '../../src/journal/disk-journal.ts';
import type { DiskJournalOptions } from '../../src/journal/disk-journal.ts';
import type { JournalEntry } from '../../src/journal/journal.ts';
import { restart } from '../../src/journal/restart.ts';
import type { Restart, RestartOptions } from '../../src/journal/restart.ts';
import type { JournalStorage, ReadableStorage } from '../../src/journal/storage.ts';

export const T = 1_800_000_000_000;

/** The event number `n`: every one spends another amount. */
export function entry(n: number): JournalEntry {
  const event: OrchestratorEvent = {
    type: 'cost.updated',
    id: `e-${n}`,
    threadId: `thread-${n % 7}`,
    timestampMs: T + n,
    receivedMs: T + n + 5,
    dialect: 'metrics-emitter',
    team: 'ünïcode \u{1f980} "quoted"',
    workflow: 'w'.repeat(n % 90),
    spend: nano(1_000 + n),
    agent: 'planner',
    tokens: { input: n, output: 2 * n },
  };
  return { event, digest: n % 2 === 0 ? event.id : `digest-${n}`, source: 'http' };
}

export const entries = (from: number, count: number): readonly JournalEntry[] =>
  Array.from({ length: count }, (_, at) => entry(from + at));

export function idOf(found: JournalEntry): string {
  return 'sweptMs' in found ? `sweep ${found.sweptMs}` : found.event.id;
}

export interface Recovered {
  readonly recovery: Restart;
  readonly entries: JournalEntry[];
  readonly seqs: number[];
  /** Ids by which repeats are recognised, in the order of their coming. */
  readonly ids: string[];
}

type Numbered = readonly [seq: number, entry: JournalEntry];

/** The simplest state of a journal: its entries. */
class List {
  readonly found: Numbered[] = [];

  load(lines: () => Iterable<unknown>): void {
    this.found.push(...([...lines()] as Numbered[]));
  }
}

/** As an exporter starts: from a snapshot of {@link compactList} where there is one. */
export async function recovered(
  storage: ReadableStorage,
  { maxIds = 1_000, setAside }: Partial<RestartOptions> = {}
): Promise<Recovered> {
  const list = new List();
  const ids: string[] = [];
  const recovery = await restart(
    storage,
    {
      stateVersion: 1,
      load: (lines) => {
        list.load(lines);
      },
      know: (id) => ids.push(id),
      entry: (each, seq) => {
        list.found.push([seq, each]);
        ids.push(idOf(each));
      },
    },
    { maxIds, setAside }
  );
  return { recovery, entries: list.found.map(([, each]) => each), seqs: list.found.map(([seq]) => seq), ids };
}

/** Makes a snapshot of the entries themselves. */
export function compactList(storage: JournalStorage, stateVersion = 1): Promise<Compaction> {
  const create = (): Compactable => {
    const list = new List();
    return {
      load: (lines) => {
        list.load(lines);
      },
      entry: (each, seq) => {
        list.found.push([seq, each]);
      },
      dump: () => list.found,
    };
  };
  return compact({ storage, create, stateVersion, madeBy: 'test', maxIds: 1_000, now: () => T, monotonic: () => 0 });
}

/** Recovers what is there and opens the journal behind it. */
export async function openOn(
  storage: JournalStorage,
  options: Partial<DiskJournalOptions> = {}
): Promise<{ readonly journal: DiskJournal } & Recovered> {
  const found = await recovered(storage);
  let ticks = 0;
  const journal = new DiskJournal({ storage, now: () => T, monotonic: () => (ticks += 1), ...options }, found.recovery);
  return { journal, ...found };
}

/** Numbers in [0, 1) that the seed decides (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
