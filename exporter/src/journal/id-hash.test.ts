import { eventDigest } from '../source/event-id.ts';
import { hashId, ID_HASH_WORDS } from './id-hash.ts';

const digestOf = (threadId: string): string => eventDigest({ threadId, type: 'x', timestamp: 1, payload: {} });

function hashOf(id: string, digest: string): { readonly id: string; readonly said: string } {
  const words = new Uint32Array(ID_HASH_WORDS);
  hashId(words, id, digest);
  const hex = Array.from(words, (word) => word.toString(16).padStart(8, '0'));
  return { id: hex.slice(0, 4).join(' '), said: hex.slice(4).join(' ') };
}

test('the hash of an id that is its digest is the digest', () => {
  const digest = digestOf('a');
  const bytes = Buffer.from(digest, 'base64url');
  expect(bytes.length).toBe(16);
  const words = [0, 4, 8, 12].map((at) => bytes.readUInt32LE(at).toString(16).padStart(8, '0'));
  expect(hashOf(digest, digest)).toEqual({ id: words.join(' '), said: words.slice(2).join(' ') });
});

test.each([
  { name: 'one that a sender chose in the form of a digest is hashed', id: digestOf('a'), digest: digestOf('b') },
  {
    name: 'one that a sender chose as the digest of another is not taken for it',
    id: digestOf('b'),
    digest: digestOf('c'),
  },
])('$name', ({ id, digest }) => {
  expect(hashOf(id, digest).id).not.toBe(hashOf(id, id).id);
});

test.each(['', '\u0000', 'x', 'A'.repeat(22), '\ud800'.repeat(22), '='.repeat(22), 'x'.repeat(100_000)])(
  'beside the id or digest %j no place looks empty, and another tells',
  (text) => {
    expect(hashOf(text, 'd').id).not.toMatch(/^00000000/);
    expect(hashOf(text, text).id).not.toMatch(/^00000000/);
    expect(hashOf(text, 'd').id).not.toBe(hashOf(`${text}.`, 'd').id);
    expect(hashOf('id', text).said).not.toBe(hashOf('id', `${text}.`).said);
  }
);

test('the id of an event is told from those of 20,000 others, by number, chosen and by content', () => {
  const ids = Array.from({ length: 20_000 }, (_, n) => `evt_${n}`);
  const digests = ids.map(digestOf);
  const hashes = [
    ...ids.map((id) => hashOf(id, 'd').id),
    ...digests.map((digest) => hashOf(digest, digest).id),
    ...digests.map((digest) => hashOf(digest, 'd').id),
  ];
  expect(new Set(hashes).size).toBe(60_000);
});
