// The highest record number that was ever synced, beside the segments: a segment that was cut exactly on a frame's edge looks
// whole, and only this tells that records are missing. It is made durable once, before the first segment, and at the end;
// between them it is written each second and not synced: it may lag, never lead.
//
//   high-water = number:u64 crc:u32      12 bytes, little-endian
import { crc32 } from 'node:zlib';
import type { JournalStorage, ReadableStorage } from './storage.ts';

export const HIGH_WATER_FILE = 'high-water';
const BYTES = 12;

/** Undefined when there is none, or when it cannot be read. */
export async function readHighWater(storage: ReadableStorage): Promise<number | undefined> {
  if (!(await storage.list()).includes(HIGH_WATER_FILE)) return undefined;
  const bytes = await storage.read(HIGH_WATER_FILE);
  if (bytes.length !== BYTES || bytes.readUInt32LE(8) !== crc32(bytes.subarray(0, 8))) return undefined;
  return Number(bytes.readBigUInt64LE(0));
}

export async function writeHighWater(storage: JournalStorage, seq: number, { sync = false } = {}): Promise<void> {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeBigUInt64LE(BigInt(seq), 0);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 8)), 8);
  await storage.overwrite(HIGH_WATER_FILE, bytes, sync);
}
