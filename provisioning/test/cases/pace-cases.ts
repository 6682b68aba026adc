// How fast budgets are spent: burn rates, projection, time ahead, unusual hours. Time stands at 0, the period around it.
import { BURN_RATE_LOOKBACKS, type BurnRateLookback } from 'orchestrator-exporter/contract/metrics';
import { ALERTS, type AlertName } from '../../src/alerting/names.ts';
import { FAST_BURN, SLOW_BURN } from '../../src/budget-pace.ts';
import type { Environment } from '../../src/environments/environment.ts';
import { duration, held, instant, type AlertCase } from './alert-case.ts';

interface Budget {
  readonly limit: number;
  readonly remaining: number;
  /** Seconds of the period before and after 0; a rolling budget has none. */
  readonly period?: { readonly over: number; readonly left: number };
  readonly burn?: Partial<Record<BurnRateLookback, number | string>>;
  readonly used?: number | string;
  readonly exhaustion?: number;
}

type Fires = AlertCase['fires'];
const LABELS = { budget: 'research', owner: 'lab', window: 'day', timezone: 'UTC' };

function seriesOf(environment: string, { limit, remaining, period, burn = {}, used, exhaustion }: Budget) {
  const labels = `environment="${environment}", budget="research"`;
  const timestamps: [string, number | undefined][] = [
    ['period_start', period === undefined ? undefined : -period.over],
    ['period_end', period?.left],
    ['exhaustion', exhaustion],
  ];
  return {
    [`orchestrator_budget_info{${labels}, owner="lab", window="day", timezone="UTC"}`]: held(1),
    [`orchestrator_budget_limit_usd{${labels}}`]: held(limit),
    [`orchestrator_budget_spent_usd{${labels}}`]: held(limit - remaining),
    [`orchestrator_budget_remaining_usd{${labels}}`]: held(remaining),
    ...(used === undefined ? {} : { [`orchestrator_budget_used_ratio{${labels}}`]: held(used) }),
    ...Object.fromEntries(
      timestamps.flatMap(([name, value]) =>
        value === undefined ? [] : [[`orchestrator_budget_${name}_timestamp_seconds{${labels}}`, held(value)]]
      )
    ),
    ...Object.fromEntries(
      Object.entries(burn).map(([lookback, rate]) => [
        `orchestrator_budget_burn_rate_usd_per_second{${labels}, lookback="${lookback}"}`,
        held(rate),
      ])
    ),
  };
}

const figures = ({ limit, remaining, period, burn, exhaustion }: Budget): string =>
  [
    `Used ${(limit - remaining).toFixed(2)} of ${limit.toFixed(2)} USD, remaining ${remaining.toFixed(2)} USD.`,
    ...(burn?.['1h'] === undefined ? [] : [`Last hour: ${(Number(burn['1h']) * 3600).toFixed(2)} USD.`]),
    ...(exhaustion === undefined ? [] : [`Runs out ${instant(exhaustion)} at that rate.`]),
    'Owner: lab.',
    ...(period === undefined ? [] : [`Period ends ${instant(period.left)}.`]),
  ].join(' ');

interface Row {
  readonly name: string;
  readonly budget: Budget;
  /** The summary; left out where the alert stays quiet. */
  readonly summary?: string;
}

function caseOf(environment: string, alert: AlertName, { name, budget, summary }: Row): AlertCase {
  const fires: Fires = summary === undefined ? [] : [{ labels: LABELS, summary, description: figures(budget) }];
  return { alert, name, series: seriesOf(environment, budget), atSeconds: 0, stepSeconds: 60, fires };
}

const WEEK = 604_800;
/** A power of two, so that everything scales exactly; a week's dollars become less than one. */
const CENTS = 2 ** -20;

/** At the sustainable pace of 1 USD per second every bound of the tier is met exactly; then each is missed by a little. */
function tierRows(tier: (typeof FAST_BURN)[number], floorRatio: number): readonly Row[] {
  const over = BURN_RATE_LOOKBACKS[tier.long];
  const left = (tier.period === 'long' ? WEEK : WEEK - 1) - over;
  const limit = (tier.factor * over) / floorRatio;
  const atBounds = {
    limit,
    remaining: left,
    period: { over, left },
    burn: { [tier.long]: tier.factor, [tier.short]: tier.factor },
  };
  const summary = `Budget research is spent ${tier.factor.toFixed(1)} times as fast as what is left of it allows`;
  const less = tier.factor - 1e-9;
  const of = `${tier.long} and ${tier.short}`;
  const otherPeriod = tier.period === 'long' ? left - 1 : left + 1;
  return [
    { name: `fires exactly at the bounds of ${of}`, budget: atBounds, summary },
    {
      name: `stays quiet when ${tier.long} is slower`,
      budget: { ...atBounds, limit: limit / 2, burn: { ...atBounds.burn, [tier.long]: less } },
    },
    {
      name: `fires at the bounds of ${of} with cents left`,
      budget: {
        ...atBounds,
        limit: limit * CENTS,
        remaining: left * CENTS,
        burn: { [tier.long]: tier.factor * CENTS, [tier.short]: tier.factor * CENTS },
      },
      summary,
    },
    {
      name: `stays quiet when ${tier.short} of ${tier.long} is slower: it is over`,
      budget: { ...atBounds, burn: { ...atBounds.burn, [tier.short]: less } },
    },
    {
      name: `stays quiet when ${of} spent less than the floor`,
      budget: { ...atBounds, limit: limit * 1.001 },
    },
    {
      name: `stays quiet while the period is younger than ${tier.long}`,
      budget: { ...atBounds, period: { over: over - 1, left: left + 1 }, remaining: left + 1 },
    },
    {
      name: `stays quiet about ${of} in a period of another length`,
      budget: { ...atBounds, period: { over, left: otherPeriod }, remaining: otherPeriod },
    },
    {
      name: `stays quiet about ${of} when nothing is left, which the exhausted alert tells`,
      budget: { ...atBounds, remaining: 0 },
    },
    {
      name: `stays quiet about ${of} on NaN`,
      budget: { ...atBounds, burn: { [tier.long]: 'NaN', [tier.short]: 'NaN' } },
    },
  ];
}

function burnCases(environment: string, alert: AlertName, tiers: typeof FAST_BURN, floorRatio: number) {
  return [
    ...tiers.flatMap((tier) => tierRows(tier, floorRatio)).map((row) => caseOf(environment, alert, row)),
    { alert, name: 'stays quiet without budgets', series: {}, atSeconds: 0, fires: [] },
  ];
}

function projectionCases(environment: string, { projectionFloorRatio, projectionSeconds }: Environment['alerts']) {
  const alert = ALERTS.budgetExhaustionProjected;
  const at = projectionSeconds;
  const base = {
    limit: 100,
    remaining: 60,
    period: { over: 40_000, left: 46_400 },
    used: projectionFloorRatio,
    exhaustion: at + 7_200,
  };
  const summary = 'Budget research runs out in 2h 0m 0s at the rate of the last hour';
  const rolling: Budget = { limit: 100, remaining: 60, used: projectionFloorRatio, exhaustion: at + 7_200 };
  const rows: readonly (Row & { readonly atSeconds?: number })[] = [
    { name: 'fires when exhaustion has been in sight for long enough', budget: base, summary },
    { name: 'stays quiet a step before', budget: base, atSeconds: at - 60 },
    { name: 'fires for a rolling budget, which has no end', budget: rolling, summary },
    { name: 'tells the rate of the last hour', budget: { ...base, burn: { '1h': 0.005 } }, summary },
    { name: 'stays quiet when the budget lasts exactly to the end', budget: { ...base, exhaustion: 46_400 } },
    { name: 'stays quiet when the budget outlasts the period', budget: { ...base, exhaustion: 46_401 } },
    {
      name: 'fires when it ends a second before the period',
      budget: { ...base, exhaustion: 46_399 },
      summary: `Budget research runs out in ${duration(46_399 - at)} at the rate of the last hour`,
    },
    { name: 'stays quiet while little is used', budget: { ...base, used: projectionFloorRatio - 1e-9 } },
    { name: 'stays quiet on NaN', budget: { ...base, used: 'NaN' } },
    { name: 'stays quiet when none is projected', budget: { limit: 100, remaining: 60, used: 0.9 } },
  ];
  return rows.map((row) => ({ ...caseOf(environment, alert, row), atSeconds: row.atSeconds ?? at }));
}

function aheadCases(environment: string, { aheadRatio }: Environment['alerts']) {
  const alert = ALERTS.budgetAheadOfTime;
  const base = { limit: 100, remaining: 50, period: { over: 21_600, left: 64_800 }, used: 0.25 + aheadRatio };
  const summary = `Budget research is ${aheadRatio * 100}% of its limit ahead of the time that has passed`;
  const rows: readonly Row[] = [
    { name: 'fires when exactly that far ahead', budget: base, summary },
    { name: 'stays quiet when a little less far ahead', budget: { ...base, used: base.used - 1e-9 } },
    {
      name: 'stays quiet when as much of the time is over',
      budget: { ...base, period: { over: 64_800, left: 21_600 } },
    },
    {
      name: 'stays quiet about a rolling budget, which has no period',
      budget: { limit: 100, remaining: 1, used: 0.99 },
    },
    { name: 'stays quiet on NaN', budget: { ...base, used: 'NaN' } },
  ];
  return rows.map((row) => caseOf(environment, alert, row));
}

const DAY = 86_400;
/** Four evaluations a day are enough: every offset is whole days. */
const STEP = 21_600;

/** Hourly spend in USD by day, the last is today; undefined is a day without a sample. */
function unusualCases(environment: string, { anomalyFactor, anomalyFloorRatio }: Environment['alerts']) {
  const alert = ALERTS.budgetSpendUnusual;
  const labels = `environment="${environment}", budget="research"`;
  const steps = DAY / STEP;
  const rate = (usd: number) => String(usd / 3600);
  const daily = (days: readonly (number | undefined)[]): string =>
    days.map((usd) => (usd === undefined ? `_x${steps}` : `${rate(usd)}+0x${steps - 1}`)).join(' ');
  const row = (name: string, days: readonly (number | undefined)[], limit: number, above?: number): AlertCase => ({
    alert,
    name,
    series: {
      [`orchestrator_budget_limit_usd{${labels}}`]: held(limit),
      [`orchestrator_budget_spent_usd{${labels}}`]: held(40),
      [`orchestrator_budget_remaining_usd{${labels}}`]: held(limit - 40),
      [`orchestrator_budget_burn_rate_usd_per_second{${labels}, lookback="1h"}`]: daily(days),
      // A shorter lookback of the same budget says something else.
      [`orchestrator_budget_burn_rate_usd_per_second{${labels}, lookback="5m"}`]: held(1_000),
    },
    atSeconds: (days.length - 1) * DAY + DAY / 2,
    stepSeconds: STEP,
    fires:
      above === undefined
        ? []
        : [
            {
              labels: { budget: 'research' },
              summary: `Spend of budget research in the last hour is ${above.toFixed(2)} USD above the same hour of past days`,
              description: `Used 40.00 of ${limit.toFixed(2)} USD, remaining ${(limit - 40).toFixed(2)} USD. Last hour: ${(days.at(-1) ?? 0).toFixed(2)} USD.`,
            },
          ],
  });
  // A multiple of 36, so that dividing by 3600 and back loses nothing that counts.
  const usual = 36;
  const today = usual * anomalyFactor;
  const above = today - usual;
  const limit = above / anomalyFloorRatio;
  const week = [usual, usual, usual, usual, usual, usual, usual];
  const owned = row('fires for the owner whom most exporters tell', [...week, today], limit, above);
  return [
    row('fires at the factor above a usual week', [...week, today], limit, above),
    {
      ...owned,
      series: {
        ...owned.series,
        [`orchestrator_budget_info{${labels}, instance="1", owner="lab"}`]: held(1),
        [`orchestrator_budget_info{${labels}, instance="2", owner="lab"}`]: held(1),
        [`orchestrator_budget_info{${labels}, instance="3", owner="another"}`]: held(1),
      },
      fires: owned.fires.map((alertOf) => ({
        ...alertOf,
        labels: { budget: 'research', owner: 'lab' },
        description: `${alertOf.description} Owner: lab.`,
      })),
    },
    row('stays quiet a little below the factor', [...week, today - 0.001], limit * 0.9),
    row('stays quiet when the excess is small beside the limit', [...week, today], limit * 1.001),
    row('fires after three days of history', [usual, usual, usual, today], limit, above),
    row('stays quiet after two days of history', [usual, usual, today], limit),
    row('stays quiet without history', [today], limit),
    row('stays quiet in a first hour of spend that is usual', [...week, usual], limit),
    row('is not misled by one odd day', [usual, 900, usual, usual, usual, usual, 0, today], limit, above),
    row('compares with no day before the last seven', [900, 900, 900, 900, ...week, today], limit, above),
    row('counts each of the last seven days', [undefined, 0, 0, 0, usual, usual, usual, usual, today], limit, above),
    row('fires in an hour that is usually free', [0, 0, 0, 0, 0, 0, 0, today], today / anomalyFloorRatio, today),
  ];
}

export function paceCases({ name, alerts }: Environment): readonly AlertCase[] {
  return [
    ...burnCases(name, ALERTS.budgetBurningFast, FAST_BURN, alerts.burnFloorRatio),
    ...burnCases(name, ALERTS.budgetBurningSlowly, SLOW_BURN, alerts.burnFloorRatio),
    ...projectionCases(name, alerts),
    ...aheadCases(name, alerts),
    ...unusualCases(name, alerts),
  ];
}
