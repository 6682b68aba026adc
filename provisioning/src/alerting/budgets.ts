// Alerts on budgets: how much is used, how fast, and whether the figures can be trusted.
import {
  budgetAheadOfTime,
  budgetBurning,
  budgetExhaustionProjected,
  budgetSpendUnusual,
  FAST_BURN,
  SLOW_BURN,
} from '../budget-pace.ts';
import type { Environment } from '../environments/environment.ts';
import { budgetExhausted, budgetThresholdReached, budgetUntrusted, type Scope } from '../expressions.ts';
import { BUDGET_VARIABLE, type Draft } from './draft.ts';
import { clause, sentence, usd, type TemplateLanguage } from './figures.ts';
import { ALERTS } from './names.ts';

const OWNER = '{{ with $labels.owner }} Owner: {{ . }}.{{ end }}';
const PERCENT = '{{ $value | humanizePercentage }}';

/** Spent, limit and remaining, the rate of the last hour and where it leads. Rolling and thread budgets have no period. */
function figures(say: TemplateLanguage, share = '', next = ''): string {
  const amounts = `Used ${usd({ say, figure: 'spent' })} of ${usd({ say, figure: 'limit' })} USD${share}`;
  return [
    `${amounts}, remaining ${usd({ say, figure: 'remaining' })} USD.`,
    next,
    sentence({ say, figure: 'rate' }, 'Last hour:', 'printf "%.2f"', ' USD.'),
    sentence({ say, figure: 'exhaustion' }, 'Runs out', 'humanizeTimestamp', ' at that rate.'),
    OWNER,
    sentence({ say, figure: 'periodEnd' }, 'Period ends', 'humanizeTimestamp'),
  ].join('');
}

export function budgetDrafts(scope: Scope, alerts: Environment['alerts'], say: TemplateLanguage): readonly Draft[] {
  const of = { component: 'budget', description: figures(say), variables: BUDGET_VARIABLE } as const;
  /** Which threshold was reached; an exhausted budget may have none there. */
  const reached = (before: string, after = '') =>
    clause({ say, figure: 'threshold' }, `${before}threshold`, 'humanizePercentage', after);
  const used = {
    ...of,
    summary: `Budget {{ $labels.budget }} has used ${PERCENT} of its limit${reached(' (', ')')}`,
    description: figures(
      say,
      ` (${PERCENT}${reached(', ')})`,
      sentence({ say, figure: 'nextThreshold' }, 'Next threshold', 'humanizePercentage')
    ),
  };
  const burning =
    'Budget {{ $labels.budget }} is spent {{ $value | printf "%.1f" }} times as fast as what is left of it allows';
  return [
    {
      ...used,
      name: ALERTS.budgetNotice,
      severity: 'info',
      expr: budgetThresholdReached(scope, { below: alerts.budgetWarningRatio }),
    },
    {
      ...used,
      name: ALERTS.budgetWarning,
      severity: 'warning',
      expr: budgetThresholdReached(scope, { from: alerts.budgetWarningRatio, below: alerts.budgetCriticalRatio }),
    },
    {
      ...used,
      name: ALERTS.budgetCritical,
      severity: 'critical',
      expr: budgetThresholdReached(scope, { from: alerts.budgetCriticalRatio, below: 1 }),
    },
    {
      ...used,
      name: ALERTS.budgetExhausted,
      severity: 'critical',
      expr: budgetExhausted(scope),
      summary: `Budget {{ $labels.budget }} is exhausted: ${PERCENT} of its limit is used${reached(' (', ')')}`,
    },
    {
      name: ALERTS.budgetInvalid,
      severity: 'critical',
      component: 'budget',
      variables: BUDGET_VARIABLE,
      expr: budgetUntrusted(scope),
      forSeconds: alerts.budgetInvalidSeconds,
      summary: 'The figures of budget {{ $labels.budget }} cannot be trusted',
      description:
        'Used and remaining are known to be too small, so its threshold alerts come late or not at all. The exporter says why at /health/ready and in its log.',
    },
    {
      ...of,
      name: ALERTS.budgetBurningFast,
      severity: 'critical',
      expr: budgetBurning(scope, FAST_BURN, alerts.burnFloorRatio),
      summary: burning,
    },
    {
      ...of,
      name: ALERTS.budgetBurningSlowly,
      severity: 'warning',
      expr: budgetBurning(scope, SLOW_BURN, alerts.burnFloorRatio),
      summary: burning,
    },
    {
      ...of,
      name: ALERTS.budgetExhaustionProjected,
      severity: 'warning',
      expr: budgetExhaustionProjected(scope, alerts.projectionFloorRatio),
      forSeconds: alerts.projectionSeconds,
      summary: 'Budget {{ $labels.budget }} runs out in {{ $value | humanizeDuration }} at the rate of the last hour',
    },
    {
      ...of,
      name: ALERTS.budgetAheadOfTime,
      severity: 'warning',
      expr: budgetAheadOfTime(scope, alerts.aheadRatio),
      summary:
        'Budget {{ $labels.budget }} is {{ $value | humanizePercentage }} of its limit ahead of the time that has passed',
    },
    {
      ...of,
      name: ALERTS.budgetSpendUnusual,
      severity: 'warning',
      expr: budgetSpendUnusual(scope, { factor: alerts.anomalyFactor, floorRatio: alerts.anomalyFloorRatio }),
      summary:
        'Spend of budget {{ $labels.budget }} in the last hour is {{ $value | printf "%.2f" }} USD above the same hour of past days',
    },
  ];
}
