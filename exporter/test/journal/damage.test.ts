// Random damage to journals that were closed well: found, named, and what is not damaged is all there.
// JOURNAL_DAMAGES=10000 is the long run.
import { DAMAGED_AT_LEAST, damages } from './damages.ts';
import { entries, entry, idOf, openOn, randomOf, recovered } from './entries.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { Files } from './simulated-disk.ts';

const WANTED = Number(process.env['JOURNAL_DAMAGES'] ?? 600);

/** A journal of several segments, written in batches of all sizes by two runs, the first of which was killed. */
async function closedJournal(seed: number): Promise<{ readonly files: Files; readonly count: number }> {
  const random = randomOf(seed);
  const disk = new SimulatedDisk();
  let next = 1;
  for (const isKilled of [true, false]) {
    const { journal } = await openOn(disk, { segmentBytes: 8_000 + Math.floor(random() * 8_000) });
    for (let batch = 0; batch < 12; batch += 1) {
      const size = 1 + Math.floor(random() * 30);
      await journal.append(entries(next, size));
      await journal.mark();
      next += size;
    }
    if (!isKilled) await journal.close();
  }
  return { files: disk.files, count: next - 1 };
}

test(`${WANTED} random damages: each is found unless it left a journal that a crash could leave, nothing is lost in silence, nothing is invented or changed`, async () => {
  const figures = { damages: 0, found: 0, harmless: 0, records: 0, lost: 0, named: 0 };
  const wrong: string[] = [];
  for (let seed = 1; figures.damages < WANTED; seed += 1) {
    const { files, count } = await closedJournal(seed);
    for (const { name, damaged, isUnsealing } of damages(files, randomOf(seed + 77))) {
      figures.damages += 1;
      const { recovery, entries: found, seqs } = await recovered(new SimulatedDisk(damaged));
      const say = (what: string): number => wrong.push(`seed ${seed}, ${name}: ${what}`);
      const numbers = found.map((each) => Number(idOf(each).slice(2)));
      const isWrong = (n: number, at: number): boolean => JSON.stringify(found[at]) !== JSON.stringify(entry(n));
      if (numbers.some(isWrong)) say('an entry has another content');
      if (numbers.some((n, at) => n <= (numbers[at - 1] ?? 0) || n !== seqs[at])) say('out of order, or twice');
      const lost = count - numbers.length;
      const named = recovery.damage.reduce((sum, { records = 0 }) => sum + records, 0);
      if (recovery.damage.length === 0 && !isUnsealing) say('not found');
      if (lost > 0 && recovery.damage.every(({ kind }) => kind === 'torn_tail')) say(`${lost} lost in silence`);
      if (named !== lost) say(`${lost} lost, ${named} named as lost`);
      if (recovery.next <= count) say(`number ${recovery.next} would be given again`);
      if (recovery.damage.length > 0) figures.found += 1;
      else figures.harmless += 1;
      figures.records += count;
      figures.lost += lost;
      figures.named += named;
    }
  }
  process.stdout.write(`random damage: ${JSON.stringify(figures)}, ${wrong.length} violations\n`);
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(figures.harmless).toBeLessThan(figures.damages / 50);
  // Damage that costs nothing would prove nothing.
  expect(figures.lost).toBeGreaterThan(figures.damages * DAMAGED_AT_LEAST);
}, 3_600_000);

test('a journal that was damaged takes events, and what it lost is said at every start and not once more', async () => {
  const { files } = await closedJournal(5);
  const segment = Buffer.from(files.get('00000002.seg')!);
  segment.fill(0, 2_000, 2_100);
  const disk = new SimulatedDisk(new Map([...files, ['00000002.seg', segment]]));
  const first = await openOn(disk);
  await first.journal.append(entries(5_000, 2));
  await first.journal.close();
  const second = await openOn(disk);
  expect(first.recovery.damage.length).toBeGreaterThan(0);
  expect(second.recovery.damage).toEqual(first.recovery.damage);
  expect(second.entries.map(idOf)).toEqual([...first.entries.map(idOf), 'e-5000', 'e-5001']);
});
