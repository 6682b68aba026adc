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

  /** For one body; what it took is given back, once, when `release` is called. */
  share(): BodyShare {
    let taken = 0;
    let released = false;
    return {
      take: (bytes) => {
        if (released || this.#held + bytes > this.#maxBytes) return false;
        this.#held += bytes;
        taken += bytes;
        return true;
      },
      release: () => {
        released = true;
        this.#held -= taken;
        taken = 0;
      },
    };
  }
}

export interface BodyShare {
  /** False when there is no room, or the share was released. */
  readonly take: (bytes: number) => boolean;
  readonly release: () => void;
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
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
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
    const finish = (result: BodyResult): void => {
      request.off('data', count);
      source.off('data', take);
      if (decoder !== undefined) {
        request.unpipe(decoder);
        decoder.destroy();
      }
      request.resume();
      resolve(result);
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
    source.once('end', () => {
      finish({ kind: 'read', text: Buffer.concat(chunks).toString('utf8'), bytes });
    });
    request.once('error', () => {
      finish({ kind: 'aborted' });
    });
    request.once('close', () => {
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
