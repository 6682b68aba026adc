import { readRun, shiftRun, type Shift, type TimedEvent } from './recorded-run.ts';

const emitterEvent = { type: 'node.start', threadId: 't', timestamp: 1_000, payload: { nodeId: 'n' } };
const graphEvent = { type: 'node:start', timestamp: 2_000, threadId: 's', nodeId: 'n' };
const broadcast = {
  type: 'event',
  event: 'orchestrator.agent.active',
  payload: { threadId: 'g', agent: 'a', task: 'x', timestamp: 3_000 },
};
const lines = (...values: unknown[]): string => values.map((value) => JSON.stringify(value)).join('\n');

test.each<[string, string, TimedEvent[], string[]]>([
  ['an empty file is a problem', '', [], ['f: no events']],
  [
    'blank lines and a final newline are passed over',
    `\n${lines(emitterEvent)}\n\r\n`,
    [{ atMs: 1_000, event: emitterEvent }],
    [],
  ],
  [
    'all three dialects are read',
    lines(emitterEvent, graphEvent, broadcast),
    [
      { atMs: 1_000, event: emitterEvent },
      { atMs: 2_000, event: graphEvent },
      { atMs: 3_000, event: broadcast },
    ],
    [],
  ],
  [
    'a bad line among good ones is named and costs nothing else',
    `${lines(emitterEvent)}\n{"type":\n${lines(graphEvent)}`,
    [
      { atMs: 1_000, event: emitterEvent },
      { atMs: 2_000, event: graphEvent },
    ],
    ['f:2: not a JSON object with a timestamp in ms: {"type":'],
  ],
  [
    'what is no object or has no time is a problem, shortened',
    lines(null, [emitterEvent], { timestamp: 'now' }, { payload: 'x'.repeat(500) }),
    [],
    [
      'f:1: not a JSON object with a timestamp in ms: null',
      `f:2: not a JSON object with a timestamp in ms: ${JSON.stringify([emitterEvent]).slice(0, 80)}`,
      'f:3: not a JSON object with a timestamp in ms: {"timestamp":"now"}',
      `f:4: not a JSON object with a timestamp in ms: {"payload":"${'x'.repeat(68)}`,
    ],
  ],
])('%s', (_name, text, events, problems) => {
  expect(readRun('f', text)).toEqual({ events, problems });
});

const run = (...times: number[]): TimedEvent[] =>
  times.map((atMs) => ({ atMs, event: { threadId: 't', timestamp: atMs } }));

test.each<[string, number[], Partial<Shift>, number[]]>([
  ['no events stay none', [], {}, []],
  ['the last event falls on the given time', [10, 13, 20], {}, [90, 93, 100]],
  ['the latest counts as the last, wherever it stands', [20, 10, 13], {}, [100, 90, 93]],
  ['the first event falls on the given time', [10, 13, 20], { anchor: 'first' }, [100, 103, 110]],
  ['distances are divided by the speed', [10, 30, 50], { anchor: 'first', speed: 10 }, [100, 102, 104]],
])('%s', (_name, times, shift, shifted) => {
  const moved = shiftRun(run(...times), { anchor: 'last', atMs: 100, speed: 1, suffix: '', ...shift });
  expect(moved).toEqual(run(...shifted));
});

test('a shifted event changes its time and thread where its dialect keeps them, and nothing else', () => {
  const { events } = readRun('f', lines(emitterEvent, graphEvent, broadcast));
  const moved = shiftRun(events, { anchor: 'last', atMs: 10_000, speed: 1, suffix: '-2' });
  expect(moved.map(({ event }) => event)).toEqual([
    { ...emitterEvent, timestamp: 8_000, threadId: 't-2' },
    { ...graphEvent, timestamp: 9_000, threadId: 's-2' },
    { ...broadcast, payload: { ...broadcast.payload, timestamp: 10_000, threadId: 'g-2' } },
  ]);
});
