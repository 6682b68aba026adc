// Cases as promtool's test files: one file per rule and step, each with that rule and the recordings that it reads, so that a
// case costs the evaluation of one rule and a rule can be tested in another form than it is built.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { AlertingRule } from '../src/alerts.ts';
import type { Environment } from '../src/environments/environment.ts';
import type { RecordingRule } from '../src/recording-rules.ts';
import type { AlertCase } from './cases/alert-case.ts';

export interface Suite {
  /** Name of its files, without an ending. */
  readonly name: string;
  readonly rule: AlertingRule;
  readonly recordings: readonly RecordingRule[];
  readonly cases: readonly AlertCase[];
}

/** Labels as the rule sets them; its one template is the owner, and an empty label is none. */
function labelsOf(rule: AlertingRule, labels: Readonly<Record<string, string>>) {
  const team = rule.labels.team === '{{ $labels.owner }}' ? labels['owner'] : rule.labels.team;
  const { severity, environment, component } = rule.labels;
  return { ...labels, severity, environment, component, ...(team === undefined ? {} : { team }) };
}

/** As Go's urlquery writes it, which is how forms are sent. */
const budgetVariable = ({ budget }: Readonly<Record<string, string>>): readonly string[] =>
  budget === undefined ? [] : [new URLSearchParams({ 'var-budget': budget }).toString()];

function promtoolTest(environment: Environment, rule: AlertingRule, alertCase: AlertCase): unknown {
  const { grafanaUrl, runbookUrl } = environment.links;
  return {
    name: `${alertCase.alert} ${alertCase.name}`,
    interval: `${alertCase.stepSeconds ?? 1}s`,
    input_series: Object.entries(alertCase.series).map(([series, values]) => ({ series, values })),
    alert_rule_test: [
      {
        alertname: alertCase.alert,
        eval_time: `${alertCase.atSeconds}s`,
        exp_alerts: alertCase.fires.map(({ labels, summary, description, dashboardQuery }) => ({
          exp_labels: labelsOf(rule, labels),
          exp_annotations: {
            summary,
            description,
            runbook_url: `${runbookUrl}#${alertCase.alert.toLowerCase()}`,
            dashboard_url: `${grafanaUrl}/d/orchestrator?${[`var-environment=${environment.name}`, ...budgetVariable(labels), ...(dashboardQuery === undefined ? [] : [dashboardQuery])].join('&')}`,
          },
        })),
      },
    ],
  };
}

/** Writes the files of a suite, one per step of its cases, and says their names. */
function write(directory: string, environment: Environment, { name, rule, recordings, cases }: Suite): string[] {
  const read = recordings.filter(({ record }) => rule.expr.includes(record));
  const recording = read.length === 0 ? [] : [{ name: 'recording', rules: read }];
  writeFileSync(
    join(directory, `${name}.rules.yml`),
    stringify({ groups: [...recording, { name: 'alert', rules: [rule] }] })
  );
  const steps = [...new Set(cases.map(({ stepSeconds = 1 }) => stepSeconds))];
  return steps.map((step) => {
    const file = `${name}.${step}s.yml`;
    const own = cases.filter(({ stepSeconds = 1 }) => stepSeconds === step);
    const content = {
      rule_files: [`${name}.rules.yml`],
      evaluation_interval: `${step}s`,
      ...(recording.length === 0 ? {} : { group_eval_order: ['recording', 'alert'] }),
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

/** Runs all suites in one process of promtool. Throws when promtool cannot be run or leaves a file out. */
export function runSuites(
  directory: string,
  environment: Environment,
  suites: readonly Suite[]
): readonly SuiteResult[] {
  const files = suites.map((suite) => ({ name: suite.name, files: write(directory, environment, suite) }));
  const { stdout, stderr, error } = spawnSync('promtool', ['test', 'rules', ...files.flatMap((each) => each.files)], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw new Error('cannot run promtool', { cause: error });
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
