// budgets_file and prices_file of a running exporter: changed, broken, repaired, and what HTTP tells of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../src/clock.ts';
import { createExporter } from '../src/library.ts';
import type { Exporter } from '../src/library.ts';
import { metricLines, post } from './running-exporter.ts';

const NOW = Date.UTC(2026, 2, 10, 12);

let folder: string;
let exporter: Exporter;
let url: string;
let log: string[];
let timers: { readonly periodMs: number; readonly tick: () => void }[];

const file = (name: string): string => join(folder, name);
const budgets = (...rows: object[]): void => {
  const all = rows.map((fields) => ({ name: 'daily', window: 'day', limit_usd: 10, ...fields }));
  writeFileSync(file('budgets.yml'), JSON.stringify({ budgets: all }));
};
const prices = (input: number): void => {
  const table = { prices: [{ model: 'm', usd_per_million_tokens: { input } }] };
  writeFileSync(file('prices.yml'), JSON.stringify(table));
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-reload-'));
  budgets({});
  writeFileSync(file('prices.yml'), 'prices: []');
  log = [];
  timers = [];
  exporter = createExporter(
    { environment: 'e', listen: { port: 0 }, budgets_file: file('budgets.yml'), prices_file: file('prices.yml') },
    {
      clock: clockOf(),
      log: (level, message, fields) => log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`),
    }
  );
  ({ url } = await exporter.listen());
});
afterEach(async () => {
  await exporter.close();
  rmSync(folder, { recursive: true });
});

function clockOf(): Clock {
  return {
    now: () => NOW,
    monotonic: () => 0,
    every: (periodMs, tick) => {
      timers.push({ periodMs, tick });
      return () => undefined;
    },
  };
}

/** Lets the timers of one period go off once; what they begin is done when it resolves. */
async function pass(periodMs: number): Promise<void> {
  for (const timer of timers.filter((one) => one.periodMs === periodMs)) timer.tick();
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

const usage = (id: string, fields: object): string =>
  JSON.stringify({ type: 'cost.updated', threadId: 't', timestamp: NOW, payload: { id, ...fields } });
const degraded = async (): Promise<unknown> => {
  const body = (await (await fetch(`${url}/health/ready`)).json()) as {
    degraded: { reason: string; message: string }[];
  };
  return body.degraded
    .filter(({ reason }) => reason !== 'memory_only')
    .map(({ reason, message }) => `${reason}: ${message}`);
};
const of = (budget: string, family: string, value: string): string =>
  `orchestrator_budget_${family}{environment="e",budget="${budget}"} ${value}`;
const RELOAD = 'orchestrator_exporter_config_last_reload_successful';
const reloads = (budgetsFile: number, pricesFile: number): string[] => [
  `${RELOAD}{environment="e",file="budgets_file"} ${budgetsFile}`,
  `${RELOAD}{environment="e",file="prices_file"} ${pricesFile}`,
];

test('a top-up, a new budget and a deleted one are in force after a reload, with the money that was spent', async () => {
  await post(url, usage('1', { costUsd: 4 }));
  expect(await metricLines(url, 'orchestrator_budget_remaining_usd')).toEqual([of('daily', 'remaining_usd', '6')]);
  budgets({ limit_usd: 30 }, { name: 'monthly', window: 'month' });
  expect(exporter.reload()).toBe(true);
  expect(await metricLines(url, 'orchestrator_budget_remaining_usd', 'orchestrator_budget_spent_usd')).toEqual([
    of('daily', 'remaining_usd', '26'),
    of('monthly', 'remaining_usd', '6'),
    of('daily', 'spent_usd', '4'),
    of('monthly', 'spent_usd', '4'),
  ]);
  budgets({ name: 'monthly', window: 'month' });
  exporter.reload();
  const names = (
    await metricLines(
      url,
      'orchestrator_budget_info',
      'orchestrator_budget_burn_rate_usd_per_second',
      'orchestrator_budget_valid'
    )
  ).map((line) => /budget="(\w+)"/.exec(line)?.[1]);
  expect([...new Set(names)]).toEqual(['monthly']);
});

test('a change is seen without a signal', async () => {
  budgets({ limit_usd: 30 });
  for (let look = 0; look < 3; look++) await pass(2_000);
  expect(await metricLines(url, 'orchestrator_budget_limit_usd')).toEqual([of('daily', 'limit_usd', '30')]);
});

test('a bad file is refused whole, the old one stays, and health, gauge and log say so until it is good', async () => {
  expect([await degraded(), await metricLines(url, RELOAD)]).toEqual([[], reloads(1, 1)]);
  budgets({ limit_usd: 99 }, { name: 'more', window: 'fortnight' }, { name: 'daily' });
  expect(exporter.reload()).toBe(false);
  const windows = 'hour, day, week, month, quarter, thread or rolling:<duration> from 1m to 366d';
  const problems = [
    `budgets[1].window must be ${windows}, not "fortnight"`,
    'budgets[2].name "daily" is also the name of budgets[0]; names are unique',
  ];
  expect(await degraded()).toEqual([
    `budgets_file_refused: budgets_file is refused and what it said before stays in force: ${problems.join('; ')}`,
  ]);
  expect(log.at(-1)).toBe(
    `error budgets_file is refused; what it said before stays in force ${JSON.stringify({ problems })}`
  );
  expect(await metricLines(url, RELOAD, 'orchestrator_budget_limit_usd')).toEqual([
    of('daily', 'limit_usd', '10'),
    ...reloads(0, 1),
  ]);
  budgets({ limit_usd: 99 });
  expect(exporter.reload()).toBe(true);
  expect([await degraded(), await metricLines(url, RELOAD, 'orchestrator_budget_limit_usd')]).toEqual([
    [],
    [of('daily', 'limit_usd', '99'), ...reloads(1, 1)],
  ]);
});

test('usage without a price makes its budgets doubtful until the table has one, and the money comes then', async () => {
  await post(url, usage('1', { model: 'm', inputTokensDelta: 2_000_000 }));
  await pass(10_000);
  const doubt = '1 usage reports of its window have no price';
  expect([
    await degraded(),
    await metricLines(url, 'orchestrator_budget_valid', 'orchestrator_exporter_unpriced_usage_pending'),
  ]).toEqual([
    [
      `budget_invalid: the numbers of budget daily cannot be trusted: ${doubt}`,
      'unpriced_usage: usage reports that wait for a price: 1; their cost is not counted yet',
    ],
    [of('daily', 'valid', '0'), 'orchestrator_exporter_unpriced_usage_pending{environment="e"} 1'],
  ]);
  expect(log.at(-1)).toBe(`warn the numbers of a budget cannot be trusted {"budget":"daily","reasons":["${doubt}"]}`);
  prices(3);
  exporter.reload();
  await pass(1_000);
  await pass(10_000);
  expect(
    await metricLines(
      url,
      'orchestrator_budget_valid',
      'orchestrator_budget_spent_usd',
      'orchestrator_exporter_priced_models'
    )
  ).toEqual([
    of('daily', 'spent_usd', '6'),
    of('daily', 'valid', '1'),
    'orchestrator_exporter_priced_models{environment="e"} 1',
  ]);
  expect([await degraded(), log.at(-1)]).toEqual([
    [],
    'info the numbers of a budget can be trusted again {"budget":"daily"}',
  ]);
});

test('the limit of a live thread follows its thread budget', async () => {
  const gauges = ['orchestrator_thread_budget_limit_usd', 'orchestrator_thread_budget_remaining_usd'];
  await post(url, usage('1', { costUsd: 4 }));
  const steps: string[][] = [];
  for (const rows of [[{ window: 'thread', limit_usd: 5 }], [{ window: 'thread', limit_usd: 7 }], []]) {
    budgets(...rows);
    exporter.reload();
    steps.push((await metricLines(url, ...gauges)).map((line) => line.slice(line.lastIndexOf(' ') + 1)));
  }
  expect(steps).toEqual([['5', '1'], ['7', '3'], []]);
});

test('usage without a price waits on disk through a restart, and what it got stays through the next', async () => {
  const data = {
    environment: 'e',
    listen: { port: 0 },
    data_dir: join(folder, 'data'),
    budgets_file: file('budgets.yml'),
  };
  const runs: string[][] = [];
  for (const [run, sections] of [{}, { prices_file: file('prices.yml') }, {}].entries()) {
    prices(3);
    await exporter.close();
    timers = [];
    exporter = createExporter({ ...data, ...sections }, { clock: clockOf(), log: () => undefined });
    ({ url } = await exporter.listen());
    if (run === 0) await post(url, usage('1', { model: 'm', inputTokensDelta: 2_000_000 }));
    await pass(1_000);
    // The correction is durable when the next event, which the journal writes after it, is acknowledged.
    await post(url, usage(`after-${run}`, { costUsd: 0 }));
    runs.push(
      await metricLines(
        url,
        'orchestrator_budget_spent_usd',
        'orchestrator_budget_valid',
        'orchestrator_cost_correction_usd_total'
      )
    );
  }
  const paid = [
    of('daily', 'spent_usd', '6'),
    of('daily', 'valid', '1'),
    'orchestrator_cost_correction_usd_total{environment="e",team="default",workflow="default",provider="unknown",model="m"} 6',
  ];
  expect(runs).toEqual([[of('daily', 'spent_usd', '0'), of('daily', 'valid', '0')], paid, paid]);
});

test('what is wrong with either file keeps the exporter from starting, all at once', () => {
  writeFileSync(file('budgets.yml'), 'budgets: 5');
  const start = (): unknown =>
    createExporter({ environment: 'e', budgets_file: file('budgets.yml'), prices_file: file('no.yml') });
  expect(start).toThrow(
    `budgets_file: budgets must be a list, not 5\nprices_file ${JSON.stringify(file('no.yml'))} cannot be read: ENOENT`
  );
});
