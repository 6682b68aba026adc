// What docs/events.md says of each event of each dialect. The examples are parsed by the tests.
import type { Dialect, EventType } from '../contract/event.ts';
import { AGENT_STATES, GRAPH_STATUSES } from '../contract/states.ts';

export interface FieldRow {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly meaning: string;
}

export interface EventRow {
  /** As it is spelled in the dialect. */
  readonly type: string;
  /** What it becomes. */
  readonly becomes: EventType;
  readonly fields: readonly FieldRow[];
  readonly example: Readonly<Record<string, unknown>>;
}

export interface DialectReference {
  readonly dialect: Dialect;
  readonly title: string;
  readonly arrives: string;
  readonly events: readonly EventRow[];
}

const need = (name: string, type: string, meaning: string): FieldRow => ({ name, type, required: true, meaning });
const may = (name: string, type: string, meaning: string): FieldRow => ({ name, type, required: false, meaning });

const NODE = need('nodeId', 'label', 'the node; its lane too, unless `agent` names one');
const LANE = may('agent', 'label', 'the lane of the run');
const DURATION = may(
  'duration',
  'milliseconds',
  'as measured by the orchestrator; else the time between the two events'
);
const EXECUTION_TIME = may('executionTimeMs', 'milliseconds', DURATION.meaning);
const TASK = may('task', 'text', 'shown live only; never a label, never stored');
const STEP = may('stepCount', 'count', "the orchestrator's own count of steps");
const CHECKPOINT_ID = need('checkpointId', 'label', 'the checkpoint');
const REMAINING = may('budgetRemainingCents', 'cents, may be negative', 'what is left; limit = total + remaining');
const USAGE: readonly FieldRow[] = [
  may('inputTokensDelta, outputTokensDelta', 'count', 'tokens of this event'),
  may('cacheReadTokensDelta, cacheWriteTokensDelta, reasoningTokensDelta', 'count', 'tokens of this event'),
  may('agent', 'label', "who spent; else the thread's one running agent, else `unattributed`"),
  may('model, provider', 'label', 'else `unknown`'),
];

/** Read in every dialect, beside or inside the payload. */
export const COMMON_FIELDS: readonly FieldRow[] = [
  need('threadId', 'key', 'the thread; never altered, so that two threads never merge'),
  need('timestamp', 'milliseconds since the epoch', 'when it happened; fractions are rounded down'),
  may('id', 'key', 'idempotency key; else a hash of `producer` and `seq`, else of thread, type, timestamp and payload'),
  may('producer', 'key', 'who counts by `seq`: one process, one name; see [Exactly once](#exactly-once)'),
  may(
    'seq',
    'whole number from 0 to 2^53 - 1',
    "the producer's own counter, one more with each event; used with `producer`"
  ),
  may('team, workflow', 'label', "else those of the thread's first event, else those of the configuration"),
];

const METRICS_EVENTS: readonly EventRow[] = [
  {
    type: 'node.start',
    becomes: 'node.start',
    fields: [NODE, LANE],
    example: metrics('node.start', { nodeId: 'tool:get_current_time' }),
  },
  {
    type: 'node.complete',
    becomes: 'node.complete',
    fields: [NODE, LANE, DURATION],
    example: metrics('node.complete', { nodeId: 'tool:get_current_time', duration: 2.52 }),
  },
  {
    type: 'node.error',
    becomes: 'node.error',
    fields: [NODE, LANE, DURATION, may('error', 'object', 'not read')],
    example: metrics('node.error', { nodeId: 'call_llm', error: { message: 'rate limited' }, duration: 310 }),
  },
  {
    type: 'checkpoint.saved',
    becomes: 'checkpoint.saved',
    fields: [CHECKPOINT_ID, may('checkpointIndex', 'count', 'else the checkpoints of the thread are counted')],
    example: metrics('checkpoint.saved', { checkpointIndex: 1, checkpointId: 'cp-1' }),
  },
  {
    type: 'cost.updated',
    becomes: 'cost.updated',
    fields: [
      may('costCents', 'cents', "the thread's running total; the spend is its rise"),
      may('costUsd', 'USD', "this event's own spend; counts where no running total is given"),
      REMAINING,
      ...USAGE,
    ],
    example: metrics('cost.updated', {
      costCents: 0.00317,
      budgetRemainingCents: 0.99683,
      agent: 'any_agent',
      model: 'mistral/mistral-small-latest',
      inputTokensDelta: 269,
      outputTokensDelta: 16,
    }),
  },
  {
    type: 'agent.active',
    becomes: 'agent.active',
    fields: [need('agent', 'label', 'runs from now on'), TASK],
    example: metrics('agent.active', { agent: 'any_agent', task: 'call_llm' }),
  },
  {
    type: 'agent.state',
    becomes: 'agent.state',
    fields: [
      need('agent', 'label', 'the agent'),
      need('state', AGENT_STATES.join(', '), 'its state from now on'),
      TASK,
    ],
    example: metrics('agent.state', { agent: 'reviewer', state: 'waiting' }),
  },
  {
    type: 'graph.complete',
    becomes: 'graph.complete',
    fields: [
      need('status', GRAPH_STATUSES.join(', '), 'ends the thread'),
      may('duration', 'milliseconds', 'of the thread'),
    ],
    example: metrics('graph.complete', { status: 'success', duration: 1227 }),
  },
];

const STATE_GRAPH_EVENTS: readonly EventRow[] = [
  {
    type: 'node:start',
    becomes: 'node.start',
    fields: [NODE, LANE, STEP],
    example: stateGraph('node:start', { stepCount: 1, nodeId: 'supervisor' }),
  },
  {
    type: 'node:complete',
    becomes: 'node.complete',
    fields: [NODE, LANE, STEP, EXECUTION_TIME],
    example: stateGraph('node:complete', { stepCount: 1, nodeId: 'supervisor', executionTimeMs: 13 }),
  },
  {
    type: 'checkpoint:saving',
    becomes: 'progress',
    fields: [STEP],
    example: stateGraph('checkpoint:saving', { stepCount: 1, nodeId: 'supervisor', checkpointId: '7uk4' }),
  },
  {
    type: 'checkpoint:saved',
    becomes: 'checkpoint.saved',
    fields: [CHECKPOINT_ID, STEP],
    example: stateGraph('checkpoint:saved', { stepCount: 1, checkpointId: '7uk4' }),
  },
  {
    type: 'checkpoint:error',
    becomes: 'checkpoint.failed',
    fields: [may('checkpointId', 'label', CHECKPOINT_ID.meaning), STEP, may('error', 'object', 'not read')],
    example: stateGraph('checkpoint:error', { stepCount: 1, checkpointId: '7uk4', error: { message: 'disk full' } }),
  },
  {
    type: 'route:next',
    becomes: 'route.next',
    fields: [
      need('nextNodeId', 'label', '`END` ends the thread with success'),
      may('nodeId', 'label', 'where from'),
      STEP,
    ],
    example: stateGraph('route:next', { stepCount: 1, nodeId: 'supervisor', nextNodeId: 'END' }),
  },
  {
    type: 'state:merged',
    becomes: 'progress',
    fields: [STEP],
    example: stateGraph('state:merged', { stepCount: 1, nodeId: 'supervisor' }),
  },
];

const TYPED_GATEWAY_EVENTS: readonly EventRow[] = [
  {
    type: 'orchestrator.state.changed',
    becomes: 'route.next',
    fields: [
      may('from', 'label', 'the node that ended, if it was seen to run'),
      may('to', 'label', 'the node that began; `END` ends the thread with success; one of `from` and `to` is needed'),
      STEP,
      EXECUTION_TIME,
    ],
    example: gateway('state.changed', { from: 'planner', to: 'writer', stepCount: 2, executionTimeMs: 187 }),
  },
  {
    type: 'orchestrator.cost.updated',
    becomes: 'cost.updated',
    fields: [
      may('totalCostCents', 'cents', "the thread's running total; the spend is its rise"),
      may('costDeltaCents', 'cents', 'counts only where no total is given'),
      REMAINING,
      ...USAGE,
    ],
    example: gateway('cost.updated', {
      costDeltaCents: 0.5,
      totalCostCents: 1.75,
      budgetRemainingCents: 98.25,
      inputTokensDelta: 120,
      outputTokensDelta: 40,
    }),
  },
  {
    type: 'orchestrator.agent.active',
    becomes: 'agent.active',
    fields: [need('agent', 'label', 'runs from now on'), TASK],
    example: gateway('agent.active', { agent: 'writer', task: 'draft' }),
  },
  {
    type: 'orchestrator.checkpoint.saved',
    becomes: 'checkpoint.saved',
    fields: [CHECKPOINT_ID, STEP],
    example: gateway('checkpoint.saved', { checkpointId: 'cp-9', stepCount: 2 }),
  },
];

/** Every MetricsEmitter event may also come broadcast, with its payload beside threadId and timestamp. */
const GENERIC_GATEWAY_EVENTS: readonly EventRow[] = METRICS_EVENTS.filter(
  ({ type }) => !TYPED_GATEWAY_EVENTS.some((typed) => typed.type === `orchestrator.${type}`)
).map((row) => ({
  ...row,
  type: `orchestrator.${row.type}`,
  example: gateway(row.type, row.example['payload'] as object),
}));

export const EVENT_REFERENCE: readonly DialectReference[] = [
  {
    dialect: 'metrics-emitter',
    title: 'MetricsEmitter',
    arrives: '`emitter.subscribe(callback)`, the Node event `metrics`, `POST /v1/events`, WebSocket `/v1/ingest`',
    events: METRICS_EVENTS,
  },
  {
    dialect: 'gateway',
    title: 'Gateway broadcast',
    arrives: 'WebSocket `/v1/ingest`, `POST /v1/events`',
    events: [...TYPED_GATEWAY_EVENTS, ...GENERIC_GATEWAY_EVENTS],
  },
  {
    dialect: 'state-graph',
    title: 'StateGraph',
    arrives: 'the Node event `state-graph:event`, `POST /v1/events`, WebSocket `/v1/ingest`',
    events: STATE_GRAPH_EVENTS,
  },
];

function metrics(type: string, payload: object): Readonly<Record<string, unknown>> {
  return { type, threadId: 'run-openai', timestamp: 1758026593450, payload };
}

function stateGraph(type: string, fields: object): Readonly<Record<string, unknown>> {
  return { type, timestamp: 1795331701145, threadId: 'session-1', ...fields };
}

function gateway(type: string, fields: object): Readonly<Record<string, unknown>> {
  const payload = { threadId: 'run-openai', timestamp: 1758026593450, ...fields };
  return { type: 'event', event: `orchestrator.${type}`, payload };
}
