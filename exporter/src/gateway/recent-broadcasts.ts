// The latest broadcasts, so that a client that was cut off gets what it missed: bounded in bytes, all threads together.

/** What one broadcast takes beside its frame: its entry, and the handle of its buffer. */
const ENTRY_BYTES = 200;
/** Entries that are let go of before the list is moved together. */
const SLACK = 1_024;

interface Entry {
  readonly seq: number;
  readonly threadId: string;
  readonly frame: Buffer;
}

export class RecentBroadcasts {
  readonly #maxBytes: number;
  #entries: Entry[] = [];
  /** Of the first entry that is held. */
  #first = 0;
  #bytes = 0;
  #floor = 0;

  /** @param maxBytes with what an entry takes beside its frame, which bounds the count too; 0 holds nothing */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Every broadcast behind this number that was added is held. */
  get floor(): number {
    return this.#floor;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#entries.length - this.#first;
  }

  /** Numbers rise from call to call. */
  add(seq: number, threadId: string, frame: Buffer): void {
    this.#entries.push({ seq, threadId, frame });
    this.#bytes += frame.length + ENTRY_BYTES;
    for (let oldest; this.#bytes > this.#maxBytes && (oldest = this.#entries[this.#first]) !== undefined;) {
      this.#bytes -= oldest.frame.length + ENTRY_BYTES;
      this.#floor = oldest.seq;
      this.#first += 1;
    }
    if (this.#first < SLACK) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }

  /** Frames behind a number, in order, of one thread or of all. They are all there were only if `seq` is not below the floor. */
  after(seq: number, threadId: string | undefined): Buffer[] {
    const found: Buffer[] = [];
    for (let at = this.#indexAfter(seq); at < this.#entries.length; at += 1) {
      const entry = this.#entries[at];
      if (entry !== undefined && (threadId === undefined || entry.threadId === threadId)) found.push(entry.frame);
    }
    return found;
  }

  /** Lets go of everything; what was is not held any more. */
  clear(): void {
    this.#floor = this.#entries.at(-1)?.seq ?? this.#floor;
    this.#entries = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  #indexAfter(seq: number): number {
    let from = this.#first;
    let to = this.#entries.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#entries[middle]?.seq ?? 0) <= seq) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
