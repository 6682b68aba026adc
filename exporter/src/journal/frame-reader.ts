// Reads the frames of one segment one after the other, in windows: a segment is never whole in memory. As scan.ts it takes what
// is whole and goes on behind what is not.
import { FRAME_HEAD_BYTES, FRAME_MAGIC, frameAt, HEADER_BYTES, MAX_BODY_BYTES } from './format.ts';
import type { PlacedFrame } from './scan.ts';
import type { ReadableFile } from './storage.ts';

const WINDOW_BYTES = 256 * 1024;

export class FrameReader {
  readonly #file: ReadableFile;
  #window = Buffer.alloc(0);
  /** Offset of the window in the file. */
  #start: number;
  /** Where the next frame is looked for. */
  #at: number;
  #isEnd = false;
  #bytesRead = 0;

  /** @param from where a frame begins; the first one's place unless told. */
  constructor(file: ReadableFile, from = HEADER_BYTES) {
    this.#file = file;
    this.#start = from;
    this.#at = from;
  }

  /** Bytes taken from the disk so far. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** The next whole frame; undefined at the end. */
  async next(): Promise<PlacedFrame | undefined> {
    for (;;) {
      if (!(await this.#has(FRAME_HEAD_BYTES))) return undefined;
      const place = this.#at - this.#start;
      if (this.#window.subarray(place, place + FRAME_MAGIC.length).equals(FRAME_MAGIC)) {
        // Damage may say any length: what is too long is no frame and must not be read.
        const length = this.#window.readUInt32LE(place + 4);
        const frame =
          length <= MAX_BODY_BYTES && (await this.#has(FRAME_HEAD_BYTES + length))
            ? frameAt(this.#window, this.#at - this.#start)
            : undefined;
        if (frame !== undefined) {
          const offset = this.#at;
          this.#at += FRAME_HEAD_BYTES + frame.body.length;
          return { ...frame, offset, end: this.#at };
        }
      }
      this.#skip();
    }
  }

  /** On to the next place where a frame may begin. */
  #skip(): void {
    const found = this.#window.indexOf(FRAME_MAGIC, this.#at - this.#start + 1);
    if (found !== -1) this.#at = this.#start + found;
    // The beginning of the mark may stand at the very end of the window.
    else this.#at = Math.max(this.#at + 1, this.#start + this.#window.length - FRAME_MAGIC.length + 1);
  }

  async #has(bytes: number): Promise<boolean> {
    while (this.#start + this.#window.length < this.#at + bytes && !this.#isEnd) {
      const kept = this.#window.subarray(Math.min(this.#at - this.#start, this.#window.length));
      const place = this.#start + this.#window.length;
      const wanted = Math.max(WINDOW_BYTES, this.#at + bytes - place);
      const more = await this.#file.read(place, wanted);
      this.#bytesRead += more.length;
      this.#isEnd = more.length === 0;
      this.#start = place - kept.length;
      this.#window = Buffer.concat([kept, more]);
    }
    return this.#start + this.#window.length >= this.#at + bytes;
  }
}
