// Events that somebody sends to do harm, each as the JSON text that goes over the wire, with what becomes of it.
import type { RejectReason } from '../../src/contract/event.ts';

export interface HostileEvent {
  readonly name: string;
  readonly text: string;
  readonly is: 'accepted' | RejectReason;
}

/** `NOW` stands for the time of sending, `ID` for a thread id that is new in each row. */
const cost = (payload: string): string =>
  `{"type":"cost.updated","threadId":"ID","timestamp":NOW,"payload":${payload}}`;
const withField = (field: string, literal: string): string => cost(`{"costUsd":0.5,"${field}":${literal}}`);
const start = (fields: string): string => `{"type":"node.start","threadId":"ID","timestamp":NOW,"payload":{${fields}}}`;

type Row = readonly [name: string, literal: string, is: HostileEvent['is']];
const rows = (about: string, text: (literal: string) => string, table: readonly Row[]): HostileEvent[] =>
  table.map(([name, literal, is]) => ({ name: `${about}: ${name}`, text: text(literal), is }));

const AMOUNTS: readonly Row[] = [
  ['zero', '0', 'accepted'],
  ['minus zero', '-0', 'accepted'],
  ['text of a number', '"5"', 'accepted'],
  ['a fraction of a nano', '1e-30', 'accepted'],
  ['the least nano', '1e-9', 'accepted'],
  ['the greatest amount', '1000000', 'accepted'],
  ['just past the greatest', '1000000.01', 'invalid_amount'],
  ['minus one', '-1', 'invalid_amount'],
  ['the least negative', '-1e-9', 'invalid_amount'],
  ['past 2^53', '9007199254740993', 'invalid_amount'],
  ['1e308', '1e308', 'invalid_amount'],
  ['1e400, which is Infinity', '1e400', 'invalid_amount'],
  ['-1e400', '-1e400', 'invalid_amount'],
  ['NaN, which is no JSON', 'NaN', 'not_json'],
  ['Infinity, which is no JSON', 'Infinity', 'not_json'],
  ['a leading zero, which is no JSON', '05', 'not_json'],
  ['a hexadecimal number, which is no JSON', '0x10', 'not_json'],
  ['a plus, which is no JSON', '+5', 'not_json'],
  ['text NaN', '"NaN"', 'invalid_amount'],
  ['text Infinity', '"Infinity"', 'invalid_amount'],
  ['text of a hexadecimal number', '"0x10"', 'invalid_amount'],
  ['text with a comma', '"5,00"', 'invalid_amount'],
  ['text with underscores', '"1_000"', 'invalid_amount'],
  ['text with a unit', '"5 USD"', 'invalid_amount'],
  ['text with a line feed', '"5\\n"', 'invalid_amount'],
  ['text with a NUL', '"5\\u0000"', 'invalid_amount'],
  ['text of other digits', '"٥"', 'invalid_amount'],
  ['text of full-width digits', '"５"', 'invalid_amount'],
  ['empty text', '""', 'invalid_amount'],
  ['a blank', '" "', 'invalid_amount'],
  ['a thousand digits', `"${'9'.repeat(1_000)}"`, 'invalid_amount'],
  ['a thousand decimals', `"0.${'1'.repeat(1_000)}"`, 'invalid_amount'],
  ['true', 'true', 'invalid_amount'],
  ['an array', '[]', 'invalid_amount'],
  ['an array of a number', '[5]', 'invalid_amount'],
  ['an object', '{}', 'invalid_amount'],
  ['an object that says valueOf', '{"valueOf":5}', 'invalid_amount'],
  ['null, which is as good as none', 'null', 'accepted'],
];

/** In cents the bounds are a hundred times as high, and what is below half a nano rounds to nothing. */
const CENTS: readonly Row[] = [
  ...AMOUNTS.filter(([name]) => !/greatest|least/.test(name)),
  ['a negative that rounds to nothing', '-1e-9', 'accepted'],
  ['the least negative', '-1e-7', 'invalid_amount'],
  ['the greatest amount', '100000000', 'accepted'],
  ['just past the greatest', '100000001', 'invalid_amount'],
];

const COUNTS: readonly Row[] = [
  ['zero', '0', 'accepted'],
  ['the greatest', '1000000000', 'accepted'],
  ['one more', '1000000001', 'invalid_field'],
  ['a fraction', '0.5', 'invalid_field'],
  ['minus one, which is noted and not used', '-1', 'accepted'],
  ['far below zero', '-1e300', 'invalid_field'],
  ['1e400', '1e400', 'invalid_field'],
  ['text', '"5"', 'invalid_field'],
  ['true', 'true', 'invalid_field'],
  ['an array', '[1]', 'invalid_field'],
  ['an object', '{"a":1}', 'invalid_field'],
];

const TIMES: readonly Row[] = [
  ['zero', '0', 'accepted'],
  ['the year 275760', '8640000000000000', 'accepted'],
  ['past the end of time', '8640000000000001', 'invalid_timestamp'],
  ['minus one', '-1', 'invalid_timestamp'],
  ['1e400', '1e400', 'invalid_timestamp'],
  ['text', '"2026-01-01T00:00:00Z"', 'invalid_timestamp'],
  ['text of a number', '"1767225600000"', 'invalid_timestamp'],
  ['nothing', 'null', 'invalid_timestamp'],
  ['true', 'true', 'invalid_timestamp'],
  ['an array', '[1767225600000]', 'invalid_timestamp'],
  ['an object', '{}', 'invalid_timestamp'],
];

/** Strings that break out of somewhere, as JSON. All become one label value and nothing else. */
const STRINGS: readonly (readonly [string, string])[] = [
  ['a quote and a metric', '"\\"} 1\\nfake_total{team=\\"victim\\"} 9\\n#"'],
  ['a backslash at the end', '"a\\\\"'],
  ['a line feed', '"a\\nb"'],
  ['a carriage return', '"a\\rb"'],
  ['a NUL', '"a\\u0000b"'],
  ['an escape sequence', '"\\u001b[2J"'],
  ['a line separator', '"a\\u2028b"'],
  ['half a surrogate pair', '"\\ud800"'],
  ['the other half', '"\\udfff"'],
  ['text that runs the other way', '"\\u202egnp.exe"'],
  ['a byte order mark', '"\\ufeffa"'],
  ['a zero-width joiner', '"a\\u200db"'],
  ['two spellings of one letter', '"e\\u0301"'],
  ['200 combining marks', `"a${'\\u0301'.repeat(200)}"`],
  ['10,000 characters', `"${'x'.repeat(10_000)}"`],
  ['markup', '"<img src=x onerror=alert(1)>"'],
  ['a script URL', '"javascript:alert(1)"'],
  ['a template', '"${7*7}{{7*7}}"'],
  ['a format string', '"%s%n%x"'],
  ['SQL', '"\'; DROP TABLE threads;--"'],
  ['PromQL', '"\\"} or vector(1) #"'],
  ['a path', '"../../etc/passwd"'],
  ['a Windows path', '"C:\\\\..\\\\boot.ini"'],
  ['a formula', '"=cmd|\' /C calc\'!A0"'],
  ['__proto__', '"__proto__"'],
  ['constructor', '"constructor"'],
  ['toString', '"toString"'],
  ['other, the name of the overflow', '"other"'],
  ['a comma and a colon', '"1,b:2"'],
  ['a bar', '"x|y"'],
  ['only blanks', '"   "'],
];

const NOT_TEXT: readonly Row[] = [
  [
    'an array that prints as a metric',
    '["v\\"} 1\\nfake_cost_usd_total{team=\\"victim\\"} 999999\\n#"]',
    'invalid_field',
  ],
  ['an empty array', '[]', 'invalid_field'],
  ['an object', '{}', 'invalid_field'],
  ['an object with toString', '{"toString":1}', 'invalid_field'],
  ['a number', '5', 'invalid_field'],
  ['true', 'true', 'invalid_field'],
];

const KEYS: readonly Row[] = [
  ['empty text', '""', 'invalid_field'],
  ['129 bytes', `"${'x'.repeat(129)}"`, 'invalid_field'],
  ['128 bytes and new', `"${'x'.repeat(110)}ID"`, 'accepted'],
  ['a line feed', '"a\\nb"', 'invalid_field'],
  ['a NUL', '"a\\u0000"', 'invalid_field'],
  ['half a surrogate pair', '"\\ud800"', 'invalid_field'],
  ['a letter that is not in NFC', '"e\\u0301"', 'invalid_field'],
  ['a number', '5', 'invalid_field'],
  ['an array', '["a"]', 'invalid_field'],
  ['an object', '{"a":1}', 'invalid_field'],
  ['__proto__ and new', '"__proto__ID"', 'accepted'],
  ['a path and new', '"../../ID"', 'accepted'],
];

const POLLUTION: readonly (readonly [string, string])[] = [
  ['__proto__ in the payload', cost('{"costUsd":0.5,"__proto__":{"polluted":1}}')],
  ['constructor.prototype in the payload', cost('{"costUsd":0.5,"constructor":{"prototype":{"polluted":1}}}')],
  [
    '__proto__ beside the payload',
    `{"__proto__":{"polluted":1},"type":"cost.updated","threadId":"ID","timestamp":NOW,"payload":{"costUsd":0.5}}`,
  ],
  ['__proto__ escaped', cost('{"costUsd":0.5,"\\u005f_proto__":{"polluted":1}}')],
  ['__proto__ set to null', cost('{"costUsd":0.5,"__proto__":null}')],
  ['__defineGetter__', cost('{"costUsd":0.5,"__defineGetter__":1}')],
  ['hasOwnProperty', cost('{"costUsd":0.5,"hasOwnProperty":1,"toString":2,"valueOf":3,"toJSON":4}')],
  ['then, as of a promise', cost('{"costUsd":0.5,"then":1}')],
  ['length and 0', cost('{"costUsd":0.5,"length":1e9,"0":1}')],
  ['a key twice', cost('{"costUsd":0.5,"costUsd":0.25}')],
  [
    'a thousand keys',
    cost(`{"costUsd":0.5,${Array.from({ length: 900 }, (_, index) => `"k${index}":${index}`).join(',')}}`),
  ],
  ['a key of 100,000 characters', cost(`{"costUsd":0.5,"${'k'.repeat(100_000)}":1}`)],
];

const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + close.repeat(depth);
const SHAPES: readonly Row[] = [
  ['null', 'null', 'not_an_object'],
  ['a number', '1', 'not_an_object'],
  ['text', '"event"', 'not_an_object'],
  ['true', 'true', 'not_an_object'],
  ['an empty object', '{}', 'missing_field'],
  ['an array within the array', '[[]]', 'not_an_object'],
  ['an unknown type', '{"type":"drop.table","threadId":"a","timestamp":1}', 'unknown_type'],
  ['a type that every object has', '{"type":"__proto__","threadId":"a","timestamp":1}', 'unknown_type'],
  ['constructor as a type', '{"type":"constructor","threadId":"a","timestamp":1}', 'unknown_type'],
  ['toString as a type', '{"type":"toString","threadId":"a","timestamp":1}', 'unknown_type'],
  ['a type of another dialect`s kind', '{"type":"node:__proto__","threadId":"a","timestamp":1}', 'unknown_type'],
  [
    'a gateway event that every object has',
    '{"type":"event","event":"orchestrator.__proto__","payload":{}}',
    'unknown_type',
  ],
  ['a number for a type', '{"type":5,"threadId":"a","timestamp":1}', 'unknown_type'],
  ['an array for a type', '{"type":["cost.updated"],"threadId":"a","timestamp":1}', 'unknown_type'],
  ['no thread', '{"type":"cost.updated","timestamp":NOW,"payload":{"costUsd":1}}', 'missing_field'],
  ['no payload', '{"type":"cost.updated","threadId":"ID","timestamp":NOW}', 'missing_field'],
  ['a payload that is text', cost('"x"'), 'invalid_field'],
  ['a payload that is an array', cost('[]'), 'invalid_field'],
  ['__proto__ with the cost within', cost('{"__proto__":{"costUsd":0.5,"costCents":1}}'), 'missing_field'],
  ['arrays 64 deep in the payload`s 62', cost(`{"costUsd":0.5,"x":${nested(62, '[', ']')}}`), 'accepted'],
  ['one level more', cost(`{"costUsd":0.5,"x":${nested(63, '[', ']')}}`), 'too_complex'],
  ['objects 100 deep', cost(`{"costUsd":0.5,"x":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`), 'too_complex'],
  ['arrays 50,000 deep', cost(`{"costUsd":0.5,"x":${nested(50_000, '[', ']')}}`), 'too_complex'],
  ['objects 20,000 deep', cost(`{"costUsd":0.5,"x":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`), 'too_complex'],
  ['an event that is arrays only, 50,000 deep', nested(50_000, '[', ']'), 'too_complex'],
  ['1,001 keys', cost(`{${Array.from({ length: 1_001 }, (_, index) => `"k${index}":1`).join(',')}}`), 'too_complex'],
  ['an array of 100,000 numbers', cost(`{"costUsd":0.5,"x":[${'1,'.repeat(99_999)}1]}`), 'too_complex'],
  ['a text of 100,000 characters', cost(`{"costUsd":0.5,"x":"${'x'.repeat(100_000)}"}`), 'accepted'],
  [
    'a stack of 100,000 characters',
    `{"type":"node.error","threadId":"ID","timestamp":NOW,"payload":{"nodeId":"n","error":{"message":"m","stack":"${'x'.repeat(100_000)}"}}}`,
    'accepted',
  ],
  [
    'an error that is an array',
    '{"type":"node.error","threadId":"ID","timestamp":NOW,"payload":{"nodeId":"n","error":[[[]]]}}',
    'accepted',
  ],
  [
    'an error with ANSI and line feeds',
    '{"type":"node.error","threadId":"ID","timestamp":NOW,"payload":{"nodeId":"n","error":{"message":"\\u001b[31m\\r\\nlevel=info forged"}}}',
    'accepted',
  ],
];

const STATES: readonly Row[] = [
  ['a state that is none', '"exploded"', 'invalid_field'],
  ['a state that every object has', '"__proto__"', 'invalid_field'],
  ['a state in capitals', '"RUNNING"', 'invalid_field'],
  ['a code for a state', '2', 'invalid_field'],
  ['an array of a state', '["running"]', 'invalid_field'],
];

const LINES: readonly Row[] = [
  ['half an event', '{"type":"cost.updated"', 'not_json'],
  ['a comment', '// hello', 'not_json'],
  ['single quotes', "{'type':'x'}", 'not_json'],
  ['a comma at the end', '{"type":"x",}', 'not_json'],
  ['XML', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'not_json'],
  ['YAML that makes objects', '!!js/function "function(){}"', 'not_json'],
  ['a NUL before the event', '\u0000{}', 'not_json'],
  ['a byte order mark in the middle', '{}\ufeff{}', 'not_json'],
];

const gateway = (event: string, payload: string): string =>
  `{"type":"event","event":"orchestrator.${event}","payload":{"threadId":"ID","timestamp":NOW${payload}}}`;
const graph = (type: string, more: string): string => `{"type":"${type}","threadId":"ID","timestamp":NOW${more}}`;

/** What only the gateway's and the StateGraph's own shapes make possible. */
const DIALECTS: readonly Row[] = [
  ['a broadcast without a name', '{"type":"event","payload":{"threadId":"ID","timestamp":NOW}}', 'unknown_type'],
  ['a broadcast of another system', '{"type":"event","event":"billing.refund","payload":{}}', 'unknown_type'],
  ['a broadcast whose prefix is doubled', gateway('orchestrator.cost.updated', ',"costUsd":1'), 'unknown_type'],
  ['a broadcast without a payload', '{"type":"event","event":"orchestrator.cost.updated"}', 'missing_field'],
  [
    'a broadcast whose payload is null',
    '{"type":"event","event":"orchestrator.cost.updated","payload":null}',
    'invalid_field',
  ],
  [
    'a broadcast whose payload is text',
    '{"type":"event","event":"orchestrator.cost.updated","payload":"{}"}',
    'invalid_field',
  ],
  [
    'a thread beside the payload of a broadcast, where nothing looks',
    '{"type":"event","event":"orchestrator.cost.updated","threadId":"ID","timestamp":NOW,"payload":{"costUsd":1}}',
    'missing_field',
  ],
  ['a state change that says no node', gateway('state.changed', ',"stepCount":2'), 'missing_field'],
  ['a state change to an object', gateway('state.changed', ',"to":{"id":"END"}'), 'invalid_field'],
  ['a state change that took a negative time', gateway('state.changed', ',"to":"b","executionTimeMs":-5'), 'accepted'],
  [
    'a state change that took a thousand years',
    gateway('state.changed', ',"to":"b","executionTimeMs":3e13'),
    'invalid_field',
  ],
  [
    'a total that falls by a negative delta',
    gateway('cost.updated', ',"totalCostCents":5,"costDeltaCents":-5'),
    'accepted',
  ],
  ['a negative delta alone', gateway('cost.updated', ',"costDeltaCents":-5'), 'invalid_amount'],
  [
    'a delta beside a total that is none',
    gateway('cost.updated', ',"totalCostCents":"x","costDeltaCents":5'),
    'invalid_amount',
  ],
  ['a cost event that says nothing', gateway('cost.updated', ',"model":"m"'), 'missing_field'],
  ['a colon alone', graph(':', ''), 'unknown_type'],
  ['a StateGraph type in capitals', graph('NODE:START', ',"nodeId":"n"'), 'unknown_type'],
  ['a node event without its node', graph('node:start', ''), 'missing_field'],
  ['a route to nowhere', graph('route:next', ',"nodeId":"a"'), 'missing_field'],
  ['a route to an array', graph('route:next', ',"nextNodeId":["END"]'), 'invalid_field'],
  ['a route whose end is in a homoglyph', graph('route:next', ',"nextNodeId":"\u0415ND"'), 'accepted'],
  ['a checkpoint without its id', graph('checkpoint:saved', ''), 'missing_field'],
  [
    'a checkpoint whose index is a fraction',
    gateway('checkpoint.saved', ',"checkpointId":"c","checkpointIndex":1.5'),
    'invalid_field',
  ],
  ['a StateGraph payload, which it does not have', graph('node:start', ',"payload":{"nodeId":"n"}'), 'missing_field'],
  [
    'an end with a status of another vocabulary',
    '{"type":"graph.complete","threadId":"ID","timestamp":NOW,"payload":{"status":"ok"}}',
    'invalid_field',
  ],
  [
    'an end without a status',
    '{"type":"graph.complete","threadId":"ID","timestamp":NOW,"payload":{}}',
    'missing_field',
  ],
  [
    'a task that is an object',
    '{"type":"agent.active","threadId":"ID","timestamp":NOW,"payload":{"agent":"a","task":{"a":1}}}',
    'invalid_field',
  ],
  [
    'a task of a megabyte`s quarter',
    `{"type":"agent.active","threadId":"ID","timestamp":NOW,"payload":{"agent":"a","task":"${'x'.repeat(200_000)}"}}`,
    'accepted',
  ],
  [
    'an agent of an empty name',
    '{"type":"agent.active","threadId":"ID","timestamp":NOW,"payload":{"agent":""}}',
    'missing_field',
  ],
  [
    'a duration that is text',
    '{"type":"node.complete","threadId":"ID","timestamp":NOW,"payload":{"nodeId":"n","duration":"5"}}',
    'invalid_field',
  ],
  [
    'a duration past any',
    '{"type":"node.complete","threadId":"ID","timestamp":NOW,"payload":{"nodeId":"n","duration":1e300}}',
    'invalid_field',
  ],
];

/** Balances may be negative, and are bounded on both sides. */
const BALANCES: readonly Row[] = [
  ['overspent', '-5', 'accepted'],
  ['overspent by the greatest amount', '-100000000', 'accepted'],
  ['overspent by more', '-100000001', 'invalid_amount'],
  ['more than the greatest amount', '1e12', 'invalid_amount'],
  ['1e400', '1e400', 'invalid_amount'],
  ['text with an exponent of ten thousand', '"1e10000"', 'invalid_amount'],
];

/** Hours that no clock should tell. */
const CLOCKS: readonly Row[] = [
  ['before the epoch by a fraction', '-0.5', 'invalid_timestamp'],
  ['in seconds instead of milliseconds', '1767225600', 'accepted'],
  ['in microseconds', '1767225600000000', 'accepted'],
  ['in nanoseconds', '1767225600000000000', 'invalid_timestamp'],
  ['a fraction of a millisecond', '1767225600000.7', 'accepted'],
  ['the least number there is', '5e-324', 'accepted'],
];

export const HOSTILE_EVENTS: readonly HostileEvent[] = [
  ...rows('costUsd', (literal) => cost(`{"costUsd":${literal},"budgetRemainingCents":1}`), AMOUNTS),
  ...rows('costCents', (literal) => cost(`{"costCents":${literal},"budgetRemainingCents":1}`), CENTS),
  ...rows('inputTokensDelta', (literal) => withField('inputTokensDelta', literal), COUNTS),
  ...rows(
    'stepCount',
    (literal) => withField('stepCount', literal),
    COUNTS.filter(([, literal]) => literal !== '-1')
  ),
  ...rows(
    'timestamp',
    (literal) => `{"type":"agent.active","threadId":"ID","timestamp":${literal},"payload":{"agent":"a"}}`,
    TIMES
  ),
  ...['agent', 'team', 'model'].flatMap((field) =>
    STRINGS.map(([name, literal]): HostileEvent => ({
      name: `${field}: ${name}`,
      text: withField(field, literal),
      is: 'accepted',
    }))
  ),
  ...['agent', 'workflow', 'provider'].flatMap((field) =>
    rows(field, (literal) => withField(field, literal), NOT_TEXT)
  ),
  ...rows('nodeId', (literal) => start(`"nodeId":${literal}`), NOT_TEXT),
  ...rows(
    'threadId',
    (literal) => `{"type":"cost.updated","threadId":${literal},"timestamp":NOW,"payload":{"costUsd":0.5}}`,
    KEYS
  ),
  ...rows('id', (literal) => withField('id', literal), KEYS),
  ...POLLUTION.map(([name, text]): HostileEvent => ({ name, text, is: 'accepted' })),
  ...rows('shape', (text) => text, SHAPES),
  ...rows(
    'state',
    (literal) => `{"type":"agent.state","threadId":"ID","timestamp":NOW,"payload":{"agent":"a","state":${literal}}}`,
    STATES
  ),
  ...rows('line', (text) => text, LINES),
  ...rows('dialect', (text) => text, DIALECTS),
  ...rows('budgetRemainingCents', (literal) => withField('budgetRemainingCents', literal), BALANCES),
  ...rows(
    'clock',
    (literal) => `{"type":"agent.active","threadId":"ID","timestamp":${literal},"payload":{"agent":"a"}}`,
    CLOCKS
  ),
];
