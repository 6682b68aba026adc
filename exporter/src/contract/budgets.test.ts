import { parseBudgets } from './budgets.ts';

const budget = (fields: object = {}): object => ({ name: 'b', limit_usd: 50, window: 'day', ...fields });
const parsed = {
  name: 'b',
  match: {},
  limit: 50_000_000_000,
  window: 'day',
  windowText: 'day',
  timezone: 'UTC',
  weekStart: 'monday',
  thresholds: [0.5, 0.8, 0.95, 1],
  owner: '',
};

test.each([
  ['an empty file', null, []],
  ['no budgets', { budgets: [] }, []],
  ['a budgets key without a value', { budgets: null }, []],
  ['the least that a budget says', { budgets: [budget()] }, [parsed]],
  [
    'all that a budget can say',
    {
      budgets: [
        budget({
          match: { team: 't', workflow: 'w', agent: 'a', provider: 'p', model: 'm' },
          limit_usd: '0.000000001',
          window: 'week',
          timezone: 'Europe/Berlin',
          week_start: 'sunday',
          thresholds: [0.001, 10],
          owner: 'finance',
        }),
      ],
    },
    [
      {
        name: 'b',
        match: { team: 't', workflow: 'w', agent: 'a', provider: 'p', model: 'm' },
        limit: 1,
        window: 'week',
        windowText: 'week',
        timezone: 'Europe/Berlin',
        weekStart: 'sunday',
        thresholds: [0.001, 10],
        owner: 'finance',
      },
    ],
  ],
  [
    'a rolling window',
    { budgets: [budget({ window: 'rolling:1h30m' })] },
    [{ ...parsed, window: { rollingMs: 5_400_000 }, windowText: 'rolling:1h30m' }],
  ],
  [
    'a thread window',
    { budgets: [budget({ window: 'thread' })] },
    [{ ...parsed, window: 'thread', windowText: 'thread' }],
  ],
])('%s is accepted', (_name, document, budgets) => {
  expect(parseBudgets(document)).toEqual({ ok: true, budgets });
});

const LABEL = 'must be non-empty text of at most 128 bytes without control characters, not';
const LIMIT = 'budgets[0].limit_usd must be an amount in US dollars above 0 and below 9 million, not';
const WINDOW =
  'budgets[0].window must be hour, day, week, month, quarter, thread or rolling:<duration> from 1m to 366d, not';
const RATIOS =
  'budgets[0].thresholds must be 1 to 20 ascending used ratios above 0 and up to 10, such as [0.8, 1], not';

test.each([
  ['text', 'budgets', ['budgets.yml must be a mapping with the key "budgets", not "budgets"']],
  [
    'a list',
    [budget()],
    ['budgets.yml must be a mapping with the key "budgets", not [{"name":"b","limit_usd":50,"window":"day"}]'],
  ],
  ['budgets that are no list', { budgets: {} }, ['budgets must be a list, not {}']],
  ['an unknown key of the file', { budget: [] }, ['budgets.yml has an unknown key "budget": did you mean budgets?']],
  ['a budget that is no mapping', { budgets: ['b'] }, ['budgets[0] must be a mapping, not "b"']],
  [
    'a misspelt key',
    { budgets: [budget({ tresholds: [1] })] },
    ['budgets[0] has an unknown key "tresholds": did you mean thresholds?'],
  ],
  [
    'a key like no other',
    { budgets: [budget({ match: { region: 'eu' } })] },
    ['budgets[0].match has an unknown key "region": known are team, workflow, agent, provider, model'],
  ],
  [
    'a key of the prototype',
    { budgets: [budget(JSON.parse('{"__proto__":{"owner":"x"}}'))] },
    [
      'budgets[0] has an unknown key "__proto__": known are name, match, limit_usd, window, timezone, week_start, thresholds, owner',
    ],
  ],
  [
    'a match that is no mapping',
    { budgets: [budget({ match: 'x' })] },
    ['budgets[0].match must be a mapping of labels, not "x"'],
  ],
  ['a match that is no text', { budgets: [budget({ match: { team: 7 } })] }, [`budgets[0].match.team ${LABEL} 7`]],
  ['a name with a line break', { budgets: [budget({ name: 'a\nb' })] }, [`budgets[0].name ${LABEL} "a\\nb"`]],
  ['a limit of nothing', { budgets: [budget({ limit_usd: 0 })] }, [`${LIMIT} 0`]],
  ['a limit below a nano-dollar', { budgets: [budget({ limit_usd: 1e-10 })] }, [`${LIMIT} 1e-10`]],
  ['a negative limit', { budgets: [budget({ limit_usd: -5 })] }, [`${LIMIT} -5`]],
  ['an endless limit', { budgets: [budget({ limit_usd: Infinity })] }, [`${LIMIT} Infinity`]],
  ['a limit past 2^53', { budgets: [budget({ limit_usd: 9_007_200 })] }, [`${LIMIT} 9007200`]],
  ['an unknown window', { budgets: [budget({ window: 'year' })] }, [`${WINDOW} "year"`]],
  ['a rolling window of nothing', { budgets: [budget({ window: 'rolling:0' })] }, [`${WINDOW} "rolling:0"`]],
  ['a rolling window without end', { budgets: [budget({ window: 'rolling:2y' })] }, [`${WINDOW} "rolling:2y"`]],
  [
    'an unknown time zone',
    { budgets: [budget({ timezone: 'Mars/Base' })] },
    ['budgets[0].timezone must be an IANA time zone such as Europe/Berlin, not "Mars/Base"'],
  ],
  [
    'an unknown weekday',
    { budgets: [budget({ week_start: 'Mon' })] },
    ['budgets[0].week_start must be one of monday, tuesday, wednesday, thursday, friday, saturday, sunday, not "Mon"'],
  ],
  ['no thresholds', { budgets: [budget({ thresholds: [] })] }, [`${RATIOS} []`]],
  ['a threshold of nothing', { budgets: [budget({ thresholds: [0, 1] })] }, [`${RATIOS} [0,1]`]],
  ['a threshold past ten', { budgets: [budget({ thresholds: [10.1] })] }, [`${RATIOS} [10.1]`]],
  ['thresholds out of order', { budgets: [budget({ thresholds: [1, 0.5] })] }, [`${RATIOS} [1,0.5]`]],
  ['the same threshold twice', { budgets: [budget({ thresholds: [1, 1] })] }, [`${RATIOS} [1,1]`]],
  [
    'more thresholds than are accepted',
    { budgets: [budget({ thresholds: Array.from({ length: 21 }, (_, at) => (at + 1) / 10) })] },
    [`${RATIOS} [0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1,1.1,1.2,1.3,1.4,1.5,1.6,1.7,1.8,1.9,2,2.1...`],
  ],
  [
    'more budgets than are accepted',
    { budgets: Array.from({ length: 1_001 }, (_, at) => budget({ name: `b-${at}` })) },
    ['budgets has 1001 entries, at most 1000 are accepted'],
  ],
  ['thresholds in words', { budgets: [budget({ thresholds: ['1'] })] }, [`${RATIOS} ["1"]`]],
  [
    'the same name twice',
    { budgets: [budget(), budget({ name: 'c' }), budget()] },
    ['budgets[2].name "b" is also the name of budgets[0]; names are unique'],
  ],
  [
    'everything at once',
    { budgets: [{ nam: 'x', owner: 3 }] },
    [
      'budgets[0] has an unknown key "nam": did you mean name?',
      `${WINDOW} nothing`,
      `${LIMIT} nothing`,
      `budgets[0].name ${LABEL} nothing`,
      `budgets[0].owner ${LABEL} 3`,
    ],
  ],
])('%s: every problem is named', (_name, document, problems) => {
  expect(parseBudgets(document)).toEqual({ ok: false, problems });
});
