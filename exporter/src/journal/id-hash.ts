// An id and what its record said as 192 bits: what is kept of them, in memory and beside segments.
import { hash } from 'node:crypto';
import { DIGEST_LENGTH } from '../contract/event.ts';

/** Words of 32 bits: four of the id, two of the digest. */
export const ID_HASH_WORDS = 6;
const ID_WORDS = 4;
const DIGEST_BYTES = 16;

const bytes = Buffer.alloc(32);

/**
 * Puts the hash into the first words of `words`. The first one is never 0, which marks a place without an id.
 *
 * A digest is taken as it stands, being a hash of what the event said already. So is the id of an event that came without one: it is its
 * digest. An id that a sender chose is hashed, whatever it looks like: it cannot be made to stand for another's digest.
 */
export function hashId(words: Uint32Array, id: string, digest: string): void {
  putDigest(digest);
  words[4] = bytes.readUInt32LE(8);
  words[5] = bytes.readUInt32LE(12);
  if (id !== digest) putHash(id);
  for (let word = 0; word < ID_WORDS; word += 1) words[word] = bytes.readUInt32LE(word * 4);
  if (words[0] === 0) words[0] = 1;
}

/** A digest of another form was written by a hand, or by another version. */
function putDigest(digest: string): void {
  if (digest.length !== DIGEST_LENGTH || bytes.write(digest, 0, 'base64url') !== DIGEST_BYTES) putHash(digest);
}

function putHash(text: string): void {
  bytes.write(hash('sha256', text, 'binary'), 0, 'latin1');
}
