// What a hand-written exporter on prom-client keeps of the same events: one counter or gauge for each fact, running totals
// in a map. No repeats, no order, no budgets, nothing on a disk.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

type Fields = Readonly<Record<string, unknown>>;

export const register = new Registry();
const of = (name: string, labelNames: string[]) => ({ name, help: name, labelNames, registers: [register] });

const events = new Counter(of('events_total', ['type']));
const runs = new Counter(of('node_runs_total', ['workflow', 'node', 'outcome']));
const durations = new Histogram({
  ...of('node_duration_seconds', ['workflow', 'node']),
  buckets: [0.1, 0.5, 1, 5, 10, 60],
});
const states = new Gauge(of('agent_state', ['thread', 'agent']));
const transitions = new Counter(of('agent_state_transitions_total', ['workflow', 'agent', 'state']));
const cost = new Counter(of('cost_usd_total', ['team', 'workflow', 'agent', 'provider', 'model']));
const threadCost = new Gauge(of('thread_cost_usd', ['thread', 'agent']));
const tokens = new Counter(of('tokens_total', ['team', 'workflow', 'agent', 'provider', 'model', 'direction']));
const remaining = new Gauge(of('thread_budget_remaining_usd', ['thread']));
const checkpoints = new Counter(of('checkpoints_total', ['workflow', 'outcome']));
const finished = new Counter(of('threads_finished_total', ['workflow', 'status']));
const lastEvent = new Gauge(of('last_event_timestamp_seconds', ['workflow']));

const totals = new Map<string, number>();
const text = (value: unknown): string => (typeof value === 'string' ? value : 'unknown');

/** One event of any of the three dialects. */
export function count(event: Fields): void {
  const payload = (event['payload'] ?? event) as Fields;
  const type = text(event['type'] === 'event' ? event['event'] : event['type'])
    .replace('orchestrator.', '')
    .replace(':', '.');
  const thread = text(event['threadId'] ?? payload['threadId']);
  const workflow = text(payload['workflow']);
  events.inc({ type });
  lastEvent.set({ workflow }, Number(event['timestamp'] ?? payload['timestamp']) / 1000);
  const agent = text(payload['agent'] ?? payload['nodeId']);
  switch (type) {
    case 'node.start':
    case 'agent.active':
      states.set({ thread, agent }, 1);
      transitions.inc({ workflow, agent, state: 'running' });
      return;
    case 'node.complete':
    case 'node.error': {
      const node = text(payload['nodeId']);
      runs.inc({ workflow, node, outcome: type });
      const ms = payload['duration'] ?? payload['executionTimeMs'];
      if (typeof ms === 'number') durations.observe({ workflow, node }, ms / 1000);
      states.set({ thread, agent }, 0);
      transitions.inc({ workflow, agent, state: 'idle' });
      return;
    }
    case 'agent.state':
      states.set({ thread, agent }, 2);
      transitions.inc({ workflow, agent, state: text(payload['state']) });
      return;
    case 'cost.updated':
      spend(payload, { thread, workflow });
      return;
    case 'checkpoint.saved':
      checkpoints.inc({ workflow, outcome: 'saved' });
      return;
    case 'graph.complete':
      finished.inc({ workflow, status: text(payload['status']) });
  }
}

function spend(payload: Fields, { thread, workflow }: { thread: string; workflow: string }): void {
  const labels = {
    team: text(payload['team']),
    workflow,
    agent: text(payload['agent']),
    provider: text(payload['provider']),
    model: text(payload['model']),
  };
  const total = Number(payload['costCents'] ?? 0) / 100;
  const rise = Math.max(0, total - (totals.get(thread) ?? 0));
  totals.set(thread, total);
  cost.inc(labels, rise);
  threadCost.inc({ thread, agent: labels.agent }, rise);
  if (typeof payload['budgetRemainingCents'] === 'number')
    remaining.set({ thread }, payload['budgetRemainingCents'] / 100);
  for (const direction of ['input', 'output']) {
    const used = payload[`${direction}TokensDelta`];
    if (typeof used === 'number') tokens.inc({ ...labels, direction }, used);
  }
}
