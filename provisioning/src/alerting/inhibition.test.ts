import { inhibitedFirst } from './inhibition.ts';
import { ALERTS, type AlertName } from './names.ts';

const orderOf = (names: readonly AlertName[]) =>
  inhibitedFirst(names.map((name) => ({ name }))).map(({ name }) => name);

describe('alerts are evaluated in an order in which', () => {
  test.each<{ name: string; given: readonly AlertName[]; out: readonly AlertName[] }>([
    { name: 'nothing is nothing', given: [], out: [] },
    {
      name: 'what holds nothing back keeps its place',
      given: [ALERTS.spendWasted, ALERTS.agentWaiting],
      out: [ALERTS.spendWasted, ALERTS.agentWaiting],
    },
    {
      name: 'a milder alert on a budget goes before the one that speaks for it',
      given: [ALERTS.budgetExhausted, ALERTS.budgetNotice, ALERTS.budgetBurningFast, ALERTS.budgetCritical],
      out: [ALERTS.budgetNotice, ALERTS.budgetBurningFast, ALERTS.budgetCritical, ALERTS.budgetExhausted],
    },
    {
      name: 'a chain goes from its end',
      given: [ALERTS.noEvents, ALERTS.agentStuck, ALERTS.checkpointOverdue],
      out: [ALERTS.checkpointOverdue, ALERTS.agentStuck, ALERTS.noEvents],
    },
  ])('$name', ({ given, out }) => {
    expect(orderOf(given)).toEqual(out);
  });

  test('every alert has its place once', () => {
    const all = Object.values(ALERTS);
    expect([...orderOf(all)].sort()).toEqual([...all].sort());
  });
});
