// The numbers of the alerts that an environment may give: what each accepts, and what holds where it is left out.
import type { z } from 'zod';
import { count, duration, number } from './fields.ts';

/** One number of the alerts: `key` is how the file says it. */
const row = <I extends string | number>(key: string, schema: z.ZodType<number, I>, fallback: I, help: string) => ({
  key,
  schema: schema.prefault(fallback as never).describe(help),
});

const share = () => number(0, 1);
const lasting = () => duration('0s', '30d');

/** The numbers of the alerts, by their names in the code. */
export const ALERT_NUMBERS = {
  budgetWarningRatio: row(
    'budget_warning_ratio',
    share(),
    0.8,
    'Thresholds of a budget from this used ratio on are warnings, lower ones only inform.'
  ),
  budgetCriticalRatio: row(
    'budget_critical_ratio',
    share(),
    0.95,
    'Thresholds of a budget from this used ratio on are critical. All of the limit used is critical always.'
  ),
  budgetInvalidSeconds: row(
    'budget_invalid_for',
    lasting(),
    '10m',
    'How long the figures of a budget may be untrusted before anybody hears of it: time for a price to be added.'
  ),
  downSeconds: row('down_for', lasting(), '1m', 'How long a scrape target has to be down before anybody hears of it.'),
  agentSilentSeconds: row('agent_silent_for', duration('1s', '30d'), '15m', 'How long a running agent may be silent.'),
  agentUsualFactor: row(
    'agent_usual_factor',
    number(1, 1_000),
    3,
    'A silence up to this many times the mean run of the agent is a long call, not a hang.'
  ),
  agentWaitingSeconds: row(
    'agent_waiting_for',
    duration('1s', '30d'),
    '1h',
    'How long an agent may wait for somebody.'
  ),
  burnFloorRatio: row(
    'burn_floor_ratio',
    share(),
    0.02,
    "Share of a budget's limit that a burn rate's long lookback must have spent to count."
  ),
  projectionFloorRatio: row(
    'projection_floor_ratio',
    share(),
    0.25,
    'Used ratio of a budget below which no exhaustion is announced.'
  ),
  projectionSeconds: row(
    'projection_for',
    lasting(),
    '15m',
    'How long exhaustion must be in sight: one burst is no trend.'
  ),
  aheadRatio: row(
    'ahead_ratio',
    share(),
    0.25,
    'By how much the used ratio of a budget may be ahead of the elapsed share of its period.'
  ),
  anomalyFactor: row('anomaly_factor', number(1, 1_000), 3, 'Multiple of the same hour of past days that is unusual.'),
  anomalyFloorRatio: row(
    'anomaly_floor_ratio',
    share(),
    0.05,
    "Share of a budget's limit that an unusual hour must be above the usual one."
  ),
  checkpointOverdueSeconds: row(
    'checkpoint_overdue_after',
    duration('1s', '30d'),
    '30m',
    'Age of the last checkpoint of a running thread that makes checkpoints.'
  ),
  nodeFailureRatio: row('node_failure_ratio', share(), 0.5, "Failed share of a node's runs in 15 minutes."),
  nodeFailureRuns: row('node_failure_runs', count(1, 1_000_000), 10, 'Runs that it takes to speak of a share.'),
  wastedUsd: row('wasted_usd', number(0, 1e9), 10, 'US dollars in an hour on threads that failed.'),
  wastedRatio: row('wasted_ratio', share(), 0.25, 'Their share of what the workflow spent in that hour.'),
  noEventsSeconds: row('no_events_for', duration('1s', '30d'), '30m', 'How long no event may come while agents run.'),
  degradedSeconds: row('degraded_for', lasting(), '5m', 'How long a finding of the exporter about itself has to last.'),
  pushLagSeconds: row('push_lag', duration('1s', '1h'), '5m', 'How far a receiver of pushed samples may be behind.'),
  authFailures: row('auth_failures', count(1, 1_000_000_000), 20, 'Refused requests in ten minutes.'),
} as const;
