// Rows with a start and an end time (traces, SQL): one segment a row. For sources that are not Prometheus.
import { FieldType, type DataFrame, type Field } from '@grafana/data';
import type { StatePoint } from '../model/segments.ts';
import { agentStateOf } from './state-words.ts';

export interface IntervalLane {
  readonly thread: string;
  readonly agent: string;
  readonly points: readonly StatePoint[];
}

const AGENT_FIELDS = ['agent', 'lane', 'task', 'name'];

function fieldNamed(frame: DataFrame, names: readonly string[]): Field | undefined {
  return names
    .map((name) => frame.fields.find((field) => field.name.toLowerCase() === name))
    .find((f) => f !== undefined);
}

/**
 * Lanes of frames with two time fields (start, end), a string field for the lane (agent, lane, task, name) and a state
 * (word or code; `running` where there is none). An empty end means that it still goes on. Rows without a start are skipped.
 */
export function readIntervalRows(frames: readonly DataFrame[]): IntervalLane[] {
  const lanes = new Map<string, { thread: string; agent: string; points: StatePoint[] }>();
  for (const frame of frames) {
    const [start, end] = frame.fields.filter((field) => field.type === FieldType.time);
    const agentField = fieldNamed(frame, AGENT_FIELDS);
    if (start === undefined || end === undefined || agentField === undefined) {
      continue;
    }
    const threadField = fieldNamed(frame, ['thread']);
    const stateField = fieldNamed(frame, ['state', 'status']);
    for (let row = 0; row < start.values.length; row++) {
      const startMs: unknown = start.values[row];
      const endMs: unknown = end.values[row];
      if (typeof startMs !== 'number') {
        continue;
      }
      const agent = String(agentField.values[row] ?? '');
      const thread = String(threadField?.values[row] ?? '');
      const given: unknown = stateField?.values[row];
      const state =
        stateField !== undefined && (typeof given === 'string' || typeof given === 'number')
          ? agentStateOf(given, stateField)
          : 'running';
      const key = JSON.stringify([thread, agent]);
      const lane = lanes.get(key) ?? { thread, agent, points: [] };
      lane.points.push({ atMs: startMs, state });
      if (typeof endMs === 'number') {
        lane.points.push({ atMs: endMs, state: undefined });
      }
      lanes.set(key, lane);
    }
  }
  return [...lanes.values()].map((lane) => ({ ...lane, points: startsWin(lane.points) }));
}

/** Where one row ends as the next begins, the beginning counts. */
function startsWin(points: readonly StatePoint[]): StatePoint[] {
  const starts = new Set(points.filter((point) => point.state !== undefined).map((point) => point.atMs));
  return points.filter((point) => point.state !== undefined || !starts.has(point.atMs));
}
