// Every alert in every environment against promtool: loud where it has to be, quiet where it must.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ALERTS, alertingRules } from '../src/alerts.ts';
import { build } from '../src/build.ts';
import type { Environment } from '../src/environments/environment.ts';
import { ENVIRONMENTS } from '../src/environments/known.ts';
import { addFiles } from '../src/output.ts';
import { alertCases, type AlertCase } from './alert-cases.ts';
import { runTool, temporaryDirectory } from './tools.ts';

function promtoolTest(environment: Environment, alertCase: AlertCase): unknown {
  const rule = alertingRules(environment).find(({ alert }) => alert === alertCase.alert);
  const { grafanaUrl, runbookUrl } = environment.links;
  return {
    name: `${alertCase.alert} ${alertCase.name}`,
    interval: '1s',
    input_series: Object.entries(alertCase.series).map(([series, values]) => ({ series, values })),
    alert_rule_test: [
      {
        alertname: alertCase.alert,
        eval_time: `${alertCase.atSeconds}s`,
        exp_alerts: alertCase.fires.map(({ labels, summary, description, dashboardQuery }) => ({
          exp_labels: { ...labels, severity: rule?.labels.severity, environment: environment.name },
          exp_annotations: {
            summary,
            description,
            runbook_url: `${runbookUrl}#${alertCase.alert.toLowerCase()}`,
            dashboard_url: `${grafanaUrl}/d/orchestrator?var-environment=${environment.name}${dashboardQuery === undefined ? '' : `&${dashboardQuery}`}`,
          },
        })),
      },
    ],
  };
}

describe.each(ENVIRONMENTS)('alerts of $name', (environment) => {
  const cases = alertCases(environment);

  test('fire and stay quiet as their cases say', () => {
    const directory = temporaryDirectory();
    addFiles(directory, build(environment));
    const file = join(directory, 'cases.yml');
    writeFileSync(
      file,
      stringify({
        rule_files: ['prometheus/rules/alerts.yml'],
        evaluation_interval: '1s',
        tests: cases.map((alertCase) => promtoolTest(environment, alertCase)),
      })
    );
    const { status, output } = runTool('promtool', ['test', 'rules', 'cases.yml'], directory);
    expect(output).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  test.each(Object.values(ALERTS))('%s has a case that fires and one that stays quiet', (alert) => {
    const own = cases.filter((alertCase) => alertCase.alert === alert);
    expect(own.filter(({ fires }) => fires.length > 0).length).toBeGreaterThan(0);
    expect(own.filter(({ fires }) => fires.length === 0).length).toBeGreaterThan(0);
  });

  test('are exactly the named ones', () => {
    expect(alertingRules(environment).map(({ alert }) => alert)).toEqual(Object.values(ALERTS));
  });
});
