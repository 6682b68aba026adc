// What a budget has used against its own thresholds, in a list of any kind.
import { ALERTS, type AlertName } from '../../src/alerting/names.ts';
import type { Environment } from '../../src/environments/environment.ts';
import { held, type AlertCase } from './alert-case.ts';

const percent = (ratio: number): string => `${Number((ratio * 100).toPrecision(4))}%`;

interface BudgetSeries {
  readonly environment: string;
  readonly budget?: string;
  readonly used: string | number;
  readonly spent: number;
  readonly valid?: number;
  readonly owner?: string;
  readonly thresholds?: readonly number[];
}

/** A day budget of 100 USD. `budget` stands in the text as PromQL quotes it. */
export function budgetSeries(series: BudgetSeries): Readonly<Record<string, string>> {
  const { environment, budget = 'research', used, spent, valid = 1, owner = 'lab', thresholds = [] } = series;
  const labels = `environment="${environment}", budget=${JSON.stringify(budget)}`;
  return {
    [`orchestrator_budget_info{${labels}, owner="${owner}", window="day", timezone="UTC"}`]: held(1),
    [`orchestrator_budget_limit_usd{${labels}}`]: held(100),
    [`orchestrator_budget_spent_usd{${labels}}`]: held(spent),
    [`orchestrator_budget_remaining_usd{${labels}}`]: held(100 - spent),
    [`orchestrator_budget_used_ratio{${labels}}`]: held(used),
    [`orchestrator_budget_period_end_timestamp_seconds{${labels}}`]: held(86_400),
    [`orchestrator_budget_valid{${labels}}`]: held(valid),
    ...Object.fromEntries(
      thresholds.map((ratio, i) => [
        `orchestrator_budget_threshold_ratio{${labels}, threshold="${i + 1}"}`,
        held(ratio),
      ])
    ),
  };
}

export const budgetLabels = { budget: 'research', owner: 'lab', window: 'day', timezone: 'UTC' };

interface Told {
  /** USD of 100. */
  readonly spent: number;
  /** Of the budget, ascending. */
  readonly thresholds: readonly number[];
  /** Label of the threshold that was reached, counted from 1; none where the limit alone was. */
  readonly reached?: string;
  readonly owner?: string;
}

const thresholdOf = ({ thresholds, reached }: Told): string | undefined => {
  const ratio = thresholds[Number(reached) - 1];
  return ratio === undefined ? undefined : `threshold ${percent(ratio)}`;
};

function description(told: Told): string {
  const { spent, thresholds, owner = 'lab' } = told;
  const next = thresholds.find((ratio) => ratio * 100 > spent);
  return [
    `Used ${spent.toFixed(2)} of 100.00 USD (${[percent(spent / 100), thresholdOf(told) ?? []].flat().join(', ')}),`,
    `remaining ${(100 - spent).toFixed(2)} USD.`,
    ...(next === undefined ? [] : [`Next threshold ${percent(next)}.`]),
    ...(owner === '' ? [] : [`Owner: ${owner}.`]),
    'Period ends 1970-01-02 00:00:00 +0000 UTC.',
  ].join(' ');
}

const inBrackets = (told: Told): string =>
  [thresholdOf(told) ?? []]
    .flat()
    .map((text) => ` (${text})`)
    .join('');

type Summary = (budget: string, told: Told) => string;
const hasUsed: Summary = (budget, told) =>
  `Budget ${budget} has used ${percent(told.spent / 100)} of its limit${inBrackets(told)}`;
const isExhausted: Summary = (budget, told) =>
  `Budget ${budget} is exhausted: ${percent(told.spent / 100)} of its limit is used${inBrackets(told)}`;

interface Tier {
  readonly alert: AlertName;
  /** A threshold within the tier. */
  readonly ratio: number;
  readonly summary: Summary;
}

/** A threshold of `ratio`, the second of its budget, behind one that is far below it. */
function tierCases(environment: string, { alert, ratio, summary }: Tier): readonly AlertCase[] {
  const spent = ratio * 100;
  const thresholds = [0.001, ratio];
  const hostile = 'a "quoted" \\ name';
  const second = { ...budgetLabels, threshold: '2' };
  const told = (usd: number): Told => ({ spent: usd, thresholds, reached: '2' });
  const row = (name: string, series: AlertCase['series'], fires: AlertCase['fires'] = [], atSeconds = 60) => ({
    alert,
    name,
    series,
    atSeconds,
    fires,
  });
  const two = (name: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      ['one', 'two'].flatMap((instance) => {
        const labels = `environment="${environment}", budget="${name}", instance="${instance}"`;
        return [
          [`orchestrator_budget_used_ratio{${labels}}`, held(ratio)],
          [`orchestrator_budget_threshold_ratio{${labels}, threshold="2"}`, held(ratio)],
          [`orchestrator_budget_info{${labels}, owner="of ${instance}"}`, held(1)],
        ];
      })
    );
  return [
    row(
      'fires exactly at the threshold',
      budgetSeries({ environment, used: ratio, spent, thresholds }),
      [{ labels: second, summary: summary('research', told(spent)), description: description(told(spent)) }],
      0
    ),
    row('goes on far past the threshold', budgetSeries({ environment, used: 9, spent: 900, thresholds }), [
      { labels: second, summary: summary('research', told(900)), description: description(told(900)) },
    ]),
    row(
      'stays quiet one nano below the threshold',
      budgetSeries({ environment, used: Number((ratio - 1e-9).toPrecision(12)), spent, thresholds: [ratio] })
    ),
    row('stays quiet where there is no budget at all', {}),
    row(
      'stays quiet on NaN, which the invalid alert tells',
      budgetSeries({ environment, used: 'NaN', spent: 0, thresholds })
    ),
    row(
      'stays quiet about another environment',
      budgetSeries({ environment: 'elsewhere', used: 2, spent: 200, thresholds })
    ),
    row(
      'fires with its figures for a budget with quotes and a backslash in its name',
      budgetSeries({ environment, budget: hostile, used: 1.5, spent: 150, thresholds }),
      [
        {
          labels: { ...second, budget: hostile },
          summary: summary(hostile, told(150)),
          description: description(told(150)),
        },
      ]
    ),
    row(
      'fires for a budget that has no owner, who runs it being told',
      budgetSeries({ environment, used: 1.5, spent: 150, thresholds, owner: '' }),
      [
        {
          labels: { budget: 'research', window: 'day', timezone: 'UTC', threshold: '2' },
          summary: summary('research', told(150)),
          description: description({ ...told(150), owner: '' }),
        },
      ]
    ),
    row(
      'fires once for each of two exporters',
      two('b'),
      ['one', 'two'].map((instance) => ({
        labels: { budget: 'b', instance, owner: `of ${instance}`, threshold: '2' },
        summary: summary('b', told(spent)),
        description: `Used unknown of unknown USD (${percent(ratio)}, threshold ${percent(ratio)}), remaining unknown USD. Owner: of ${instance}.`,
      }))
    ),
  ];
}

/** A budget with `thresholds` that has used `used`: each alert with the threshold that it names, null for none, or quiet. */
interface Listed {
  readonly name: string;
  readonly thresholds: readonly number[];
  readonly used: number;
  readonly firing: Partial<Record<AlertName, string | null>>;
}

const { budgetNotice: NOTICE, budgetWarning: WARNING, budgetCritical: CRITICAL, budgetExhausted: EXHAUSTED } = ALERTS;

const DEFAULT = [0.5, 0.8, 0.95, 1];
const ODD = [0.33, 0.9, 1.2];
const EDGES = [0.799, 0.949, 0.999];

/** The repository's environments all have warnings from 0.8 and critical ones from 0.95. */
const LISTS: readonly Listed[] = [
  { name: 'the default below its first', thresholds: DEFAULT, used: 0.49, firing: {} },
  { name: 'the default at its first', thresholds: DEFAULT, used: 0.5, firing: { [NOTICE]: '1' } },
  { name: 'the default at its second', thresholds: DEFAULT, used: 0.8, firing: { [NOTICE]: '1', [WARNING]: '2' } },
  {
    name: 'the default at its last',
    thresholds: DEFAULT,
    used: 1,
    firing: { [NOTICE]: '1', [WARNING]: '2', [CRITICAL]: '3', [EXHAUSTED]: '4' },
  },
  { name: 'a list of others at its first', thresholds: ODD, used: 0.33, firing: { [NOTICE]: '1' } },
  { name: 'a list of others where the default has one', thresholds: ODD, used: 0.8, firing: { [NOTICE]: '1' } },
  {
    name: 'a list of others at its second, with nothing critical in it',
    thresholds: ODD,
    used: 0.99,
    firing: { [NOTICE]: '1', [WARNING]: '2' },
  },
  {
    name: 'a list of others when the limit is used, which needs no threshold',
    thresholds: ODD,
    used: 1,
    firing: { [NOTICE]: '1', [WARNING]: '2', [EXHAUSTED]: null },
  },
  {
    name: 'a list of others at its last, past the limit',
    thresholds: ODD,
    used: 1.2,
    firing: { [NOTICE]: '1', [WARNING]: '2', [EXHAUSTED]: '3' },
  },
  {
    name: 'several thresholds of one kind, of which the highest reached speaks',
    thresholds: [0.1, 0.2, 0.81, 0.85, 0.94, 0.96, 0.97, 1.5, 2, 10],
    used: 2.5,
    firing: { [NOTICE]: '2', [WARNING]: '5', [CRITICAL]: '7', [EXHAUSTED]: '9' },
  },
  { name: 'thresholds just below a tier, at the first', thresholds: EDGES, used: 0.799, firing: { [NOTICE]: '1' } },
  {
    name: 'thresholds just below a tier, at the second',
    thresholds: EDGES,
    used: 0.949,
    firing: { [NOTICE]: '1', [WARNING]: '2' },
  },
  {
    name: 'thresholds just below a tier, at the third',
    thresholds: EDGES,
    used: 0.999,
    firing: { [NOTICE]: '1', [WARNING]: '2', [CRITICAL]: '3' },
  },
  { name: 'one threshold, beyond the limit', thresholds: [10], used: 1, firing: { [EXHAUSTED]: null } },
  { name: 'no thresholds, from an exporter that tells none', thresholds: [], used: 3, firing: { [EXHAUSTED]: null } },
];

function listCases(environment: string, { name, thresholds, used, firing }: Listed): readonly AlertCase[] {
  const spent = used * 100;
  return [NOTICE, WARNING, CRITICAL, EXHAUSTED].map((alert): AlertCase => {
    const threshold = firing[alert];
    const told = { spent, thresholds, ...(typeof threshold === 'string' ? { reached: threshold } : {}) };
    const summary = (alert === EXHAUSTED ? isExhausted : hasUsed)('research', told);
    const labels = { ...budgetLabels, ...(typeof threshold === 'string' ? { threshold } : {}) };
    return {
      alert,
      name: `${threshold === undefined ? 'stays quiet' : 'fires'} for ${name}`,
      series: budgetSeries({ environment, used, spent, thresholds }),
      atSeconds: 60,
      fires: threshold === undefined ? [] : [{ labels, summary, description: description(told) }],
    };
  });
}

export function thresholdCases({ name, alerts }: Environment): readonly AlertCase[] {
  return [
    ...tierCases(name, { alert: NOTICE, ratio: alerts.budgetWarningRatio - 0.1, summary: hasUsed }),
    ...tierCases(name, { alert: WARNING, ratio: alerts.budgetWarningRatio, summary: hasUsed }),
    ...tierCases(name, { alert: CRITICAL, ratio: alerts.budgetCriticalRatio, summary: hasUsed }),
    ...tierCases(name, { alert: EXHAUSTED, ratio: 1, summary: isExhausted }),
    ...LISTS.flatMap((listed) => listCases(name, listed)),
  ];
}
