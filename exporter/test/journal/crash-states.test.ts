// Every state in which a crash can leave the journal. JOURNAL_STATES=100000 is the long run.
import type { DiskJournal } from '../../src/journal/disk-journal.ts';
import { expired } from '../../src/journal/retention.ts';
import { snapshotNumber } from '../../src/journal/snapshot-file.ts';
import { crashStates } from './crash-states.ts';
import { compactList, entries, entry, idOf, openOn, randomOf, recovered, T } from './entries.ts';
import { DiskError, SimulatedDisk } from './simulated-disk.ts';
import type { Files, Operation } from './simulated-disk.ts';

const WANTED = Number(process.env['JOURNAL_STATES'] ?? 4_000);
/** States tried of a life, about: of some 10,000, most are cuts of one write, and more lives tell more than more of those. */
const SAMPLE = 500;
/** Of the last records so many must be recognised when they are sent again. */
const MAX_IDS = 6;

/** A life of the journal on a disk: which entries were acknowledged by which operation, and which were only sent. */
interface Life {
  readonly before: Files;
  readonly operations: readonly Operation[];
  readonly sent: readonly string[];
  /** Ids in order, with the number of operations after which each was acknowledged. */
  readonly acknowledged: readonly { readonly id: string; readonly after: number }[];
}

/** Batches of several sizes, some waiting together, into segments so small that they are sealed all the time. */
async function live(files: Files, seed: number, from: number): Promise<Life> {
  const random = randomOf(seed);
  const disk = new SimulatedDisk(files);
  const { journal } = await openOn(disk, { segmentBytes: 1_000 + Math.floor(random() * 3_000) });
  const failing = seed % 3 === 2;
  disk.faults = (what) => {
    if (!failing || what === 'close' || what === 'overwrite' || random() > 0.06) return undefined;
    return what === 'write' && random() < 0.5 ? { short: Math.floor(random() * 40) } : { error: 'EIO' };
  };
  const sent: string[] = [];
  const acknowledged: { id: string; after: number }[] = [];
  let next = from;
  for (let round = 0; round < 6; round += 1) {
    const batches = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
      const batch = entries(next, 1 + Math.floor(random() * 5));
      next += batch.length;
      return batch;
    });
    await Promise.all(
      batches.map(async (batch) => {
        sent.push(...batch.map(idOf));
        // As a sender does: again until it is acknowledged.
        for (let attempt = 0; attempt < 4; attempt += 1) {
          const isStored = await journal.append(batch).then(
            () => true,
            () => false
          );
          if (!isStored) continue;
          acknowledged.push(...batch.map((each) => ({ id: idOf(each), after: disk.operations.length })));
          return;
        }
      })
    );
    if (random() < 0.5) await journal.mark();
    if (random() < 0.5) await letGo(disk, journal);
  }
  if (random() < 0.5) await journal.close();
  return { before: files, operations: disk.operations, sent, acknowledged };
}

/** A snapshot, and then everything deleted that no restart needs; a disk that fails costs neither. */
async function letGo(disk: SimulatedDisk, journal: DiskJournal): Promise<void> {
  try {
    const { safe } = await compactList(disk);
    const needs = { nowMs: T, safe, firstId: journal.next - MAX_IDS };
    for (let left = expired(journal.segments, { retentionMs: 0, maxBytes: 0 }, needs); left > 0; left -= 1) {
      await journal.removeOldest();
    }
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
  }
}

/** What must hold of a journal found after a crash; returns what is wrong, in words. */
async function problems(files: Files, life: Life, prefix: number): Promise<readonly string[]> {
  const found = await recovered(new SimulatedDisk(files), { maxIds: MAX_IDS });
  const ids = found.entries.map(idOf);
  const known = new Set(ids);
  const wrong: string[] = [];
  const due = life.acknowledged.filter(({ after }) => after <= prefix).map(({ id }) => id);
  const lost = due.filter((id) => !known.has(id));
  if (lost.length > 0) wrong.push(`lost ${lost.join(' ')}`);
  if (known.size !== ids.length) wrong.push('an entry twice');
  const recognised = new Set(found.ids);
  const forgotten = due.slice(-MAX_IDS).filter((id) => !recognised.has(id));
  if (forgotten.length > 0) wrong.push(`not recognised when sent again: ${forgotten.join(' ')}`);
  const allowed = new Set(life.sent);
  const invented = ids.filter((id) => !allowed.has(id));
  if (invented.length > 0) wrong.push(`invented ${invented.join(' ')}`);
  const order = ids.filter((id) => due.includes(id));
  if (JSON.stringify(order) !== JSON.stringify(due)) wrong.push('out of order');
  for (const each of found.entries) {
    const id = idOf(each);
    if (JSON.stringify(each) !== JSON.stringify(entry(Number(id.slice(2))))) wrong.push(`${id} has other content`);
  }
  if (found.seqs.some((seq, at) => seq <= (found.seqs[at - 1] ?? 0))) wrong.push('numbers do not rise');
  if (found.recovery.next <= (found.seqs.at(-1) ?? 0)) wrong.push('the next number was given before');
  const alarms = [...found.recovery.damage, ...found.recovery.behind].filter(({ kind }) => kind !== 'torn_tail');
  if (alarms.length > 0) wrong.push(`a crash alone is called damage: ${JSON.stringify(alarms)}`);
  return wrong;
}

/** After the crash the journal goes on: what was there stays, what is appended is found, and nothing is called damage. */
async function goesOn(files: Files, seed: number): Promise<readonly string[]> {
  const disk = new SimulatedDisk(files);
  const { journal, entries: before } = await openOn(disk, { segmentBytes: 1_500 });
  await journal.append(entries(900_000 + seed, 3));
  const after = await recovered(new SimulatedDisk(disk.files));
  const expected = [...before.map(idOf), ...entries(900_000 + seed, 3).map(idOf)];
  const wrong: string[] = [];
  if (JSON.stringify(after.entries.map(idOf)) !== JSON.stringify(expected)) wrong.push('what was appended then');
  if (after.recovery.damage.length > 0) wrong.push(`damage then: ${JSON.stringify(after.recovery.damage)}`);
  return wrong;
}

function sample<T>(all: readonly T[], random: () => number): readonly T[] {
  return all.filter(() => random() < SAMPLE / all.length);
}

test(`at least ${WANTED} crash states are recovered right, and the journal goes on from them`, async () => {
  const wrong: string[] = [];
  const kinds = { states: 0, lives: 0, snapshots: 0, deletions: 0 };
  for (let seed = 1; kinds.states < WANTED; seed += 1) {
    const random = randomOf(seed * 7_919);
    const first = await live(new Map(), seed, 1);
    // A second life on what a crash of the first has left.
    const states = [...crashStates(first.before, first.operations, { draws: 4, random })];
    const from = states[Math.floor(random() * states.length)];
    const kept = from === undefined ? [] : (await recovered(new SimulatedDisk(from.files))).entries.map(idOf);
    const second = await live(from?.files ?? new Map(), seed + 1_000_000, 10_000);
    const history = {
      ...second,
      sent: [...kept, ...second.sent],
      acknowledged: [...kept.map((id) => ({ id, after: 0 })), ...second.acknowledged],
    };
    for (const [life, all] of [
      [first, states],
      [history, [...crashStates(second.before, second.operations, { draws: 4, random })]],
    ] as const) {
      kinds.lives += 1;
      for (const { name, prefix, files } of sample(all, random)) {
        kinds.states += 1;
        if ([...files.keys()].some((file) => snapshotNumber(file) !== undefined)) kinds.snapshots += 1;
        if (!files.has('00000001.seg') && files.size > 2) kinds.deletions += 1;
        const found = [...(await problems(files, life, prefix)), ...(await goesOn(files, kinds.states))];
        if (found.length > 0) wrong.push(`seed ${seed}, ${name}: ${found.join('; ')}`);
      }
    }
  }
  process.stdout.write(
    `crash states: ${kinds.states} of ${kinds.lives} lives, ${kinds.snapshots} with a snapshot, ${kinds.deletions} without the first segment, ${wrong.length} violations\n`
  );
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(kinds.snapshots).toBeGreaterThan(kinds.states / 4);
  expect(kinds.deletions).toBeGreaterThan(0);
}, 3_600_000);
