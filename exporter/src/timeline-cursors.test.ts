import type { ConsumerCursor } from './series/timeline-consumers.ts';
import { CURSORS_FILE, TimelineCursors } from './timeline-cursors.ts';

const CURSOR: ConsumerCursor = { name: 'a', events: 3, upToMs: 5.5, heartbeatMs: 5, lastSeenMs: 7 };

function cursorsOver(files: Map<string, string>, told: readonly ConsumerCursor[] = [CURSOR]) {
  const log: string[] = [];
  const writes: (() => void)[] = [];
  const cursors = new TimelineCursors({
    open: () =>
      Promise.resolve({
        list: () => Promise.resolve([...files.keys()]),
        read: (name) => Promise.resolve(Buffer.from(files.get(name) ?? '')),
        cache: (name, bytes) =>
          new Promise((resolve, reject) => {
            writes.push(() => {
              if (files.has('full')) reject(new Error('ENOSPC'));
              files.set(name, bytes.toString());
              resolve();
            });
          }),
        close: () => Promise.resolve(),
      }),
    cursors: () => told,
    log: (level, message, fields) => log.push(`${level} ${message} ${JSON.stringify(fields)}`),
  });
  return { cursors, log, writes };
}

const UNKNOWN = 'warn how far the consumers of the timeline were told is not known: they go on from now';

test.each<[string, string | undefined, { found: unknown; log: readonly string[] }]>([
  ['no file', undefined, { found: undefined, log: [] }],
  ['none of them', '{"version":1,"consumers":[]}', { found: [], log: [] }],
  [
    'one that beats and one that does not',
    `{"version":1,"consumers":[${JSON.stringify(CURSOR)},{"name":"b/c","events":0,"upToMs":-1,"lastSeenMs":7}]}`,
    { found: [CURSOR, { name: 'b/c', events: 0, upToMs: -1, lastSeenMs: 7, heartbeatMs: undefined }], log: [] },
  ],
  [
    'an empty file',
    '',
    { found: undefined, log: [`${UNKNOWN} {"file":"${CURSORS_FILE}","error":"Unexpected end of JSON input"}`] },
  ],
  [
    'a later version',
    '{"version":2,"consumers":[]}',
    { found: undefined, log: [`${UNKNOWN} {"file":"${CURSORS_FILE}","error":"it is not what this version writes"}`] },
  ],
  [
    'numbers that are none',
    '{"version":1,"consumers":[{"name":"a","events":-1,"upToMs":"now","lastSeenMs":null}]}',
    { found: undefined, log: [`${UNKNOWN} {"file":"${CURSORS_FILE}","error":"it is not what this version writes"}`] },
  ],
])('what is read of the file: %s', async (_name, text, { found, log: expected }) => {
  const { cursors, log } = cursorsOver(new Map(text === undefined ? [] : [[CURSORS_FILE, text]]));
  expect(await cursors.read()).toEqual(found);
  expect(log).toEqual(expected);
});

test('what is told while a write is under way is written by the next one, and closing waits for it', async () => {
  const files = new Map<string, string>();
  const { cursors, writes } = cursorsOver(files);
  cursors.save();
  expect(writes).toEqual([]);
  await cursors.read();
  for (let n = 0; n < 5; n += 1) cursors.save();
  expect(writes).toHaveLength(1);
  const closed = cursors.close();
  writes[0]?.();
  await Promise.resolve();
  await new Promise(setImmediate);
  expect(writes).toHaveLength(2);
  writes[1]?.();
  await closed;
  expect(files).toEqual(new Map([[CURSORS_FILE, `{"version":1,"consumers":[${JSON.stringify(CURSOR)}]}`]]));
  cursors.save();
  expect(writes).toHaveLength(2);
});

test('a disk that is full is told once, until it has been written again', async () => {
  const files = new Map([['full', '']]);
  const { cursors, writes, log } = cursorsOver(files);
  await cursors.read();
  for (let n = 0; n < 4; n += 1) {
    if (n === 2) files.delete('full');
    if (n === 3) files.set('full', '');
    cursors.save();
    writes[n]?.();
    await new Promise(setImmediate);
  }
  const failed = `warn how far the consumers of the timeline were told cannot be kept {"file":"${CURSORS_FILE}","error":"ENOSPC"}`;
  expect(log).toEqual([failed, failed]);
});
