// Budgets of different sizes on one scale: each as a share of its own limit.
import type { BurnDown } from './burn-down.ts';
import type { Forecast } from './forecast.ts';

/** Limits this much apart cannot share an axis of dollars: the smaller one would be a flat line. */
const COMPARABLE = 3;

/** Whether the budgets are so different in size that only shares of their limits can be compared. */
export function needShares(burnDowns: readonly BurnDown[]): boolean {
  const limits = burnDowns.flatMap(({ limitUsd }) => (limitUsd !== undefined && limitUsd > 0 ? [limitUsd] : []));
  return limits.length > 1 && Math.max(...limits) > COMPARABLE * Math.min(...limits);
}

/** The budget with its limit as 1; undefined where no limit is known. Amounts are shares then and not USD. */
export function asShareOfLimit(burnDown: BurnDown): BurnDown | undefined {
  const { limitUsd, points } = burnDown;
  return limitUsd === undefined || limitUsd <= 0
    ? undefined
    : { ...burnDown, limitUsd: 1, points: points.map(({ atMs, usd }) => ({ atMs, usd: usd / limitUsd })) };
}

/** The forecast on the scale of {@link asShareOfLimit}. */
export function forecastAsShare(given: Forecast | undefined, limitUsd: number): Forecast | undefined {
  return given === undefined || given.kind !== 'forecast'
    ? given
    : {
        ...given,
        fromUsd: given.fromUsd / limitUsd,
        rate: given.rate / limitUsd,
        slowestRate: given.slowestRate / limitUsd,
        fastestRate: given.fastestRate / limitUsd,
      };
}
