// Wrong rules that the cases must notice: each comparison, number, window and join of each rule is changed, one at a time.
// `npm run mutants` runs all of them; without MUTANTS=all it is one of SAMPLE, always the same ones.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ALERTS } from '../../src/alerting/names.ts';
import { alertingRules, type AlertingRule } from '../../src/alerts.ts';
import { inEnvironment } from '../../src/expressions.ts';
import { recordingRules, type RecordingRule } from '../../src/recording-rules.ts';
import { shardRules } from '../../src/shards.ts';
import { alertCases } from '../alert-cases.ts';
import { recordingCases } from '../cases/recording-cases.ts';
import { shardedCases, shardedRecordings } from '../cases/sharded-cases.ts';
import { prod as environment } from '../environments.ts';
import { runSuites, type Suite } from '../promtool-suite.ts';
import { runTool, temporaryDirectory } from '../tools.ts';
import { mutantsOf } from './mutations.ts';

const ALL = process.env['MUTANTS'] === 'all';
const SAMPLE = 12;
/** Two, as most machines have at least so many cores. */
const PROCESSES = 2;
/** Suites of one process of promtool. */
const BATCH = 12;

interface Wrong {
  /** Name of the rule. */
  readonly of: string;
  readonly rule: AlertingRule | RecordingRule;
  readonly change: string;
  readonly suites: readonly Suite[];
}

const recordings = recordingRules(environment);
const rules = alertingRules(environment);
const cases = alertCases(environment);
const samples = recordingCases(environment);

const suiteOf = (rule: AlertingRule, recorded: readonly RecordingRule[] = recordings): Suite => ({
  name: rule.alert,
  rule,
  recordings: recorded,
  cases: cases.filter(({ alert }) => alert === rule.alert),
});

/** What tests a recording rule: its own cases, and those of the alerts that read it. */
function suitesOf(wrong: RecordingRule): readonly Suite[] {
  const recorded = recordings.map((each) => (each.record === wrong.record ? wrong : each));
  const own = samples.filter(({ record }) => record === wrong.record);
  const readers = rules.filter(({ expr }) => expr.includes(wrong.record)).map((rule) => suiteOf(rule, recorded));
  return own.length === 0 ? readers : [{ name: 'recordings', recordings: recorded, cases: own }, ...readers];
}

/** With two exporters: what adds them up, by three alerts that between them read all of it. */
const shards = { ...environment, exporter: 'a:1', shards: ['b:1'] };
const summed = recordingRules(shards);
const OVER_SHARDS: readonly string[] = [
  ALERTS.budgetCritical,
  ALERTS.budgetExhaustionProjected,
  ALERTS.budgetBurningFast,
];
const sharded = shardedCases(shards);

function shardSuitesOf(wrong: RecordingRule): readonly Suite[] {
  const recorded = summed.map((each) => (each.record === wrong.record ? wrong : each));
  const readers = alertingRules(shards).filter(({ alert }) => OVER_SHARDS.includes(alert));
  return [
    { name: 'recordings', recordings: recorded, cases: shardedRecordings(shards) },
    ...readers.map((rule) => ({
      ...suiteOf(rule, recorded),
      cases: sharded.filter(({ alert }) => alert === rule.alert),
    })),
  ];
}

const wrongRules: readonly Wrong[] = [
  ...rules.flatMap((rule) =>
    mutantsOf(rule).map(({ name, rule: wrong }) => ({
      of: rule.alert,
      rule: wrong,
      change: name,
      suites: [suiteOf(wrong)],
    }))
  ),
  ...recordings.flatMap((rule) =>
    mutantsOf(rule).map(({ name, rule: wrong }) => ({
      of: rule.record,
      rule: wrong,
      change: name,
      suites: suitesOf(wrong),
    }))
  ),
  ...shardRules(inEnvironment(environment.name)).flatMap((rule) =>
    mutantsOf(rule).map(({ name, rule: wrong }) => ({
      of: rule.record,
      rule: wrong,
      change: name,
      suites: shardSuitesOf(wrong),
    }))
  ),
];

/** Those of which every suite passes. */
async function survivorsOf(wrong: readonly Wrong[]): Promise<readonly Wrong[]> {
  const suites = wrong.flatMap((each, i) => each.suites.map((suite, j) => ({ ...suite, name: `${i}-${j}` })));
  const directory = temporaryDirectory();
  const results = await runSuites(directory, environment, suites);
  rmSync(directory, { recursive: true });
  return wrong.filter((_, i) => results.filter(({ name }) => name.startsWith(`${i}-`)).every(({ passed }) => passed));
}

test('every wrong rule is one that Prometheus would load: it must fail by what it says', () => {
  const directory = temporaryDirectory();
  const groups = wrongRules.map(({ rule }, i) => ({ name: String(i), rules: [rule] }));
  writeFileSync(join(directory, 'rules.yml'), stringify({ groups }, { aliasDuplicateObjects: false }));
  const { status, output } = runTool('promtool', ['check', 'rules', '--lint=none', join(directory, 'rules.yml')]);
  expect(output).toContain(`SUCCESS: ${wrongRules.length} rules found`);
  expect(status).toBe(0);
});

test('every wrong rule makes a case fail', async () => {
  const chosen = wrongRules.filter((_, i) => ALL || i % SAMPLE === 0);
  const batches = Array.from({ length: Math.ceil(chosen.length / BATCH) }, (_, i) =>
    chosen.slice(i * BATCH, (i + 1) * BATCH)
  );
  const survivors: string[] = [];
  const work = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      survivors.push(...(await survivorsOf(batch)).map(({ of, change }) => `${of}: ${change}`));
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, work));
  process.stdout.write(`mutants: ${chosen.length} of ${wrongRules.length} run, ${survivors.length} survive\n`);
  expect(survivors.sort()).toEqual([]);
}, 900_000);
