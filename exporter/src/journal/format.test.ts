import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDirectory } from './storage.ts';
import { recover } from './recovery.ts';
import {
  decodeHeader,
  encodeFooter,
  encodeFrame,
  encodeHeader,
  FOOTER_BYTES,
  footerAt,
  FORMAT_VERSION,
  FRAME_HEAD_BYTES,
  frameAt,
  HEADER_BYTES,
  MAX_BODY_BYTES,
  segmentName,
  segmentNumber,
} from './format.ts';
import type { JournalEntry } from './journal.ts';

const PREVIOUS = Buffer.alloc(32, 7);
const HEADER = { createdMs: 1_800_000_000_000.5, first: 2 ** 40, previous: PREVIOUS };
const FRAME = { seq: 41, count: 2, body: Buffer.from('{"a":1}\n{"b":"ü"}\n') };
const FOOTER = { frames: 3, first: 7, last: 6, digest: PREVIOUS };

test('header, frame and footer come back as they were written', () => {
  const header = encodeHeader(HEADER);
  expect([header.length, decodeHeader(header)]).toEqual([HEADER_BYTES, { version: FORMAT_VERSION, ...HEADER }]);
  const frame = encodeFrame(FRAME);
  expect([frame.length, frameAt(frame, 0)]).toEqual([FRAME_HEAD_BYTES + FRAME.body.length, FRAME]);
  expect(frameAt(Buffer.concat([header, frame]), HEADER_BYTES)).toEqual(FRAME);
  const footer = encodeFooter(FOOTER);
  expect([footer.length, footerAt(footer, 0)]).toEqual([FOOTER_BYTES, FOOTER]);
});

test('an empty body is a frame; one that no reader would take is refused when it is written', () => {
  const empty = { seq: 1, count: 0, body: Buffer.alloc(0) };
  expect(frameAt(encodeFrame(empty), 0)).toEqual(empty);
  const body = Buffer.alloc(MAX_BODY_BYTES + 1);
  expect(() => encodeFrame({ seq: 1, count: 1, body })).toThrow('a frame of 16777217 bytes is larger than 16777216');
});

const read = {
  header: decodeHeader,
  frame: (bytes: Buffer) => frameAt(bytes, 0),
  footer: (bytes: Buffer) => footerAt(bytes, 0),
};
const written = { header: encodeHeader(HEADER), frame: encodeFrame(FRAME), footer: encodeFooter(FOOTER) };

test.each(['header', 'frame', 'footer'] as const)('a %s with any one bit flipped, or cut anywhere, is none', (part) => {
  const whole = written[part];
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    expect(read[part](bytes)).toBeUndefined();
  }
  for (let length = 0; length < whole.length; length += 1) {
    expect(read[part](whole.subarray(0, length))).toBeUndefined();
  }
  expect(read[part](Buffer.alloc(whole.length))).toBeUndefined();
});

test.each([
  { name: '00000001.seg', number: 1 },
  { name: '12345678.seg', number: 12_345_678 },
  { name: '1.seg', number: undefined },
  { name: '00000001.seg.bak', number: undefined },
  { name: '../00000001.seg', number: undefined },
  { name: 'high-water', number: undefined },
  { name: '', number: undefined },
])('the file $name has number $number', ({ name, number }) => {
  expect(segmentNumber(name)).toBe(number);
  if (number !== undefined) expect(segmentName(number)).toBe(name);
});

test('the golden journal of format 1 reads as it did when format 1 was made', async () => {
  const folder = join(__dirname, '../../fixtures/journal');
  const found: (JournalEntry & { seq: number })[] = [];
  const recovery = await recover(readDirectory(join(folder, 'v1')), (entry, seq) => found.push({ seq, ...entry }));
  const expected = readFileSync(join(folder, 'v1.entries.jsonl'), 'utf8').trim().split('\n');
  expect(found.map((each) => JSON.stringify(each))).toEqual(expected);
  expect({ ...recovery, previous: recovery.previous.toString('hex') }).toEqual({
    records: 6,
    bytes: 1614,
    next: 7,
    last: 2,
    heads: [expect.objectContaining({ number: 1 }), expect.objectContaining({ number: 2 })],
    damage: [],
    segments: [
      { name: '00000001.seg', bytes: 1198, frames: 2, records: 4, sealed: true, createdMs: 1_800_000_000_000 },
      { name: '00000002.seg', bytes: 416, frames: 1, records: 2, sealed: true, createdMs: 1_800_000_000_000 },
    ],
    previous: '6193f468f150eba7762b913a6041765611fc5b212d4c7bc09a20bcfb6a1e8b0a',
  });
});
