// The bytes of a snapshot: what the journal up to some place comes to, so that a restart reads only what stands behind it. It
// is a cache: everything in it can be made again from the segments, as long as they are kept.
//
//   00000012.snapshot = "HXSNAP" version:u16 line* "HXSE" length:u64 crc:u32      of the segments up to 00000012.seg
//
// `length` counts the bytes before the end mark, `crc` is over all bytes before it. A line is one of JSON; the first one says
// what the snapshot is of, the others belong to whoever made them. Every version has a golden file in fixtures/snapshot/.
import { crc32 } from 'node:zlib';
import type { JournalDamage, Position } from './recovery.ts';
import type { JournalStorage, ReadableStorage } from './storage.ts';

export const SNAPSHOT_VERSION = 1;
const MAGIC = Buffer.from('HXSNAP', 'latin1');
const END_MAGIC = Buffer.from('HXSE', 'latin1');
const HEAD_BYTES = 8;
const END_BYTES = 16;
const CHUNK_BYTES = 256 * 1024;
/** Findings that a snapshot carries on; the rest is one with the sum. */
const MAX_DAMAGE = 100;

/** What a snapshot is of, and how its lines are to be read. */
export interface SnapshotHead {
  readonly position: Position;
  /** Of the meaning of the lines, by whoever makes them. */
  readonly stateVersion: number;
  /** Of the program that made it; for people. */
  readonly madeBy: string;
  readonly createdMs: number;
}

export type SnapshotFile =
  | {
      readonly kind: 'whole';
      readonly head: SnapshotHead;
      readonly lines: () => Generator;
      readonly bytes: number;
    }
  /** Of a later version of this format. */
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'damaged'; readonly bytes: number };

const NAME = /^(\d{8})\.snapshot$/;
const LEFT_NAME = /^(\d{8})\.snapshot\.(?:tmp|bad)$/;

/** @param segment number of the last segment that it covers. */
export function snapshotName(segment: number): string {
  return `${segment.toString().padStart(8, '0')}.snapshot`;
}

/** Number of the last segment that the snapshot of this name covers. */
export function snapshotNumber(name: string): number | undefined {
  const match = NAME.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** As {@link snapshotNumber}, of one that was not finished or that was set aside. */
export function leftoverNumber(name: string): number | undefined {
  const match = LEFT_NAME.exec(name);
  return match === null ? undefined : Number(match[1]);
}

export const unfinishedName = (name: string): string => `${name}.tmp`;
export const setAsideName = (name: string): string => `${name}.bad`;

/** Whether the bytes are whole; nothing is read into them. */
export function readSnapshot(bytes: Buffer): SnapshotFile {
  const damaged = { kind: 'damaged', bytes: bytes.length } as const;
  const end = bytes.length - END_BYTES;
  if (end < HEAD_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return damaged;
  if (!bytes.subarray(end, end + END_MAGIC.length).equals(END_MAGIC)) return damaged;
  const isWhole = bytes.readUInt32LE(end + 12) === crc32(bytes.subarray(0, end + 12));
  if (!isWhole || Number(bytes.readBigUInt64LE(end + 4)) !== end) return damaged;
  const version = bytes.readUInt16LE(MAGIC.length);
  if (version > SNAPSHOT_VERSION) return { kind: 'newer', version };
  const lines = linesOf(bytes.subarray(HEAD_BYTES, end));
  const first = lines.next();
  const head = first.done === true ? undefined : decodeHead(first.value);
  if (head === undefined) return damaged;
  return {
    kind: 'whole',
    head,
    bytes: bytes.length,
    lines: function* () {
      const all = linesOf(bytes.subarray(HEAD_BYTES, end));
      all.next();
      yield* all;
    },
  };
}

/**
 * Writes a snapshot beside the segments. The name is there only when the content is on the disk and `check` has resolved,
 * which may read the unfinished file; on an error nothing is left behind, as far as that can be.
 * @returns its size in bytes.
 */
export async function writeSnapshot(
  storage: JournalStorage,
  { head, lines }: { readonly head: SnapshotHead; readonly lines: Iterable<unknown> },
  check: (unfinished: string) => Promise<void>
): Promise<number> {
  const name = snapshotName(head.position.segment);
  const unfinished = unfinishedName(name);
  try {
    const bytes = await writeContent(storage, unfinished, { head, lines });
    await check(unfinished);
    await storage.rename(unfinished, name);
    await storage.syncDirectory();
    return bytes;
  } catch (error) {
    await storage.remove(unfinished).catch(() => undefined);
    throw error;
  }
}

async function writeContent(
  storage: JournalStorage,
  name: string,
  { head, lines }: { readonly head: SnapshotHead; readonly lines: Iterable<unknown> }
): Promise<number> {
  const file = await storage.create(name);
  let length = 0;
  let crc = 0;
  const put = async (bytes: Buffer): Promise<void> => {
    crc = crc32(bytes, crc);
    length += bytes.length;
    for (let written = 0; written < bytes.length;) {
      const taken = await file.write(bytes.subarray(written));
      if (taken <= 0) throw new Error(`the disk took ${taken} of ${bytes.length - written} bytes`);
      written += taken;
    }
  };
  try {
    const version = Buffer.alloc(2);
    version.writeUInt16LE(SNAPSHOT_VERSION);
    await put(Buffer.concat([MAGIC, version]));
    let text = `${JSON.stringify(encodeHead(head))}\n`;
    for (const line of lines) {
      text += `${JSON.stringify(line)}\n`;
      if (text.length < CHUNK_BYTES) continue;
      await put(Buffer.from(text, 'utf8'));
      text = '';
    }
    await put(Buffer.from(text, 'utf8'));
    const end = Buffer.alloc(12);
    END_MAGIC.copy(end);
    end.writeBigUInt64LE(BigInt(length), 4);
    await put(end);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc);
    await put(sum);
    await file.sync();
  } finally {
    await file.close();
  }
  return length;
}

function* linesOf(body: Buffer): Generator<unknown, undefined> {
  for (let at = 0; at < body.length;) {
    const found = body.indexOf(10, at);
    const end = found === -1 ? body.length : found;
    yield JSON.parse(body.toString('utf8', at, end)) as unknown;
    at = end + 1;
  }
  return undefined;
}

interface HeadLine {
  readonly segment: number;
  readonly next: number;
  readonly records: number;
  readonly previous: readonly string[];
  readonly whole: boolean;
  readonly damage: readonly JournalDamage[];
  readonly stateVersion: number;
  readonly madeBy: string;
  readonly createdMs: number;
}

function encodeHead({ position, stateVersion, madeBy, createdMs }: SnapshotHead): HeadLine {
  const { segment, next, records, previous, isWhole, damage } = position;
  return {
    segment,
    next,
    records,
    previous: previous.map((digest) => digest.toString('hex')),
    whole: isWhole,
    damage: summed(damage),
    stateVersion,
    madeBy,
    createdMs,
  };
}

function decodeHead(line: unknown): SnapshotHead | undefined {
  if (typeof line !== 'object' || line === null) return undefined;
  const { segment, next, records, previous, whole, damage, stateVersion, madeBy, createdMs } = line as HeadLine;
  const position = {
    segment,
    next,
    records,
    previous: previous.map((digest) => Buffer.from(digest, 'hex')),
    isWhole: whole,
    damage: damage.map((found) => ({ ...found, records: found.records })),
  };
  return { position, stateVersion, madeBy, createdMs };
}

/** No more findings than a snapshot may carry, and the same number of lost records. */
function summed(damage: readonly JournalDamage[]): readonly JournalDamage[] {
  const rest = damage.slice(MAX_DAMAGE);
  const last = rest.at(-1);
  if (last === undefined) return damage;
  const records = rest.reduce((sum, { records: lost = 0 }) => sum + lost, 0);
  return [...damage.slice(0, MAX_DAMAGE), { ...last, kind: 'missing_records', records }];
}

/** Names of the snapshots in a directory, newest first. */
export async function snapshotNames(storage: ReadableStorage): Promise<readonly string[]> {
  return (await storage.list()).filter((name) => snapshotNumber(name) !== undefined).reverse();
}
