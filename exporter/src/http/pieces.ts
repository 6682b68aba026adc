// Sends a body piece by piece: what is built waits in one buffer of fixed size until the client took it, so that a slow client
// costs that buffer and nothing else, and no turn of the event loop is long.
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { GZIP_HEAD, GzipTail } from '../series/deflate.ts';
import type { Piece } from '../series/page.ts';

/** Sent at once: handing this much to the system takes a fraction of a millisecond. */
const CHUNK_BYTES = 256 * 1024;
/** Work at a stretch. */
const TURN_MS = 1.5;

export interface PiecesOptions {
  readonly pieces: Iterable<Piece>;
  readonly gzip: boolean;
  /** Milliseconds. */
  readonly now: () => number;
}

/**
 * Headers must be set. Resolves when all of it was handed over or the client has gone.
 * @returns milliseconds that were spent waiting, for the client or for others' turns.
 */
export async function sendPieces(response: ServerResponse, { pieces, gzip, now }: PiecesOptions): Promise<number> {
  const tail = gzip ? new GzipTail() : undefined;
  const body = new ChunkedBody(response);
  let waitedMs = 0;
  const waiting = async (wait: Promise<void>): Promise<number> => {
    const sinceMs = now();
    await wait;
    const untilMs = now();
    waitedMs += untilMs - sinceMs;
    return untilMs;
  };
  if (gzip) body.put(GZIP_HEAD);
  let turnMs = now();
  for (const piece of pieces) {
    // Looked at anew after each wait: a page may have changed meanwhile.
    while (!body.hasRoomFor((tail === undefined ? piece.bytes : piece.deflated.bytes).length)) {
      // Often the system takes it at once, and then no other has had a turn: the time goes on.
      await waiting(body.flush());
      if (response.destroyed) return waitedMs;
    }
    if (tail === undefined) {
      body.put(piece.bytes);
    } else {
      const { deflated } = piece;
      tail.add(deflated);
      body.put(deflated.bytes);
    }
    if (now() - turnMs > TURN_MS) turnMs = await waiting(nextTurn());
  }
  if (tail !== undefined) {
    if (!body.hasRoomFor(tail.bytes.length)) await waiting(body.flush());
    body.put(tail.bytes);
  }
  body.end();
  return waitedMs;
}

/** One that nobody uses now: a new one for every body would be collected, and that holds the loop. */
let spare: Buffer | undefined;

class ChunkedBody {
  readonly #response: ServerResponse;
  #chunk: Buffer;
  #used = 0;
  #taken: (() => void) | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
    this.#chunk = spare ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    spare = undefined;
    response.once('close', this.#done);
  }

  hasRoomFor(length: number): boolean {
    // What is larger than a chunk gets one of its size.
    if (this.#used === 0 && length > this.#chunk.length) this.#chunk = Buffer.allocUnsafeSlow(length);
    return this.#used + length <= this.#chunk.length;
  }

  put(bytes: Uint8Array): void {
    this.#chunk.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Resolves when the system has taken it, and then the chunk is free again; or when the connection is over. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#taken = resolve;
      if (this.#response.destroyed) this.#done();
      else this.#response.write(this.#chunk.subarray(0, this.#used), this.#done);
    });
  }

  /** The last of it; a body that fits into one chunk gets a Content-Length by that. */
  end(): void {
    this.#response.end(this.#chunk.subarray(0, this.#used), () => {
      // The system has all of it.
      if (this.#chunk.length === CHUNK_BYTES) spare = this.#chunk;
    });
  }

  readonly #done = (): void => {
    this.#used = 0;
    this.#taken?.();
    this.#taken = undefined;
  };
}
