import type { OrchestratorEvent } from '../contract/event.ts';
import { openOn, T } from '../../test/journal/entries.ts';
import { SimulatedDisk } from '../../test/journal/simulated-disk.ts';
import type { JournalEntry } from './journal.ts';
import { readIds } from './known-records.ts';
import { segmentHeads } from './recovery.ts';

const HOSTILE = [
  'plain',
  '"',
  '\\',
  '\\"',
  '\\\\',
  '","id":"x',
  '{"id":"x"}',
  '","d":"x","s":"http"}',
  '\u0001price:a',
  'ünïcode 💰\u2028',
  'id',
  'd',
  ' ',
];

/** Every hostile text as id, digest, agent and thread at once. */
function hostile(at: number): JournalEntry {
  const text = (shift: number): string => HOSTILE[(at + shift) % HOSTILE.length] ?? '';
  const event: OrchestratorEvent = {
    type: 'checkpoint.saved',
    threadId: text(1),
    timestampMs: T + at,
    dialect: 'metrics-emitter',
    team: text(2),
    workflow: text(3),
    // Behind others, as an event of a later version may have it.
    id: text(0),
    checkpointId: text(4),
  };
  return { event, digest: at % 3 === 0 ? event.id : text(5), source: 'http' };
}

const entries: readonly JournalEntry[] = [
  ...Array.from({ length: 39 }, (_, at) => hostile(at)),
  { sweptMs: T, retentionMs: 1, silentRetentionMs: 1 },
  ...Array.from({ length: 39 }, (_, at) => hostile(at + 1)),
];

async function journal(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const opened = await openOn(disk, { segmentBytes: 1_500 });
  for (let at = 0; at < entries.length; at += 4) await opened.journal.append(entries.slice(at, at + 4));
  await opened.journal.close();
  return disk;
}

test.each([
  { from: 1, until: 80 },
  { from: 5, until: 80 },
  { from: 42, until: 80 },
  { from: 79, until: 80 },
  { from: 80, until: 80 },
  { from: 1, until: 1 },
])('ids and digests from record $from to before $until are those of the entries', async ({ from, until }) => {
  const disk = await journal();
  const found: [string, string][] = [];
  const damage = await readIds(disk, await segmentHeads(disk), {
    from,
    until,
    onId: (id, digest) => found.push([id, digest]),
  });
  const expected = entries
    .slice(from - 1, until - 1)
    .flatMap((entry) => ('sweptMs' in entry ? [] : [[entry.event.id, entry.digest]]));
  expect(found).toEqual(expected);
  expect(damage).toEqual([]);
});

test('what is damaged is named, and the ids of the rest are there', async () => {
  const disk = await journal();
  const bytes = Buffer.from(disk.files.get('00000002.seg') ?? '');
  bytes.fill(0, 200, 220);
  const damaged = new SimulatedDisk(new Map([...disk.files, ['00000002.seg', bytes]]));
  let count = 0;
  const damage = await readIds(damaged, await segmentHeads(damaged), {
    from: 1,
    until: 80,
    onId: () => (count += 1),
  });
  const lost = damage.reduce((sum, { records = 0 }) => sum + records, 0);
  expect(lost).toBeGreaterThan(0);
  expect(count + lost).toBe(78);
});
