// The metric catalogue: the only place where metric names exist. docs/metrics.md is generated from it; the panel, the
// dashboards and the rules import it. Every series also carries `environment`.

export type MetricType = 'counter' | 'gauge' | 'histogram';
/** `experimental` may change; `stable`: never renamed, labels only added, removed two releases after deprecation. */
export type Stability = 'experimental' | 'stable';

export interface MetricRow {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
  readonly stability: Stability;
  /** Which events or which part of the exporter moves it. */
  readonly source: string;
  /** Histogram upper bounds, in the unit of the name, without +Inf. */
  readonly buckets?: readonly number[];
}

/** Label that every series carries, from the configuration or bound to the ingest token. */
export const ENVIRONMENT_LABEL = 'environment';

const SPEND_LABELS = ['team', 'workflow', 'agent', 'provider', 'model'] as const;
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

function rows<const T extends Record<string, Omit<MetricRow, 'stability'> & { stability?: Stability }>>(
  table: T
): { readonly [K in keyof T]: MetricRow & { readonly name: T[K]['name'] } } {
  const complete = Object.entries(table).map(([key, row]) => [key, { stability: 'experimental', ...row }]);
  return Object.fromEntries(complete) as { readonly [K in keyof T]: MetricRow & { readonly name: T[K]['name'] } };
}

/** Whole-installation series: no thread label, exact for ever. */
export const AGGREGATES = rows({
  cost: {
    name: 'orchestrator_cost_usd_total',
    type: 'counter',
    help: 'Spend in US dollars, exact to the nano-dollar.',
    labels: SPEND_LABELS,
    source: 'cost.updated',
  },
  tokens: {
    name: 'orchestrator_tokens_total',
    type: 'counter',
    help: 'Tokens used, by direction.',
    labels: [...SPEND_LABELS, 'direction'],
    source: 'cost.updated',
  },
  wastedCost: {
    name: 'orchestrator_wasted_cost_usd_total',
    type: 'counter',
    help: 'Spend in US dollars of threads that failed or timed out.',
    labels: ['workflow', 'reason'],
    source: 'graph.complete',
  },
  unpricedUsage: {
    name: 'orchestrator_unpriced_usage_total',
    type: 'counter',
    help: 'Usage reports that carried tokens but no cost and got no price, or a price of zero.',
    labels: ['provider', 'model', 'reason'],
    source: 'cost.updated',
  },
  unpricedSettled: {
    name: 'orchestrator_unpriced_usage_settled_total',
    type: 'counter',
    help: 'Usage reports without a price that have their money since: by a late price, or in a running total that includes them.',
    labels: ['provider', 'model', 'by'],
    source: 'prices_file, cost.updated',
  },
  costProvenance: {
    name: 'orchestrator_cost_provenance_usd_total',
    type: 'counter',
    help: 'The same US dollars as orchestrator_cost_usd_total, split by who priced them: the orchestrator or the price table.',
    labels: ['team', 'workflow', 'provider', 'model', 'priced_by'],
    source: 'cost.updated',
  },
  costCorrection: {
    name: 'orchestrator_cost_correction_usd_total',
    type: 'counter',
    help: 'The part of orchestrator_cost_usd_total in US dollars that came late, when prices_file got a price for earlier usage.',
    labels: ['team', 'workflow', 'provider', 'model'],
    source: 'prices_file',
  },
  threads: {
    name: 'orchestrator_threads',
    type: 'gauge',
    help: 'Threads that the exporter holds, by state.',
    labels: ['workflow', 'state'],
    source: 'all thread events',
  },
  agents: {
    name: 'orchestrator_agents',
    type: 'gauge',
    help: 'Agents of running threads, by state; every state is present.',
    labels: ['workflow', 'state'],
    source: 'node.*, agent.*',
  },
  threadsFinished: {
    name: 'orchestrator_threads_finished_total',
    type: 'counter',
    help: 'Threads that ended, by status.',
    labels: ['workflow', 'status'],
    source: 'graph.complete, route:next END',
  },
  threadDuration: {
    name: 'orchestrator_thread_duration_seconds',
    type: 'histogram',
    help: "Time from a thread's first event to its end.",
    labels: ['workflow', 'status'],
    source: 'graph.complete, route:next END',
    buckets: DURATION_BUCKETS,
  },
  nodeRuns: {
    name: 'orchestrator_node_runs_total',
    type: 'counter',
    help: 'Node runs that ended, by outcome.',
    labels: ['workflow', 'node', 'outcome'],
    source: 'node.complete, node.error',
  },
  nodeDuration: {
    name: 'orchestrator_node_duration_seconds',
    type: 'histogram',
    help: 'Duration of node runs.',
    labels: ['workflow', 'node'],
    source: 'node.complete, node.error',
    buckets: DURATION_BUCKETS,
  },
  agentStateSeconds: {
    name: 'orchestrator_agent_state_seconds_total',
    type: 'counter',
    help: 'Time that agents spent in each state, booked when the state is left.',
    labels: ['workflow', 'agent', 'state'],
    source: 'node.*, agent.*',
  },
  agentStateTransitions: {
    name: 'orchestrator_agent_state_transitions_total',
    type: 'counter',
    help: 'Times that agents entered each state.',
    labels: ['workflow', 'agent', 'state'],
    source: 'node.*, agent.*',
  },
  checkpoints: {
    name: 'orchestrator_checkpoints_total',
    type: 'counter',
    help: 'Checkpoints saved or failed.',
    labels: ['workflow', 'outcome'],
    source: 'checkpoint.saved, checkpoint:error',
  },
  lastEvent: {
    name: 'orchestrator_last_event_timestamp_seconds',
    type: 'gauge',
    help: 'Event time of the newest event, seconds since the epoch.',
    labels: ['workflow'],
    source: 'all events',
  },
});

/** One set per thread; at most `threads.max` threads, gone `threads.retention` after the end. */
export const PER_THREAD = rows({
  threadInfo: {
    name: 'orchestrator_thread_info',
    type: 'gauge',
    help: 'Constant 1; the facts of a thread as labels.',
    labels: ['thread', 'workflow', 'team'],
    source: 'first event of a thread',
  },
  threadState: {
    name: 'orchestrator_thread_state',
    type: 'gauge',
    help: '1 for the state that the thread is in, 0 for the others.',
    labels: ['thread', 'state'],
    source: 'all thread events',
  },
  agentState: {
    name: 'orchestrator_agent_state',
    type: 'gauge',
    help: '1 for the state that the agent is in, 0 for the others.',
    labels: ['thread', 'agent', 'state'],
    source: 'node.*, agent.*',
  },
  agentStateEntered: {
    name: 'orchestrator_agent_state_entered_timestamp_seconds',
    type: 'gauge',
    help: 'When the agent entered its present state, seconds since the epoch.',
    labels: ['thread', 'agent'],
    source: 'node.*, agent.*',
  },
  agentLastEvent: {
    name: 'orchestrator_agent_last_event_timestamp_seconds',
    type: 'gauge',
    help: 'When the agent was last heard of, seconds since the epoch; silence is what tells a stuck agent.',
    labels: ['thread', 'agent'],
    source: 'node.*, agent.*, cost.updated',
  },
  threadCost: {
    name: 'orchestrator_thread_cost_usd_total',
    type: 'counter',
    help: 'Spend of the thread in US dollars, by agent.',
    labels: ['thread', 'agent'],
    source: 'cost.updated',
  },
  threadBudgetLimit: {
    name: 'orchestrator_thread_budget_limit_usd',
    type: 'gauge',
    help: 'Budget of the thread in US dollars: as the orchestrator reports it, else from budgets.yml.',
    labels: ['thread'],
    source: 'cost.updated, budgets.yml',
  },
  threadBudgetRemaining: {
    name: 'orchestrator_thread_budget_remaining_usd',
    type: 'gauge',
    help: "What is left of the thread's budget in US dollars; negative when overspent.",
    labels: ['thread'],
    source: 'cost.updated, budgets.yml',
  },
  threadCheckpoints: {
    name: 'orchestrator_thread_checkpoints_total',
    type: 'counter',
    help: 'Checkpoints of the thread.',
    labels: ['thread'],
    source: 'checkpoint.saved',
  },
  threadLastCheckpoint: {
    name: 'orchestrator_thread_last_checkpoint_timestamp_seconds',
    type: 'gauge',
    help: 'When the thread last saved a checkpoint, seconds since the epoch.',
    labels: ['thread'],
    source: 'checkpoint.saved',
  },
});

/** Present from start-up, before any traffic; withdrawn when the budget is deleted. Alert rules read these gauges. */
export const BUDGETS = rows({
  info: {
    name: 'orchestrator_budget_info',
    type: 'gauge',
    help: 'Constant 1; the facts of a budget as labels.',
    labels: ['budget', 'owner', 'window', 'timezone'],
    source: 'budgets.yml',
  },
  limit: {
    name: 'orchestrator_budget_limit_usd',
    type: 'gauge',
    help: 'Limit of the budget in US dollars per period.',
    labels: ['budget'],
    source: 'budgets.yml',
  },
  spent: {
    name: 'orchestrator_budget_spent_usd',
    type: 'gauge',
    help: 'Spend of the present period in US dollars.',
    labels: ['budget'],
    source: 'cost.updated',
  },
  remaining: {
    name: 'orchestrator_budget_remaining_usd',
    type: 'gauge',
    help: 'What is left of the present period in US dollars; negative when overspent.',
    labels: ['budget'],
    source: 'cost.updated',
  },
  usedRatio: {
    name: 'orchestrator_budget_used_ratio',
    type: 'gauge',
    help: 'Spent divided by limit; past 1 when overspent.',
    labels: ['budget'],
    source: 'cost.updated',
  },
  thresholdRatio: {
    name: 'orchestrator_budget_threshold_ratio',
    type: 'gauge',
    help: 'The thresholds of the budget as used ratios, one series each, named 1 to n in ascending order.',
    labels: ['budget', 'threshold'],
    source: 'budgets.yml',
  },
  periodStart: {
    name: 'orchestrator_budget_period_start_timestamp_seconds',
    type: 'gauge',
    help: 'Start of the present period, seconds since the epoch.',
    labels: ['budget'],
    source: 'the clock',
  },
  periodEnd: {
    name: 'orchestrator_budget_period_end_timestamp_seconds',
    type: 'gauge',
    help: 'End of the present period, seconds since the epoch.',
    labels: ['budget'],
    source: 'the clock',
  },
  burnRate: {
    name: 'orchestrator_budget_burn_rate_usd_per_second',
    type: 'gauge',
    help: 'Spend over the lookback divided by its length.',
    labels: ['budget', 'lookback'],
    source: 'cost.updated',
  },
  exhaustion: {
    name: 'orchestrator_budget_exhaustion_timestamp_seconds',
    type: 'gauge',
    help: 'When the budget runs out at the present burn rate, seconds since the epoch; absent while no exhaustion is projected.',
    labels: ['budget'],
    source: 'cost.updated',
  },
  valid: {
    name: 'orchestrator_budget_valid',
    type: 'gauge',
    help: '1 while the numbers of the budget can be trusted.',
    labels: ['budget'],
    source: 'the ledger',
  },
});

/** Served at /metrics/timeline only: every sample has its own millisecond timestamp. */
export const TIMELINE = rows({
  agentState: {
    name: 'orchestrator_timeline_agent_state',
    type: 'gauge',
    help: 'State code of the agent from this instant on: idle 0, queued 1, running 2, waiting 3, paused 4, completed 5, failed 6.',
    labels: ['thread', 'agent'],
    source: 'node.*, agent.*',
  },
  threadState: {
    name: 'orchestrator_timeline_thread_state',
    type: 'gauge',
    help: 'State code of the thread from this instant on: running 2, paused 4, completed 5, failed 6, timeout 7.',
    labels: ['thread'],
    source: 'all thread events',
  },
  threadCost: {
    name: 'orchestrator_timeline_thread_cost_usd',
    type: 'gauge',
    help: 'Spend of the thread in US dollars from this instant on.',
    labels: ['thread'],
    source: 'cost.updated',
  },
  checkpoint: {
    name: 'orchestrator_timeline_checkpoint',
    type: 'gauge',
    help: 'Index of the checkpoint saved at this instant.',
    labels: ['thread'],
    source: 'checkpoint.saved',
  },
});

/** The exporter about itself. */
export const SELF = rows({
  buildInfo: {
    name: 'orchestrator_exporter_build_info',
    type: 'gauge',
    help: 'Constant 1; version of the exporter and of Node.js.',
    labels: ['version', 'node_version'],
    source: 'start-up',
  },
  events: {
    name: 'orchestrator_exporter_events_total',
    type: 'counter',
    help: 'Events accepted, by type and source.',
    labels: ['type', 'source'],
    source: 'pipeline',
  },
  eventsRejected: {
    name: 'orchestrator_exporter_events_rejected_total',
    type: 'counter',
    help: 'Events refused, by reason.',
    labels: ['reason'],
    source: 'pipeline',
  },
  eventsDuplicate: {
    name: 'orchestrator_exporter_events_duplicate_total',
    type: 'counter',
    help: 'Events that had been counted before and were answered as duplicates.',
    labels: [],
    source: 'pipeline',
  },
  eventAnomalies: {
    name: 'orchestrator_exporter_event_anomalies_total',
    type: 'counter',
    help: 'Accepted events of which a field could not be used as given, by kind.',
    labels: ['kind'],
    source: 'pipeline',
  },
  eventLag: {
    name: 'orchestrator_exporter_event_lag_seconds',
    type: 'histogram',
    help: "Time from an event's timestamp to its acceptance.",
    labels: [],
    source: 'pipeline',
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 3600],
  },
  series: {
    name: 'orchestrator_exporter_series',
    type: 'gauge',
    help: 'Series exposed, by metric family.',
    labels: ['family'],
    source: 'series registry',
  },
  seriesLimit: {
    name: 'orchestrator_exporter_series_limit',
    type: 'gauge',
    help: 'Series that a family may have (limits.series_per_family); past it they are folded. Families that threads.max or budgets.yml bounds have none.',
    labels: ['family'],
    source: 'configuration',
  },
  labelValues: {
    name: 'orchestrator_exporter_label_values',
    type: 'gauge',
    help: 'Values that a label has taken, by label.',
    labels: ['label'],
    source: 'series registry',
  },
  labelValuesLimit: {
    name: 'orchestrator_exporter_label_values_limit',
    type: 'gauge',
    help: 'Values that a label may take (limits.label_values); later ones are folded into "other".',
    labels: [],
    source: 'configuration',
  },
  threadsLimit: {
    name: 'orchestrator_exporter_threads_limit',
    type: 'gauge',
    help: 'Threads that may have series of their own (threads.max); the others are counted in the aggregates only.',
    labels: [],
    source: 'configuration',
  },
  labelOverflow: {
    name: 'orchestrator_exporter_label_overflow_total',
    type: 'counter',
    help: 'Values folded into "other" because a label had reached its cap, by label.',
    labels: ['label'],
    source: 'series registry',
  },
  threadsOverCap: {
    name: 'orchestrator_exporter_threads_over_cap_total',
    type: 'counter',
    help: 'Threads counted in the aggregates only, because threads.max was reached.',
    labels: [],
    source: 'series registry',
  },
  degraded: {
    name: 'orchestrator_exporter_degraded',
    type: 'gauge',
    help: '1 while something cannot be relied on, by reason; /health/ready says it in sentences.',
    labels: ['reason'],
    source: 'all parts',
  },
  configReloadSuccessful: {
    name: 'orchestrator_exporter_config_last_reload_successful',
    type: 'gauge',
    help: '1 while what the file says is in force, 0 while it is refused and what it said before stays.',
    labels: ['file'],
    source: 'budgets_file, prices_file; security_files for auth and web_config_file',
  },
  configReloadTimestamp: {
    name: 'orchestrator_exporter_config_last_reload_success_timestamp_seconds',
    type: 'gauge',
    help: 'When the file was last read and found good, seconds since the epoch.',
    labels: ['file'],
    source: 'budgets_file, prices_file; security_files for auth and web_config_file',
  },
  pricedModels: {
    name: 'orchestrator_exporter_priced_models',
    type: 'gauge',
    help: 'Models that the price table names.',
    labels: [],
    source: 'prices_file',
  },
  unpricedPending: {
    name: 'orchestrator_exporter_unpriced_usage_pending',
    type: 'gauge',
    help: 'Usage reports without a price that are held for a late one.',
    labels: [],
    source: 'the model',
  },
  journalDurable: {
    name: 'orchestrator_exporter_journal_durable',
    type: 'gauge',
    help: '1 when accepted events are on disk before they are acknowledged, 0 when state lives in memory only.',
    labels: [],
    source: 'journal',
  },
  journalRecords: {
    name: 'orchestrator_exporter_journal_records_total',
    type: 'counter',
    help: 'Entries in the journal, those of earlier runs included.',
    labels: [],
    source: 'journal',
  },
  journalBytes: {
    name: 'orchestrator_exporter_journal_bytes',
    type: 'gauge',
    help: 'Bytes of the journal on disk.',
    labels: [],
    source: 'journal',
  },
  journalCommit: {
    name: 'orchestrator_exporter_journal_fsync_seconds',
    type: 'histogram',
    help: 'Time to write and sync the events that waited together.',
    labels: [],
    source: 'journal',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  },
  journalDamage: {
    name: 'orchestrator_exporter_journal_damage_total',
    type: 'counter',
    help: 'Damage found in the journal at the start, by kind; torn_tail alone is a write that was cut off and was not acknowledged.',
    labels: ['kind'],
    source: 'journal',
  },
  journalOldest: {
    name: 'orchestrator_exporter_journal_oldest_segment_timestamp_seconds',
    type: 'gauge',
    help: 'When the oldest segment that is kept was begun; absent while there is none.',
    labels: [],
    source: 'journal',
  },
  journalSegmentsDeleted: {
    name: 'orchestrator_exporter_journal_segments_deleted_total',
    type: 'counter',
    help: 'Segments deleted for their age or for journal.max_bytes; snapshots hold what they came to.',
    labels: [],
    source: 'journal',
  },
  journalSnapshotTimestamp: {
    name: 'orchestrator_exporter_journal_snapshot_timestamp_seconds',
    type: 'gauge',
    help: 'When the newest snapshot was made; absent while there is none.',
    labels: [],
    source: 'journal',
  },
  journalSnapshotDuration: {
    name: 'orchestrator_exporter_journal_snapshot_duration_seconds',
    type: 'gauge',
    help: 'Time that the last snapshot made by this process took, in a thread of its own; absent before.',
    labels: [],
    source: 'journal',
  },
  journalSnapshotBytes: {
    name: 'orchestrator_exporter_journal_snapshot_bytes',
    type: 'gauge',
    help: 'Size of the newest snapshot; absent while there is none.',
    labels: [],
    source: 'journal',
  },
  journalSnapshotFailures: {
    name: 'orchestrator_exporter_journal_snapshot_failures_total',
    type: 'counter',
    help: 'Snapshots that could not be made; the one before stays in use.',
    labels: [],
    source: 'journal',
  },
  scrapeDuration: {
    name: 'orchestrator_exporter_scrape_render_seconds',
    type: 'histogram',
    help: 'Time to build the body of a scrape, by endpoint.',
    labels: ['endpoint'],
    source: 'http',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
  },
  loopLag: {
    name: 'orchestrator_exporter_event_loop_lag_seconds',
    type: 'histogram',
    help: 'How late a timer ran that is due ten times a second: what everything that the exporter does waits for.',
    labels: [],
    source: 'process',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
  },
  producers: {
    name: 'orchestrator_exporter_producers',
    type: 'gauge',
    help: 'Producers whose sequence numbers are remembered.',
    labels: [],
    source: 'field producer',
  },
  producerSeqMissing: {
    name: 'orchestrator_exporter_producer_seq_missing',
    type: 'gauge',
    help: 'Sequence numbers that producers jumped over and that have not come, all producers together.',
    labels: [],
    source: 'fields producer, seq',
  },
  producersForgotten: {
    name: 'orchestrator_exporter_producers_forgotten_total',
    type: 'counter',
    help: 'Producers forgotten for want of room; only ids tell the repeats of their events then.',
    labels: [],
    source: 'field producer',
  },
  producerGapsGivenUp: {
    name: 'orchestrator_exporter_producer_gaps_given_up_total',
    type: 'counter',
    help: 'Gaps in the sequence numbers of a producer that are not waited for any more, because it has too many.',
    labels: [],
    source: 'fields producer, seq',
  },
  timelineDropped: {
    name: 'orchestrator_exporter_timeline_dropped_total',
    type: 'counter',
    help: 'Timeline samples that no consumer will get, by reason.',
    labels: ['reason'],
    source: 'timeline',
  },
  timelineConsumers: {
    name: 'orchestrator_exporter_timeline_consumers',
    type: 'gauge',
    help: 'Consumers that hold a timeline cursor.',
    labels: [],
    source: 'timeline',
  },
  pushSamples: {
    name: 'orchestrator_exporter_push_samples_total',
    type: 'counter',
    help: 'Timeline samples that a receiver of remote_write or grafana_live has taken.',
    labels: ['receiver'],
    source: 'remote_write, grafana_live',
  },
  pushFailed: {
    name: 'orchestrator_exporter_push_samples_failed_total',
    type: 'counter',
    help: 'Timeline samples that a receiver of remote_write or grafana_live will not have from here, by reason.',
    labels: ['receiver', 'reason'],
    source: 'remote_write, grafana_live',
  },
  pushRetries: {
    name: 'orchestrator_exporter_push_retries_total',
    type: 'counter',
    help: 'Requests of remote_write and grafana_live that were tried again.',
    labels: ['receiver'],
    source: 'remote_write, grafana_live',
  },
  pushPending: {
    name: 'orchestrator_exporter_push_samples_pending',
    type: 'gauge',
    help: 'Timeline samples that wait for a receiver of remote_write or grafana_live.',
    labels: ['receiver'],
    source: 'remote_write, grafana_live',
  },
  pushLag: {
    name: 'orchestrator_exporter_push_lag_seconds',
    type: 'gauge',
    help: 'Age of the oldest sample that waits for a receiver of remote_write or grafana_live; 0 when none does.',
    labels: ['receiver'],
    source: 'remote_write, grafana_live',
  },
  pushLastSuccess: {
    name: 'orchestrator_exporter_push_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When a receiver of remote_write or grafana_live last took samples, seconds since the epoch; absent before the first.',
    labels: ['receiver'],
    source: 'remote_write, grafana_live',
  },
  gatewayClients: {
    name: 'orchestrator_exporter_gateway_clients',
    type: 'gauge',
    help: 'WebSocket clients connected.',
    labels: [],
    source: 'gateway',
  },
  gatewaySubscriptions: {
    name: 'orchestrator_exporter_gateway_subscriptions',
    type: 'gauge',
    help: 'Thread subscriptions held by WebSocket clients.',
    labels: [],
    source: 'gateway',
  },
  gatewaySlices: {
    name: 'orchestrator_exporter_gateway_slice_seconds',
    type: 'histogram',
    help: 'Time that one step of writing broadcasts out held the event loop.',
    labels: [],
    source: 'gateway',
    buckets: [0.0005, 0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.025, 0.1],
  },
  gatewayFrames: {
    name: 'orchestrator_exporter_gateway_frames_total',
    type: 'counter',
    help: 'Frames for WebSocket clients, by outcome.',
    labels: ['outcome'],
    source: 'gateway',
  },
  natsMessages: {
    name: 'orchestrator_exporter_nats_messages_total',
    type: 'counter',
    help: 'Messages from NATS, by what came of them: acknowledged with their events on disk, refused for good, or sent back to come again; only with `nats`.',
    labels: ['outcome'],
    source: 'nats',
  },
  natsConnected: {
    name: 'orchestrator_exporter_nats_connected',
    type: 'gauge',
    help: '1 while messages from NATS can arrive; only with `nats`.',
    labels: [],
    source: 'nats',
  },
  natsPending: {
    name: 'orchestrator_exporter_nats_pending_messages',
    type: 'gauge',
    help: 'Messages in the stream that were not delivered to this exporter yet; absent while that is not known.',
    labels: [],
    source: 'nats',
  },
  natsUnacknowledged: {
    name: 'orchestrator_exporter_nats_unacknowledged_messages',
    type: 'gauge',
    help: 'Messages delivered to this exporter and not acknowledged; absent while that is not known.',
    labels: [],
    source: 'nats',
  },
  authFailures: {
    name: 'orchestrator_exporter_auth_failures_total',
    type: 'counter',
    help: 'Requests and WebSocket upgrades refused for their credentials or origin, by what they wanted and reason.',
    labels: ['scope', 'reason'],
    source: 'http',
  },
  connectionsRefused: {
    name: 'orchestrator_exporter_connections_refused_total',
    type: 'counter',
    help: 'Connections that were closed on before a request could be read from them, by reason.',
    labels: ['reason'],
    source: 'http',
  },
});

/** Why timeline samples were dropped: label `reason` of `orchestrator_exporter_timeline_dropped_total`. */
export const TIMELINE_DROP_REASONS = ['ring_full', 'too_old', 'too_far_ahead'] as const;
export type TimelineDropReason = (typeof TIMELINE_DROP_REASONS)[number];

/** Why a receiver will not have samples: label `reason` of `orchestrator_exporter_push_samples_failed_total`. Closed. */
export const PUSH_FAILURES = [
  /** Refused: behind what it has of the series. */
  'out_of_order',
  /** Refused: too old or too far ahead for it. */
  'out_of_bounds',
  /** Refused: it has another value at that instant. */
  'duplicate',
  /** Refused as out of order or a duplicate after the answer to an earlier attempt got lost: most likely it has them. */
  'repeated',
  /** Refused with another 4xx. */
  'rejected',
  /** Pushed out of `timeline.ring` before they could be sent. */
  'overflow',
  /** Older than an hour before they could be sent. */
  'too_old',
] as const;
export type PushFailure = (typeof PUSH_FAILURES)[number];

/** What can be wrong with a journal: label `kind` of `orchestrator_exporter_journal_damage_total`. Closed; never reused. */
export const JOURNAL_DAMAGE_KINDS = [
  /** The header of a segment cannot be read. */
  'header',
  /** Bytes that are no frame, or a frame out of its place, before whole frames. */
  'gap',
  /** Bytes after the last whole frame of a segment that was not sealed: a write that was cut off. */
  'torn_tail',
  /** Record numbers that no frame holds. */
  'missing_records',
  /** A footer does not fit what is before it, or bytes follow it. */
  'footer',
  /** A segment does not follow from the one before it, though no number is missing. */
  'chain',
  /** The high-water mark is gone or cannot be read: whether records are missing at the end cannot be told. */
  'high_water',
  /** A whole frame holds a line that is no record. */
  'unreadable_record',
  /** A snapshot cannot be used: an earlier one is, or the records themselves are. */
  'snapshot',
] as const;
export type JournalDamageKind = (typeof JOURNAL_DAMAGE_KINDS)[number];

/** Label `file` of `orchestrator_exporter_config_last_reload_*`: options of one file, and all that security reads, together. */
export const RELOADABLE_FILES = ['budgets_file', 'prices_file', 'security_files'] as const;
export type ReloadableFile = (typeof RELOADABLE_FILES)[number];

/** What came of a message: label `outcome` of `orchestrator_exporter_nats_messages_total`. */
export const NATS_MESSAGE_OUTCOMES = ['acknowledged', 'refused', 'sent_back'] as const;
export type NatsMessageOutcome = (typeof NATS_MESSAGE_OUTCOMES)[number];

export const GATEWAY_FRAME_OUTCOMES = ['sent', 'dropped'] as const;

/** Labels of `orchestrator_exporter_auth_failures_total`. */
export const AUTH_SCOPES = ['ingest', 'read'] as const;
export const AUTH_FAILURE_REASONS = [
  'no_credentials',
  'malformed_credentials',
  'unknown_token',
  'wrong_password',
  'wrong_scope',
  'wrong_environment',
  'foreign_origin',
  'backed_off',
  'busy',
] as const;
export type AuthFailureReason = (typeof AUTH_FAILURE_REASONS)[number];

/** Label `reason` of `orchestrator_exporter_connections_refused_total`. */
export const CONNECTION_REFUSALS = ['too_many', 'timeout', 'bad_request', 'tls'] as const;
export type ConnectionRefusal = (typeof CONNECTION_REFUSALS)[number];

export const BURN_RATE_LOOKBACKS = {
  '5m': 300,
  '30m': 1_800,
  '1h': 3_600,
  '6h': 21_600,
  '1d': 86_400,
  '3d': 259_200,
} as const;
export type BurnRateLookback = keyof typeof BURN_RATE_LOOKBACKS;

/** The catalogue in the order of docs/metrics.md. */
export const CATALOGUE = [
  { title: 'Aggregates', rows: AGGREGATES },
  { title: 'Per thread', rows: PER_THREAD },
  { title: 'Budgets', rows: BUDGETS },
  { title: 'Timeline', rows: TIMELINE },
  { title: 'The exporter itself', rows: SELF },
] as const;
