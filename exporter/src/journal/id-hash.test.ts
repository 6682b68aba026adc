import { hash } from 'node:crypto';
import { hashId, ID_HASH_WORDS } from './id-hash.ts';

function hashOf(id: string, digest = id): string {
  const words = new Uint32Array(ID_HASH_WORDS);
  hashId(words, id, digest);
  return Buffer.from(words.buffer).toString('hex');
}

const digestOf = (text: string): string => hash('sha256', text, 'base64url').slice(0, 22);

test.each([
  { of: 'numbers in the form of a digest', id: (n: number) => `evt_${String(n).padStart(18, '0')}` },
  {
    of: 'last characters of a digest',
    id: (n: number) => `${digestOf('x').slice(0, 18)}${n.toString(36).padStart(4, '0')}`,
  },
  { of: 'digests', id: (n: number) => digestOf(`event ${n}`) },
  { of: 'texts of other lengths', id: (n: number) => `thread-1-${n}` },
  { of: 'texts of 22 characters that are no digest', id: (n: number) => String(n).padStart(22, 'é') },
  { of: 'one character before all the others', id: (n: number) => `${String.fromCharCode(97 + (n % 26))}${n}` },
])('$of: 20,000 of them have 20,000 hashes', ({ id }) => {
  const ids = Array.from({ length: 20_000 }, (_, n) => id(n));
  expect(new Set(ids.map((one) => hashOf(one).slice(0, 32))).size).toBe(new Set(ids).size);
});

test('every bit of a digest changes the hash of what was said, and that hash only', () => {
  const digest = digestOf('said');
  const first = hashOf('id', digest);
  for (let at = 0; at < digest.length; at += 1) {
    const other = digest.slice(0, at) + `${digest[at] === 'A' ? 'B' : 'A'}${digest.slice(at + 1)}`;
    const changed = hashOf('id', other);
    expect(changed.slice(0, 32)).toBe(first.slice(0, 32));
    // The first half of a digest is left out of it but for what is spread over all.
    if (at > 10) expect(changed).not.toBe(first);
  }
});

test.each(['', '\u0000', 'A'.repeat(22), '\ud800'.repeat(22), '-_'.repeat(11)])(
  '%j has a hash that is no empty place',
  (id) => {
    expect(hashOf(id).slice(0, 8)).not.toBe('00000000');
  }
);
