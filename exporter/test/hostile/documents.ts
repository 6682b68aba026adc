// Values in budgets.yml, prices.yml and the configuration that must not get through, with what the problem says.

type Row = readonly [name: string, text: string, problem: RegExp];

const budget = (fields: string): string => `budgets: [{name: b, limit_usd: 5, window: day, ${fields}}]`;
const only = (fields: string): string => `budgets: [{${fields}}]`;

export const BUDGETS: readonly Row[] = [
  ['a limit below zero', only('name: b, window: day, limit_usd: -1'), /limit_usd must be .*, not .*-1/],
  ['a limit that is no number', only('name: b, window: day, limit_usd: .nan'), /limit_usd must be .*, not NaN/],
  ['a limit without end', only('name: b, window: day, limit_usd: .inf'), /limit_usd must be .*, not Infinity/],
  ['a limit of 1e300', only('name: b, window: day, limit_usd: 1e300'), /limit_usd must be .*, not /],
  ['a limit with a unit', only('name: b, window: day, limit_usd: 5 USD'), /limit_usd must be .*, not .*5 USD/],
  ['a limit with a comma', only('name: b, window: day, limit_usd: "5,00"'), /limit_usd must be .*, not .*5,00/],
  ['a limit in a list', only('name: b, window: day, limit_usd: [5]'), /limit_usd must be .*, not /],
  ['no limit', only('name: b, window: day'), /limit_usd/],
  ['no name', only('limit_usd: 5, window: day'), /name/],
  ['a name with a line feed', only('name: "a\\nb", limit_usd: 5, window: day'), /name must be .*, not /],
  ['a name of 129 bytes', only(`name: ${'x'.repeat(129)}, limit_usd: 5, window: day`), /name must be .*, not /],
  ['a name twice', 'budgets: [{name: b, limit_usd: 5, window: day}, {name: b, limit_usd: 6, window: day}]', /b/],
  [
    'a window that there is none of',
    only('name: b, limit_usd: 5, window: fortnight'),
    /window must be .*, not .*fortnight/,
  ],
  ['a rolling window of nothing', only('name: b, limit_usd: 5, window: "rolling:"'), /window must be .*, not /],
  ['a rolling window of 999 years', only('name: b, limit_usd: 5, window: "rolling:999y"'), /window must be .*, not /],
  [
    'a rolling window that runs backwards',
    only('name: b, limit_usd: 5, window: "rolling:-1d"'),
    /window must be .*, not /,
  ],
  ['a zone that there is none of', budget('timezone: Mars/Olympus'), /timezone must be .*, not .*Mars\/Olympus/],
  ['a path for a zone', budget('timezone: ../../etc/localtime'), /timezone must be .*, not /],
  ['a zone that is an offset', budget('timezone: "+01:00"'), /timezone must be .*, not /],
  ['a week that begins on no day', budget('week_start: someday'), /week_start must be .*, not .*someday/],
  ['thresholds below zero', budget('thresholds: [-0.5]'), /thresholds must be .*, not /],
  ['a threshold that is no number', budget('thresholds: [.nan]'), /thresholds must be .*, not /],
  ['a threshold as text', budget('thresholds: ["0.5"]'), /thresholds must be .*, not /],
  ['thresholds that are none', budget('thresholds: 0.5'), /thresholds must be .*, not /],
  ['a match on a label that money does not have', budget('match: {thread: a}'), /thread/],
  ['a match that is a list', budget('match: [team]'), /match must be .*, not /],
  ['a match on a number', budget('match: {team: 5}'), /team must be .*, not .*5/],
  ['an owner that is an object', budget('owner: {mail: a}'), /owner must be .*, not /],
  ['a key that is misspelt', budget('limit_us: 5'), /limit_us.*(known|mean)/],
  ['__proto__ as a key', budget('__proto__: {limit_usd: 1}'), /__proto__/],
];

const price = (fields: string): string => `prices: [{model: m, ${fields}}]`;
export const PRICES: readonly Row[] = [
  ['a price below zero', price('usd_per_million_tokens: {input: -1}'), /input must be .*, not .*-1/],
  ['a price that is no number', price('usd_per_million_tokens: {input: .nan}'), /input must be .*, not NaN/],
  ['a price without end', price('usd_per_million_tokens: {input: .inf}'), /input must be .*, not Infinity/],
  ['a price of 1e300', price('usd_per_million_tokens: {input: 1e300}'), /input must be .*, not /],
  ['a price with a currency', price('usd_per_million_tokens: {input: "$3"}'), /input must be .*, not .*\$3/],
  ['a price in a list', price('usd_per_million_tokens: {input: [3]}'), /input must be .*, not /],
  ['a direction that there is none of', price('usd_per_million_tokens: {sideways: 3}'), /sideways/],
  ['no prices at all', 'prices: [{model: m}]', /usd_per_million_tokens/],
  ['a model that is a number', 'prices: [{model: 5, usd_per_million_tokens: {input: 3}}]', /model must be .*, not .*5/],
  ['a model with a NUL', 'prices: [{model: "a\\0", usd_per_million_tokens: {input: 3}}]', /model must be .*, not /],
  [
    'a model twice',
    'prices: [{model: m, usd_per_million_tokens: {input: 3}}, {model: m, usd_per_million_tokens: {input: 4}}]',
    /m/,
  ],
  [
    'a tier from no tokens',
    price('usd_per_million_tokens: {input: 3}, above: [{prompt_tokens: 0, usd_per_million_tokens: {input: 3}}]'),
    /prompt_tokens must be .*, not /,
  ],
  [
    'a tier from a fraction',
    price('usd_per_million_tokens: {input: 3}, above: [{prompt_tokens: 1.5, usd_per_million_tokens: {input: 3}}]'),
    /prompt_tokens must be .*, not /,
  ],
  ['__proto__ for a direction', price('usd_per_million_tokens: {__proto__: 3}'), /__proto__/],
  [
    'a published price below zero',
    '{"m":{"input_cost_per_token":-1,"output_cost_per_token":1}}',
    /no model with a price per token; expected /,
  ],
  [
    'a published price as an object',
    '{"m":{"input_cost_per_token":{},"output_cost_per_token":1}}',
    /no model with a price per token; expected /,
  ],
];

export const CONFIGURATIONS: readonly Row[] = [
  ['a port past the last', 'environment: e\nlisten: {port: 65536}', /listen\.port.*65536.*expected/],
  ['a port as text', 'environment: e\nlisten: {port: "80"}', /listen\.port.*expected/],
  ['a retention without a unit', 'environment: e\nthreads: {retention: 15}', /threads\.retention.*15.*expected/],
  ['a retention of a thousand years', 'environment: e\nthreads: {retention: 1000y}', /threads\.retention.*expected/],
  ['an environment with a quote of a metric', 'environment: "a\\n} 1"', /environment.*expected/],
  ['an environment of emptiness', 'environment: ""', /environment.*expected/],
  ['an origin with a path', 'environment: e\ngateway: {origins: ["https://a.example/b"]}', /origins.*expected/],
  ['an origin of everybody', 'environment: e\ngateway: {origins: ["*"]}', /origins.*expected/],
  ['an origin that runs code', 'environment: e\ngateway: {origins: ["javascript:alert(1)"]}', /origins.*expected/],
  ['a body without bound', 'environment: e\nlimits: {body_bytes: .inf}', /body_bytes.*expected/],
  ['a ring of a negative size', 'environment: e\ntimeline: {ring: -1}', /timeline\.ring.*expected/],
  ['a section that is a list', 'environment: e\nlimits: []', /limits.*expected/],
  ['a key twice', 'environment: e\nenvironment: f', /YAML/],
  ['a tag that makes objects', 'environment: !!js/function "x"', /environment|YAML/],
  ['__proto__ as a section', 'environment: e\n__proto__: {port: 1}', /__proto__/],
  ['a bare list', '- environment: e', /expected/],
];
