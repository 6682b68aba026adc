import type { DiskJournal } from './disk-journal.ts';
import type { OrchestratorEvent } from '../contract/event.ts';
import { entries, openOn, randomOf, recovered, T } from '../../test/journal/entries.ts';
import { SimulatedDisk } from '../../test/journal/simulated-disk.ts';
import {
  HistoryBusyError,
  JournalHistory,
  MAX_PAGE_BYTES,
  MAX_PAGE_HOLES,
  MAX_SCANS,
  UnknownCursorError,
} from './history.ts';
import type { HistoryPage, HistoryQuery } from './history.ts';
import { FRAME_HEAD_BYTES, HEADER_BYTES } from './format.ts';
import type { JournalEntry } from './journal.ts';
import { SegmentIndexes } from './segment-indexes.ts';

const NEVER = new AbortController().signal;
const ALL: HistoryQuery = { threadId: 'thread-3', fromMs: 0, toMs: Infinity, cursor: 1, limit: 500 };

interface Opened {
  readonly disk: SimulatedDisk;
  readonly journal: DiskJournal;
  readonly history: JournalHistory;
}

async function open(disk: SimulatedDisk, segmentBytes = 1_500): Promise<Opened> {
  const indexes = new SegmentIndexes(disk);
  const { journal } = await openOn(disk, { segmentBytes, onSealed: indexes.put.bind(indexes) });
  let ticks = 0;
  const history = new JournalHistory({ storage: disk, indexes, tail: journal, monotonic: () => (ticks += 0.01) });
  return { disk, journal, history };
}

/** Lives of a journal, each with its appends; the last one stays open. */
async function lives(...appends: readonly (readonly (readonly JournalEntry[])[])[]): Promise<Opened> {
  let opened = await open(new SimulatedDisk());
  for (const [life, batches] of appends.entries()) {
    if (life > 0) opened = await open(new SimulatedDisk(opened.disk.files));
    for (const batch of batches) await opened.journal.append(batch);
  }
  return opened;
}

async function allPages(history: JournalHistory, query: HistoryQuery): Promise<HistoryPage> {
  const pages: HistoryPage[] = [];
  for (let cursor = query.cursor; ;) {
    const page = await history.page({ ...query, cursor }, NEVER);
    if (page.more && page.cursor <= cursor) throw new Error(`the cursor stays at ${cursor}`);
    pages.push(page);
    cursor = page.cursor;
    if (!page.more) break;
  }
  return {
    events: pages.flatMap(({ events }) => events),
    missing: pages.flatMap(({ missing }) => missing),
    cursor: pages.at(-1)?.cursor ?? 0,
    more: false,
  };
}

const seqs = ({ events }: HistoryPage): number[] => events.map(({ seq }) => seq);

/** What the recovery finds: another way to the same events. */
async function expected(disk: SimulatedDisk, { threadId, fromMs, toMs, cursor }: HistoryQuery): Promise<unknown[]> {
  const found = await recovered(disk);
  return found.entries.flatMap((entry, at) => {
    const seq = found.seqs[at] ?? 0;
    if ('sweptMs' in entry || entry.event.threadId !== threadId || seq < cursor) return [];
    const { event, source } = entry;
    return event.timestampMs >= fromMs && event.timestampMs < toMs ? [{ seq, source, event }] : [];
  });
}

const batches = (count: number, size: number): JournalEntry[][] =>
  Array.from({ length: count }, (_, at) => [...entries(1 + at * size, size)]);

describe('a page', () => {
  test.each<{ of: string; query: Partial<HistoryQuery>; seqs: number[]; cursor: number; more: boolean }>([
    { of: 'everything', query: {}, seqs: [3, 10, 17, 24, 31, 38], cursor: 41, more: false },
    { of: 'a thread that is not there', query: { threadId: 'thread-8' }, seqs: [], cursor: 41, more: false },
    { of: 'the first event only', query: { limit: 1 }, seqs: [3], cursor: 4, more: true },
    { of: 'what comes behind a cursor', query: { cursor: 4, limit: 2 }, seqs: [10, 17], cursor: 18, more: true },
    { of: 'the event at the cursor', query: { cursor: 38 }, seqs: [38], cursor: 41, more: false },
    { of: 'nothing behind the end', query: { cursor: 41 }, seqs: [], cursor: 41, more: false },
    { of: 'from a time on, inclusive', query: { fromMs: T + 31 }, seqs: [31, 38], cursor: 41, more: false },
    { of: 'up to a time, exclusive', query: { toMs: T + 17 }, seqs: [3, 10], cursor: 41, more: false },
    { of: 'between two times', query: { fromMs: T + 4, toMs: T + 18 }, seqs: [10, 17], cursor: 41, more: false },
    { of: 'an empty span of time', query: { fromMs: T + 10, toMs: T + 10 }, seqs: [], cursor: 41, more: false },
    { of: 'a name with quotes', query: { threadId: '","threadId":"thread-3' }, seqs: [], cursor: 41, more: false },
    { of: 'a name that others begin with', query: { threadId: 'thread-' }, seqs: [], cursor: 41, more: false },
  ])('$of', async ({ query, seqs: wanted, cursor, more }) => {
    const { history } = await lives(batches(8, 5));
    const page = await history.page({ ...ALL, ...query }, NEVER);
    expect([seqs(page), page.cursor, page.more, page.missing]).toEqual([wanted, cursor, more, []]);
  });

  test('of an empty journal is empty', async () => {
    const { history } = await lives();
    expect(await history.page(ALL, NEVER)).toEqual({ events: [], cursor: 1, more: false, missing: [] });
  });

  test('a cursor that this journal cannot have given is refused', async () => {
    const { history } = await lives(batches(1, 3));
    await expect(history.page({ ...ALL, cursor: 5 }, NEVER)).rejects.toThrow(UnknownCursorError);
  });

  test('a cursor goes on where the page ended, after a restart too, and finds what came meanwhile', async () => {
    const before = await lives(batches(4, 5));
    const page = await before.history.page({ ...ALL, limit: 2 }, NEVER);
    const after = await open(new SimulatedDisk(before.disk.files));
    await after.journal.append(entries(21, 5));
    const rest = await allPages(after.history, { ...ALL, cursor: page.cursor });
    expect([...seqs(page), ...seqs(rest)]).toEqual([3, 10, 17, 24]);
  });

  test('ends when its events take enough, and the next one goes on', async () => {
    const big = entries(1, 70).map((entry, at) =>
      'sweptMs' in entry
        ? entry
        : { ...entry, event: { ...entry.event, note: 'w'.repeat(at % 7 === 2 ? 1_200_000 : 1) } }
    );
    const opened = await open(new SimulatedDisk(), 1e9);
    for (const entry of big) await opened.journal.append([entry]);
    const page = await opened.history.page(ALL, NEVER);
    expect(page.events.length).toBe(Math.ceil(MAX_PAGE_BYTES / 1_200_000));
    expect(page.more).toBe(true);
    expect(seqs(await allPages(opened.history, ALL))).toEqual([3, 10, 17, 24, 31, 38, 45, 52, 59, 66]);
  });
});

describe('only what was acknowledged', () => {
  test('frames of a commit that failed are not shown, neither before nor after the journal has healed', async () => {
    const { disk, journal, history } = await lives(batches(2, 5));
    disk.faults = (what, name) => (name.endsWith('.seg') && what !== 'write' ? { error: 'EIO' } : undefined);
    await expect(journal.append(entries(1_000, 10))).rejects.toThrow('could not be written');
    expect(seqs(await history.page(ALL, NEVER))).toEqual([3, 10]);
    disk.faults = () => undefined;
    await journal.append(entries(11, 10));
    const page = await allPages(history, ALL);
    expect([seqs(page), page.missing]).toEqual([[3, 10, 17], []]);
  });
});

describe('records that are gone', () => {
  test('deleted segments are named, and the page begins at the oldest record', async () => {
    const { disk, history } = await lives(batches(8, 5));
    await disk.remove('00000001.seg');
    await disk.remove('00000002.seg');
    const page = await allPages(history, { ...ALL, cursor: 4 });
    const oldest = (page.missing[0]?.toSeq ?? 0) + 1;
    expect(page.missing).toEqual([{ fromSeq: 4, toSeq: oldest - 1 }]);
    expect(oldest).toBeGreaterThan(5);
    expect(seqs(page)).toEqual([10, 17, 24, 31, 38].filter((seq) => seq >= oldest));
    // And their indexes with them.
    expect([...disk.files.keys()].filter((name) => /^0000000[12]/.test(name))).toEqual([]);
  });

  test('a damaged frame is passed and named, in a segment with an index too', async () => {
    const { disk } = await lives(batches(8, 5));
    const files = new Map(disk.files);
    const damaged = Buffer.from(files.get('00000001.seg') ?? '');
    damaged[HEADER_BYTES + FRAME_HEAD_BYTES + 10] = 0;
    files.set('00000001.seg', damaged);
    const { history } = await open(new SimulatedDisk(files));
    const page = await allPages(history, ALL);
    expect([seqs(page), page.missing]).toEqual([[10, 17, 24, 31, 38], [{ fromSeq: 1, toSeq: 5 }]]);
  });

  test('a damaged segment is read for its holes though the thread is not in it', async () => {
    const { disk } = await lives(batches(8, 5));
    const files = new Map(disk.files);
    const damaged = Buffer.from(files.get('00000001.seg') ?? '');
    damaged[HEADER_BYTES + FRAME_HEAD_BYTES + 10] = 0;
    files.set('00000001.seg', damaged).delete('00000001.idx');
    const { history } = await open(new SimulatedDisk(files));
    const page = await allPages(history, { ...ALL, threadId: 'nobody' });
    expect([page.events, page.missing]).toEqual([[], [{ fromSeq: 1, toSeq: 5 }]]);
  });

  test('a void frame behind a hole stays void', async () => {
    const { disk, journal } = await open(new SimulatedDisk(), 1e9);
    for (const batch of batches(2, 5)) await journal.append(batch);
    disk.faults = (what, name) => (name.endsWith('.seg') && what !== 'write' ? { error: 'EIO' } : undefined);
    await expect(journal.append(entries(1_000, 10))).rejects.toThrow('could not be written');
    disk.faults = () => undefined;
    await journal.append(entries(11, 10));
    const files = new Map(disk.files);
    const damaged = Buffer.from(files.get('00000001.seg') ?? '');
    // In the last frame that counts, before the void one.
    const second = damaged.indexOf('HXFR', damaged.indexOf('HXFR') + 4);
    expect(damaged.indexOf('HXFR', second + 4)).toBeGreaterThan(second);
    damaged[second + FRAME_HEAD_BYTES + 10] = 0;
    files.set('00000001.seg', damaged);
    const again = await open(new SimulatedDisk(files));
    const page = await allPages(again.history, ALL);
    expect([seqs(page), page.missing]).toEqual([[3, 17], [{ fromSeq: 6, toSeq: 10 }]]);
    expect(page.events).toEqual(await expected(again.disk, ALL));
  });

  test(`a page names ${MAX_PAGE_HOLES} holes at most`, async () => {
    const count = 2 * MAX_PAGE_HOLES + 20;
    const { disk, journal } = await open(new SimulatedDisk(), 1e9);
    for (const batch of batches(count, 1)) await journal.append(batch);
    const files = new Map(disk.files);
    const bytes = Buffer.from(files.get('00000001.seg') ?? '');
    let isHit = false;
    for (let at = bytes.indexOf('HXFR'); at !== -1; at = bytes.indexOf('HXFR', at + 4)) {
      isHit = !isHit;
      if (isHit) bytes[at + FRAME_HEAD_BYTES + 3] = 0;
    }
    files.set('00000001.seg', bytes);
    const { history, disk: after } = await open(new SimulatedDisk(files));
    const first = await history.page(ALL, NEVER);
    expect([first.missing.length, first.more]).toEqual([MAX_PAGE_HOLES, true]);
    const all = await allPages(history, ALL);
    expect(all.events).toEqual(await expected(after, ALL));
  });
});

describe('indexes', () => {
  const reads = (disk: SimulatedDisk): { opened: string[] } => {
    const opened: string[] = [];
    const original = disk.open.bind(disk);
    disk.open = (name) => {
      opened.push(name);
      return original(name);
    };
    return { opened };
  };

  test('a segment without the thread is not read', async () => {
    const others = entries(1, 300).map((entry) =>
      'sweptMs' in entry ? entry : { ...entry, event: { ...entry.event, threadId: 'other' } }
    );
    const { disk, history } = await lives([...others.map((entry) => [entry]), [...entries(3, 1)]]);
    await history.page({ ...ALL, threadId: 'nobody' }, NEVER);
    const { opened } = reads(disk);
    expect(seqs(await history.page(ALL, NEVER))).toEqual([301]);
    expect(opened).toHaveLength(1);
  });

  test('a segment of another time is not read', async () => {
    const { disk, history } = await lives(batches(100, 5));
    await history.page({ ...ALL, threadId: 'nobody' }, NEVER);
    const { opened } = reads(disk);
    expect(seqs(await history.page({ ...ALL, fromMs: T + 250, toMs: T + 256 }, NEVER))).toEqual([255]);
    expect(opened.length).toBeLessThan(4);
  });

  test.each<{ what: string; damage: (bytes: Buffer) => Buffer | undefined }>([
    { what: 'missing', damage: () => undefined },
    { what: 'empty', damage: () => Buffer.alloc(0) },
    { what: 'cut', damage: (bytes) => bytes.subarray(0, -1) },
    {
      what: 'of another version',
      damage: (bytes) => Buffer.concat([bytes.subarray(0, 6), Buffer.from([9]), bytes.subarray(7)]),
    },
    { what: 'zeros', damage: (bytes) => Buffer.alloc(bytes.length) },
    { what: 'damaged in its filter', damage: (bytes) => bytes.fill(0, 100, 4_000) },
  ])('one that is $what is made anew from its segment, once', async ({ damage }) => {
    const { disk } = await lives(batches(20, 5));
    const files = new Map(disk.files);
    const names = [...files.keys()].filter((name) => name.endsWith('.idx'));
    expect(names.length).toBeGreaterThan(3);
    const textsOf = (of: ReadonlyMap<string, Buffer>): unknown[] =>
      names.map((name) => of.get(name)?.toString('base64'));
    const good = textsOf(files);
    for (const name of names) {
      const bytes = damage(Buffer.from(files.get(name) ?? ''));
      if (bytes === undefined) files.delete(name);
      else files.set(name, bytes);
    }
    const again = await open(new SimulatedDisk(files));
    expect((await allPages(again.history, ALL)).events).toEqual(await expected(again.disk, ALL));
    expect(textsOf(again.disk.files)).toEqual(good);
  });

  test('one of an exchanged segment does not count', async () => {
    const { disk } = await lives(batches(20, 5));
    const files = new Map(disk.files);
    const one = files.get('00000001.idx');
    const two = files.get('00000002.idx');
    if (one === undefined || two === undefined) throw new Error('no indexes');
    files.set('00000001.idx', two).set('00000002.idx', one);
    const again = await open(new SimulatedDisk(files));
    expect((await allPages(again.history, ALL)).events).toEqual(await expected(again.disk, ALL));
  });

  test('one that cannot be written costs nothing but speed', async () => {
    const opened = await open(new SimulatedDisk());
    opened.disk.faults = (what) => (what === 'cache' ? { error: 'ENOSPC' } : undefined);
    for (const batch of batches(20, 5)) await opened.journal.append(batch);
    expect((await allPages(opened.history, ALL)).events).toEqual(await expected(opened.disk, ALL));
  });
});

describe('bounds', () => {
  test(`${MAX_SCANS} scans run at once, the next is refused, and there is room again when one has ended`, async () => {
    const { history } = await lives(batches(4, 5));
    const running = Array.from({ length: MAX_SCANS }, () => history.page(ALL, NEVER));
    await expect(history.page(ALL, NEVER)).rejects.toThrow(HistoryBusyError);
    await Promise.all(running);
    expect(seqs(await history.page(ALL, NEVER))).toEqual([3, 10, 17]);
  });

  test('a scan that nobody waits for ends', async () => {
    const { disk, journal } = await lives(batches(40, 5));
    const left = new AbortController();
    let ticks = 0;
    // Every slice is over at once: the first look at the signal is soon.
    const history = new JournalHistory({
      storage: disk,
      indexes: new SegmentIndexes(disk),
      tail: journal,
      monotonic: () => (ticks += 10),
    });
    const page = history.page(ALL, left.signal);
    left.abort(new Error('gone'));
    await expect(page).rejects.toThrow('gone');
  });

  test('closing ends what runs', async () => {
    const { disk, journal } = await lives(batches(40, 5));
    let ticks = 0;
    const indexes = new SegmentIndexes(disk);
    const history = new JournalHistory({ storage: disk, indexes, tail: journal, monotonic: () => (ticks += 10) });
    const page = history.page(ALL, NEVER).catch((error: unknown) => String(error));
    await history.close();
    expect(await page).toBe('HistoryClosedError: the journal is closing');
  });
});

test('300 random journals with restarts, failed commits, damage and lost indexes: pages say what the recovery finds', async () => {
  let compared = 0;
  let pages = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = randomOf(seed);
    const whole = (below: number): number => Math.floor(random() * below);
    let opened = await open(new SimulatedDisk(), 400 + whole(4_000));
    let next = 1;
    for (let life = 0; life <= whole(3); life += 1) {
      for (let batch = 0; batch < 1 + whole(14); batch += 1) {
        const size = 1 + whole(20);
        const fails = random() < 0.1;
        opened.disk.faults = (what) => (fails && what === 'sync' ? { error: 'EIO' } : undefined);
        await opened.journal
          .append([...entries(next, size)].map((entry) => shifted(entry, whole(50))))
          .catch(() => undefined);
        next += size;
      }
      opened.disk.faults = () => undefined;
      if (random() < 0.5) await opened.journal.close();
      opened = await open(new SimulatedDisk(damaged(opened.disk.files, random)), 400 + whole(4_000));
    }
    await opened.journal.append(entries(next, 3));
    const fromMs = random() < 0.5 ? 0 : T + whole(next);
    const query = {
      threadId: `thread-${whole(8)}`,
      fromMs,
      toMs: random() < 0.5 ? Infinity : fromMs + whole(next),
      cursor: random() < 0.5 ? 1 : 1 + whole(next),
      limit: 1 + whole(6),
    };
    const cursor = Math.min(query.cursor, opened.journal.acknowledged + 1);
    const wanted = await expected(opened.disk, { ...query, cursor });
    expect({ seed, events: (await allPages(opened.history, { ...query, cursor })).events }).toEqual({
      seed,
      events: wanted,
    });
    compared += wanted.length;
    pages += Math.max(1, Math.ceil(wanted.length / query.limit));
  }
  process.stdout.write(
    `history: 300 random journals, ${compared} events in at least ${pages} pages equal the recovery\n`
  );
  expect(compared).toBeGreaterThan(500);
});

function shifted(entry: JournalEntry, byMs: number): JournalEntry {
  if ('sweptMs' in entry) return entry;
  const event: OrchestratorEvent = { ...entry.event, timestampMs: entry.event.timestampMs - byMs };
  return { ...entry, event };
}

/** Now and then a file is gone or has other bytes. */
function damaged(files: ReadonlyMap<string, Buffer>, random: () => number): Map<string, Buffer> {
  const left = new Map<string, Buffer>();
  for (const [name, bytes] of files) {
    if (/\.(seg|idx)$/.test(name) && random() < 0.05) continue;
    const copy = Buffer.from(bytes);
    if (/\.(seg|idx)$/.test(name) && random() < 0.1)
      copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
    left.set(name, copy);
  }
  return left;
}
