// The frames of the bench: lanes of many short states at raw sample times, as an instant query on a range selector brings
// them. The same seed gives the same frames.
import { createDataFrame, FieldType, type DataFrame } from '@grafana/data';

export interface Workload {
  readonly lanes: number;
  readonly statesPerLane: number;
  readonly seed: number;
}

export const FROM_MS = Date.UTC(2026, 0, 1, 12);
export const TO_MS = FROM_MS + 6 * 3_600_000;
const LANES_PER_THREAD = 10;
/** Codes as they follow each other: mostly work and rest, sometimes a wait, seldom a failure. */
const CYCLE = [0, 2, 0, 2, 3, 2, 0, 1, 2, 0, 2, 4, 2, 0, 2, 6, 0, 2, 3, 0];

/** Uniform in [0, 1): mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Times and codes of one lane: plain arrays, as frames hold them. */
export function laneSamples({ statesPerLane, seed }: Workload, lane: number): { times: number[]; codes: number[] } {
  const random = randomOf(seed * 1_000 + lane);
  const step = (TO_MS - FROM_MS) / statesPerLane;
  const times: number[] = [];
  const codes: number[] = [];
  for (let i = 0; i < statesPerLane; i++) {
    times.push(Math.floor(FROM_MS + step * (i + 0.9 * random())));
    codes.push(CYCLE[(i + lane) % CYCLE.length] ?? 0);
  }
  return { times, codes };
}

export const laneName = (lane: number): string => `agent-${String(lane % LANES_PER_THREAD).padStart(2, '0')}`;
export const threadName = (lane: number): string =>
  `thread-${String(Math.floor(lane / LANES_PER_THREAD)).padStart(3, '0')}`;

export function framesOf(workload: Workload): DataFrame[] {
  return Array.from({ length: workload.lanes }, (_, lane) => {
    const { times, codes } = laneSamples(workload, lane);
    const metric = 'orchestrator_timeline_agent_state';
    const labels = { __name__: metric, environment: 'dev', thread: threadName(lane), agent: laneName(lane) };
    return createDataFrame({
      meta: { custom: { resultType: 'matrix' } },
      fields: [
        { name: 'Time', type: FieldType.time, config: { interval: 15_000 }, values: times },
        { name: metric, type: FieldType.number, config: {}, labels, values: codes },
      ],
    });
  });
}
