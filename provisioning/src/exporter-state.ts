// PromQL about the exporter itself, beyond whether it is scraped.
import type { DegradedReason } from 'orchestrator-exporter/contract/degraded';
import { ENVIRONMENT_LABEL, SELF } from 'orchestrator-exporter/contract/metrics';
import { select, type Scope } from './expressions.ts';

/** 1 for each of `reasons` that the exporter gives for not being reliable. */
export function degradedBy(scope: Scope, reasons: readonly DegradedReason[]): string {
  return `${select(SELF.degraded.name, [...scope, `reason=~"${reasons.join('|')}"`])} == 1`;
}

/** Age of the oldest sample that waits for a receiver, at least `seconds`. */
export function pushBehind(scope: Scope, seconds: number): string {
  return `${select(SELF.pushLag.name, scope)} >= ${seconds}`;
}

/** Values that were folded into `other` in the last half hour, by label. */
export function labelsFolded(scope: Scope): string {
  return `increase(${select(SELF.labelOverflow.name, scope)}[30m]) > 0`;
}

/** Requests refused in ten minutes, by what they wanted and why, where they are at least `count`. */
export function authFailures(scope: Scope, count: number): string {
  const by = `by (${ENVIRONMENT_LABEL}, instance, scope, reason)`;
  return `sum ${by} (increase(${select(SELF.authFailures.name, scope)}[10m])) >= ${count}`;
}
