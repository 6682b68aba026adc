import {
  inOrder,
  lastAtOrBefore,
  segmentAt,
  toSegments,
  withinRuns,
  type Extent,
  type StatePoint,
} from './segments.ts';
import type { AgentState } from 'orchestrator-exporter/contract/states';

const EXTENT: Extent = { fromMs: 0, toMs: 1_000, nowMs: 1_000, stalenessMs: 200, holeMs: 500, startUnknown: false };
const at = (atMs: number, state: AgentState | undefined): StatePoint => ({ atMs, state });

/** `running 0-10`, with `<` for an unknown start and `>` for what goes on. */
function text(points: readonly StatePoint[], extent: Partial<Extent> = {}): string {
  return toSegments(points, { ...EXTENT, ...extent })
    .map((s) => `${s.beganBefore ? '<' : ''}${s.state} ${s.startMs}-${s.endMs}${s.ongoing ? '>' : ''}`)
    .join(', ');
}

describe('toSegments', () => {
  test.each<{ name: string; points: StatePoint[]; extent?: Partial<Extent>; out: string }>([
    { name: 'no samples give no segments', points: [], out: '' },
    {
      name: 'a state of 3 ms is 3 ms long',
      points: [at(100, 'running'), at(103, 'idle'), at(900, 'idle')],
      out: 'running 100-103, idle 103-1000>',
      extent: { holeMs: 5_000 },
    },
    {
      name: 'heartbeats repeat a state and merge with it',
      points: [at(0, 'running'), at(300, 'running'), at(600, 'running'), at(700, 'failed')],
      out: 'running 0-700, failed 700-900',
    },
    {
      name: 'the last state is believed for the staleness and not up to now',
      points: [at(0, 'running')],
      out: 'running 0-200',
    },
    { name: 'the last state reaches now when it is fresh', points: [at(850, 'waiting')], out: 'waiting 850-1000>' },
    {
      name: 'the future is never painted, whatever the samples say',
      points: [at(900, 'running'), at(1_500, 'failed')],
      out: 'running 900-1000>',
    },
    {
      name: 'unsorted samples are put in order, and of two at one instant the later given wins',
      points: [at(500, 'idle'), at(100, 'queued'), at(500, 'running'), at(900, 'running')],
      out: 'queued 100-500, running 500-1000>',
    },
    {
      name: 'a hole stays a hole although the state is the same on both sides',
      points: [at(0, 'running'), at(900, 'running')],
      out: 'running 0-200, running 900-1000>',
    },
    {
      name: 'a sample that says unknown ends the state, a hole it is not',
      points: [at(0, 'running'), at(300, undefined), at(800, undefined), at(900, 'idle')],
      out: 'running 0-300, idle 900-1000>',
    },
    {
      name: 'only the first segment can have begun before',
      points: [at(0, 'running'), at(100, 'failed'), at(200, 'running')],
      extent: { startUnknown: true },
      out: '<running 0-100, failed 100-200, running 200-400',
    },
  ])('$name', ({ points, extent, out }) => {
    expect(text(points, extent)).toBe(out);
  });

  test('the samples given are left as they were', () => {
    const points = Object.freeze([at(5, 'idle'), at(1, 'running')]);
    expect(inOrder(points)).toEqual([at(1, 'running'), at(5, 'idle')]);
    expect(points[0]).toEqual(at(5, 'idle'));
  });
});

describe('withinRuns', () => {
  const segments = toSegments([at(100, 'running'), at(400, 'failed'), at(600, 'running'), at(900, 'running')], EXTENT);
  test.each([
    {
      name: 'without known runs everything stays',
      runs: [],
      out: 'running 100-400, failed 400-600, running 600-1000>',
    },
    {
      name: 'a thread that has ended has no active agents after its end',
      runs: [{ startMs: 0, endMs: 700 }],
      out: 'running 100-400, failed 400-600, running 600-700',
    },
    {
      name: 'a failure at the very end is kept though it lasted no time',
      runs: [{ startMs: 0, endMs: 400 }],
      out: 'running 100-400, failed 400-400',
    },
    {
      name: 'a thread that started anew shows both runs and the pause between them',
      runs: [
        { startMs: -Infinity, endMs: 200 },
        { startMs: 500, endMs: undefined },
      ],
      out: 'running 100-200, failed 500-600, running 600-1000>',
    },
  ])('$name', ({ runs, out }) => {
    const kept = withinRuns(segments, runs);
    expect(kept.map((s) => `${s.state} ${s.startMs}-${s.endMs}${s.ongoing ? '>' : ''}`).join(', ')).toBe(out);
  });
});

describe('segmentAt', () => {
  const segments = toSegments([at(100, 'running'), at(400, undefined), at(900, 'idle')], EXTENT);
  test.each([
    { name: 'before the first', atMs: 99, state: undefined },
    { name: 'its first instant', atMs: 100, state: 'running' },
    { name: 'half-open at its end', atMs: 400, state: undefined },
    { name: 'in the hole', atMs: 500, state: undefined },
    { name: 'now, which still goes on', atMs: 1_000, state: 'idle' },
  ])('$name', ({ atMs, state }) => {
    expect(segmentAt(segments, atMs)?.state).toBe(state);
  });

  test('nothing is found in an empty list', () => {
    expect(lastAtOrBefore([], 5, () => 0)).toBe(-1);
    expect(segmentAt([], 5)).toBeUndefined();
  });
});
