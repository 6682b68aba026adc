// Incidents of stores that lost what they had acknowledged, or would not start again.
import { crashStates } from '../journal/crash-states.ts';
import { openOn } from '../journal/entries.ts';
import { damages } from '../journal/damages.ts';
import { SimulatedDisk } from '../journal/simulated-disk.ts';
import type { Files } from '../journal/simulated-disk.ts';
import { cost, NOW, Rig, USD } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.open();
});
afterEach(() => rig.close());

const DAMAGE = 'orchestrator_exporter_journal_damage_total';

/** Three lives of two events each: three segments. */
async function threeSegments(): Promise<Files> {
  for (let life = 0; life < 3; life += 1) {
    await rig.post(cost(), cost());
    await rig.crash();
  }
  return rig.disk.files;
}

const segmentsOf = (files: Files): string[] => [...files.keys()].filter((name) => name.endsWith('.seg')).sort();

function withBytes(files: Files, name: string, change: (bytes: Buffer) => Buffer): Files {
  return new Map([...files, [name, change(Buffer.from(files.get(name) ?? Buffer.alloc(0)))]]);
}

async function damageFound(): Promise<number> {
  return [...(await rig.page()).values()].reduce((sum, { name, value }) => sum + (name === DAMAGE ? value : 0), 0);
}

test('Prometheus#7245: a full disk ended in all data being deleted - does not happen here', async () => {
  await threeSegments();
  rig.disk.faults = (what) => (what === 'write' || what === 'create' ? { error: 'ENOSPC' } : undefined);
  for (let attempt = 0; attempt < 10; attempt += 1) expect((await rig.post(cost())).status).toBe(503);
  await rig.crash();
  expect([await rig.spent(), await damageFound()]).toEqual([6 * USD, 0]);
});

test('Prometheus#13027: after a full disk the log could not be read any more - does not happen here', async () => {
  await rig.post(cost());
  rig.disk.faults = (what) => (what === 'write' ? { error: 'ENOSPC' } : undefined);
  expect((await rig.post(cost())).status).toBe(503);
  rig.disk.faults = () => undefined;
  expect((await rig.post(cost())).status).toBe(200);
  await rig.crash();
  expect([await rig.spent(), await damageFound()]).toEqual([2 * USD, 0]);
});

test('Prometheus#8125: a partial write made a bad checksum at the next start - does not happen here', async () => {
  let writes = 0;
  rig.disk.faults = (what) => (what === 'write' && (writes += 1) === 2 ? { short: 11 } : undefined);
  const events = [cost(), cost(), cost()];
  for (const event of events) if ((await rig.post(event)).status === 503) await rig.post(event);
  expect(writes).toBeGreaterThan(2);
  await rig.crash();
  expect([await rig.spent(), await damageFound()]).toEqual([3 * USD, 0]);
});

test('Prometheus#4705: repair deleted every segment behind the damaged one - does not happen here', async () => {
  const files = await threeSegments();
  const [first = ''] = segmentsOf(files);
  await rig.crash(withBytes(files, first, (bytes) => bytes.fill(0, 70)));
  expect([await rig.spent(), await rig.disk.list()]).toEqual([4 * USD, expect.arrayContaining([...files.keys()])]);
});

test('Prometheus#18552: a damaged log was not noticed at the start - does not happen here', async () => {
  const files = await threeSegments();
  const [first = ''] = segmentsOf(files);
  await rig.crash(withBytes(files, first, (bytes) => bytes.fill(bytes.at(90)! ^ 1, 90, 91)));
  const health = await rig.get('/health/ready');
  expect([(await damageFound()) > 0, health.text.includes('damaged')]).toEqual([true, true]);
});

test('Prometheus#19016: damage made a loop of crashes, with data lost in silence - does not happen here', async () => {
  const files = await threeSegments();
  const [, second = ''] = segmentsOf(files);
  await rig.crash(withBytes(files, second, (bytes) => bytes.subarray(0, 80)));
  const spent = await rig.spent();
  for (let start = 0; start < 3; start += 1) {
    await rig.crash();
    expect([await rig.spent(), (await damageFound()) > 0]).toEqual([spent, true]);
  }
});

test('Prometheus#7835: data went hours after the disk had room again - does not happen here', async () => {
  await rig.post(cost());
  rig.disk.faults = (what) => (what === 'write' || what === 'sync' ? { error: 'ENOSPC' } : undefined);
  await rig.post(cost());
  rig.disk.faults = () => undefined;
  await rig.post(cost());
  for (let hour = 0; hour < 48; hour += 1) {
    rig.clock.nowMs += 3_600_000;
    rig.clock.tick();
  }
  await rig.post(cost({ costUsd: 0 }));
  await rig.crash();
  expect(await rig.spent()).toBe(2 * USD);
});

test('NATS#7564: a power cut took what had been acknowledged - does not happen here', async () => {
  await rig.post(cost(), cost());
  await rig.post(cost());
  // Only what was synced survives.
  const states = [...crashStates(new Map(), rig.disk.operations, { draws: 0, random: () => 0 })];
  const cut = states.filter(({ name }) => name.endsWith('only what was synced')).at(-1);
  await rig.crash(cut?.files);
  expect(await rig.spent()).toBe(3 * USD);
});

test('Jepsen on JetStream 2.12.1: one flipped bit lost half of the messages - does not happen here', async () => {
  for (let batch = 0; batch < 20; batch += 1) await rig.post(cost());
  const files = rig.disk.files;
  const [first = ''] = segmentsOf(files);
  await rig.crash(withBytes(files, first, (bytes) => bytes.fill(bytes.at(1_000)! ^ 4, 1_000, 1_001)));
  expect([await rig.spent(), (await damageFound()) > 0]).toEqual([19 * USD, true]);
});

test('OTel contrib#49735: a file spoilt by power loss made every start panic - does not happen here', async () => {
  const files = await threeSegments();
  let starts = 0;
  for (const { damaged } of damages(files, () => 0.5)) {
    await rig.crash(damaged);
    expect(rig.errors.filter((error) => error.startsWith('unexpected error'))).toEqual([]);
    expect((await rig.get('/health/ready')).status).toBe(200);
    starts += 1;
  }
  expect(starts).toBeGreaterThan(20);
});

test('OTel contrib#35899: it started empty instead - does not happen here', async () => {
  const files = await threeSegments();
  const names = segmentsOf(files);
  await rig.crash(withBytes(files, names.at(-2) ?? '', () => Buffer.from('rubbish')));
  expect(await rig.spent()).toBeGreaterThanOrEqual(4 * USD);
});

test('OTel core#7198: without room for it data was taken and dropped - does not happen here', async () => {
  rig.disk.faults = (what) => (what === 'write' ? { error: 'ENOSPC' } : undefined);
  const event = cost();
  const { status } = await rig.post(event);
  const ready = await rig.get('/health/ready');
  rig.disk.faults = () => undefined;
  expect([status, ready.status, (await rig.post(event)).answer.accepted]).toEqual([503, 503, 1]);
});

test('OTel core#11015: a nearly full queue locked everybody up - does not happen here', async () => {
  const { journal } = await openOn(new SimulatedDisk());
  const event = { type: 'progress', id: 'e', threadId: 't', timestampMs: NOW, dialect: 'gateway' } as const;
  const wide = Array.from({ length: 1_000 }, () => ({ event, digest: 'd'.repeat(10_000), source: 'http' as const }));
  const ends = await Promise.allSettled(Array.from({ length: 12 }, () => journal.append(wide)));
  expect(ends.some(({ status }) => status === 'rejected')).toBe(true);
  await journal.append([{ event, digest: 'd', source: 'http' }]);
  expect(journal.records % 1_000).toBe(1);
});

test('Vector#17644: a spoilt buffer made an endless loop that no signal ended - does not happen here', async () => {
  const head = Buffer.from('HXFR\0\0\0\0');
  const files = await threeSegments();
  const [first = ''] = segmentsOf(files);
  await rig.crash(
    withBytes(files, first, (bytes) => Buffer.concat([bytes.subarray(0, 64), ...Array<Buffer>(5_000).fill(head)]))
  );
  expect(await rig.spent()).toBe(4 * USD);
});

test('Vector#16231: events were lost and the buffer had to be deleted by hand - does not happen here', async () => {
  const files = await threeSegments();
  const [first = ''] = segmentsOf(files);
  await rig.crash(withBytes(files, first, (bytes) => bytes.subarray(0, 100)));
  const before = await rig.spent();
  await rig.post(cost());
  await rig.crash();
  expect(await rig.spent()).toBe(before + USD);
});

test('Vector#18336: an empty data file kept it from starting - does not happen here', async () => {
  const files = await threeSegments();
  await rig.crash(new Map([...files, ['00000099.seg', Buffer.alloc(0)]]));
  expect([await rig.spent(), (await rig.post(cost())).status]).toEqual([6 * USD, 200]);
});

test('Vector PR#25570: a ledger that disagreed with the data files made a loop of crashes - does not happen here', async () => {
  const files = await threeSegments();
  for (const mark of [undefined, Buffer.alloc(0), Buffer.alloc(64, 255), files.get('00000001.seg')]) {
    const changed = new Map(files);
    if (mark === undefined) changed.delete('high-water');
    else changed.set('high-water', mark);
    await rig.crash(changed);
    expect([await rig.spent(), (await damageFound()) > 0]).toEqual([6 * USD, true]);
  }
});

test('Pushgateway#350: state was silently not stored - does not happen here', async () => {
  await rig.crash(new Map());
  rig.disk.faults = (what) => (what === 'create' ? { error: 'EACCES' } : undefined);
  expect([(await rig.post(cost())).status, await rig.spent()]).toEqual([503, 0]);
  expect((await rig.get('/health/ready')).text).toContain('EACCES');
});

test('Pushgateway#398: leftover files of an earlier write stood in the way - does not happen here', async () => {
  const files = await threeSegments();
  const leftovers = ['in_progress', '00000001.seg.tmp', 'snapshot.tmp', '.nfs0001'].map(
    (name) => [name, Buffer.from('x')] as const
  );
  await rig.crash(new Map([...files, ...leftovers]));
  expect([await rig.spent(), await damageFound(), (await rig.post(cost())).status]).toEqual([6 * USD, 0, 200]);
});
