// Writes one segment: header, frames, footer. Any error leaves the segment for good: nothing is appended to its file again.
import { encodeFooter, encodeFrame, encodeHeader, SegmentDigest, segmentName } from './format.ts';
import type { Chunk } from './record.ts';
import { fingerprintOf, SegmentIndexBuilder } from './segment-index.ts';
import type { Fingerprint, SegmentIndex } from './segment-index.ts';
import type { JournalFile, JournalStorage } from './storage.ts';

export interface SegmentStart {
  readonly number: number;
  readonly createdMs: number;
  readonly first: number;
  readonly previous: Buffer;
}

export class SegmentWriter {
  readonly name: string;
  readonly #file: JournalFile;
  readonly #first: number;
  readonly #digest = new SegmentDigest();
  readonly #index: SegmentIndexBuilder;
  #next: number;
  #frames = 0;
  /** Length up to which everything is synced. */
  #synced = 0;

  private constructor(file: JournalFile, start: SegmentStart) {
    this.#file = file;
    this.name = segmentName(start.number);
    this.#index = new SegmentIndexBuilder(start);
    this.#first = start.first;
    this.#next = start.first;
  }

  /** Creates the file with its header and makes both durable. On an error it leaves no file behind, as far as it can. */
  static async create(storage: JournalStorage, start: SegmentStart): Promise<SegmentWriter> {
    const name = segmentName(start.number);
    const writer = new SegmentWriter(await storage.create(name, 'synced-pieces'), start);
    try {
      const header = encodeHeader(start);
      await writer.#put(header);
      writer.#digest.add(header);
      await storage.syncDirectory();
    } catch (error) {
      await writer.abandon();
      // Nothing was acknowledged from it: do not leave a file for every attempt while the disk is full.
      await storage.remove(name).catch(() => undefined);
      throw error;
    }
    return writer;
  }

  /** Number that the next record will get. */
  get next(): number {
    return this.#next;
  }

  /** Of everything synced so far; it grows with the segment. */
  get index(): SegmentIndex {
    return this.#index;
  }

  /** Synced bytes. */
  get bytes(): number {
    return this.#synced;
  }

  /** Of everything synced so far: what the next segment's header repeats. */
  digest(): Buffer {
    return this.#digest.value();
  }

  /** One frame a chunk; resolves when all of them are on the disk, with one sync. */
  async append(chunks: readonly Chunk[]): Promise<void> {
    let next = this.#next;
    const frames = chunks.map(({ lines, count }) => {
      const frame = encodeFrame({ seq: next, count, body: lines });
      next += count;
      return frame;
    });
    let offset = this.#synced;
    await this.#put(frames.length === 1 && frames[0] !== undefined ? frames[0] : Buffer.concat(frames));
    frames.forEach((frame, at) => {
      this.#digest.add(frame);
      const chunk = chunks[at];
      if (chunk !== undefined) this.#index.add({ seq: this.#next, count: chunk.count, offset, ...chunk.events });
      this.#next += chunk?.count ?? 0;
      offset += frame.length;
    });
    this.#frames += frames.length;
  }

  /** Closes the segment with its footer, and tells how it is known again. */
  async seal(): Promise<Fingerprint> {
    const last = this.#next - 1;
    const footer = encodeFooter({ frames: this.#frames, first: this.#first, last, digest: this.digest() });
    await this.#put(footer);
    await this.#file.close();
    return fingerprintOf(this.#synced, footer);
  }

  /** Best effort after an error: cut off what was not synced, let go of the file. Never throws. */
  async abandon(): Promise<void> {
    try {
      await this.#file.truncate(this.#synced);
      await this.#file.sync();
    } catch {
      // The next segment's header says where this one ends, so a tail that stays is void anyway.
    }
    await this.#file.close().catch(() => undefined);
  }

  async #put(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length;) {
      const taken = await this.#file.write(bytes.subarray(written));
      if (taken <= 0) throw new Error(`the disk took ${taken} of ${bytes.length - written} bytes`);
      written += taken;
    }
    await this.#file.sync();
    this.#synced += bytes.length;
  }
}
