// The forwarder's spool on a real disk: what was taken before the end of a process is delivered by the next.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeliveryOutcome } from '../../src/forwarder/delivery.ts';
import { createForwarder } from '../../src/forwarder/forwarder.ts';
import type { Forwarder, ForwarderOptions } from '../../src/forwarder/forwarder.ts';
import { Spool } from '../../src/forwarder/spool.ts';
import { untilTrue } from '../until.ts';

let folder: string;
let directory: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forwarder-spool-'));
  directory = join(folder, 'spool');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const files = (): string[] => readdirSync(directory).filter((name) => name.endsWith('.spool'));

/** A forwarder whose exporter is away until told otherwise; ids in the order of their arrival there. */
function bed(options: Partial<ForwarderOptions> = {}) {
  const arrived: number[] = [];
  const said: string[] = [];
  const exporter = { isAway: true };
  const forwarder = createForwarder({
    minRetryMs: 1,
    maxRetryMs: 5,
    maxWaitMs: 1,
    spool: { directory, maxWaitMs: 1 },
    onWarning: (line) => said.push(line),
    delivery: {
      name: 'x',
      send: (lines): Promise<DeliveryOutcome> => {
        if (exporter.isAway) return Promise.resolve({ kind: 'away', message: 'away' });
        for (const line of lines) arrived.push((JSON.parse(line) as { payload: { n: number } }).payload.n);
        return Promise.resolve({ kind: 'answered', accepted: lines.length, duplicates: 0, rejected: [] });
      },
      close: () => Promise.resolve(),
    },
    ...options,
  });
  const offer = (from: number, to: number, type = 'cost.updated'): void => {
    for (let n = from; n <= to; n += 1) forwarder.offer({ type, threadId: 't', timestamp: 1, payload: { n } });
  };
  return { arrived, said, exporter, forwarder, offer };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

const isOnDisk = (forwarder: Forwarder) => (): boolean => {
  const { queued, spooledBytes } = forwarder.stats();
  return queued === 0 && spooledBytes > 0;
};

test('what an exporter that is away did not take is delivered by the next process, in order, and the directory is empty then', async () => {
  const first = bed();
  first.offer(1, 1_500);
  await untilTrue('a first attempt', () => first.said.length > 0);
  // These have only what time closing gives them.
  first.offer(1_501, 2_500);
  const stats = await first.forwarder.close({ withinMs: 500 });
  expect([stats.undelivered, stats.spooledBytes > 100_000]).toEqual([0, true]);
  const second = bed();
  second.exporter.isAway = false;
  second.offer(2_501, 2_600);
  await second.forwarder.close();
  expect(second.arrived).toEqual(range(1, 2_600));
  expect(files()).toEqual([]);
  expect([...first.said, ...second.said]).toEqual(['events are kept and sent again: away']);
});

test('a new process delivers what is there without an event of its own', async () => {
  const first = bed();
  first.offer(1, 10);
  await first.forwarder.close({ withinMs: 50 });
  const second = bed();
  second.exporter.isAway = false;
  await untilTrue('all of them', () => second.arrived.length === 10);
  await second.forwarder.close();
  expect(second.arrived).toEqual(range(1, 10));
});

test('while the exporter takes events, files that were sent are removed', async () => {
  const it = bed();
  it.exporter.isAway = false;
  for (let n = 0; n < 40; n += 1) {
    it.offer(n * 200 + 1, n * 200 + 200);
    await untilTrue('all of them', () => it.arrived.length === n * 200 + 200);
  }
  expect(it.forwarder.stats().spooledBytes).toBeLessThan(200_000);
  await it.forwarder.close();
  expect(it.arrived).toEqual(range(1, 8_000));
  expect(files()).toEqual([]);
});

test('a full spool is bounded, what comes then waits in memory, and all of it goes out in order', async () => {
  const it = bed({ spool: { directory, maxBytes: 65_536, maxWaitMs: 1 }, maxBatchEvents: 50 });
  it.offer(1, 2_000);
  await untilTrue('a full spool', () => it.forwarder.stats().spooledBytes > 50_000);
  await delay(50);
  const { spooledBytes, queued } = it.forwarder.stats();
  expect([spooledBytes <= 65_536, queued > 0]).toEqual([true, true]);
  it.exporter.isAway = false;
  await it.forwarder.close();
  expect(it.arrived).toEqual(range(1, 2_000));
});

test('damage in a file costs the frame it is in, and is told', async () => {
  const first = bed({ maxBatchEvents: 100 });
  for (const from of [1, 101, 201]) {
    first.offer(from, from + 99);
    await untilTrue('on disk', isOnDisk(first.forwarder));
  }
  await first.forwarder.close({ withinMs: 20 });
  const file = join(directory, files()[0] ?? '');
  const bytes = readFileSync(file);
  const middle = Math.floor(statSync(file).size / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
  writeFileSync(file, bytes);
  const second = bed();
  second.exporter.isAway = false;
  await second.forwarder.close();
  expect(second.arrived).toEqual([...range(1, 100), ...range(201, 300)]);
  expect(second.said).toEqual(['the spool is damaged: 100 events of it are lost']);
});

test('a write that was cut off is no damage', async () => {
  const first = bed();
  first.offer(1, 10);
  await untilTrue('on disk', isOnDisk(first.forwarder));
  await first.forwarder.close({ withinMs: 20 });
  const file = join(directory, files()[0] ?? '');
  writeFileSync(file, Buffer.concat([readFileSync(file), readFileSync(file).subarray(64, 100)]));
  const second = bed();
  second.exporter.isAway = false;
  second.offer(11, 12);
  await second.forwarder.close();
  expect(second.arrived).toEqual(range(1, 12));
  expect(second.said).toEqual([]);
});

test.each<[string, () => Promise<() => Promise<void>>]>([
  [
    'in use by another',
    async () => {
      const other = await Spool.open({ directory, maxBytes: 1e6, now: Date.now, onLost: () => undefined });
      return () => other.close();
    },
  ],
  [
    'no directory',
    () => {
      writeFileSync(directory, '');
      return Promise.resolve(() => Promise.resolve());
    },
  ],
])('a spool that is %s is told, and events go from memory', async (_name, occupy) => {
  const leave = await occupy();
  const it = bed();
  it.exporter.isAway = false;
  it.offer(1, 10);
  const { spoolProblem } = await it.forwarder.close();
  expect(it.arrived).toEqual(range(1, 10));
  expect(it.said).toEqual([`the spool cannot be used, events wait in memory only: ${spoolProblem}`]);
  await leave();
});

test('files of others in the directory are left alone', async () => {
  mkdirSync(directory);
  writeFileSync(join(directory, '00000001.seg'), 'journal');
  writeFileSync(join(directory, 'x.spool'), 'mine');
  const it = bed();
  it.exporter.isAway = false;
  it.offer(1, 10);
  await it.forwarder.close();
  expect(readdirSync(directory).sort()).toEqual(['00000001.seg', 'x.spool']);
});
