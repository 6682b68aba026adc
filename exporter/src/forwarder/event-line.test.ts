import { eventLine } from './event-line.ts';

const line = (event: unknown): unknown => {
  const found = eventLine(event, () => ({ producer: 'p', next: 7 }));
  if (found === undefined) return undefined;
  const { text, kind, counter } = found;
  return { kind, isNumbered: counter !== undefined, text: JSON.parse(text) as unknown };
};
const cyclic: Record<string, unknown> = { type: 'node.start', threadId: 't', timestamp: 1 };
cyclic['payload'] = { nodeId: 'n', self: cyclic };

test.each<[string, unknown, unknown]>([
  [
    'a cost of the MetricsEmitter is money and numbered in its payload',
    { type: 'cost.updated', threadId: 't', timestamp: 1, payload: { costCents: 0.3 } },
    {
      kind: 'money',
      isNumbered: true,
      text: { type: 'cost.updated', threadId: 't', timestamp: 1, payload: { costCents: 0.3, producer: 'p', seq: 7 } },
    },
  ],
  [
    'a broadcast of the gateway is numbered where the exporter looks',
    { type: 'event', event: 'orchestrator.cost.updated', payload: { threadId: 't', timestamp: 1 } },
    {
      kind: 'money',
      isNumbered: true,
      text: {
        type: 'event',
        event: 'orchestrator.cost.updated',
        payload: { threadId: 't', timestamp: 1, producer: 'p', seq: 7 },
      },
    },
  ],
  [
    'the last route of a StateGraph is the end of its thread, numbered beside its fields',
    { type: 'route:next', timestamp: 1, threadId: 't', nextNodeId: 'END' },
    {
      kind: 'end',
      isNumbered: true,
      text: { type: 'route:next', timestamp: 1, threadId: 't', nextNodeId: 'END', producer: 'p', seq: 7 },
    },
  ],
  [
    'an id of its own is enough',
    { type: 'graph.complete', payload: { id: 'own' } },
    { kind: 'end', isNumbered: false, text: { type: 'graph.complete', payload: { id: 'own' } } },
  ],
  [
    'a producer and number of its own are enough',
    { type: 'node.start', payload: { producer: 'q', seq: 1 } },
    { kind: 'state', isNumbered: false, text: { type: 'node.start', payload: { producer: 'q', seq: 1 } } },
  ],
  [
    'a number without a producer is replaced',
    { type: 'node.start', payload: { seq: 1 } },
    { kind: 'state', isNumbered: true, text: { type: 'node.start', payload: { seq: 7, producer: 'p' } } },
  ],
  ['an empty object', {}, { kind: 'state', isNumbered: true, text: { producer: 'p', seq: 7 } }],
  [
    'what lies deeper than a field is not read: cycles, inputs, arrays',
    { ...cyclic, payload: { nodeId: 'n', input: { secret: 's', self: cyclic }, output: [1, 2], none: null } },
    {
      kind: 'state',
      isNumbered: true,
      text: {
        type: 'node.start',
        threadId: 't',
        timestamp: 1,
        payload: { nodeId: 'n', input: {}, output: [], none: null, producer: 'p', seq: 7 },
      },
    },
  ],
  [
    'values that JSON has no word for are refused by the exporter, not turned into nothing',
    {
      type: 'cost.updated',
      payload: { costCents: Number.NaN, costUsd: -Infinity, big: 5n, huge: 10n ** 400n, f: () => 1 },
    },
    {
      kind: 'money',
      isNumbered: true,
      text: {
        type: 'cost.updated',
        payload: { costCents: 'NaN', costUsd: '-Infinity', big: 5, huge: 'Infinity', producer: 'p', seq: 7 },
      },
    },
  ],
  [
    'a payload that is no object keeps its type',
    { type: 'node.start', payload: ['x'] },
    { kind: 'state', isNumbered: true, text: { type: 'node.start', payload: [], producer: 'p', seq: 7 } },
  ],
])('%s', (_name, event, expected) => {
  expect(line(event)).toEqual(expected);
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['text', 'node.start'],
  ['an array', [{ type: 'node.start' }]],
  [
    'an object with a getter that throws',
    {
      type: 'node.start',
      get payload() {
        throw new Error('no');
      },
    },
  ],
  [
    'a proxy that throws on everything',
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
        ownKeys: () => {
          throw new Error('no');
        },
      }
    ),
  ],
])('%s is not an event', (_name, event) => {
  expect(line(event)).toBeUndefined();
});

test('a line is short and one line, whatever the texts, names and numbers of fields', () => {
  const wide = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, n) => [`f${n}`, 'x\n"\\\u2028\ud800'.repeat(1_000)])
  );
  const event = { type: 'node.start', payload: { ...wide, ['n'.repeat(1e6)]: 1 } };
  const found = eventLine(event, () => ({ producer: 'p', next: 1 }));
  expect(found?.text).not.toMatch(/[\n\r]/);
  expect(found?.text.length).toBeLessThan(500_000);
  expect(Object.keys((JSON.parse(found?.text ?? '') as { payload: object }).payload)).toHaveLength(66);
});
