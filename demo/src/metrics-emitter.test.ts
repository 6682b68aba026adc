import { MetricsEmitter, type MetricsEvent } from './metrics-emitter.ts';

const AT = 1_700_000_000_000;

function recorded(emit: (emitter: MetricsEmitter) => void): MetricsEvent[] {
  const emitter = new MetricsEmitter(() => AT);
  const events: MetricsEvent[] = [];
  emitter.subscribe((event) => events.push(event));
  emit(emitter);
  return events;
}

test.each<[string, (emitter: MetricsEmitter) => void, MetricsEvent['type'], MetricsEvent['payload']]>([
  [
    'a node that starts',
    (e) => {
      e.emitNodeStart('t', 'n');
    },
    'node.start',
    { nodeId: 'n' },
  ],
  [
    'a node with an empty name',
    (e) => {
      e.emitNodeStart('t', '');
    },
    'node.start',
    { nodeId: '' },
  ],
  [
    'a node that completes, on a lane',
    (e) => {
      e.emitNodeComplete('t', 'n', { duration: 12.5, agent: 'a' });
    },
    'node.complete',
    { nodeId: 'n', duration: 12.5, agent: 'a' },
  ],
  [
    'a node that fails with a hostile message',
    (e) => {
      e.emitNodeError('t', 'n', { error: { message: '<script>\n\u0000' }, duration: 3 });
    },
    'node.error',
    { nodeId: 'n', error: { message: '<script>\n\u0000' }, duration: 3 },
  ],
  [
    'a checkpoint',
    (e) => {
      e.emitCheckpointSaved('t', { checkpointIndex: 1, checkpointId: 'c' });
    },
    'checkpoint.saved',
    { checkpointIndex: 1, checkpointId: 'c' },
  ],
  [
    'a cost below a cent with an overspent budget',
    (e) => {
      e.emitCostUpdated('t', { costCents: 0.003, budgetRemainingCents: -1, inputTokensDelta: 7 });
    },
    'cost.updated',
    { costCents: 0.003, budgetRemainingCents: -1, inputTokensDelta: 7 },
  ],
  [
    'an active agent',
    (e) => {
      e.emitAgentActive('t', 'a', { task: 'x' });
    },
    'agent.active',
    { agent: 'a', task: 'x' },
  ],
  [
    'an agent that waits',
    (e) => {
      e.emitAgentState('t', 'a', { state: 'waiting' });
    },
    'agent.state',
    { agent: 'a', state: 'waiting' },
  ],
  [
    'a graph that ends',
    (e) => {
      e.emitGraphComplete('t', { status: 'success', duration: 0 });
    },
    'graph.complete',
    { status: 'success', duration: 0 },
  ],
])('%s is emitted as one event with thread and time', (_name, emit, type, payload) => {
  expect(recorded(emit)).toEqual([{ type, threadId: 't', timestamp: AT, payload }]);
});

test('subscribers and listeners of the Node event see the same events, and an ended subscription none', () => {
  const emitter = new MetricsEmitter(() => AT);
  const seen: string[] = [];
  const unsubscribe = emitter.subscribe(() => seen.push('subscriber'));
  emitter.on('metrics', () => seen.push('listener'));
  emitter.emitNodeStart('t', 'n');
  unsubscribe();
  unsubscribe();
  emitter.emitNodeStart('t', 'n');
  expect(seen).toEqual(['subscriber', 'listener', 'listener']);
});
