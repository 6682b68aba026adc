// Burn paths through the rules that production loads: what the exporter would expose at every scrape goes into promtool,
// and Prometheus's own evaluations are compared with what the ledger's integers say. BURN_PATHS=1000 is the long mode.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseBudgets, type BudgetDefinition } from '../src/contract/budgets.ts';
import { nano, usdText } from '../src/contract/money.ts';
import { BudgetLedger } from '../src/model/budgets.ts';
import type { Change } from '../src/model/change.ts';
import { OrchestratorModel } from '../src/model/orchestrator-model.ts';
import { BudgetFamilies } from '../src/series/families/budgets.ts';
import { SeriesRegistry } from '../src/series/registry.ts';
import { Random } from './random.ts';

const PATHS = Number(process.env['BURN_PATHS'] ?? 100);
/** Paths in one promtool test. */
const GROUP = 50;
const RULES = join(__dirname, '../../provisioning/generated/prod/prometheus/rules/alerts.yml');
/** Scrape and evaluation interval of production. */
const STEP_MS = 15_000;
const SCRAPES = 60;
/** Seven minutes before an hour, a day, a month and a quarter end in UTC: budgets of the calendar begin anew on the way. */
const START = Date.UTC(2026, 11, 31, 23, 53);
/** Of the production environment, by alert: the used ratio from which on it fires, in hundredths. */
const ALERTS = { OrchestratorBudgetWarning: 80n, OrchestratorBudgetCritical: 95n, OrchestratorBudgetExhausted: 100n };
type Alert = keyof typeof ALERTS;
const NAMES = Object.keys(ALERTS) as Alert[];

interface Spend {
  readonly toldMs: number;
  readonly atMs: number;
  readonly amount: number;
}

interface Path {
  readonly name: string;
  readonly window: string;
  readonly limit: number;
  readonly spends: readonly Spend[];
  /** A change of budgets.yml on the way. */
  readonly topUp: { readonly atMs: number; readonly limit: number } | undefined;
}

const WINDOWS = ['hour', 'day', 'month', 'quarter', 'rolling:10m', 'rolling:1h', 'week'];
const SHAPES = ['steady', 'bursts', 'exactly', 'just below', 'nothing', 'overshoot', 'late'] as const;

function pathOf(index: number, random: Random): Path {
  const limit = random.pick([100, 1_000, random.int(1, 999) * 1_000_000, random.int(1, 50_000) * 10_000_000_000]);
  const shape = SHAPES[index % SHAPES.length] ?? 'steady';
  const endMs = START + SCRAPES * STEP_MS;
  const threshold = random.pick([80, 95, 100]);
  const spends = spendsOf(shape, { random, limit, threshold }).map(([share, amount]) => {
    const toldMs = START + Math.floor(share * (endMs - START));
    return { toldMs, atMs: shape === 'late' ? toldMs - random.int(0, 10 * 60_000) : toldMs, amount };
  });
  const topUp = random.chance(0.2)
    ? { atMs: START + random.int(1, SCRAPES) * STEP_MS - random.int(1, STEP_MS), limit: limit * random.int(2, 4) }
    : undefined;
  return {
    name: `p${index}`,
    window: random.pick(WINDOWS),
    limit,
    spends: spends.sort((a, b) => a.toldMs - b.toldMs),
    topUp,
  };
}

/** Share of the way, and amount. */
function spendsOf(
  shape: (typeof SHAPES)[number],
  { random, limit, threshold }: { random: Random; limit: number; threshold: number }
): [number, number][] {
  const many = (count: number, of: number): [number, number][] =>
    Array.from({ length: count }, () => [
      random.next(),
      Math.max(1, Math.round((limit * of * random.next() * 2) / count)),
    ]);
  const exact = Math.floor((limit * threshold) / 100);
  switch (shape) {
    case 'steady':
      return many(200, random.next() * 1.5);
    case 'bursts':
      return many(4, 1);
    case 'exactly':
      return [[random.next(), exact]];
    case 'just below':
      return [[random.next(), exact - 1]];
    case 'nothing':
      return [];
    case 'overshoot':
      return [[random.next(), limit * 10]];
    case 'late':
      return many(30, 1.2);
  }
}

const definitionOf = ({ name, window }: Path, limit: number): object => ({
  name,
  window,
  limit_usd: usdText(nano(limit)),
});

function definitions(paths: readonly Path[], nowMs: number): readonly BudgetDefinition[] {
  const limitAt = ({ limit, topUp }: Path): number =>
    topUp !== undefined && topUp.atMs <= nowMs ? topUp.limit : limit;
  const parsed = parseBudgets({
    budgets: paths.map((path) => ({ ...definitionOf(path, limitAt(path)), match: { team: path.name }, owner: 'o' })),
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.budgets;
}

const spendOf = (path: Path, { atMs, amount }: Spend): Change => ({
  kind: 'spend',
  threadId: 't',
  workflow: 'w',
  team: path.name,
  agent: 'a',
  provider: 'p',
  model: 'm',
  pricedBy: 'reported',
  late: false,
  atMs,
  spend: nano(amount),
  threadTotal: nano(0),
});

/** When an alert fires: the numbers of the evaluations. */
type Firing = ReadonlyMap<string, readonly number[]>;

/** What /metrics says of the budgets at every scrape, and at which evaluations each alert has to fire. */
function run(paths: readonly Path[]): { series: { series: string; values: string }[]; firing: Firing } {
  const ledger = new BudgetLedger(definitions(paths, START));
  const model = new OrchestratorModel({ retentionMs: 1 });
  const registry = new SeriesRegistry({
    environment: 'prod',
    maxSeriesPerFamily: 10,
    maxLabelValues: 10,
    onFold: () => undefined,
  });
  const families = new BudgetFamilies(registry);
  const queue = paths.flatMap((path) => path.spends.map((spend) => ({ path, spend })));
  queue.sort((a, b) => a.spend.toldMs - b.spend.toldMs);
  const columns = new Map<string, string[]>();
  const firing = new Map<string, number[]>();
  let next = 0;
  for (let scrape = 0; scrape < SCRAPES; scrape++) {
    const nowMs = START + scrape * STEP_MS;
    for (; next < queue.length; next++) {
      const told = queue[next];
      if (told === undefined || told.spend.toldMs > nowMs) break;
      ledger.apply([spendOf(told.path, told.spend)]);
    }
    ledger.replace(definitions(paths, nowMs), model);
    const views = ledger.views(nowMs);
    families.show(views);
    for (const line of registry.render().split('\n')) {
      if (line === '' || line.startsWith('#')) continue;
      const cut = line.lastIndexOf(' ');
      const column = columns.get(line.slice(0, cut)) ?? Array<string>(scrape).fill('_');
      while (column.length < scrape) column.push('stale');
      columns.set(line.slice(0, cut), [...column, line.slice(cut + 1)]);
    }
    for (const path of paths) {
      const spent = told(path, nowMs);
      const limit = BigInt(path.topUp !== undefined && path.topUp.atMs <= nowMs ? path.topUp.limit : path.limit);
      for (const name of NAMES) {
        const key = `${name} ${path.name}`;
        if (100n * spent >= ALERTS[name] * limit) firing.set(key, [...(firing.get(key) ?? []), scrape]);
      }
    }
  }
  const series = [...columns].map(([name, values]) => {
    // A series that is withdrawn before the end is marked so, as Prometheus does when a scrape has it no more.
    const padded =
      values.length < SCRAPES ? [...values, ...Array<string>(SCRAPES - values.length).fill('stale')] : values;
    return { series: name.replace('{', '{instance="i",'), values: padded.join(' ') };
  });
  return { series, firing };
}

/** What the present window holds by then, from the path alone: its calendar here is UTC's. */
function told({ window, spends }: Path, nowMs: number): bigint {
  const counts = (atMs: number): boolean => {
    if (window.startsWith('rolling:')) {
      const windowMs = window === 'rolling:10m' ? 600_000 : 3_600_000;
      const slotMs = Math.ceil(windowMs / 1_440);
      return atMs >= (Math.floor(nowMs / slotMs) - Math.ceil(windowMs / slotMs)) * slotMs && atMs <= nowMs;
    }
    const start = (ms: number): number => {
      const date = new Date(ms);
      const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
      if (window === 'hour') return Math.floor(ms / 3_600_000);
      if (window === 'day') return Date.UTC(year, month, day);
      if (window === 'week') return Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7));
      return Date.UTC(year, window === 'quarter' ? month - (month % 3) : month);
    };
    return start(atMs) === start(nowMs);
  };
  return spends.reduce(
    (sum, { toldMs, atMs, amount }) => (toldMs <= nowMs && counts(atMs) ? sum + BigInt(amount) : sum),
    0n
  );
}

/**
 * How often an alert fired, when first and when last, and the sum of the times: equal only where the same evaluations
 * fired. An evaluation is named by its number.
 */
function checks(name: Alert, { paths, firing }: { paths: readonly Path[]; firing: Firing }): object[] {
  const times = `timestamp(ALERTS{alertname="${name}",alertstate="firing"})`;
  const range = `[${SCRAPES * 15}s:15s]`;
  const figures: Readonly<Record<string, (numbers: readonly number[]) => number>> = {
    count: (numbers) => numbers.length,
    min: (numbers) => Math.min(...numbers) * 15,
    max: (numbers) => Math.max(...numbers) * 15,
    sum: (numbers) => numbers.reduce((sum, number) => sum + number * 15, 0),
  };
  return Object.entries(figures).map(([figure, of]) => ({
    expr: `sum by (budget) (${figure}_over_time(${times}${range}))`,
    eval_time: `${(SCRAPES - 1) * 15}s`,
    exp_samples: paths.flatMap((path) => {
      const numbers = firing.get(`${name} ${path.name}`);
      return numbers === undefined ? [] : [{ labels: `{budget="${path.name}"}`, value: of(numbers) }];
    }),
  }));
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'burn-paths-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function promtool(tests: readonly object[]): { readonly status: number | null; readonly output: string } {
  const file = join(folder, 'paths.json');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ rule_files: [RULES], evaluation_interval: '15s', tests }));
  const { status, stdout, stderr, error } = spawnSync('promtool', ['test', 'rules', file], {
    encoding: 'utf8',
    timeout: 600_000,
  });
  if (error !== undefined) throw new Error('cannot run promtool', { cause: error });
  return { status, output: (stdout + stderr).slice(0, 5_000) };
}

test(`${PATHS} burn paths: every alert fires at the first evaluation after its crossing, and at no other`, () => {
  const random = new Random(4_711);
  const paths = Array.from({ length: PATHS }, (_, index) => pathOf(index, random));
  let crossings = 0;
  let evaluations = 0;
  for (let start = 0; start < paths.length; start += GROUP) {
    const group = paths.slice(start, start + GROUP);
    const { series, firing } = run(group);
    crossings += firing.size;
    evaluations += [...firing.values()].reduce((sum, numbers) => sum + numbers.length, 0);
    const expected = NAMES.flatMap((name) => checks(name, { paths: group, firing }));
    const { status, output } = promtool([{ interval: '15s', input_series: series, promql_expr_test: expected }]);
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('SUCCESS') });
  }
  expect(crossings).toBeGreaterThan(PATHS / 2);
  process.stdout.write(
    `burn paths: ${PATHS} paths, ${crossings} crossings, ${evaluations} firing evaluations as due, none late, none false\n`
  );
}, 1_800_000);

test('the check itself is red for an alert that comes one evaluation late', () => {
  const path: Path = {
    name: 'p',
    window: 'day',
    limit: 100,
    spends: [{ toldMs: START, atMs: START, amount: 100 }],
    topUp: undefined,
  };
  const { series, firing } = run([path]);
  const late = new Map([...firing].map(([key, numbers]) => [key, numbers.slice(1)]));
  const verdict = (due: Firing): number | null =>
    promtool([
      {
        interval: '15s',
        input_series: series,
        promql_expr_test: checks('OrchestratorBudgetWarning', { paths: [path], firing: due }),
      },
    ]).status;
  expect([verdict(firing), verdict(late)]).toEqual([0, 1]);
});
