// Cases as promtool's test files: one file per rule and step, each with that rule and the recordings that it reads, so that a
// case costs the evaluation of one rule and a rule can be tested in another form than it is built.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { AlertingRule } from '../src/alerts.ts';
import type { Environment } from '../src/environments/environment.ts';
import type { RecordingRule } from '../src/recording-rules.ts';
import { untilStep, type AlertCase } from './cases/alert-case.ts';
import type { RecordingCase } from './cases/recording-cases.ts';

export interface Suite {
  /** Name of its files, without an ending. */
  readonly name: string;
  /** The rule of the cases; none where recordings are all that is tested. */
  readonly rule?: AlertingRule;
  readonly recordings: readonly RecordingRule[];
  readonly cases: readonly (AlertCase | RecordingCase)[];
}

/** Labels as the rule sets them; its one template is the owner, or who runs it all. */
function labelsOf({ name, operators }: Environment, rule: AlertingRule, labels: Readonly<Record<string, string>>) {
  const team = rule.labels.component === 'budget' ? (labels['owner'] ?? operators) : rule.labels.team;
  const { severity, component } = rule.labels;
  return { ...labels, severity, environment: name, component, ...(team === undefined ? {} : { team }) };
}

/** As Go's urlquery writes it, which is how forms are sent. */
const budgetVariable = ({ budget }: Readonly<Record<string, string>>): readonly string[] =>
  budget === undefined ? [] : [new URLSearchParams({ 'var-budget': budget }).toString()];

/** Alerts on a thread bring the thread along. */
const dashboardFor = (component: string, query: string | undefined): string =>
  component === 'orchestrator'
    ? `orchestrator-${query === undefined ? 'agents' : 'thread'}`
    : `orchestrator-${component}`;

function alertTest(environment: Environment, rule: AlertingRule, alertCase: AlertCase): object {
  const { grafanaUrl, runbookUrl } = environment.links;
  return {
    alert_rule_test: [
      {
        alertname: alertCase.alert,
        eval_time: `${alertCase.atSeconds}s`,
        exp_alerts: alertCase.fires.map(({ labels, summary, description, dashboardQuery }) => ({
          exp_labels: labelsOf(environment, rule, labels),
          exp_annotations: {
            summary,
            description,
            runbook_url: `${runbookUrl}#${alertCase.alert.toLowerCase()}`,
            dashboard_url: `${grafanaUrl}/d/${dashboardFor(rule.labels.component, dashboardQuery)}?${[`var-environment=${environment.name}`, ...budgetVariable(labels), ...(dashboardQuery === undefined ? [] : [dashboardQuery])].join('&')}`,
          },
        })),
      },
    ],
  };
}

function testOf(environment: Environment, rule: AlertingRule | undefined, each: AlertCase | RecordingCase): object {
  if ('record' in each) return recordingTest(each);
  if (rule === undefined) throw new Error(`case "${each.name}" of ${each.alert} has no rule`);
  return alertTest(environment, rule, each);
}

/** What both kinds of case have; series are cut where nothing looks at them any more. */
function promtoolTest(
  environment: Environment,
  rule: AlertingRule | undefined,
  each: AlertCase | RecordingCase
): unknown {
  const { stepSeconds = 1, atSeconds } = each;
  const lastStep = Math.ceil(atSeconds / stepSeconds);
  return {
    name: `${'record' in each ? each.record : each.alert} ${each.name}`,
    interval: `${stepSeconds}s`,
    input_series: Object.entries(each.series).map(([series, values]) => ({
      series,
      values: untilStep(values, lastStep),
    })),
    ...testOf(environment, rule, each),
  };
}

function recordingTest({ record, atSeconds, samples }: RecordingCase): object {
  return {
    promql_expr_test: [
      {
        // The last digit of a quotient is nobody's; rounding takes the name away.
        expr: `round(1e6 * ${record})`,
        eval_time: `${atSeconds}s`,
        exp_samples: samples.map(({ labels, value }) => ({ labels: `{${labels}}`, value: Math.round(value * 1e6) })),
      },
    ],
  };
}

/** The recordings that texts name, and those that these read, in their order. */
function readBy(recordings: readonly RecordingRule[], texts: readonly string[]): readonly RecordingRule[] {
  const read = recordings.filter(({ record }) => texts.some((text) => text.includes(record)));
  const more = read.map(({ expr }) => expr).filter((expr) => !texts.includes(expr));
  return more.length === 0 ? read : readBy(recordings, [...texts, ...more]);
}

/** Writes the files of a suite, one per step of its cases, and says their names. */
function write(directory: string, environment: Environment, { name, rule, recordings, cases }: Suite): string[] {
  const read = readBy(
    recordings,
    rule === undefined
      ? cases.map((each) => ('record' in each ? each.record : ''))
      : [rule.expr, rule.annotations.summary, rule.annotations.description]
  );
  const groups = [
    ...(read.length === 0 ? [] : [{ name: 'recording', rules: read }]),
    ...(rule === undefined ? [] : [{ name: 'alert', rules: [rule] }]),
  ];
  writeFileSync(join(directory, `${name}.rules.yml`), stringify({ groups }));
  const steps = [...new Set(cases.map(({ stepSeconds = 1 }) => stepSeconds))];
  return steps.map((step) => {
    const file = `${name}.${step}s.yml`;
    const own = cases.filter(({ stepSeconds = 1 }) => stepSeconds === step);
    const content = {
      rule_files: [`${name}.rules.yml`],
      evaluation_interval: `${step}s`,
      group_eval_order: groups.map((group) => group.name),
      tests: own.map((each) => promtoolTest(environment, rule, each)),
    };
    writeFileSync(join(directory, file), stringify(content));
    return file;
  });
}

export interface SuiteResult {
  readonly name: string;
  readonly passed: boolean;
  /** What promtool says of all that failed; empty when this suite passed. */
  readonly output: string;
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Status 1 is that of a suite that failed. */
const promtool = (directory: string, args: readonly string[]): Promise<Output> =>
  new Promise((resolve, reject) => {
    execFile('promtool', args, { cwd: directory, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error !== null && error.code !== 1) reject(new Error('cannot run promtool', { cause: error }));
      else resolve({ stdout, stderr });
    });
  });

/** Runs all suites in one process of promtool. Throws when promtool cannot be run or leaves a file out. */
export async function runSuites(
  directory: string,
  environment: Environment,
  suites: readonly Suite[]
): Promise<readonly SuiteResult[]> {
  const files = suites.map((suite) => ({ name: suite.name, files: write(directory, environment, suite) }));
  const { stdout, stderr } = await promtool(directory, ['test', 'rules', ...files.flatMap((each) => each.files)]);
  const outputs = new Map(
    stdout
      .split('Unit Testing:  ')
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)])
  );
  return files.map(({ name, files: own }) => {
    const parts = own.map((file) => {
      const output = outputs.get(file);
      if (output === undefined) throw new Error(`promtool says nothing of ${file}`);
      return output;
    });
    const passed = parts.every((part) => part.trim() === 'SUCCESS');
    return { name, passed, output: passed ? '' : stderr };
  });
}
