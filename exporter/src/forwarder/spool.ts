// Events on disk between the orchestrator and the exporter, in the frames of the journal: appended and synced before they are
// sent, read again from the files, and a file is removed when the exporter has all of it. Nothing notes how much of a file was
// sent: after a restart the whole file is sent again, and the exporter knows the repeats by producer and number.
import { decodeHeader, encodeFrame, encodeHeader, HEADER_BYTES, FRAME_HEAD_BYTES } from '../journal/format.ts';
import { FrameReader } from '../journal/frame-reader.ts';
import { lockDirectory } from '../journal/lock.ts';
import type { DirectoryLock } from '../journal/lock.ts';
import { openDirectory } from '../journal/storage.ts';
import type { JournalFile, JournalStorage, ReadableFile } from '../journal/storage.ts';

export interface SpoolOptions {
  readonly directory: string;
  /** Most bytes of all files together. */
  readonly maxBytes: number;
  readonly now: () => number;
  /** Events that were on disk and cannot be read any more. */
  readonly onLost: (events: number) => void;
}

export interface SpooledBatch {
  readonly lines: readonly string[];
  /** To be called when the exporter has answered for all of them. */
  readonly done: () => Promise<void>;
}

interface Segment {
  readonly name: string;
  /** Up to here it is on disk. */
  bytes: number;
}

interface Reading {
  readonly file: ReadableFile;
  frames: FrameReader;
}

/** Not the journal's names: a spool in the exporter's own directory must not touch its segments. */
const NAME = /^(\d{8})\.spool$/;
/** A file is closed when it has this many, or an eighth of what there may be: room comes back a file at a time. */
const SEGMENT_BYTES = 1024 * 1024;
/** A file of which everything was sent is replaced at a sixteenth of that, so that little is sent again after a restart. */
const WORN_SHARE = 1 / 16;
const NO_DIGEST = Buffer.alloc(32);

export class Spool {
  readonly #options: SpoolOptions;
  readonly #storage: JournalStorage;
  readonly #lock: DirectoryLock;
  /** Oldest first; the last one is written to while there is a writer. */
  readonly #segments: Segment[];
  readonly #segmentBytes: number;
  #writer: JournalFile | undefined;
  #nextNumber: number;
  /** Number of the next record. */
  #next = 1;
  #reading: Reading | undefined;
  /** Up to here the first segment was read. */
  #position = HEADER_BYTES;
  /** Number that the next frame should have; undefined where nothing tells. */
  #expected: number | undefined;
  /** Read to the end, to be removed when the batch is done. */
  readonly #spent: Segment[] = [];
  #isAppending = false;
  /** A batch was handed out that the exporter has not answered for. */
  #isUnderWay = false;

  private constructor(
    options: SpoolOptions,
    opened: { storage: JournalStorage; lock: DirectoryLock; segments: Segment[] }
  ) {
    this.#options = options;
    this.#segmentBytes = Math.min(SEGMENT_BYTES, options.maxBytes / 8);
    this.#storage = opened.storage;
    this.#lock = opened.lock;
    this.#segments = opened.segments;
    this.#nextNumber = Number(NAME.exec(opened.segments.at(-1)?.name ?? '')?.[1] ?? 0) + 1;
  }

  /** @throws DirectoryInUseError while another process has it; what the file system says. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const storage = await openDirectory(options.directory);
    const lock = await lockDirectory(options.directory);
    try {
      const names = (await storage.list()).filter((name) => NAME.test(name));
      const segments: Segment[] = [];
      for (const name of names) segments.push({ name, bytes: await storage.size(name) });
      return new Spool(options, { storage, lock, segments });
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Of all files. */
  get bytes(): number {
    return (
      this.#segments.reduce((sum, { bytes }) => sum + bytes, 0) + this.#spent.reduce((sum, { bytes }) => sum + bytes, 0)
    );
  }

  /** Whether there is room for this many bytes of lines. */
  hasRoom(bytes: number): boolean {
    return this.bytes + HEADER_BYTES + FRAME_HEAD_BYTES + bytes <= this.#options.maxBytes;
  }

  /** Resolves when the lines are on disk. @throws what the file system says; then none of them counts as written. */
  async append(lines: readonly string[]): Promise<void> {
    const body = Buffer.from(`${lines.join('\n')}\n`, 'utf8');
    this.#isAppending = true;
    try {
      const writer = this.#writer ?? (await this.#begin());
      const frame = encodeFrame({ seq: this.#next, count: lines.length, body });
      await writeAll(writer, frame);
      const segment = this.#segments.at(-1);
      if (segment !== undefined) segment.bytes += frame.length;
      this.#next += lines.length;
      if ((segment?.bytes ?? 0) >= this.#segmentBytes) await this.#end();
    } catch (error) {
      // After a failed write or sync nothing is known of the file: it is read up to where it was synced, and a new one begun.
      await this.#end().catch(() => undefined);
      throw error;
    } finally {
      this.#isAppending = false;
    }
  }

  /** The oldest lines that were not handed out yet, at least a frame of them; undefined when there are none. */
  async next(maxLines: number, maxBytes: number): Promise<SpooledBatch | undefined> {
    const lines: string[] = [];
    let bytes = 0;
    // One frame more than fits may come: a frame is what one commit took, which is no more than a batch.
    while (lines.length < maxLines && bytes < maxBytes) {
      const frame = await this.#frame();
      if (frame === undefined) break;
      bytes += frame.length;
      for (const line of frame.toString('utf8').split('\n')) if (line !== '') lines.push(line);
    }
    if (lines.length === 0) {
      await this.#removeSpent();
      return undefined;
    }
    this.#isUnderWay = true;
    return {
      lines,
      done: () => {
        this.#isUnderWay = false;
        return this.#removeSpent();
      },
    };
  }

  /** Lets go of the directory; files of which everything was sent are gone then. */
  async close(): Promise<void> {
    await this.#end();
    if (!this.#isUnderWay) {
      await this.#passSpent();
      await this.#removeSpent().catch(() => undefined);
    }
    await this.#reading?.file.close();
    await this.#storage.close();
    await this.#lock.release();
  }

  async #frame(): Promise<Buffer | undefined> {
    for (;;) {
      const segment = this.#segments[0];
      if (segment === undefined) return undefined;
      if (this.#position >= segment.bytes) {
        if (!(await this.#passSpent())) return undefined;
        continue;
      }
      const reading = (this.#reading ??= await this.#openFirst(segment));
      const frame = await reading.frames.next();
      if (frame === undefined || frame.end > segment.bytes) {
        // Damaged or cut off up to its end; whether events were lost, the number of the next frame tells.
        this.#position = segment.bytes;
        continue;
      }
      if (this.#expected !== undefined && frame.seq > this.#expected) this.#options.onLost(frame.seq - this.#expected);
      this.#expected = frame.seq + frame.count;
      this.#position = frame.end;
      return frame.body;
    }
  }

  async #openFirst(segment: Segment): Promise<Reading> {
    const file = await this.#storage.open(segment.name);
    const header = decodeHeader(await file.read(0, HEADER_BYTES));
    this.#expected ??= header?.first;
    // A new process counts from 1 again.
    if (header?.first === 1) this.#expected = 1;
    return { file, frames: new FrameReader(file, this.#position) };
  }

  /** On to the next segment when the first was read to its end and is not written to any more. */
  async #passSpent(): Promise<boolean> {
    const segment = this.#segments[0];
    if (segment === undefined || this.#position < segment.bytes) return false;
    // What was read beyond the end of a file that grows is not read again by the same reader.
    if (this.#reading !== undefined) this.#reading.frames = new FrameReader(this.#reading.file, this.#position);
    const isWritten = this.#writer !== undefined && this.#segments.length === 1;
    if (isWritten) {
      if (this.#isAppending || segment.bytes < WORN_SHARE * this.#segmentBytes) return false;
      await this.#end();
    }
    await this.#reading?.file.close();
    this.#reading = undefined;
    this.#position = HEADER_BYTES;
    const [spent] = this.#segments.splice(0, 1);
    if (spent !== undefined) this.#spent.push(spent);
    return true;
  }

  async #removeSpent(): Promise<void> {
    while (this.#spent[0] !== undefined) {
      await this.#storage.remove(this.#spent[0].name);
      this.#spent.shift();
    }
  }

  async #begin(): Promise<JournalFile> {
    const name = `${String(this.#nextNumber++).padStart(8, '0')}.spool`;
    const file = await this.#storage.create(name, 'synced-pieces');
    try {
      await writeAll(file, encodeHeader({ createdMs: this.#options.now(), first: this.#next, previous: NO_DIGEST }));
      await this.#storage.syncDirectory();
    } catch (error) {
      await file.close().catch(() => undefined);
      await this.#storage.remove(name).catch(() => undefined);
      throw error;
    }
    this.#segments.push({ name, bytes: HEADER_BYTES });
    this.#writer = file;
    return file;
  }

  async #end(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    await writer?.close();
  }
}

async function writeAll(file: JournalFile, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const taken = await file.write(bytes.subarray(written));
    if (taken <= 0) throw new Error(`the disk took ${taken} of ${bytes.length - written} bytes`);
    written += taken;
  }
  await file.sync();
}
