import { parseBudgets, type BudgetDefinition } from '../contract/budgets.ts';
import type { CostUpdated } from '../contract/event.ts';
import { nano, usdText } from '../contract/money.ts';
import { periodOf } from './budget-period.ts';
import { BudgetLedger } from './budgets.ts';
import type { Change, Spent } from './change.ts';
import { OrchestratorModel } from './orchestrator-model.ts';
import { SpendHistory } from './spend-history.ts';
import type { BudgetView } from './views.ts';

const ms = (iso: string): number => Date.parse(iso);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function ledger(...budgets: object[]): BudgetLedger {
  const parsed = parseBudgets({
    budgets: budgets.map((fields, at) => ({ name: `b-${at}`, limit_usd: 10, window: 'day', ...fields })),
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return new BudgetLedger(parsed.budgets);
}

function spent(iso: string, usd: number, more: Partial<Spent> = {}): Spent {
  return {
    kind: 'spend',
    threadId: 't',
    workflow: 'w',
    atMs: ms(iso),
    team: 'x',
    agent: 'a',
    provider: 'p',
    model: 'm',
    spend: nano(usd * 1e9),
    pricedBy: 'reported',
    late: false,
    threadTotal: nano(0),
    ...more,
  };
}

const NOON = '2026-03-10T12:00:00Z';
const view = (book: BudgetLedger, iso = NOON): BudgetView => book.views(ms(iso))[0]!;
const usd = (book: BudgetLedger, iso = NOON): string => usdText(view(book, iso).spent);

describe('calendar periods', () => {
  const period = (iso: string, window: string, timezone = 'UTC', weekStart = 'monday'): string[] => {
    const { startMs, endMs } = periodOf(ms(iso), { window, timezone, weekStart } as Parameters<typeof periodOf>[1]);
    return [startMs, endMs].map((time) => new Date(time).toISOString().replace(':00.000Z', 'Z'));
  };

  test.each([
    ['an hour', ['2026-03-10T12:34:56.789Z', 'hour'], ['2026-03-10T12:00Z', '2026-03-10T13:00Z']],
    [
      'an hour where offsets have minutes',
      ['2026-03-10T12:34:00Z', 'hour', 'Asia/Kolkata'],
      ['2026-03-10T12:30Z', '2026-03-10T13:30Z'],
    ],
    ['a day', ['2026-03-10T00:00:00Z', 'day'], ['2026-03-10T00:00Z', '2026-03-11T00:00Z']],
    ['the last instant of a day', ['2026-03-10T23:59:59.999Z', 'day'], ['2026-03-10T00:00Z', '2026-03-11T00:00Z']],
    ['a day elsewhere', ['2026-03-10T23:30:00Z', 'day', 'Asia/Tokyo'], ['2026-03-10T15:00Z', '2026-03-11T15:00Z']],
    ['a day of 23 hours', ['2026-03-29T12:00:00Z', 'day', 'Europe/Berlin'], ['2026-03-28T23:00Z', '2026-03-29T22:00Z']],
    ['a day of 25 hours', ['2026-10-25T12:00:00Z', 'day', 'Europe/Berlin'], ['2026-10-24T22:00Z', '2026-10-25T23:00Z']],
    [
      'a day without midnight',
      ['2026-09-06T12:00:00Z', 'day', 'America/Santiago'],
      ['2026-09-06T04:00Z', '2026-09-07T03:00Z'],
    ],
    ['a week from Monday', ['2026-03-15T12:00:00Z', 'week'], ['2026-03-09T00:00Z', '2026-03-16T00:00Z']],
    [
      'a week from Sunday',
      ['2026-03-15T12:00:00Z', 'week', 'UTC', 'sunday'],
      ['2026-03-15T00:00Z', '2026-03-22T00:00Z'],
    ],
    [
      'a week over a clock change',
      ['2026-03-10T12:00:00Z', 'week', 'America/New_York', 'sunday'],
      ['2026-03-08T05:00Z', '2026-03-15T04:00Z'],
    ],
    ['a month', ['2026-02-28T12:00:00Z', 'month'], ['2026-02-01T00:00Z', '2026-03-01T00:00Z']],
    [
      'a month that began elsewhere already',
      ['2026-02-28T23:30:00Z', 'month', 'Europe/Berlin'],
      ['2026-02-28T23:00Z', '2026-03-31T22:00Z'],
    ],
    ['a leap February', ['2028-02-29T12:00:00Z', 'month'], ['2028-02-01T00:00Z', '2028-03-01T00:00Z']],
    ['the first quarter', ['2026-03-31T12:00:00Z', 'quarter'], ['2026-01-01T00:00Z', '2026-04-01T00:00Z']],
    ['the last quarter', ['2026-12-31T12:00:00Z', 'quarter'], ['2026-10-01T00:00Z', '2027-01-01T00:00Z']],
  ])('%s', (_name, [iso = '', window = '', timezone, weekStart], expected) => {
    expect(period(iso, window, timezone, weekStart)).toEqual(expected);
  });
});

describe('what a budget has spent', () => {
  test('is there before any traffic, with its period', () => {
    expect(view(ledger({ window: 'month', owner: 'finance', thresholds: [0.8, 1] }))).toEqual({
      name: 'b-0',
      owner: 'finance',
      window: 'month',
      timezone: 'UTC',
      limit: 10_000_000_000,
      spent: 0,
      thresholds: [0.8, 1],
      periodStartMs: ms('2026-03-01T00:00:00Z'),
      periodEndMs: ms('2026-04-01T00:00:00Z'),
      burnRates: new Map([
        ['5m', 0],
        ['30m', 0],
        ['1h', 0],
        ['6h', 0],
        ['1d', 0],
        ['3d', 0],
      ]),
      exhaustionMs: undefined,
      valid: true,
      untrusted: [],
    });
  });

  test('is placed by event time: late spend goes to its own period, and a new period begins at nothing', () => {
    const book = ledger({ window: 'day' });
    book.apply([
      spent('2026-03-10T23:59:59.999Z', 1),
      spent('2026-03-11T00:00:00Z', 2),
      spent('2026-03-10T10:00:00Z', 4),
    ]);
    expect(usd(book, '2026-03-10T23:59:59.999Z')).toBe('5');
    expect(usd(book, '2026-03-11T00:00:00Z')).toBe('2');
    expect(usd(book, '2026-03-12T00:00:00Z')).toBe('0');
  });

  test('may exceed the limit', () => {
    const book = ledger({});
    book.apply([spent(NOON, 25)]);
    expect(view(book)).toMatchObject({ spent: 25_000_000_000, limit: 10_000_000_000, exhaustionMs: undefined });
  });

  test('is booked at receipt where the change says so', () => {
    const book = ledger({});
    book.apply([spent('2020-01-01T00:00:00Z', 3, { bookedMs: ms(NOON) })]);
    expect(usd(book)).toBe('3');
  });

  test.each([
    ['everything', {}, '3'],
    ['a team', { team: 'x' }, '1'],
    ['a team and a model', { team: 'y', model: 'm' }, '2'],
    ['nobody', { team: 'y', agent: 'b' }, '0'],
  ])('counts what matches %s', (_name, match, expected) => {
    const book = ledger({ match });
    book.apply([
      spent(NOON, 1),
      spent(NOON, 2, { team: 'y' }),
      { kind: 'agent-seen', threadId: 't', workflow: 'w', atMs: 0, agent: 'a' },
    ]);
    expect(usd(book)).toBe(expected);
  });

  test('a rolling window lets spend go again, to the 1,440th part of its length', () => {
    const book = ledger({ window: 'rolling:1d' });
    book.apply([spent('2026-03-10T12:00:30Z', 1), spent('2026-03-11T11:59:00Z', 2)]);
    expect(usd(book, '2026-03-11T12:00:00Z')).toBe('3');
    expect(usd(book, '2026-03-11T12:01:00Z')).toBe('2');
    expect(view(book, '2026-03-11T12:00:00Z')).toMatchObject({
      periodStartMs: ms('2026-03-10T12:00:00Z'),
      periodEndMs: ms('2026-03-11T12:00:00Z'),
      window: 'rolling:1d',
    });
  });

  test('a rolling window forgets, so that its memory is bounded', () => {
    const book = ledger({ window: 'rolling:1h' });
    const start = ms(NOON);
    for (let minute = 0; minute < 20_000; minute++) {
      book.apply([spent(NOON, 0.001, { atMs: start + minute * MINUTE_MS })]);
    }
    expect(usdText(book.views(start + 19_999 * MINUTE_MS)[0]!.spent)).toBe('0.061');
  });

  test('hours older than a week are given up, so that its memory is bounded', () => {
    const book = ledger({ window: 'hour' });
    for (let hour = 0; hour < 500; hour++) book.apply([spent(NOON, 1, { atMs: ms(NOON) + hour * HOUR_MS })]);
    expect(usdText(book.views(ms(NOON) + 499 * HOUR_MS)[0]!.spent)).toBe('1');
    expect(usdText(book.views(ms(NOON))[0]!.spent)).toBe('0');
  });

  test('past the exact range it is invalid, and does not stop the others', () => {
    const book = ledger({}, { match: { team: 'y' } });
    book.apply([spent(NOON, 9_007_199), spent(NOON, 9_007_199), spent(NOON, 1, { team: 'y' })]);
    expect(book.views(ms(NOON)).map(({ valid, spent: sum }) => [valid, usdText(sum)])).toEqual([
      [false, '9007199.254740991'],
      [true, '1'],
    ]);
  });
});

describe('thread budgets', () => {
  const finished = (threadId: string): Change => ({
    kind: 'thread-finished',
    threadId,
    workflow: 'w',
    atMs: 0,
    status: 'success',
    durationMs: 1,
    spend: nano(1),
  });
  const started = (threadId: string): Change => ({
    kind: 'thread-started',
    threadId,
    workflow: 'w',
    atMs: 0,
    team: 'x',
    again: true,
  });
  const forgotten = (threadId: string): Change => ({ kind: 'thread-forgotten', threadId, workflow: 'w', atMs: 0 });

  test('show the live thread that spent most', () => {
    const book = ledger({ window: 'thread' });
    const sums: string[] = [];
    const apply = (...changes: Change[]) => {
      book.apply(changes);
      sums.push(usd(book));
    };
    apply(spent(NOON, 1, { threadId: 'a' }), spent(NOON, 5, { threadId: 'b' }), spent(NOON, 1, { threadId: 'b' }));
    apply(finished('b'));
    apply(started('b'));
    apply(forgotten('b'), forgotten('unknown'));
    expect(sums).toEqual(['6', '1', '6', '1']);
    expect(view(book)).toMatchObject({ periodStartMs: undefined, periodEndMs: undefined, exhaustionMs: undefined });
  });

  test.each([
    ['no thread budget', [{ window: 'day' }], undefined],
    ['another team’s', [{ window: 'thread', match: { team: 'y' } }], undefined],
    ['only an agent’s part', [{ window: 'thread', match: { agent: 'a' } }], undefined],
    [
      'the first that matches',
      [{ window: 'thread', match: { team: 'y' } }, { window: 'thread', limit_usd: 2 }, { window: 'thread' }],
      2_000_000_000,
    ],
    ['its workflow’s', [{ window: 'thread', match: { team: 'x', workflow: 'w' } }], 10_000_000_000],
  ])('the limit of a thread: %s', (_name, budgets, limit) => {
    expect(ledger(...budgets).threadLimit({ team: 'x', workflow: 'w' })).toBe(limit);
  });
});

describe('rates and exhaustion', () => {
  test('a burn rate is the spend over the lookback divided by its length', () => {
    const book = ledger({ limit_usd: 1_000 });
    book.apply([
      spent('2026-03-07T18:00:00Z', 100),
      spent('2026-03-10T11:50:00Z', 36),
      spent('2026-03-10T11:58:00Z', 6),
    ]);
    expect(Object.fromEntries(view(book).burnRates)).toEqual({
      '5m': 6 / 300,
      '30m': 42 / 1_800,
      '1h': 42 / 3_600,
      '6h': 42 / 21_600,
      '1d': 42 / 86_400,
      '3d': 142 / 259_200,
    });
  });

  test('spend of a producer whose clock is ahead counts when its time has come', () => {
    const book = ledger({});
    book.apply([spent('2026-03-10T12:04:00Z', 3)]);
    const rates = ['2026-03-10T12:00:00Z', '2026-03-10T12:04:00Z'].map((iso) => view(book, iso).burnRates.get('5m'));
    expect(rates).toEqual([0, 0.01]);
  });

  const early = (minutes: number): string => new Date(ms(NOON) - minutes * MINUTE_MS).toISOString();

  test.each([
    ['nothing was spent', [], undefined],
    ['there are less than 5 minutes of it', [spent(early(4.9), 1)], undefined],
    ['5 minutes of it: the rate since the first spend', [spent(early(5), 1)], 45 * MINUTE_MS],
    ['an hour of it: the rate of the last hour', [spent(early(90), 2), spent(early(30), 4)], HOUR_MS],
    ['nothing was spent for an hour', [spent(early(90), 2)], undefined],
    ['it is used up already', [spent(early(30), 10)], undefined],
    ['the period ends before', [spent(early(30), 0.2)], undefined],
  ])('exhaustion where %s', (_name, changes, inMs) => {
    const book = ledger({});
    book.apply(changes);
    expect(view(book).exhaustionMs).toBe(inMs === undefined ? undefined : ms(NOON) + inMs);
  });

  test('a rolling window is exhausted within its length or not at all', () => {
    const [soon, never] = [ledger({ window: 'rolling:2h' }), ledger({ window: 'rolling:1h' })];
    for (const book of [soon, never]) book.apply([spent(early(30), 4)]);
    expect([view(soon).exhaustionMs, view(never).exhaustionMs]).toEqual([
      ms(NOON) + 45 * MINUTE_MS,
      ms(NOON) + 45 * MINUTE_MS,
    ]);
    const slow = ledger({ window: 'rolling:1h' });
    slow.apply([spent(early(60), 1), spent(early(1), 1)]);
    expect(view(slow).exhaustionMs).toBeUndefined();
  });
});

describe('a changed budgets.yml', () => {
  const T = ms(NOON);
  const definitions = (...budgets: object[]): readonly BudgetDefinition[] => {
    const parsed = parseBudgets({
      budgets: budgets.map((fields) => ({ name: 'b', limit_usd: 10, window: 'day', ...fields })),
    });
    if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
    return parsed.budgets;
  };
  const empty = new OrchestratorModel({ retentionMs: 1 });
  const told = (book: BudgetLedger): (string | number | boolean)[][] =>
    book.views(T).map(({ name, limit, spent: sum, valid }) => [name, limit / 1e9, usdText(sum), valid]);

  const HISTORY = [
    spent('2026-03-10T11:00:00Z', 1),
    spent('2026-03-10T00:00:00Z', 2, { agent: 'other' }),
    spent('2026-03-09T23:59:59.999Z', 4),
    spent('2026-03-01T00:00:00Z', 8, { bookedMs: ms('2026-03-10T01:00:00Z') }),
    spent('2026-01-01T00:00:00Z', 16),
  ];

  test.each<[string, object[], (string | number | boolean)[][]]>([
    ['a top-up goes on with its money', [{ limit_usd: 50 }], [['b', 50, '11', true]]],
    ['other thresholds and another owner too', [{ thresholds: [1], owner: 'o' }], [['b', 10, '11', true]]],
    ['another window is filled from what was spent in it', [{ window: 'quarter' }], [['b', 10, '31', true]]],
    ['another match too', [{ match: { agent: 'other' } }], [['b', 10, '2', true]]],
    ['another time zone too', [{ timezone: 'America/New_York' }], [['b', 10, '1', true]]],
    [
      'a new one beside it too',
      [{}, { name: 'c', window: 'month' }],
      [
        ['b', 10, '11', true],
        ['c', 10, '15', true],
      ],
    ],
    ['a rolling one too', [{ window: 'rolling:13h' }], [['b', 10, '15', true]]],
    ['a deleted one is gone', [], []],
    ['one that is renamed is a new one with the same money', [{ name: 'd' }], [['d', 10, '11', true]]],
  ])('%s', (_name, budgets, expected) => {
    const book = new BudgetLedger(definitions({}));
    book.apply(HISTORY);
    book.replace(definitions(...budgets), empty);
    expect(told(book)).toEqual(expected);
  });

  test('a new one knows what was spent before, and goes on from there', () => {
    const book = new BudgetLedger([]);
    book.apply(HISTORY);
    book.replace(definitions({}), empty);
    book.apply([spent('2026-03-10T11:30:00Z', 0.5)]);
    expect(told(book)).toEqual([['b', 10, '11.5', true]]);
    expect(view(book).burnRates.get('1h')).toBe(1.5 / 3_600);
  });

  test('one whose period began before all that is known says so, until the next period', () => {
    const history = new SpendHistory(4);
    const book = new BudgetLedger([], history);
    for (let at = 0; at < 6; at++)
      book.apply([spent(new Date(T - at * HOUR_MS).toISOString(), 1, { agent: `a${at}` })]);
    book.replace(definitions({}, { name: 'h', window: 'hour' }), empty);
    const since = new Date(history.knownSinceMs).toISOString();
    const untrusted = (iso: string) => book.views(ms(iso)).map((one) => one.untrusted);
    expect(untrusted(NOON)).toEqual([[`spend before ${since} is not all known to it`], []]);
    expect(untrusted('2026-03-11T12:00:00Z')).toEqual([[], []]);
  });

  test('a top-up keeps its money also where the history has given it up', () => {
    const book = new BudgetLedger(definitions({}), new SpendHistory(4));
    for (let at = 0; at < 9; at++) book.apply([spent(new Date(T - at * HOUR_MS).toISOString(), 1)]);
    book.replace(definitions({ limit_usd: 20 }), empty);
    expect(told(book)).toEqual([['b', 20, '9', true]]);
  });

  test('spend that is lost makes doubtful what began before it was found out, also a budget that is added later', () => {
    const book = new BudgetLedger(definitions({}));
    book.missesBefore(T - HOUR_MS, { threads: new Map() });
    book.replace(definitions({}, { name: 'c' }, { name: 'h', window: 'hour' }), empty);
    expect(told(book)).toEqual([
      ['b', 10, '0', false],
      ['c', 10, '0', false],
      ['h', 10, '0', true],
    ]);
  });

  const cost = (threadId: string, agent: string): CostUpdated => ({
    type: 'cost.updated',
    id: `${threadId} ${agent}`,
    threadId,
    timestampMs: T,
    dialect: 'metrics-emitter',
    team: 'x',
    workflow: 'w',
    agent,
    spend: nano(3),
    tokens: {},
  });

  test.each<[string, object, number, string[]]>([
    ['all of it', {}, 6, []],
    ['of its team', { team: 'x' }, 6, []],
    ['of another team', { team: 'y' }, 0, []],
    ['of one agent', { agent: 'a' }, 3, []],
    [
      'of one model, which is not known any more',
      { model: 'm' },
      0,
      ['what 1 live threads spent is not all known to it'],
    ],
  ])('a new thread budget knows the spend of live threads: %s', (_name, match, sum, untrusted) => {
    const model = new OrchestratorModel({ retentionMs: 1 });
    const end = {
      type: 'graph.complete',
      id: 'e',
      threadId: 'ended',
      timestampMs: T,
      dialect: 'metrics-emitter',
      team: 'x',
      workflow: 'w',
      status: 'success',
    } as const;
    for (const event of [cost('live', 'a'), cost('live', 'b'), cost('ended', 'a'), end]) model.apply(event);
    const book = new BudgetLedger([]);
    book.replace(definitions({ window: 'thread', match }), model);
    expect([view(book).spent, view(book).untrusted]).toEqual([sum, untrusted]);
    book.apply(model.apply({ ...end, id: 'f', threadId: 'live' }));
    expect([view(book).spent, view(book).untrusted]).toEqual([0, []]);
  });

  test('live threads get the limits of the file, and lose those that it has no more', () => {
    let book = new BudgetLedger(definitions({ window: 'thread', limit_usd: 5 }));
    const model = new OrchestratorModel({ retentionMs: 1, threadLimit: (thread) => book.threadLimit(thread) });
    model.apply(cost('t', 'a'));
    model.apply({ ...cost('reported', 'a'), spend: nano(1), remaining: nano(9) });
    const follow = (...budgets: object[]): unknown[] => {
      book.replace(definitions(...budgets), model);
      return model
        .followThreadLimits(T)
        .map(({ threadId, ...change }) => [
          threadId,
          'limit' in change && change.limit,
          'remaining' in change && change.remaining,
        ]);
    };
    expect(follow({ window: 'thread', limit_usd: 5 })).toEqual([]);
    expect(follow({ window: 'thread', limit_usd: 7 })).toEqual([['t', 7e9, 7e9 - 3]]);
    expect(follow()).toEqual([['t', undefined, undefined]]);
    book = new BudgetLedger([]);
    expect(model.threads.get('reported')?.budgetLimit).toBe(10);
  });
});

describe('a sum that leaves the exact range', () => {
  const MOST = 9_007_199;
  test.each([
    ['a calendar window', 'day', '2026-03-11T12:00:00Z'],
    ['a rolling window', 'rolling:6h', '2026-03-10T20:00:00Z'],
  ])(
    '%s is shown at what can be told at least, is not valid, and is whole again when that is over',
    (_name, window, later) => {
      const book = ledger({ window });
      book.apply([spent('2026-03-10T11:00:00Z', MOST), spent('2026-03-10T11:30:00Z', MOST)]);
      const now = view(book);
      expect([Number(usdText(now.spent)) >= MOST, now.valid, now.untrusted]).toEqual([
        true,
        false,
        ['its sum left the exact range of about 9 million USD'],
      ]);
      expect([...now.burnRates.values()].every((rate) => rate >= 0)).toBe(true);
      expect(now.burnRates.get('1d')).toBeGreaterThanOrEqual(MOST / 86_400);
      book.apply([spent(later, 1)]);
      expect([usd(book, later), view(book, later).untrusted]).toEqual(['1', []]);
    }
  );

  test('of one thread it is over when that has ended', () => {
    const book = ledger({ window: 'thread' });
    for (const iso of [NOON, NOON]) book.apply([spent(iso, MOST, { threadId: 'rich' })]);
    expect(view(book).valid).toBe(false);
    const end = { threadId: 'rich', workflow: 'w', atMs: ms(NOON) };
    book.apply([{ kind: 'thread-finished', ...end, status: 'success', durationMs: 0, spend: nano(0) }]);
    expect(view(book).untrusted).toEqual([]);
  });
});

test('a clock that was years ahead for a while takes nothing out of a rolling window', () => {
  const book = ledger({ window: 'rolling:1h' });
  for (let at = 0; at < 1_000; at++) {
    book.apply([{ ...spent(NOON, 0.001), atMs: ms('2036-01-01T00:00:00Z') + at * 2_500 }]);
  }
  for (let at = 0; at < 5_000; at++) book.apply([{ ...spent(NOON, 0.001), atMs: ms(NOON) + at * 2_500 }]);
  const nowMs = ms(NOON) + 4_999 * 2_500;
  // An hour has 1,440 of them, and one is in doubt.
  expect(book.views(nowMs).map((one) => usdText(one.spent))).toEqual(['1.441']);
});

describe('a thread that comes back after it was forgotten', () => {
  const cost = (id: string, atMs: number): CostUpdated => ({
    type: 'cost.updated',
    id,
    threadId: 't',
    timestampMs: atMs,
    receivedMs: atMs,
    dialect: 'metrics-emitter',
    team: 'x',
    workflow: 'w',
    agent: 'a',
    spend: nano(3),
    tokens: {},
  });

  test.each<[string, object, number, string[]]>([
    ['brings its spend to its budget', {}, 6, []],
    ['brings it to that of its team', { team: 'x' }, 6, []],
    ['brings nothing to that of another team', { team: 'y' }, 0, []],
    [
      'makes one that limits a part of it doubtful',
      { agent: 'a' },
      3,
      ['what 1 live threads spent is not all known to it'],
    ],
  ])('%s', (_name, match, sum, untrusted) => {
    const model = new OrchestratorModel({ retentionMs: 1, silentRetentionMs: HOUR_MS });
    const book = ledger({ window: 'thread', match });
    book.apply(model.apply(cost('1', ms(NOON))));
    book.apply(model.sweep(ms(NOON) + HOUR_MS));
    book.apply(model.apply(cost('2', ms(NOON) + 2 * HOUR_MS)));
    expect([view(book).spent, view(book).untrusted]).toEqual([sum, untrusted]);
  });
});
