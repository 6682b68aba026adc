// Query strings and gateway parameters that ask for what they must not get.

/** Of GET /v1/threads/{id}/events, with the code that refuses it. */
export const QUERIES: readonly (readonly [name: string, query: string, code: string])[] = [
  ['a time that is none', 'from=yesterday', 'invalid_from'],
  ['a time before the epoch', 'from=-1', 'invalid_from'],
  ['a time past the end of time', 'to=8640000000000001', 'invalid_to'],
  ['a time in the month of 13', 'from=2026-13-01T00:00:00Z', 'invalid_from'],
  ['a time without a zone', 'from=2026-01-01T00:00:00', 'invalid_from'],
  ['a time with a plus that became a space', 'from=2026-01-01T00:00:00+01:00', 'invalid_from'],
  ['an exponent for a time', 'to=1e3', 'invalid_to'],
  ['digits of another script', 'limit=%D9%A5', 'invalid_limit'],
  ['a limit of zero', 'limit=0', 'invalid_limit'],
  ['a limit past the greatest', 'limit=10001', 'invalid_limit'],
  ['a limit of 400 digits', `limit=${'9'.repeat(400)}`, 'invalid_limit'],
  ['a limit with a blank', 'limit=%201', 'invalid_limit'],
  ['an empty limit', 'limit=', 'invalid_limit'],
  ['a limit given twice', 'limit=1&limit=2', 'invalid_limit'],
  ['a cursor of zero', 'cursor=0', 'invalid_cursor'],
  ['a cursor that is no number', 'cursor=../1', 'invalid_cursor'],
  ['a cursor past what numbers tell exactly', 'cursor=9007199254740993', 'invalid_cursor'],
  ['a parameter that is misspelt', 'form=1', 'unknown_parameter'],
  ['__proto__ for a parameter', '__proto__=1', 'unknown_parameter'],
  ['constructor for a parameter', 'constructor=1', 'unknown_parameter'],
  ['a parameter of markup', '%3Cscript%3E=1', 'unknown_parameter'],
  ['an object in a parameter', 'limit[$gt]=0', 'unknown_parameter'],
];

/** Parameters of the gateway's methods, with the code that refuses them. */
export const PARAMETERS: readonly (readonly [name: string, method: string, params: unknown, code: string])[] = [
  ['no thread', 'orchestrator.metrics.subscribe', {}, 'invalid_params'],
  ['a thread of no letters', 'orchestrator.metrics.subscribe', { threadId: '' }, 'invalid_params'],
  ['a thread of 257 letters', 'orchestrator.metrics.subscribe', { threadId: 'x'.repeat(257) }, 'invalid_params'],
  ['threads in a list', 'orchestrator.metrics.subscribe', { threadId: ['a'] }, 'invalid_params'],
  [
    'a parameter that there is none of',
    'orchestrator.metrics.subscribe',
    { threadId: 'a', admin: true },
    'invalid_params',
  ],
  ['more than a day of minutes', 'orchestrator.metrics.history', { threadId: 'a', minutes: 1_441 }, 'invalid_params'],
  ['a fraction of a limit', 'orchestrator.metrics.history', { threadId: 'a', limit: 1.5 }, 'invalid_params'],
  ['a negative offset', 'orchestrator.metrics.history', { threadId: 'a', offset: -1 }, 'invalid_params'],
  [
    'an offset past what numbers tell exactly',
    'orchestrator.metrics.history',
    { threadId: 'a', offset: 2 ** 60 },
    'invalid_params',
  ],
  ['a limit as text', 'orchestrator.checkpoint.list', { threadId: 'a', limit: '5' }, 'invalid_params'],
  ['every thread where one is meant', 'orchestrator.cost.burn_rate', { threadId: '*' }, 'unknown_thread'],
  ['a method of the object behind', 'toString', {}, 'unknown_method'],
  ['a method in capitals', 'ORCHESTRATOR.METRICS.SUBSCRIBE', { threadId: 'a' }, 'unknown_method'],
  ['a method of 10,000 letters', 'x'.repeat(10_000), {}, 'bad_request'],
];
