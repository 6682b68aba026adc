// The recorded runs of fixtures/runs as patterns that threads of the load repeat, in all three dialects.
import { readFileSync } from 'node:fs';
import { centsToNano } from 'orchestrator-exporter/contract/money';

/** An event as it was recorded, in the MetricsEmitter's or the StateGraph's dialect. */
export interface RecordedEvent {
  readonly type: string;
  readonly threadId: string;
  readonly timestamp: number;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** One turn of a thread. `end` is what closes the thread, after its last turn. */
export interface Pattern {
  readonly dialect: 'metrics-emitter' | 'gateway' | 'state-graph';
  readonly turn: readonly RecordedEvent[];
  readonly end: readonly RecordedEvent[];
  /** Spend of one turn, nano-USD. */
  readonly turnNano: number;
}

const RUNS = ['openai', 'langchain', 'smolagents'] as const;

/**
 * Every recorded agent run as the MetricsEmitter and as the gateway tell it, and one thread of the StateGraph.
 * @param folder that of the recordings
 */
export function readPatterns(folder: string): readonly Pattern[] {
  const told = RUNS.flatMap((name): Pattern[] => {
    const events = readRun(`${folder}/${name}.events.jsonl`);
    const isEnd = ({ type }: RecordedEvent): boolean => type === 'graph.complete';
    const turn = events.filter((event) => !isEnd(event));
    const rest = { turn, end: events.filter(isEnd), turnNano: Math.max(...turn.map(totalNanoOf)) };
    return [
      { dialect: 'metrics-emitter', ...rest },
      { dialect: 'gateway', ...rest },
    ];
  });
  const graph = readRun(`${folder}/helix-stategraph.events.jsonl`).filter(({ threadId }) => threadId === 'session-1');
  const isEnd = ({ nextNodeId }: RecordedEvent): boolean => nextNodeId === 'END';
  const turn = graph.filter((event) => !isEnd(event));
  return [...told, { dialect: 'state-graph', turn, end: graph.filter(isEnd), turnNano: 0 }];
}

/** The thread's running total by this event, nano-USD; 0 for an event that tells none. */
export function totalNanoOf({ payload }: RecordedEvent): number {
  const cents = payload?.['costCents'];
  return typeof cents === 'number' ? (centsToNano(cents) ?? 0) : 0;
}

function readRun(file: string): readonly RecordedEvent[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as RecordedEvent);
}
