// Rows with a start and an end time (traces, SQL): one state a row, which may overlap. For sources that are not Prometheus.
import { FieldType, type DataFrame, type Field } from '@grafana/data';
import { AGENT_STATE_CODE } from 'orchestrator-exporter/contract/states';
import { pointColumns, type PointColumns, type SpanColumns, type StatePoint } from '../model/build-states.ts';
import { UNKNOWN_CODE } from '../model/state-columns.ts';
import { agentStateOf } from './state-words.ts';

export interface IntervalLane {
  readonly workflow: string;
  readonly thread: string;
  readonly agent: string;
  readonly points: readonly PointColumns[];
  readonly spans: SpanColumns | undefined;
}

interface Row {
  readonly startMs: number;
  /** NaN where it still goes on. */
  readonly endMs: number;
  readonly state: StatePoint['state'];
}

interface Rows extends Pick<IntervalLane, 'workflow' | 'thread' | 'agent'> {
  readonly rows: Row[];
}

/** Names of the column that says whose state a row is, the first found counts. */
export const AGENT_FIELDS: readonly string[] = ['agent', 'lane', 'task', 'name'];

function fieldNamed(frame: DataFrame, names: readonly string[]): Field | undefined {
  return names
    .map((name) => frame.fields.find((field) => field.name.toLowerCase() === name))
    .find((f) => f !== undefined);
}

function rowsOf(frames: readonly DataFrame[]): Rows[] {
  const lanes = new Map<string, Rows>();
  for (const frame of frames) {
    const [start, end] = frame.fields.filter((field) => field.type === FieldType.time);
    const agentField = fieldNamed(frame, AGENT_FIELDS);
    if (start === undefined || end === undefined || agentField === undefined) {
      continue;
    }
    const threadField = fieldNamed(frame, ['thread']);
    const workflowField = fieldNamed(frame, ['workflow']);
    const stateField = fieldNamed(frame, ['state', 'status']);
    for (let row = 0; row < start.values.length; row++) {
      const startMs: unknown = start.values[row];
      const endMs: unknown = end.values[row];
      if (typeof startMs !== 'number' || !Number.isFinite(startMs)) {
        continue;
      }
      const agent = String(agentField.values[row] ?? '');
      const thread = String(threadField?.values[row] ?? '');
      const workflow = String(workflowField?.values[row] ?? '');
      const given: unknown = stateField?.values[row];
      const state =
        stateField !== undefined && (typeof given === 'string' || typeof given === 'number')
          ? agentStateOf(given, stateField)
          : 'running';
      const key = JSON.stringify([thread, agent]);
      const lane = lanes.get(key) ?? { workflow, thread, agent, rows: [] };
      lane.rows.push({ startMs, endMs: typeof endMs === 'number' ? endMs : NaN, state });
      lanes.set(key, lane);
    }
  }
  return [...lanes.values()];
}

function spansOf(rows: readonly Row[]): SpanColumns {
  return {
    length: rows.length,
    startMs: Float64Array.from(rows, (row) => row.startMs),
    endMs: Float64Array.from(rows, (row) => row.endMs),
    code: Uint8Array.from(rows, ({ state }) => (state === undefined ? UNKNOWN_CODE : AGENT_STATE_CODE[state])),
  };
}

/**
 * Lanes of frames with two time fields (start, end), a string field for the lane (agent, lane, task, name) and a state
 * (word or code; `running` where there is none). An empty end means that it still goes on; rows of which none has an end
 * are changes: each ends where the next begins. Rows without a start are skipped.
 */
export function readIntervalRows(frames: readonly DataFrame[]): IntervalLane[] {
  return rowsOf(frames).map(({ rows, ...names }) => {
    const areChanges = rows.length > 1 && rows.every((row) => Number.isNaN(row.endMs));
    return areChanges
      ? {
          ...names,
          points: [pointColumns(rows.map(({ startMs, state }) => ({ atMs: startMs, state })))],
          spans: undefined,
        }
      : { ...names, points: [], spans: spansOf(rows.filter((row) => row.state !== undefined)) };
  });
}
