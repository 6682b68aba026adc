// What waits for one client: bounded in bytes, written in pieces as the client takes them.
import type { Duplex } from 'node:stream';

/** Frames that go to a client one behind the other; shared with all who get them. */
export interface Chunk {
  readonly bytes: Buffer;
  readonly frames: number;
}

/** Written at once; what the system does not take at once waits in the socket. */
const WRITE_BYTES = 65_536;
/** Of the list of one client when nothing waits; one that lagged has had a long one. */
const PLACES_KEPT = 16;
const NOTHING: Chunk = { bytes: Buffer.alloc(0), frames: 0 };

export function chunkOf(frames: readonly Buffer[]): Chunk {
  const [only] = frames;
  return { bytes: frames.length === 1 && only !== undefined ? only : Buffer.concat(frames), frames: frames.length };
}

export class Outbox {
  readonly #socket: Duplex;
  readonly #maxBytes: number;
  /** The first {@link #count} places; those behind it are kept, because it fills and empties with every broadcast. */
  #waiting: (Chunk | undefined)[] = [];
  #count = 0;
  #bytes = 0;
  /** Of chunks that were granted past the bound and still wait. */
  #granted = 0;
  /** The socket holds as much as it should; it says when it has written that. */
  #isBlocked = false;

  /** @param unblocked called when more can be written */
  constructor(socket: Duplex, maxBytes: number, unblocked: () => void) {
    this.#socket = socket;
    this.#maxBytes = maxBytes;
    socket.on('drain', () => {
      this.#isBlocked = false;
      unblocked();
    });
  }

  get isReady(): boolean {
    return !this.#isBlocked && this.#count > 0;
  }

  /** False, and nothing is taken, when more than the bound waits already. */
  push(chunk: Chunk): boolean {
    if (this.#bytes - this.#granted > this.#maxBytes) return false;
    this.#take(chunk);
    return true;
  }

  /** As {@link push}, beside the bound until it is written: the answer to a client that asks for what it missed. */
  grant(chunk: Chunk): void {
    this.#granted += chunk.bytes.length;
    this.#take(chunk);
  }

  /** Writes what the socket takes at once. @returns frames written */
  flush(): number {
    let frames = 0;
    while (this.isReady) {
      const { bytes, frames: sent } = this.#next();
      this.#bytes -= bytes.length;
      // Counted until as little waits, so that never more than the bound and one grant are held.
      this.#granted = Math.min(this.#granted, this.#bytes);
      frames += sent;
      this.#isBlocked = !this.#socket.write(bytes);
    }
    return frames;
  }

  /** Lets go of everything that waits. @returns the frames of it */
  discard(): number {
    const frames = this.#waiting.reduce((sum, chunk) => sum + (chunk?.frames ?? 0), 0);
    this.#waiting = [];
    this.#count = 0;
    this.#bytes = 0;
    this.#granted = 0;
    return frames;
  }

  /** What is written at once. */
  #next(): Chunk {
    const waiting = this.#waiting;
    const [first = NOTHING] = waiting;
    let count = 1;
    let { length: bytes } = first.bytes;
    for (let more; count < this.#count && (more = waiting[count]) !== undefined; count += 1) {
      bytes += more.bytes.length;
      if (bytes > WRITE_BYTES) break;
    }
    const next = count === 1 ? first : joined(waiting, count);
    if (count === this.#count && count <= PLACES_KEPT) waiting.fill(undefined, 0, count);
    else this.#waiting = waiting.slice(count, this.#count);
    this.#count -= count;
    return next;
  }

  #take(chunk: Chunk): void {
    this.#waiting[this.#count] = chunk;
    this.#count += 1;
    this.#bytes += chunk.bytes.length;
  }
}

/** Clients that are written to one after the other mostly wait for the same: it is joined once. */
let latest: { readonly of: readonly Chunk[]; readonly chunk: Chunk } | undefined;

/** The first `count` of them as one. */
function joined(chunks: readonly (Chunk | undefined)[], count: number): Chunk {
  if (latest?.of.length === count && latest.of.every((chunk, at) => chunk === chunks[at])) return latest.chunk;
  const of = chunks.slice(0, count).filter((chunk) => chunk !== undefined);
  const chunk = {
    bytes: Buffer.concat(of.map(({ bytes }) => bytes)),
    frames: of.reduce((sum, { frames }) => sum + frames, 0),
  };
  latest = { of, chunk };
  return chunk;
}
