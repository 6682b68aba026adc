// Every recording rule against promtool: what it records of given series.
import { alertingRules } from '../src/alerts.ts';
import { recordingRules } from '../src/recording-rules.ts';
import { recordingCases } from './cases/recording-cases.ts';
import { ENVIRONMENTS } from './environments.ts';
import { runSuites } from './promtool-suite.ts';
import { temporaryDirectory } from './tools.ts';

describe.each(ENVIRONMENTS)('recordings of $name', (environment) => {
  const recordings = recordingRules(environment);
  const cases = recordingCases(environment);

  test('are what their cases say', async () => {
    const results = await runSuites(temporaryDirectory(), environment, [{ name: 'recordings', recordings, cases }]);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
  });

  test('are each tested by a case or read by an alert', () => {
    const alerts = alertingRules(environment);
    const untested = recordings.filter(
      ({ record }) => !cases.some((each) => each.record === record) && !alerts.some(({ expr }) => expr.includes(record))
    );
    expect(untested).toEqual([]);
  });
});
