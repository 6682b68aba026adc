// What several alerts say of one thing is said by the most telling of them alone.
import { ALERTS, type AlertName } from './names.ts';

/** While an alert of `source` fires, those of `targets` with the same `equal` labels are not sent. */
export interface Inhibition {
  readonly source: AlertName;
  readonly targets: readonly AlertName[];
  readonly equal: readonly string[];
}

/** Alerts on one budget, the most telling first: only the first of those that fire speaks. */
const BUDGET_ORDER: readonly AlertName[] = [
  ALERTS.budgetExhausted,
  ALERTS.budgetCritical,
  ALERTS.budgetBurningFast,
  ALERTS.budgetExhaustionProjected,
  ALERTS.budgetBurningSlowly,
  ALERTS.budgetWarning,
  ALERTS.budgetAheadOfTime,
  ALERTS.budgetSpendUnusual,
  ALERTS.budgetNotice,
];

export const INHIBITIONS: readonly Inhibition[] = [
  ...BUDGET_ORDER.slice(0, -1).map((source, i) => ({
    source,
    targets: BUDGET_ORDER.slice(i + 1),
    equal: ['environment', 'budget'],
  })),
  { source: ALERTS.budgetInvalid, targets: [ALERTS.usageUnpriced], equal: ['environment'] },
  { source: ALERTS.agentStuck, targets: [ALERTS.checkpointOverdue], equal: ['environment', 'thread'] },
  { source: ALERTS.noEvents, targets: [ALERTS.agentStuck, ALERTS.checkpointOverdue], equal: ['environment'] },
  { source: ALERTS.exporterDown, targets: [ALERTS.timelineScrapeFailing], equal: ['environment'] },
];

/**
 * The alerts in the order to evaluate them: what is held back before what holds it back. Prometheus sends an alert as soon as its
 * rule was evaluated. Where both end at once, the one that was held back would else be sent in the moment after the other one ended.
 */
export function inhibitedFirst<T extends { readonly name: AlertName }>(alerts: readonly T[]): readonly T[] {
  const ordered = new Set<T>();
  const add = (alert: T): void => {
    if (ordered.has(alert)) return;
    const targets = INHIBITIONS.filter(({ source }) => source === alert.name).flatMap(
      (inhibition) => inhibition.targets
    );
    for (const target of alerts) if (targets.includes(target.name)) add(target);
    ordered.add(alert);
  };
  alerts.forEach(add);
  return [...ordered];
}
