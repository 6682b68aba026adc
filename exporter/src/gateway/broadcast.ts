// What subscribers hear of an event: Helix's own messages, plus the agent states and thread ends that the model derived.
import type { OrchestratorEvent } from '../contract/event.ts';
import { nanoToCents } from '../contract/money.ts';
import type { NanoUsd } from '../contract/money.ts';
import type { BroadcastName, GatewayBroadcast } from '../contract/wire.ts';
import type { Change } from '../model/change.ts';
import type { ThreadView } from '../model/views.ts';
import { broadcastSeq } from './sequence.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The event's own message first, then what it led to; absent facts are left out of the payload.
 * @param record number of the event's record in the journal
 */
export function broadcastsOf(
  { event, record }: { readonly event: OrchestratorEvent; readonly record: number },
  changes: readonly Change[],
  thread: ThreadView | undefined
): readonly GatewayBroadcast[] {
  const { threadId } = event;
  const messages: GatewayBroadcast[] = [];
  const add = (name: BroadcastName, timestamp: number, fields: Fields): void => {
    const seq = broadcastSeq(record, messages.length);
    messages.push({ type: 'event', event: name, seq, payload: { threadId, timestamp, ...known(fields) } });
  };
  const own = ownMessage(event, changes, thread);
  if (own !== undefined) add(own.name, event.timestampMs, own.fields);
  for (const change of changes) {
    if (change.kind === 'agent-state' && event.type !== 'agent.state') {
      const { agent, from, to } = change;
      add('orchestrator.agent.state', change.atMs, { agent, from, state: to });
    }
    if (change.kind === 'thread-finished' && event.type !== 'graph.complete') {
      const { status, durationMs } = change;
      add('orchestrator.graph.complete', change.atMs, { status, duration: durationMs });
    }
  }
  return messages;
}

function known(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

interface OwnMessage {
  readonly name: BroadcastName;
  readonly fields: Fields;
}

function ownMessage(
  event: OrchestratorEvent,
  changes: readonly Change[],
  thread: ThreadView | undefined
): OwnMessage | undefined {
  switch (event.type) {
    case 'node.start':
      return { name: 'orchestrator.node.start', fields: { nodeId: event.node, agent: event.agent } };
    case 'node.complete':
    case 'node.error': {
      const { node, agent, durationMs } = event;
      return { name: `orchestrator.${event.type}`, fields: { nodeId: node, agent, duration: durationMs } };
    }
    case 'agent.active':
      return { name: 'orchestrator.agent.active', fields: { agent: event.agent, task: event.task } };
    case 'agent.state': {
      const { agent, state, task } = event;
      return { name: 'orchestrator.agent.state', fields: { agent, state, task } };
    }
    case 'route.next': {
      const { from, to, durationMs } = event;
      const stepCount = event.stepCount ?? thread?.stepCount;
      return { name: 'orchestrator.state.changed', fields: { from, to, stepCount, executionTimeMs: durationMs } };
    }
    case 'checkpoint.saved': {
      const noted = changes.find((change) => change.kind === 'checkpoint');
      const checkpointIndex = event.checkpointIndex ?? noted?.index;
      const stepCount = event.stepCount ?? thread?.stepCount;
      return {
        name: 'orchestrator.checkpoint.saved',
        fields: { checkpointId: event.checkpointId, checkpointIndex, stepCount },
      };
    }
    case 'cost.updated': {
      const spent = changes.reduce((sum, change) => (change.kind === 'spend' ? sum + change.spend : sum), 0);
      const { agent, model, tokens } = event;
      return {
        name: 'orchestrator.cost.updated',
        fields: {
          costDeltaCents: nanoToCents(spent as NanoUsd),
          totalCostCents: thread === undefined ? undefined : nanoToCents(thread.total),
          budgetRemainingCents: thread?.budgetRemaining === undefined ? undefined : nanoToCents(thread.budgetRemaining),
          inputTokensDelta: tokens.input ?? 0,
          outputTokensDelta: tokens.output ?? 0,
          agent,
          model,
        },
      };
    }
    case 'graph.complete':
      return { name: 'orchestrator.graph.complete', fields: { status: event.status, duration: event.durationMs } };
    case 'checkpoint.failed':
    case 'progress':
      return undefined;
  }
}
