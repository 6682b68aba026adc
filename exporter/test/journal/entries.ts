// Journal entries for the tests: numbered, told apart, and of the sizes that real ones have.
import type { OrchestratorEvent } from '../../src/contract/event.ts';
import { nano } from '../../src/contract/money.ts';
import { DiskJournal } from '../../src/journal/disk-journal.ts';
import type { DiskJournalOptions } from '../../src/journal/disk-journal.ts';
import type { JournalEntry } from '../../src/journal/journal.ts';
import { recover } from '../../src/journal/recovery.ts';
import type { Recovery } from '../../src/journal/recovery.ts';
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

export async function recovered(
  storage: ReadableStorage
): Promise<{ readonly recovery: Recovery; readonly entries: JournalEntry[]; readonly seqs: number[] }> {
  const found: JournalEntry[] = [];
  const seqs: number[] = [];
  const recovery = await recover(storage, (each, seq) => {
    found.push(each);
    seqs.push(seq);
  });
  return { recovery, entries: found, seqs };
}

/** Recovers what is there and opens the journal behind it. */
export async function openOn(
  storage: JournalStorage,
  options: Partial<DiskJournalOptions> = {}
): Promise<{ readonly journal: DiskJournal; readonly entries: JournalEntry[]; readonly recovery: Recovery }> {
  const found = await recovered(storage);
  let ticks = 0;
  const journal = new DiskJournal({ storage, now: () => T, monotonic: () => (ticks += 1), ...options }, found.recovery);
  return { journal, entries: found.entries, recovery: found.recovery };
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
