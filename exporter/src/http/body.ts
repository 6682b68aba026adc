// A request's body as text: decompressed, and bounded in size and in how much it expands while it comes in.
import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Up to here any ratio is harmless; short texts of one repeated event compress well. */
const RATIO_FROM_BYTES = 65_536;

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Bytes of all bodies that are held at once: many that each stay within their own limit could else fill the memory. */
export class BodyMemory {
  readonly #maxBytes: number;
  #held = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** For one body; what it took is given back, once, when it is released. */
  share(): BodyShare {
    return new BodyShare(this);
  }

  /** False when there is no room. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#maxBytes) return false;
    this.#held += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
  }
}

export class BodyShare {
  readonly #memory: BodyMemory;
  #taken = 0;
  #released = false;

  constructor(memory: BodyMemory) {
    this.#memory = memory;
  }

  /** False when there is no room, or the share was released. */
  take(bytes: number): boolean {
    if (this.#released || !this.#memory.take(bytes)) return false;
    this.#taken += bytes;
    return true;
  }

  release(): void {
    this.#released = true;
    this.#memory.giveBack(this.#taken);
    this.#taken = 0;
  }
}

export interface BodyLimits {
  /** After decompression. */
  readonly maxBytes: number;
  /** Bytes after decompression for each byte sent. */
  readonly maxRatio: number;
}

export type BodyResult =
  | { readonly kind: 'read'; readonly text: string; readonly bytes: number }
  | { readonly kind: 'too-large' | 'expands-too-much' | 'unknown-encoding' | 'unreadable' }
  /** Others fill the memory that bodies may take: try again. */
  | { readonly kind: 'no-room' }
  /** The sender went away: there is nobody to answer. */
  | { readonly kind: 'aborted' };

/** Never rejects. What is left of a refused body is read and thrown away by node, until the request times out. */
export function readRequestBody(request: IncomingMessage, limits: BodyLimits, share: BodyShare): Promise<BodyResult> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const makeDecoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (makeDecoder === undefined && encoding !== 'identity') return Promise.resolve({ kind: 'unknown-encoding' });
  // Compressed or not: more bytes than may come out of it need not even begin.
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) return Promise.resolve({ kind: 'too-large' });
  return collect(request, { decoder: makeDecoder?.(), share, limits });
}

function collect(
  request: IncomingMessage,
  {
    decoder,
    share,
    limits: { maxBytes, maxRatio },
  }: { readonly decoder: Transform | undefined; readonly share: BodyShare; readonly limits: BodyLimits }
): Promise<BodyResult> {
  return new Promise((resolve) => {
    const source: Readable = decoder ?? request;
    const chunks: Buffer[] = [];
    let bytes = 0;
    let received = 0;
    const count = (chunk: Buffer): void => {
      received += chunk.length;
    };
    let finished = false;
    const finish = (result: BodyResult): void => {
      if (finished) return;
      finished = true;
      resolve(result);
      if (decoder === undefined && result.kind === 'read') return;
      request.off('data', count);
      source.off('data', take);
      if (decoder !== undefined) {
        request.unpipe(decoder);
        decoder.destroy();
      }
      request.resume();
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > maxBytes) finish({ kind: 'too-large' });
      else if (decoder !== undefined && bytes > RATIO_FROM_BYTES && bytes > received * maxRatio)
        finish({ kind: 'expands-too-much' });
      else if (!share.take(chunk.length)) finish({ kind: 'no-room' });
      else chunks.push(chunk);
    };
    source.on('data', take);
    source.on('end', () => {
      const [first] = chunks;
      const whole = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
      if (!finished) finish({ kind: 'read', text: whole.toString('utf8'), bytes });
    });
    request.on('error', () => {
      finish({ kind: 'aborted' });
    });
    request.on('close', () => {
      if (!request.complete) finish({ kind: 'aborted' });
    });
    if (decoder === undefined) return;
    decoder.on('error', () => {
      finish({ kind: 'unreadable' });
    });
    request.on('data', count);
    request.pipe(decoder);
  });
}
