// An id and what its record said as 192 bits: what is kept of them, in memory and beside segments.
import { hash } from 'node:crypto';

/** Words of 32 bits: four of the id, two of the digest. */
export const ID_HASH_WORDS = 6;
const ID_WORDS = 4;

/** Puts the hash into the first words of `words`. The first one is never 0, which marks a place without an id. */
export function hashId(words: Uint32Array, id: string, digest: string): void {
  const text = hash('sha256', id, 'binary');
  for (let word = 0; word < ID_WORDS; word += 1) words[word] = wordAt(text, word);
  if (words[0] === 0) words[0] = 1;
  const said = digest === id ? text : hash('sha256', digest, 'binary');
  words[4] = wordAt(said, 4);
  words[5] = wordAt(said, 5);
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
