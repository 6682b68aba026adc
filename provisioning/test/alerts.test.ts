// Every alert in every environment against promtool: loud where it has to be, quiet where it must.
import { ALERTS } from '../src/alerting/names.ts';
import { alertingRules } from '../src/alerts.ts';
import { recordingRules } from '../src/recording-rules.ts';
import { ENVIRONMENTS } from './environments.ts';
import { alertCases } from './alert-cases.ts';
import { runSuites } from './promtool-suite.ts';
import { temporaryDirectory } from './tools.ts';

describe.each(ENVIRONMENTS)('alerts of $name', (environment) => {
  const cases = alertCases(environment);

  test('fire and stay quiet as their cases say', async () => {
    const suites = alertingRules(environment).map((rule) => ({
      name: rule.alert,
      rule,
      recordings: recordingRules(environment),
      cases: cases.filter(({ alert }) => alert === rule.alert),
    }));
    const results = await runSuites(temporaryDirectory(), environment, suites);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
  });

  test.each(Object.values(ALERTS))('%s has a case that fires and one that stays quiet', (alert) => {
    const own = cases.filter((alertCase) => alertCase.alert === alert);
    expect(own.filter(({ fires }) => fires.length > 0).length).toBeGreaterThan(0);
    expect(own.filter(({ fires }) => fires.length === 0).length).toBeGreaterThan(0);
  });

  test('are exactly the named ones', () => {
    expect(
      alertingRules(environment)
        .map(({ alert }) => alert)
        .sort()
    ).toEqual(Object.values(ALERTS).sort());
  });
});
