import type { OrchestratorEvent } from '../contract/event.ts';
import type { JournalEntry } from './journal.ts';
import { decodeEntry, encodeEntries } from './record.ts';

const EVENT: OrchestratorEvent = {
  type: 'node.start',
  id: 'e-1',
  threadId: 't',
  timestampMs: 5,
  dialect: 'gateway',
  node: 'n"\\',
  agent: '\u{1f980}',
};
const RECORD: JournalEntry = { event: EVENT, digest: 'd\n\u0000\u2028"\ud800', source: 'http' };
const SWEEP: JournalEntry = { sweptMs: 1, retentionMs: 2, silentRetentionMs: 3 };

const linesOf = (entries: readonly JournalEntry[], maxBytes = 1_000): string[] =>
  encodeEntries(entries, maxBytes).map(({ lines }) => lines.toString('utf8'));

test.each([
  { name: 'a record', entry: RECORD },
  { name: 'a record whose digest is its id', entry: { ...RECORD, digest: 'e-1' } },
  { name: 'a sweep', entry: SWEEP },
])('$name is one line, and comes back as it was', ({ entry }) => {
  const [text = ''] = linesOf([entry]);
  expect([text.indexOf('\n'), decodeEntry(text.slice(0, -1))]).toEqual([text.length - 1, entry]);
});

test('a task is free text and stays out', () => {
  const event: OrchestratorEvent = { ...EVENT, type: 'agent.active', agent: 'a', task: 'secret' };
  const [text = ''] = linesOf([{ ...RECORD, event }]);
  expect(text).not.toContain('secret');
});

test('no entries are no chunk; many are cut into chunks, each with its count', () => {
  expect(encodeEntries([], 1_000)).toEqual([]);
  const chunks = encodeEntries(
    Array.from({ length: 10 }, () => SWEEP),
    40
  );
  expect(chunks.map(({ lines, count }) => [lines.toString('utf8'), count])).toEqual(
    Array.from({ length: 5 }, () => ['{"w":[1,2,3]}\n{"w":[1,2,3]}\n', 2])
  );
  expect(encodeEntries([SWEEP], 1)).toHaveLength(1);
});

const LINE =
  '{"e":{"type":"cost.updated","id":"\\u0001price:a","threadId":"t","timestampMs":5,"dialect":"gateway","tokens":{},"spend":7},"s":"http"}';

test.each([
  ['a thread that is a number', '"threadId":"t"', '"threadId":7'],
  ['a label that would break its line', '"threadId":"t"', '"threadId":"a\\nb"'],
  ['no time', '"timestampMs":5,', ''],
  ['a time that is text', '"timestampMs":5', '"timestampMs":"5"'],
  ['a fraction of a nano-dollar', '"spend":7', '"spend":0.5'],
  ['money past the exact range', '"spend":7', '"spend":9007199254740993'],
  ['money taken back', '"spend":7', '"spend":-7'],
  ['tokens that are no numbers', '"tokens":{}', '"tokens":{"input":"5"}'],
  ['no tokens', '"tokens":{},', ''],
  ['a type of a later version', 'cost.updated', 'cost.refunded'],
  ['no type', '"type":"cost.updated",', ''],
  ['a way in that there is none', '"s":"http"', '"s":"__proto__"'],
  ['a digest that is a number', '"s":', '"d":5,"s":'],
])('an event with %s is no entry, though its checksum may be right', (_name, from, to) => {
  expect([decodeEntry(LINE), decodeEntry(LINE.replace(from, to))]).toEqual([expect.anything(), undefined]);
});

test('a field that this version does not know costs no entry', () => {
  expect(decodeEntry(LINE.replace('"spend"', '"later":{"a":[null]},"spend"'))).toMatchObject({ event: { spend: 7 } });
});

test.each([
  '',
  '{',
  '{"w":[]}',
  '{"w":[1,2,"3"]}',
  '{"w":[1,2,-3]}',
  '{"w":null}',
  'null',
  '7',
  '[]',
  '{}',
  '{"e":{}}',
  '{"s":"http"}',
])('the line %j is no entry', (line) => {
  expect(decodeEntry(line)).toBeUndefined();
});
