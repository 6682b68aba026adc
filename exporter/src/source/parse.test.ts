import type { OrchestratorEvent } from '../contract/event.ts';
import { parseEvent } from './parse.ts';

const T = 1_800_000_000_000;
const CONTEXT = { receivedMs: T, team: 'sre', workflow: 'support' };
const DAY_MS = 86_400_000;

const metrics = (type: string, payload: unknown, more: object = {}): object => ({
  type,
  threadId: 't-1',
  timestamp: T,
  payload,
  ...more,
});
const graph = (type: string, fields: object): object => ({ type, timestamp: T, threadId: 't-1', ...fields });
const gateway = (type: string, fields: object): object => ({
  type: 'event',
  event: `orchestrator.${type}`,
  payload: { threadId: 't-1', timestamp: T, ...fields },
});

/** What parsing yields, without what is the same in every row. */
function facts(raw: unknown): unknown {
  const parsed = parseEvent(raw, CONTEXT);
  if (!parsed.ok) return parsed.rejection;
  const { id, threadId, timestampMs, receivedMs, team, workflow, ...event } = parsed.event;
  expect([id, threadId, timestampMs, receivedMs, team, workflow]).toEqual([
    parsed.digest,
    't-1',
    T,
    T,
    'sre',
    'support',
  ]);
  return event;
}

const M = { dialect: 'metrics-emitter' } as const;
const G = { dialect: 'gateway' } as const;
const S = { dialect: 'state-graph' } as const;

type Row = [name: string, raw: object, event: object];
test.each<Row>([
  [
    'node.start',
    metrics('node.start', { nodeId: 'n', input: { deep: [1] } }),
    { ...M, type: 'node.start', node: 'n', agent: 'n' },
  ],
  [
    'node.start on a lane',
    metrics('node.start', { nodeId: 'n', agent: 'a' }),
    { ...M, type: 'node.start', node: 'n', agent: 'a' },
  ],
  [
    'node.complete',
    metrics('node.complete', { nodeId: 'n', duration: 2.52 }),
    { ...M, type: 'node.complete', node: 'n', agent: 'n', durationMs: 2.52 },
  ],
  [
    'node.error',
    metrics('node.error', { nodeId: 'n', error: { message: 'm', stack: 's' }, duration: 0 }),
    { ...M, type: 'node.error', node: 'n', agent: 'n', durationMs: 0 },
  ],
  [
    'checkpoint.saved',
    metrics('checkpoint.saved', { checkpointIndex: 0, checkpointId: 'c' }),
    { ...M, type: 'checkpoint.saved', checkpointId: 'c', checkpointIndex: 0 },
  ],
  [
    'cost.updated',
    metrics('cost.updated', { costCents: 0.00317, budgetRemainingCents: -0.1, model: 'm', inputTokensDelta: 269 }),
    { ...M, type: 'cost.updated', tokens: { input: 269 }, total: 31_700, remaining: -1_000_000, model: 'm' },
  ],
  [
    'cost.updated with the own spend and all tokens',
    metrics('cost.updated', {
      costUsd: '0.000000001',
      agent: 'a',
      provider: 'p',
      outputTokensDelta: 1,
      cacheReadTokensDelta: 2,
      cacheWriteTokensDelta: 3,
      reasoningTokensDelta: 4,
    }),
    {
      ...M,
      type: 'cost.updated',
      tokens: { output: 1, cache_read: 2, cache_write: 3, reasoning: 4 },
      spend: 1,
      agent: 'a',
      provider: 'p',
    },
  ],
  [
    'agent.active',
    metrics('agent.active', { agent: 'a', task: 'x' }),
    { ...M, type: 'agent.active', agent: 'a', task: 'x' },
  ],
  [
    'agent.active without a task',
    metrics('agent.active', { agent: 'a', task: null }),
    { ...M, type: 'agent.active', agent: 'a' },
  ],
  [
    'agent.state',
    metrics('agent.state', { agent: 'a', state: 'waiting' }),
    { ...M, type: 'agent.state', agent: 'a', state: 'waiting' },
  ],
  [
    'agent.state without a payload around it',
    graph('agent.state', { agent: 'a', state: 'paused' }),
    { ...M, type: 'agent.state', agent: 'a', state: 'paused' },
  ],
  [
    'graph.complete',
    metrics('graph.complete', { status: 'timeout', duration: 1227 }),
    { ...M, type: 'graph.complete', status: 'timeout', durationMs: 1227 },
  ],
  ['a gateway node.start', gateway('node.start', { nodeId: 'n' }), { ...G, type: 'node.start', node: 'n', agent: 'n' }],
  [
    'state.changed',
    gateway('state.changed', { from: 'a', to: 'b', stepCount: 2, executionTimeMs: 187 }),
    { ...G, type: 'route.next', carriesRuns: true, from: 'a', to: 'b', durationMs: 187, stepCount: 2 },
  ],
  [
    'a typed gateway cost.updated',
    gateway('cost.updated', {
      costDeltaCents: 0.5,
      totalCostCents: 1.75,
      budgetRemainingCents: 98.25,
      inputTokensDelta: 1,
      outputTokensDelta: 2,
    }),
    {
      ...G,
      type: 'cost.updated',
      tokens: { input: 1, output: 2 },
      total: 17_500_000,
      spend: 5_000_000,
      remaining: 982_500_000,
    },
  ],
  [
    'a typed gateway cost.updated whose total fell',
    gateway('cost.updated', { costDeltaCents: -0.5, totalCostCents: 1 }),
    { ...G, type: 'cost.updated', tokens: {}, total: 10_000_000 },
  ],
  [
    'a typed gateway agent.active',
    gateway('agent.active', { agent: 'a', task: 't' }),
    { ...G, type: 'agent.active', agent: 'a', task: 't' },
  ],
  [
    'a typed gateway checkpoint.saved',
    gateway('checkpoint.saved', { checkpointId: 'c', stepCount: 3 }),
    { ...G, type: 'checkpoint.saved', checkpointId: 'c', stepCount: 3 },
  ],
  [
    'node:start',
    graph('node:start', { nodeId: 'n', stepCount: 1 }),
    { ...S, type: 'node.start', node: 'n', agent: 'n', stepCount: 1 },
  ],
  [
    'node:complete',
    graph('node:complete', { nodeId: 'n', executionTimeMs: 13 }),
    { ...S, type: 'node.complete', node: 'n', agent: 'n', durationMs: 13 },
  ],
  ['checkpoint:saving', graph('checkpoint:saving', { checkpointId: 'c' }), { ...S, type: 'progress' }],
  [
    'checkpoint:saved',
    graph('checkpoint:saved', { checkpointId: 'c' }),
    { ...S, type: 'checkpoint.saved', checkpointId: 'c' },
  ],
  ['checkpoint:error', graph('checkpoint:error', { error: {} }), { ...S, type: 'checkpoint.failed' }],
  [
    'route:next',
    graph('route:next', { nodeId: 'a', nextNodeId: 'END' }),
    { ...S, type: 'route.next', carriesRuns: false, to: 'END', from: 'a' },
  ],
  ['state:merged', graph('state:merged', {}), { ...S, type: 'progress' }],
])('%s is read', (_name, raw, event) => {
  expect(facts(raw)).toEqual(event);
});

const cost = (fields: object): object => metrics('cost.updated', fields);
const CENTS = 'must be an amount in cents within 0 to 1e6 USD, not';
type Refusal = [name: string, raw: unknown, reason: string, message: string];
test.each<Refusal>([
  ['nothing', undefined, 'not_an_object', 'an event must be a JSON object, not nothing'],
  ['null', null, 'not_an_object', 'an event must be a JSON object, not null'],
  ['a list', [metrics('node.start', {})], 'not_an_object', 'an event must be a JSON object, not an array'],
  ['text', 'x'.repeat(500), 'not_an_object', `an event must be a JSON object, not "${'x'.repeat(59)}...`],
  [
    'an empty object',
    {},
    'missing_field',
    'type is missing; expected an event of one of the dialects metrics-emitter, gateway, state-graph',
  ],
  [
    'an unknown type',
    metrics('node.begin', {}),
    'unknown_type',
    'the event type "node.begin" is not known; expected one of node.start, node.complete, node.error, checkpoint.saved, cost.updated, agent.active, agent.state, graph.complete',
  ],
  [
    'an unknown StateGraph type',
    graph('node:begin\n', {}),
    'unknown_type',
    'the event type "node:begin\\n" is not known; expected one of node:start, node:complete, checkpoint:saving, checkpoint:saved, checkpoint:error, route:next, state:merged',
  ],
  ['a payload that is a list', metrics('node.start', [1]), 'invalid_field', 'payload must be an object, not an array'],
  [
    'a gateway event without a payload',
    { type: 'event', event: 'orchestrator.node.start' },
    'missing_field',
    'payload must be an object with threadId and timestamp, not nothing',
  ],
  [
    'no thread',
    { type: 'node:start', timestamp: T, nodeId: 'n' },
    'missing_field',
    'threadId is missing; expected non-empty text',
  ],
  ['no node', metrics('node.start', {}), 'missing_field', 'nodeId is missing; expected non-empty text'],
  [
    'an empty node',
    metrics('node.start', { nodeId: '' }),
    'missing_field',
    'nodeId is missing; expected non-empty text',
  ],
  ['a numeric label', metrics('node.start', { nodeId: 7 }), 'invalid_field', 'nodeId must be text, not 7'],
  [
    'a list that would render as more series',
    cost({ costCents: 1, agent: ['v"} 1\nfake_cost_usd_total{team="victim"} 999999\n#'] }),
    'invalid_field',
    'agent must be text, not an array',
  ],
  [
    'an object as a label',
    cost({ costCents: 1, model: { toString: 1 } }),
    'invalid_field',
    'model must be text, not an object',
  ],
  [
    'a task that is no text',
    metrics('agent.active', { agent: 'a', task: {} }),
    'invalid_field',
    'task must be text, not an object',
  ],
  [
    'an unknown state',
    metrics('agent.state', { agent: 'a', state: 'dead' }),
    'invalid_field',
    'state must be one of idle, queued, running, waiting, paused, completed, failed, not "dead"',
  ],
  [
    'no status',
    metrics('graph.complete', {}),
    'missing_field',
    'status is missing; expected one of success, failure, timeout',
  ],
  [
    'a cost that says nothing',
    cost({}),
    'missing_field',
    'costCents is missing; expected the running total in cents, or costUsd, or token deltas',
  ],
  [
    'a route to nowhere',
    gateway('state.changed', {}),
    'missing_field',
    'to is missing; expected the node that the thread moved to',
  ],
  [
    'half a token',
    cost({ costCents: 1, inputTokensDelta: 0.5 }),
    'invalid_field',
    'inputTokensDelta must be a whole number from 0 to 1000000000, not 0.5',
  ],
  [
    'an endless duration',
    metrics('node.complete', { nodeId: 'n', duration: Infinity }),
    'invalid_field',
    'duration must be milliseconds up to 100000000000, not Infinity',
  ],
  ['a total that is no number', cost({ costCents: NaN }), 'invalid_amount', `costCents ${CENTS} NaN`],
  ['an infinite total', cost({ costCents: JSON.parse('1e400') }), 'invalid_amount', `costCents ${CENTS} Infinity`],
  ['a negative total', cost({ costCents: -0.01 }), 'invalid_amount', `costCents ${CENTS} -0.01`],
  ['a total past a million', cost({ costCents: 100_000_001 }), 'invalid_amount', `costCents ${CENTS} 100000001`],
  [
    'a total past 2^53',
    cost({ costCents: JSON.parse('9007199254740993') }),
    'invalid_amount',
    `costCents ${CENTS} 9007199254740992`,
  ],
  ['a total in words', cost({ costCents: 'five' }), 'invalid_amount', `costCents ${CENTS} "five"`],
  ['a hexadecimal total', cost({ costCents: '0x10' }), 'invalid_amount', `costCents ${CENTS} "0x10"`],
  ['a total in a list', cost({ costCents: [5] }), 'invalid_amount', `costCents ${CENTS} an array`],
  [
    'a negative spend',
    cost({ costUsd: -1 }),
    'invalid_amount',
    'costUsd must be an amount in usd within 0 to 1e6 USD, not -1',
  ],
  [
    'an infinite budget',
    cost({ costCents: 1, budgetRemainingCents: Infinity }),
    'invalid_amount',
    'budgetRemainingCents must be an amount in cents within -1e6 to 1e6 USD, not Infinity',
  ],
])('%s is refused and the value is named', (_name, raw, reason, message) => {
  expect(parseEvent(raw, CONTEXT)).toEqual({ ok: false, rejection: { reason, message } });
});

const KEY = 'must be non-empty text of at most 128 bytes in Unicode NFC without control characters, not';
test.each([
  ['', '""'],
  [5, '5'],
  [['t'], 'an array'],
  ['t\u0000', '"t\\u0000"'],
  ['a\u202eb', '"a\ufffdb"'],
  ['e\u0301', '"\u00e9"'],
  ['\ud800', '"\\ud800"'],
  ['x'.repeat(129), `"${'x'.repeat(59)}...`],
])('the thread id %j is refused, because altering it could merge two threads', (threadId, shown) => {
  const rejection = { reason: 'invalid_field', message: `threadId ${KEY} ${shown}` };
  expect(parseEvent({ ...metrics('node.start', { nodeId: 'n' }), threadId }, CONTEXT)).toEqual({
    ok: false,
    rejection,
  });
});

test('a thread id of 128 bytes is kept as it is', () => {
  const threadId = '\u00e9'.repeat(64);
  expect(parseEvent({ ...metrics('node.start', { nodeId: 'n' }), threadId }, CONTEXT)).toMatchObject({
    event: { threadId },
  });
});

test.each([
  ['text', '2026-01-01', '"2026-01-01"'],
  ['a Date', new Date(T), 'an object'],
  ['NaN', NaN, 'NaN'],
  ['infinite', Infinity, 'Infinity'],
  ['before 1970', -1, '-1'],
  ['past the end of time', 8.64e15 + 2, '8640000000000002'],
  ['absent', undefined, 'nothing'],
])('a timestamp that is %s is refused', (_name, timestamp, shown) => {
  const message = `timestamp must be milliseconds since the epoch as a number, not ${shown}`;
  const raw = { ...metrics('node.start', { nodeId: 'n' }), timestamp };
  expect(parseEvent(raw, CONTEXT)).toEqual({ ok: false, rejection: { reason: 'invalid_timestamp', message } });
});

test.each([
  ['whole', T, T, []],
  ['fractional', T - 0.25, T - 1, []],
  ['5 min ahead', T + 300_000, T + 300_000, []],
  ['further ahead', T + 300_001, T, ['clock_skew']],
  ['10 years ahead', T + 3650 * DAY_MS, T, ['clock_skew']],
  ['7 days old', T - 7 * DAY_MS, T - 7 * DAY_MS, []],
  ['older', T - 7 * DAY_MS - 1, T - 7 * DAY_MS - 1, ['clock_skew']],
  ['zero', 0, 0, ['clock_skew']],
])('a timestamp that is %s', (_name, timestamp, timestampMs, anomalies) => {
  const parsed = parseEvent({ ...metrics('node.start', { nodeId: 'n' }), timestamp }, CONTEXT);
  expect(parsed).toMatchObject({ ok: true, anomalies, event: { timestampMs, receivedMs: T } });
});

test.each([
  ['tokens', cost({ costCents: 1, inputTokensDelta: -5 }), ['tokens_negative'], { tokens: {} }],
  ['tokens alone', cost({ outputTokensDelta: -5 }), ['tokens_negative'], { tokens: {} }],
  ['a duration', metrics('node.complete', { nodeId: 'n', duration: -1 }), ['duration_negative'], { node: 'n' }],
])('%s below zero: the event counts without the field, and it is noted', (_name, raw, anomalies, event) => {
  expect(parseEvent(raw, CONTEXT)).toMatchObject({ ok: true, anomalies, event });
});

test('outside text becomes a label value only sanitised and cut', () => {
  const parsed = parseEvent(metrics('node.start', { nodeId: 'a\nb\u202e', agent: '\u{1f600}'.repeat(40) }), CONTEXT);
  expect(parsed).toMatchObject({ event: { node: 'a\ufffdb\ufffd', agent: '\u{1f600}'.repeat(32) } });
});

test('labels that are carried go before the configured ones', () => {
  const parse = (payload: object) => parseEvent(metrics('node.start', { nodeId: 'n', ...payload }), CONTEXT);
  expect(parse({})).toMatchObject({ event: { team: 'sre', workflow: 'support' }, defaulted: ['team', 'workflow'] });
  expect(parse({ team: 'ads', seq: 4 })).toMatchObject({
    event: { team: 'ads', workflow: 'support', seq: 4 },
    defaulted: ['workflow'],
  });
});

describe('the id', () => {
  const digest = (raw: unknown): string => {
    const parsed = parseEvent(raw, CONTEXT);
    return parsed.ok ? parsed.digest : '';
  };
  const base = metrics('cost.updated', { costCents: 1, model: 'm' });

  test('is the sender’s where there is one, and the digest still tells the content', () => {
    const one = parseEvent({ ...base, id: 'e-1' }, CONTEXT);
    const other = parseEvent(metrics('cost.updated', { costCents: 2 }, { id: 'e-1' }), CONTEXT);
    expect([one, other]).toMatchObject([{ event: { id: 'e-1' } }, { event: { id: 'e-1' } }]);
    expect((one as { digest: string }).digest).not.toBe((other as { digest: string }).digest);
  });

  test.each([
    ['the key order', metrics('cost.updated', { model: 'm', costCents: 1 }), true],
    ['the way it was broadcast', gateway('cost.updated', { model: 'm', costCents: 1 }), true],
    ['the thread', { ...base, threadId: 't-2' }, false],
    ['the time', { ...base, timestamp: T + 1 }, false],
    ['the type', { ...base, type: 'node.start' }, false],
    ['a field beside the payload', { ...base, costUsd: 1 }, false],
    ['the id beside the payload, for it tells nothing of the content', { ...base, id: 'e-1' }, true],
    ['a field that is not read', metrics('cost.updated', { costCents: 1, model: 'm', note: 1 }), false],
    ['a nested field', metrics('cost.updated', { costCents: 1, model: 'm', a: { b: [1, { c: 2 }] } }), false],
  ])('derived from the content: %s', (_name, raw, same) => {
    expect(digest(raw) === digest(base)).toBe(same);
  });

  test('of nested values depends on each of them', () => {
    const nested = (value: unknown) => digest(metrics('node.start', { nodeId: 'n', input: { list: [1, value] } }));
    const values = [
      1,
      '1',
      true,
      null,
      1n,
      [],
      {},
      [[]],
      NaN,
      'x'.repeat(5_000),
      'x'.repeat(5_001),
      `${'x'.repeat(4_999)}y`,
    ];
    expect(new Set(values.map(nested)).size).toBe(values.length);
  });
});

describe('hostile shapes', () => {
  const cyclic: Record<string, unknown> = { nodeId: 'n' };
  cyclic['self'] = cyclic;
  let deep: unknown = 0;
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  const wide = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, at]));

  test.each([
    ['a cycle', cyclic],
    ['100,000 levels', { nodeId: 'n', input: deep }],
    ['10,000 keys', { nodeId: 'n', input: wide, ...wide }],
    ['an endless list', { nodeId: 'n', input: Array(100_000).fill([]) }],
  ])('%s are read like any other payload', (_name, payload) => {
    expect(parseEvent(metrics('node.start', payload), CONTEXT)).toMatchObject({ ok: true, event: { node: 'n' } });
  });

  test.each([
    [
      'a getter',
      {
        get nodeId(): string {
          throw new Error('boo');
        },
      },
    ],
    [
      'a proxy',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('boo');
          },
        }
      ),
    ],
  ])('%s that throws is refused', (_name, payload) => {
    const message = 'the event could not be read: one of its properties threw an error';
    const rejection = { reason: 'invalid_field', message };
    expect(parseEvent(metrics('node.start', payload), CONTEXT)).toEqual({ ok: false, rejection });
  });

  test('what stands on a prototype is not read', () => {
    const payload = Object.assign(Object.create({ agent: 'evil' }) as object, { nodeId: 'n' });
    expect(facts(metrics('node.start', payload))).toEqual({ ...M, type: 'node.start', node: 'n', agent: 'n' });
  });

  test.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'])(
    'the key %s pollutes nothing',
    (key) => {
      const before = Object.getOwnPropertyNames(Object.prototype);
      const json = `{"type":"node.start","threadId":"t-1","timestamp":${T},"${key}":{"polluted":1,"agent":"evil"},
      "payload":{"nodeId":"n","${key}":{"polluted":1,"agent":"evil"}}}`;
      expect(facts(JSON.parse(json))).toEqual({ ...M, type: 'node.start', node: 'n', agent: 'n' });
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    }
  );
});

/** Mulberry32: small, seeded, good enough to draw test inputs. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test('5,000 seeded random events are accepted with sound values or refused with a reason; none throws', () => {
  const random = randomOf(20_26);
  const pick = <V>(list: readonly V[]): V => list[Math.floor(random() * list.length)] as V;
  const names =
    'type event threadId timestamp payload nodeId agent state status costCents costUsd totalCostCents costDeltaCents budgetRemainingCents inputTokensDelta checkpointId checkpointIndex duration from to nextNodeId task id seq team stepCount __proto__'.split(
      ' '
    );
  const types = [
    'node.start',
    'node.complete',
    'cost.updated',
    'agent.state',
    'graph.complete',
    'checkpoint.saved',
    'event',
    'node:start',
    'route:next',
    'orchestrator.cost.updated',
  ];
  const scalars: readonly unknown[] = [
    0,
    -0,
    -1,
    1.5,
    1e-30,
    1e308,
    NaN,
    Infinity,
    2 ** 53,
    T,
    '',
    'a',
    '\ud800',
    '5',
    'a\n',
    null,
    true,
    undefined,
    5n,
    Symbol('s'),
    () => 1,
    'running',
    'success',
    new Date(0),
  ];
  const value = (depth: number): unknown => {
    const draw = random();
    if (draw < 0.7 || depth > 3) return pick(scalars);
    if (draw < 0.8) return [value(depth + 1), value(depth + 1)];
    return record(depth + 1);
  };
  const record = (depth: number): Record<string, unknown> => {
    const made: Record<string, unknown> = {};
    const count = Math.floor(random() * 8);
    for (let at = 0; at < count; at++) made[pick(names)] = value(depth);
    return made;
  };
  const seen = { accepted: 0, refused: 0 };
  for (let round = 0; round < 5_000; round++) {
    const sound = random() < 0.6;
    const raw = sound
      ? {
          type: pick(types),
          event: pick(types),
          threadId: 't',
          timestamp: T,
          nodeId: 'n',
          agent: 'a',
          state: 'idle',
          payload: record(0),
          ...record(2),
        }
      : value(0);
    const parsed = parseEvent(raw, CONTEXT);
    if (parsed.ok) expectSound(parsed.event);
    seen[parsed.ok ? 'accepted' : 'refused'] += 1;
  }
  expect(seen.accepted).toBeGreaterThan(300);
  expect(seen.refused).toBeGreaterThan(300);
});

function expectSound(event: OrchestratorEvent): void {
  const values = Object.entries(event)
    .filter(([name]) => name !== 'task')
    .flatMap(([, value]): unknown[] => (typeof value === 'object' ? Object.values(value as object) : [value]));
  for (const value of values) {
    const sound =
      typeof value === 'string'
        ? Buffer.byteLength(value) <= 128 && !/\p{Surrogate}/u.test(value)
        : typeof value === 'boolean' || Number.isFinite(value);
    if (!sound) throw new Error(`unsound value ${String(value)} in ${event.type}`);
  }
}
