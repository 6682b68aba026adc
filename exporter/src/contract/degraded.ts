// Why an exporter that works is not to be relied on in everything: the closed set behind the gauge and the health pages.

/** Label `reason` of `orchestrator_exporter_degraded`. Closed; never reused. */
export const DEGRADED_REASONS = [
  /** No journal is kept: what was counted is lost when the exporter stops. */
  'memory_only',
  /** The journal was found damaged at this start. */
  'journal_damaged',
  /** The journal takes nothing at present: events are refused, and the exporter is not ready. */
  'journal_unwritable',
  /** The last snapshot could not be made: the journal grows, and a restart takes longer. */
  'snapshot_failed',
  /** The journal holds more than `journal.max_bytes`, and nothing of it may be deleted. */
  'journal_over_limit',
  /** `orchestrator_budget_valid` is 0 for at least one budget. */
  'budget_invalid',
  /** What the file said before stays in force. */
  'budgets_file_refused',
  'prices_file_refused',
  /** As of `auth` and `web_config_file`, with all files that those name. */
  'security_files_refused',
  /** A change on disk that only a start takes over. */
  'restart_needed',
  /** Usage reports wait for a price: their cost is not counted yet. */
  'unpriced_usage',
  /** Label values were folded into `other` since this start. */
  'series_folded',
  /** Threads that are held have no series of their own. */
  'threads_over_cap',
  /** Several clients fetch the timeline under one consumer name: each gets a part of the samples. */
  'timeline_consumer_shared',
  /** A receiver of `remote_write` or `grafana_live` has taken nothing for a while. */
  'push_failing',
  /** No events come from NATS. */
  'nats_unavailable',
] as const;
export type DegradedReason = (typeof DEGRADED_REASONS)[number];

/** One of the entries of `degraded` on /health/ready: the reason for machines, a sentence without its full stop for people. */
export interface DegradedFinding {
  readonly reason: DegradedReason;
  readonly message: string;
}
