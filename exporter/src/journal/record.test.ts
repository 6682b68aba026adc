import type { OrchestratorEvent } from '../contract/event.ts';
import type { JournalEntry } from './journal.ts';
import { decodeEntry, encodeEntries } from './record.ts';

const EVENT: OrchestratorEvent = {
  type: 'node.start',
  id: 'e-1',
  threadId: 't',
  timestampMs: 5,
  dialect: 'gateway',
  node: 'n\n\u0000\u2028"',
  agent: '\ud800 \u{1f980}',
};
const RECORD: JournalEntry = { event: EVENT, digest: 'd', source: 'http' };
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

test.each(['', '{', 'null', '7', '[]', '{}', '{"e":{}}', '{"s":"http"}'])('the line %j is no entry', (line) => {
  expect(decodeEntry(line)).toBeUndefined();
});
