// What recording rules record. Those that alerts read are tested by the cases of the alerts, too.
import type { Environment } from '../../src/environments/environment.ts';
import { held } from './alert-case.ts';

export interface RecordingCase {
  readonly record: string;
  /** A sentence. */
  readonly name: string;
  readonly series: Readonly<Record<string, string>>;
  readonly atSeconds: number;
  readonly stepSeconds?: number;
  /** Labels in the notation of PromQL, without braces. */
  readonly samples: readonly { readonly labels: string; readonly value: number }[];
}

const STEP = 60;
const DAY = 86_400;
/** Every offset in days, half and twice of it is whole steps. */
const HALF_DAY = DAY / 2;
const MEDIAN = 'environment_budget:orchestrator_budget_hourly_spend_usd:median7d';
const KNOWN = 'environment_budget:orchestrator_budget_hourly_spend_usd:count7d';
/** Rises by 30 each minute, a rate of 0.5, from the tenth minute on; before it stood still. */
const RISING = '0+0x9 0+30x90';
/** In the fourth minute after it began to rise: two of the last five minutes stood still. */
const HALF_RISEN = 13 * STEP;

/** Rates in USD per second by how many days ago they were; before and between there is no sample. */
function pastHourCases(of: string): readonly RecordingCase[] {
  const last = 14;
  const rows: readonly { readonly name: string; readonly rates: Readonly<Record<number, number>>; usd: number }[] = [
    ...[1, 2, 3, 4, 5, 6, 7].map((day) => ({ name: `day ${day} alone`, rates: { [day]: day }, usd: day * 3_600 })),
    { name: 'seven days', rates: { 0: 99, 1: 7, 2: 6, 3: 5, 4: 1, 5: 2, 6: 3, 7: 0, 8: 99 }, usd: 10_800 },
    { name: 'an even number of days', rates: { 1: 1, 2: 2 }, usd: 5_400 },
  ];
  return rows.flatMap(({ name, rates, usd }) => {
    const values = Array.from({ length: last + 1 }, (_, i) => `${rates[last - i] ?? '_'} _`).join(' ');
    const known = Object.keys(rates).filter((day) => Number(day) >= 1 && Number(day) <= 7).length;
    const of1h = {
      series: { [`orchestrator_budget_burn_rate_usd_per_second{${of}, budget="b", lookback="1h"}`]: values },
      atSeconds: last * DAY,
      stepSeconds: HALF_DAY,
    };
    const labels = `${of}, budget="b"`;
    return [
      { ...of1h, record: MEDIAN, name: `is the median of ${name}`, samples: [{ labels, value: usd }] },
      { ...of1h, record: KNOWN, name: `counts ${name}`, samples: [{ labels, value: known }] },
    ];
  });
}

/** An agent that has run once, and one that has not: without a run there is no mean. */
function meanRunCases(of: string): readonly RecordingCase[] {
  const series = (name: string, agent: string) => `${name}{${of}, workflow="w", agent="${agent}", state="running"}`;
  return [
    {
      record: 'environment_workflow_agent:orchestrator_agent_running_seconds:mean',
      name: 'is the time of one run after one run, and nothing before',
      series: {
        [series('orchestrator_agent_state_seconds_total', 'once')]: held(7),
        [series('orchestrator_agent_state_transitions_total', 'once')]: held(1),
        [series('orchestrator_agent_state_seconds_total', 'never')]: held(0),
        [series('orchestrator_agent_state_transitions_total', 'never')]: held(0),
      },
      atSeconds: 0,
      samples: [{ labels: `${of}, workflow="w", agent="once"`, value: 7 }],
    },
  ];
}

export function recordingCases({ name }: Environment): readonly RecordingCase[] {
  const of = `environment="${name}"`;
  const elsewhere = 'environment="elsewhere"';
  const rate = (record: string, series: string, kept: string, summed: string): readonly RecordingCase[] => {
    const both = {
      [`${series}{${of}, ${kept}, ${summed}="a"}`]: RISING,
      [`${series}{${of}, ${kept}, ${summed}="b"}`]: RISING,
      [`${series}{${elsewhere}, ${kept}, ${summed}="a"}`]: RISING,
    };
    const labels = kept === 'unit="x"' ? of : `${kept}, ${of}`;
    const row = (text: string, atSeconds: number, value: number): RecordingCase => ({
      record,
      name: text,
      series: both,
      atSeconds,
      stepSeconds: STEP,
      samples: [{ labels, value }],
    });
    return [
      row('is the rate of all series of the environment', 3_600, 1),
      row('looks back for five minutes', HALF_RISEN, 0.6),
    ];
  };
  /** Each minute 100 runs end: until the tenth they took one to two seconds, from then on less than one. */
  const quantile = (atSeconds: number, text: string, value: number): readonly RecordingCase[] => {
    const bucket = (le: string) =>
      `orchestrator_node_duration_seconds_bucket{${of}, workflow="w", node="n", le="${le}"}`;
    return [
      {
        record: 'environment_workflow_node:orchestrator_node_duration_seconds:p95_rate5m',
        name: text,
        series: { [bucket('1')]: '0+0x9 0+100x90', [bucket('2')]: '0+100x100', [bucket('+Inf')]: '0+100x100' },
        atSeconds,
        stepSeconds: STEP,
        samples: [{ labels: `${of}, workflow="w", node="n"`, value }],
      },
    ];
  };
  return [
    ...pastHourCases(of),
    ...meanRunCases(of),
    ...rate('environment:orchestrator_cost_usd:rate5m', 'orchestrator_cost_usd_total', 'unit="x"', 'agent'),
    ...rate(
      'environment_workflow_agent:orchestrator_cost_usd:rate5m',
      'orchestrator_cost_usd_total',
      'workflow="w", agent="g"',
      'model'
    ),
    ...rate(
      'environment_direction:orchestrator_tokens:rate5m',
      'orchestrator_tokens_total',
      'direction="input"',
      'model'
    ),
    ...quantile(14 * STEP, 'looks back for five minutes, a fifth of which was slow', 1.75),
    ...quantile(16 * STEP, 'does not see what was slow six minutes ago', 0.95),
    {
      record: 'environment_budget:orchestrator_budget_elapsed:ratio',
      name: 'is the share of the period that is over',
      series: {
        [`orchestrator_budget_period_start_timestamp_seconds{${of}, budget="b"}`]: held(-600),
        [`orchestrator_budget_period_end_timestamp_seconds{${of}, budget="b"}`]: held(1_400),
      },
      atSeconds: 0,
      stepSeconds: STEP,
      samples: [{ labels: `${of}, budget="b"`, value: 0.3 }],
    },
  ];
}
