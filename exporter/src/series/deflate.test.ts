import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import { deflated, GZIP_HEAD, GzipTail } from './deflate.ts';

function gzipped(pieces: readonly Uint8Array[]): Buffer {
  const tail = new GzipTail();
  const parts = pieces.map((piece) => {
    const part = deflated(piece);
    tail.add(part);
    return part.bytes;
  });
  return Buffer.concat([GZIP_HEAD, ...parts, tail.bytes]);
}

const text = (length: number): Buffer => Buffer.from('orchestrator_x{a="1"} 17\n'.repeat(length).slice(0, length));

test.each([
  { name: 'no piece at all', pieces: [] },
  { name: 'one empty piece', pieces: [text(0)] },
  { name: 'one byte', pieces: [text(1)] },
  {
    name: 'pieces that are stored, compressed, and between',
    pieces: [text(1_023), text(1_024), text(0), text(70_000)],
  },
  {
    name: 'bytes that do not compress',
    pieces: [Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * i * 7) & 255))],
  },
  { name: 'a thousand pieces', pieces: Array.from({ length: 1_000 }, (_, i) => text(i * 3)) },
])('gzip by the piece unpacks to the pieces: $name', ({ pieces }) => {
  expect(gunzipSync(gzipped(pieces)).equals(Buffer.concat(pieces))).toBe(true);
});

test('it is one member with the check sum and the length of the whole, for clients that read no second one', () => {
  const pieces = [text(3_000), text(10), text(40_000)];
  const packed = gzipped(pieces);
  const whole = Buffer.concat(pieces);
  expect(packed.readUInt32LE(packed.length - 8)).toBe(crc32(whole));
  expect(packed.readUInt32LE(packed.length - 4)).toBe(whole.length);
  expect(packed.indexOf(packed.subarray(0, 4), 4)).toBe(-1);
  // A member that node itself wrote behind it makes two, which unpack too: the first one had an end of its own.
  expect(
    gunzipSync(Buffer.concat([packed, gzipSync('more')]))
      .toString()
      .endsWith('more')
  ).toBe(true);
});

test('what the cache keeps is the compressed bytes and room for some more', () => {
  const { bytes } = deflated(text(27_000));
  expect(bytes.buffer.byteLength - bytes.length).toBe(128);
});

test.each([
  { name: 'an equal one', length: 27_000, isSame: true },
  { name: 'a shorter one', length: 2_000, isSame: true },
  { name: 'one that does not fit', length: 270_000, isSame: false },
])('what a piece was compressed to is written over by $name, and unpacks', ({ length, isSame }) => {
  const room = deflated(text(27_000)).bytes.buffer;
  const again = deflated(text(length), room);
  expect(again.bytes.buffer === room).toBe(isSame);
  const tail = new GzipTail();
  tail.add(again);
  expect(gunzipSync(Buffer.concat([GZIP_HEAD, again.bytes, tail.bytes])).equals(text(length))).toBe(true);
});
