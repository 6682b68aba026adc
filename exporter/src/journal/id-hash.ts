// An id and what its record said as 192 bits: what is kept of them, in memory and beside segments.
import { hash } from 'node:crypto';

/** Words of 32 bits: four of the id, two of the digest. */
export const ID_HASH_WORDS = 6;
const ID_WORDS = 4;

/**
 * Puts the hash into the first words of `words`. The first one is never 0, which marks a place without an id. An id or digest
 * that is a hash already, as most are, is taken as it is; of others it is their SHA-256.
 */
export function hashId(words: Uint32Array, id: string, digest: string): void {
  put(words, id);
  if (words[0] === 0) words[0] = 1;
  if (digest !== id) put(said, digest);
  const of = digest === id ? words : said;
  words[4] = of[2] ?? 0;
  words[5] = of[3] ?? 0;
}

const said = new Uint32Array(ID_WORDS);

function put(words: Uint32Array, text: string): void {
  if (putHash(words, text)) return;
  const bytes = hash('sha256', text, 'binary');
  for (let word = 0; word < ID_WORDS; word += 1) words[word] = wordAt(bytes, word);
}

/** Characters of an event's digest: 132 bits in base64url. */
const HASH_LENGTH = 22;
/** By character: its six bits, 255 for one that base64url does not have. */
const SIX_BITS = new Uint8Array(128).fill(255);
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
for (let bits = 0; bits < BASE64URL.length; bits += 1) SIX_BITS[BASE64URL.charCodeAt(bits)] = bits;
/** Odd, without any pattern: a sender may number its ids in 22 such characters, so the last ones must not be cut off. */
const SPREAD = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;

/** The 132 bits as 128: the last four are spread over all. @returns false when the text has not the form of a digest. */
function putHash(words: Uint32Array, text: string): boolean {
  if (text.length !== HASH_LENGTH) return false;
  let bits = 0;
  let count = 0;
  let word = 0;
  for (let at = 0; at < HASH_LENGTH; at += 1) {
    const code = text.charCodeAt(at);
    const six = code < 128 ? (SIX_BITS[code] ?? 255) : 255;
    if (six === 255) return false;
    count += 6;
    if (count < 32) {
      bits = (bits << 6) | six;
      continue;
    }
    count -= 32;
    words[word] = (bits << (6 - count)) | (six >>> count);
    word += 1;
    bits = six & ((1 << count) - 1);
  }
  for (let at = 0; at < ID_WORDS; at += 1) words[at] = (words[at] ?? 0) + Math.imul(bits + 1, SPREAD[at] ?? 1);
  return true;
}

/** The n-th 32 bits of a string of bytes. */
function wordAt(bytes: string, word: number): number {
  const at = word * 4;
  return (
    (bytes.charCodeAt(at) |
      (bytes.charCodeAt(at + 1) << 8) |
      (bytes.charCodeAt(at + 2) << 16) |
      (bytes.charCodeAt(at + 3) << 24)) >>>
    0
  );
}
