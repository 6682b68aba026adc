// Budgets that two exporters count the parts of: what their figures come to together.
import { ALERTS, type AlertName } from '../../src/alerting/names.ts';
import type { Environment } from '../../src/environments/environment.ts';
import { held, instant, type AlertCase } from './alert-case.ts';
import { paceCases } from './pace-cases.ts';
import type { RecordingCase } from './recording-cases.ts';
import { thresholdCases } from './threshold-cases.ts';

const JOB = 'job="orchestrator-exporter"';

export interface Part {
  readonly instance: string;
  readonly spent: number;
  readonly hour?: number;
  readonly up?: number;
  readonly owner?: string;
}

/** A budget of 100 USD of the first day as several exporters tell it, at the same moment. */
export function told(
  parts: readonly Part[],
  { window = 'day', of = 'dev' }: { readonly window?: string; readonly of?: string } = {}
): Record<string, string> {
  return Object.assign(
    {},
    ...parts.map(({ instance, spent, hour = 0, up = 1, owner = 'lab' }) => {
      const target = `${JOB}, instance="${instance}"`;
      const labels = `environment="${of}", ${target}, budget="b"`;
      const all = {
        [`orchestrator_budget_info{${labels}, owner="${owner}", window="${window}", timezone="UTC"}`]: 1,
        [`orchestrator_budget_limit_usd{${labels}}`]: 100,
        [`orchestrator_budget_spent_usd{${labels}}`]: spent,
        [`orchestrator_budget_remaining_usd{${labels}}`]: 100 - spent,
        [`orchestrator_budget_used_ratio{${labels}}`]: spent / 100,
        [`orchestrator_budget_threshold_ratio{${labels}, threshold="1"}`]: 0.95,
        [`orchestrator_budget_burn_rate_usd_per_second{${labels}, lookback="1h"}`]: hour / 3_600,
        [`orchestrator_budget_period_start_timestamp_seconds{${labels}}`]: 0,
        [`orchestrator_budget_period_end_timestamp_seconds{${labels}}`]: DAY,
        [`orchestrator_budget_valid{${labels}}`]: 1,
        [`up{${target}}`]: up,
      };
      return Object.fromEntries(Object.entries(all).map(([series, value]) => [series, held(value)]));
    })
  ) as Record<string, string>;
}

const DAY = 86_400;
const LABELS = { budget: 'b', owner: 'lab', window: 'day', timezone: 'UTC' };
export const REST = ' Owner: lab. Period ends 1970-01-02 00:00:00 +0000 UTC.';
export const both = (spent: number, hour = 0): readonly Part[] =>
  ['a', 'b'].map((instance) => ({ instance, spent, hour }));

/** That 95 of 100 USD are reached: what is told, of which exporter where each speaks for itself. */
export interface Critical {
  readonly instance?: string;
  readonly window?: string;
  readonly told: string;
}

export const usedText = (used: number): string =>
  `Used ${used}.00 of 100.00 USD (${used}%, threshold 95%), remaining ${100 - used}.00 USD.`;

/** The case of the alert that 95 of 100 USD are reached; quiet without `critical`. */
export function criticalCase(name: string, series: AlertCase['series'], critical: readonly Critical[] = []): AlertCase {
  const fires = critical.map(({ instance, window = 'day', told: description }) => ({
    labels: {
      ...LABELS,
      window,
      threshold: '1',
      ...(instance === undefined ? {} : { instance, job: 'orchestrator-exporter' }),
    },
    summary: 'Budget b has used 96% of its limit (threshold 95%)',
    description,
  }));
  return { alert: ALERTS.budgetCritical, name, series, atSeconds: 60, stepSeconds: 60, fires };
}

function criticalCases(environment: string): readonly AlertCase[] {
  const sixty = [
    { instance: 'a', spent: 60, hour: 3 },
    { instance: 'b', spent: 36, hour: 1 },
  ];
  const of = { of: environment };
  const rate = 'Last hour: 4.00 USD. Runs out 1970-01-01 01:01:00 +0000 UTC at that rate.';
  return [
    criticalCase('what two shards spent adds up, and so do their rates, by which it runs out', told(sixty, of), [
      { told: `${usedText(96)} ${rate}${REST}` },
    ]),
    criticalCase('two shards that spent less together are quiet', told(both(47), of)),
    criticalCase(
      'of a budget for each thread the largest counts, as no thread is in two shards',
      told(both(96), { ...of, window: 'thread' }),
      [{ window: 'thread', told: `${usedText(96)} Last hour: 0.00 USD.${REST}` }]
    ),
    criticalCase('two threads in two shards are not one', told(both(60), { ...of, window: 'thread' })),
    criticalCase(
      'while a shard cannot be scraped nothing is told rather than too little',
      told([...both(96).slice(0, 1), { instance: 'b', spent: 60, up: 0 }], of)
    ),
    criticalCase(
      'the owner is the one whom most shards tell',
      told([...both(48), { instance: 'c', spent: 0, owner: 'another' }], of),
      [{ told: `${usedText(96)} Last hour: 0.00 USD.${REST}` }]
    ),
    criticalCase('shards of another environment are not ours', told(both(96), { of: 'elsewhere' })),
    criticalCase('no budget is none', {}),
  ];
}

function projectedCases(environment: string, { projectionSeconds: at }: Environment['alerts']): readonly AlertCase[] {
  const alert = ALERTS.budgetExhaustionProjected;
  const row = (name: string, parts: readonly Part[], hours?: number): AlertCase => {
    const [spent, hour] = [
      parts.reduce((sum, part) => sum + part.spent, 0),
      parts.reduce((sum, part) => sum + (part.hour ?? 0), 0),
    ];
    const description = `Used ${spent.toFixed(2)} of 100.00 USD, remaining ${(100 - spent).toFixed(2)} USD. Last hour: ${hour.toFixed(2)} USD. Runs out ${instant(at + (hours ?? 0) * 3_600)} at that rate.${REST}`;
    const summary = `Budget b runs out in ${hours}h 0m 0s at the rate of the last hour`;
    const fires = hours === undefined ? [] : [{ labels: LABELS, summary, description }];
    return { alert, name, series: told(parts, { of: environment }), atSeconds: at, stepSeconds: 60, fires };
  };
  return [
    row('fires by what is left to both at the rate of both', both(30, 10), 2),
    row('stays quiet where the sum lasts to the end, though half of it would not', both(30, 0.5)),
    row('stays quiet where nothing was spent in the last hour', both(40)),
    row('stays quiet where nothing is left, which the exhausted alert tells', both(50, 10)),
    { ...row('stays quiet where there is no budget', both(0)), series: {} },
  ];
}

function aheadCases(environment: string, { aheadRatio }: Environment['alerts']): readonly AlertCase[] {
  const alert = ALERTS.budgetAheadOfTime;
  const atSeconds = DAY / 4;
  const usd = 25 + aheadRatio * 100;
  const row = (name: string, parts: readonly Part[], fires: AlertCase['fires'] = []): AlertCase => ({
    ...{ alert, name, atSeconds, stepSeconds: atSeconds, fires },
    series: told(parts, { of: environment }),
  });
  return [
    row('fires by the sum of both', both(usd / 2), [
      {
        labels: LABELS,
        summary: `Budget b is ${aheadRatio * 100}% of its limit ahead of the time that has passed`,
        description: `Used ${usd.toFixed(2)} of 100.00 USD, remaining ${(100 - usd).toFixed(2)} USD. Last hour: 0.00 USD.${REST}`,
      },
    ]),
    row('stays quiet where both together are a little less far ahead', both(usd / 2 - 1e-7)),
    row('stays quiet at what a single exporter would be told of', [{ instance: 'a', spent: usd - 1 }]),
  ];
}

/** What no alert shows: the bounds of what is recorded. */
export function shardedRecordings({ name }: Environment): readonly RecordingCase[] {
  const of = { of: name };
  const [rate, exhaustion] = [
    'environment_budget_lookback:orchestrator_budget_burn_rate_usd_per_second:sum',
    'environment_budget:orchestrator_budget_exhaustion_timestamp_seconds:sum',
  ];
  const labels = `environment="${name}", budget="b"`;
  // Powers of two: nothing is rounded.
  const perSecond = 2 ** -11;
  const lasting = (seconds: number): readonly Part[] => both((100 - seconds * perSecond) / 2, (perSecond / 2) * 3_600);
  const row = (
    [record, text, sample]: readonly [string, string, RecordingCase['samples'][number]?],
    series: RecordingCase['series']
  ): RecordingCase => ({ record, name: text, series, atSeconds: 0, samples: sample === undefined ? [] : [sample] });
  const cut = (hour: number): readonly Part[] => [
    { instance: 'a', spent: 1, hour },
    { instance: 'b', spent: 1, hour, up: 0 },
  ];
  return [
    row([exhaustion, 'is none at the very end of the period'], told(lasting(DAY), of)),
    row([exhaustion, 'is there a second before', { labels, value: DAY - 1 }], told(lasting(DAY - 1), of)),
    row([exhaustion, 'is none at a rate of 0'], told(both(1), of)),
    row(
      [rate, 'adds up', { labels: `${labels}, lookback="1h"`, value: 2 * perSecond }],
      told(both(1, perSecond * 3_600), of)
    ),
    row([rate, 'is none while a shard is not scraped'], told(cut(1), of)),
    row([rate, 'is none while a shard is not scraped, of threads too'], told(cut(1), { ...of, window: 'thread' })),
    row([rate, 'is none without budgets'], {}),
  ];
}

/** Of each figure that adds up, half; what is held for ever or absent for a while stays so. */
function halved(values: string): string {
  return values
    .split(' ')
    .map((run) => {
      const [, value = '', steps = ''] = /^(.+)\+0(x\d+)$/.exec(run) ?? [];
      if (steps === '' && !run.startsWith('_')) throw new Error(`${run} cannot be halved`);
      return steps === '' ? run : `${Number(value) / 2}+0${steps}`;
    })
    .join(' ');
}

const ADDS_UP = /^orchestrator_budget_(spent_usd|remaining_usd|used_ratio|burn_rate_usd_per_second)\{/;

const valueOf = (series: AlertCase['series'], name: RegExp): number =>
  Number.parseFloat(Object.entries(series).find(([one]) => name.test(one))?.[1] ?? 'NaN');

/** Over shards the exhaustion follows from the sums, so it is known wherever a period, something left and a rate are. */
function withExhaustion({ series, atSeconds, fires, ...rest }: AlertCase): AlertCase {
  const left = valueOf(series, /_remaining_usd\{/) / valueOf(series, /_burn_rate_.*lookback="1h"/);
  const isKnown = atSeconds + left < valueOf(series, /_period_end_/);
  const text = isKnown ? ` Runs out ${instant(atSeconds + left)} at that rate.` : '';
  const told = fires.map((fire) => ({
    ...fire,
    description: fire.description.replace(/Last hour: \S+ USD\./, `$&${text}`),
  }));
  return { ...rest, series, atSeconds, fires: told };
}

/** The case with each figure told by two exporters, half of it by each where it adds up. Halves of binary numbers are exact. */
function halves(alertCase: AlertCase): AlertCase {
  const { series, ...rest } = withExhaustion(alertCase);
  const of = (instance: string) =>
    Object.entries(series).map(([name, values]) => [
      name.replace('{', `{${JOB}, instance="${instance}", `),
      ADDS_UP.test(name) ? halved(values) : values,
    ]);
  return { ...rest, series: Object.fromEntries([...of('a'), ...of('b')]) as AlertCase['series'] };
}

/** Those whose figures follow from what is summed: spent and used in accord, what is projected not from the exporter. */
const SUMMED: ReadonlySet<AlertName> = new Set([
  ALERTS.budgetBurningFast,
  ALERTS.budgetBurningSlowly,
  ALERTS.budgetSpendUnusual,
]);

/** Of environments with two shards. */
export function shardedCases(environment: Environment): readonly AlertCase[] {
  const { name, alerts } = environment;
  const listed = thresholdCases(environment).filter((one) => /^(fires|stays quiet) for /.test(one.name));
  const paced = paceCases(environment).filter(
    ({ alert, series }) => SUMMED.has(alert) && !Object.keys(series).some((one) => one.includes('instance='))
  );
  return [
    ...criticalCases(name),
    ...projectedCases(name, alerts),
    ...aheadCases(name, alerts),
    // Nothing in these is waited for: one step is enough.
    ...[...listed.map((one) => ({ ...one, stepSeconds: one.atSeconds })), ...paced].map(halves),
  ];
}
