import { agentsIn, costRate, inEnvironment, rawSamples, scrapeFailing, select, threadsIn } from './expressions.ts';

test.each([
  { name: 'no scope is the bare name', expr: select('up', []), text: 'up' },
  {
    name: 'matchers are joined',
    expr: select('m', ['a="1"', 'b=~"2"']),
    text: 'm{a="1", b=~"2"}',
  },
  {
    name: 'quotes and backslashes of an environment stay inside its string',
    expr: select('m', inEnvironment('a"} or up{b="\\')),
    text: String.raw`m{environment="a\"} or up{b=\"\\"}`,
  },
  {
    name: 'a rate without labels to keep is one sum',
    expr: costRate({ scope: [], by: [], over: '5m' }),
    text: 'sum(rate(orchestrator_cost_usd_total[5m]))',
  },
  {
    name: 'a rate keeps the labels that it is asked to',
    expr: costRate({ scope: [], by: ['agent', 'model'], over: '$__rate_interval' }),
    text: 'sum by (agent, model) (rate(orchestrator_cost_usd_total[$__rate_interval]))',
  },
  {
    name: 'one state is matched as it is',
    expr: agentsIn([], ['waiting']),
    text: 'sum(orchestrator_agents{state="waiting"})',
  },
  {
    name: 'several states are alternatives',
    expr: threadsIn([], ['failed', 'timeout']),
    text: 'sum(orchestrator_threads{state=~"failed|timeout"})',
  },
  {
    name: 'raw samples reach over the range of the dashboard',
    expr: rawSamples('m', ['a="1"']),
    text: 'm{a="1"}[2m${__range_ms}ms]',
  },
  {
    name: 'a target that is not there is as bad as one that is down',
    expr: scrapeFailing('j'),
    text: 'up{job="j"} == 0 or absent(up{job="j"})',
  },
])('$name', ({ expr, text }) => {
  expect(expr).toBe(text);
});
