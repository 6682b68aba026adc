import type { LogFields, LogLevel } from './log.ts';
import { createLogging } from './logging.ts';
import type { Logging } from './logging.ts';

const NOW = Date.UTC(2026, 2, 10, 12);

function logging(level: LogLevel = 'info'): Logging & { readonly lines: string[]; readonly pass: () => void } {
  const lines: string[] = [];
  let pass = (): void => undefined;
  const made = createLogging({
    level,
    write: (line) => lines.push(line),
    clock: {
      now: () => NOW,
      every: (_periodMs, tick) => {
        pass = tick;
        return () => {
          pass = () => undefined;
        };
      },
    },
  });
  return {
    ...made,
    lines,
    pass: () => {
      pass();
    },
  };
}

test('a line is one JSON object with level, time, the fields and the message', () => {
  const { log, lines } = logging();
  log('info', 'listening', { url: 'http://127.0.0.1:1', port: 1, durable: false, files: ['a', 'b'] });
  log('warn', 'nothing more');
  expect(lines).toEqual([
    '{"level":"info","time":"2026-03-10T12:00:00.000Z","url":"http://127.0.0.1:1","port":1,"durable":false,"files":["a","b"],"message":"listening"}\n',
    '{"level":"warn","time":"2026-03-10T12:00:00.000Z","message":"nothing more"}\n',
  ]);
});

test.each<{ level: LogLevel; logged: LogLevel[] }>([
  { level: 'info', logged: ['info', 'warn', 'error'] },
  { level: 'warn', logged: ['warn', 'error'] },
  { level: 'error', logged: ['error'] },
])('at level $level $logged are logged', ({ level, logged }) => {
  const { log, lines } = logging(level);
  for (const kind of ['info', 'warn', 'error'] as const) log(kind, 'm');
  expect(lines.map((line) => (JSON.parse(line) as { level: LogLevel }).level)).toEqual(logged);
});

test.each<{ name: string; text: string }>([
  { name: 'nothing', text: '' },
  { name: 'a forged line', text: 'x\n{"level":"error","message":"forged"}\n' },
  { name: 'carriage returns and NUL', text: '\r\u0000\u0008' },
  { name: 'quotes and backslashes', text: '"},\\"{' },
  { name: 'escape sequences of a terminal', text: '\u001b[2J\u009b31m\u007f' },
  { name: 'separators and reversed text', text: '\u2028\u2029\u202e\u2066\ufeff' },
  { name: 'half of a surrogate pair', text: '\ud800' },
  { name: 'what looks like a format', text: '%s %d %o %j %%' },
])('$name in a message, a field or a list stays text within its line', ({ text }) => {
  const { log, lines } = logging();
  log('error', text, { error: text, problems: [text] });
  expect(lines).toHaveLength(1);
  const [line = ''] = lines;
  expect(line.endsWith('}\n')).toBe(true);
  // eslint-disable-next-line no-control-regex -- that none is there is the point
  expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/);
  expect(JSON.parse(line)).toMatchObject({ message: text, error: text, problems: [text] });
});

test.each<{ name: string; fields: LogFields; expected: object }>([
  { name: 'the longest text', fields: { a: 'x'.repeat(2_000) }, expected: { a: 'x'.repeat(2_000) } },
  {
    name: 'a longer text',
    fields: { a: 'x'.repeat(1_000_000) },
    expected: { a: `${'x'.repeat(2_000)}... (1000000 characters)` },
  },
  {
    name: 'a long list',
    fields: { a: Array.from({ length: 60 }, () => 'y'.repeat(3_000)) },
    expected: {
      a: [...Array.from({ length: 50 }, () => `${'y'.repeat(2_000)}... (3000 characters)`), 'and 10 more'],
    },
  },
  { name: 'no number', fields: { a: Number.NaN, b: Infinity }, expected: { a: null, b: null } },
])('$name is bounded', ({ fields, expected }) => {
  const { log, lines } = logging();
  log('warn', 'm', fields);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'warn',
    time: '2026-03-10T12:00:00.000Z',
    message: 'm',
    ...expected,
  });
});

test('a flood is one line a period with the count, and the rest of the count on close', () => {
  const { log, lines, pass, close } = logging();
  const flood = (): void => {
    for (let index = 0; index < 10_000; index++) log('error', 'events refused', { index });
  };
  flood();
  pass();
  flood();
  close();
  pass();
  log('info', 'stopped');
  const said = lines.map((line) => JSON.parse(line) as { message: string; index?: number; suppressed?: number });
  expect(said.slice(20).map(({ message, index, suppressed }) => [message, index, suppressed])).toEqual([
    ['events refused', 9_999, 9_980],
    ['events refused', 9_999, 10_000],
    ['stopped', undefined, undefined],
  ]);
});

test('what is below the level is not counted either', () => {
  const { log, lines, close } = logging('error');
  for (let index = 0; index < 100; index++) log('info', 'm');
  close();
  expect(lines).toEqual([]);
});
