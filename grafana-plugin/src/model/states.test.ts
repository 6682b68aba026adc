import { AGENT_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import {
  packSpans,
  pointColumns,
  statesOfPoints,
  withinRuns,
  type Extent,
  type Run,
  type StatePoint,
} from './build-states.ts';
import { createLaneMemory } from './lane-memory.ts';
import { lastAtOrBefore } from './sorted.ts';
import {
  codesBetween,
  countStates,
  firstAfter,
  indexesIn,
  NO_STATES,
  segmentAt,
  segmentsIn,
  stateOfCode,
  topCode,
  type StateColumns,
} from './state-columns.ts';

const EXTENT: Extent = { fromMs: 0, toMs: 1_000, nowMs: 1_000, stalenessMs: 200, holeMs: 500, startUnknown: false };
const EVER = { fromMs: -Infinity, toMs: Infinity };
const at = (atMs: number, state: AgentState | undefined): StatePoint => ({ atMs, state });

/** `running 0-10`, with `<` for an unknown start and `>` for what goes on. */
function text(columns: StateColumns): string {
  return segmentsIn(columns, EVER)
    .map((s) => `${s.beganBefore ? '<' : ''}${s.state} ${s.startMs}-${s.endMs}${s.ongoing ? '>' : ''}`)
    .join(', ');
}

function states(points: readonly StatePoint[], extent: Partial<Extent> = {}): StateColumns {
  return statesOfPoints(pointColumns(points), { ...EXTENT, ...extent }).columns;
}

describe('states of samples', () => {
  test.each<{ name: string; points: StatePoint[]; extent?: Partial<Extent>; out: string }>([
    { name: 'no samples give no states', points: [], out: '' },
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
      name: 'only unknown is nothing',
      points: [at(0, undefined), at(300, undefined)],
      out: '',
    },
    {
      name: 'unknown at the end ends what was before it',
      points: [at(0, 'running'), at(300, undefined), at(400, undefined)],
      out: 'running 0-300',
    },
    {
      name: 'only the first state can have begun before',
      points: [at(0, 'running'), at(100, 'failed'), at(200, 'running')],
      extent: { startUnknown: true },
      out: '<running 0-100, failed 100-200, running 200-400',
    },
    {
      name: 'a state after an unknown first sample began when it says',
      points: [at(0, undefined), at(100, 'failed')],
      extent: { startUnknown: true },
      out: 'failed 100-300',
    },
  ])('$name', ({ points, extent, out }) => {
    expect(text(states(points, extent))).toBe(out);
  });

  test('codes that no state has, and what is no number, say that nothing is known', () => {
    const points = { length: 6, atMs: [0, 10, 20, 30, 40, 50], code: [2, 7, -1, 2.5, NaN, '3'] };
    expect(text(statesOfPoints(points, EXTENT).columns)).toBe('running 0-10');
  });

  test('the samples given are left as they were', () => {
    const points = Object.freeze([at(5, 'idle'), at(1, 'running')]);
    pointColumns(points);
    expect(points[0]).toEqual(at(5, 'idle'));
  });
});

describe('withinRuns', () => {
  const columns = states([at(100, 'running'), at(400, 'failed'), at(600, 'running'), at(900, 'running')]);
  test.each<{ name: string; runs: Run[]; out: string }>([
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
    { name: 'a run before everything leaves nothing', runs: [{ startMs: 0, endMs: 50 }], out: '' },
    {
      name: 'a failure that lasted no time stays there when the thread goes on',
      runs: [
        { startMs: 0, endMs: 400 },
        { startMs: 500, endMs: undefined },
      ],
      out: 'running 100-400, failed 400-400, failed 500-600, running 600-1000>',
    },
  ])('$name', ({ runs, out }) => {
    expect(text(withinRuns(columns, runs))).toBe(out);
  });
});

describe('packSpans', () => {
  const spans = (...rows: Array<[number, number, AgentState?]>) => ({
    length: rows.length,
    startMs: Float64Array.from(rows, ([start]) => start),
    endMs: Float64Array.from(rows, ([, end]) => end),
    code: Uint8Array.from(rows, ([, , state]) => AGENT_STATE_CODE[state ?? 'running']),
  });
  test.each<{ name: string; rows: Array<[number, number, AgentState?]>; out: string[] }>([
    { name: 'no rows, no sub-lanes', rows: [], out: [] },
    {
      name: 'rows one after the other share a sub-lane, back to back they stay two',
      rows: [
        [20, 30],
        [0, 10],
        [10, 20, 'failed'],
        [30, 40],
      ],
      out: ['running 0-10, failed 10-20, running 20-30, running 30-40'],
    },
    {
      name: 'what is nested stands below what holds it',
      rows: [
        [10, 20, 'waiting'],
        [0, 100],
        [12, 18, 'failed'],
        [30, 40, 'waiting'],
      ],
      out: ['running 0-100', 'waiting 10-20, waiting 30-40', 'failed 12-18'],
    },
    {
      name: 'of two that start together the longer comes first',
      rows: [
        [0, 10, 'failed'],
        [0, 50],
      ],
      out: ['running 0-50', 'failed 0-10'],
    },
    {
      name: 'an open row goes on until now, and nothing reaches past it',
      rows: [
        [0, NaN],
        [900, 5_000, 'failed'],
        [2_000, 3_000],
      ],
      out: ['running 0-1000>', 'failed 900-1000'],
    },
    {
      name: 'a row that ends before it starts, or where it starts, is an instant',
      rows: [
        [10, 5, 'failed'],
        [20, 20, 'waiting'],
      ],
      out: ['failed 10-10, waiting 20-20'],
    },
  ])('$name', ({ rows, out }) => {
    expect(packSpans(spans(...rows), EXTENT).map(text)).toEqual(out);
  });

  test('no row of a random crowd is lost or overlaps another of its sub-lane', () => {
    const rows = Array.from({ length: 500 }, (_, i): [number, number] => {
      const start = (i * 7919) % 900;
      return [start, start + ((i * 104_729) % 90)];
    });
    const tracks = packSpans(spans(...rows), EXTENT);
    const found = tracks.flatMap((columns) => segmentsIn(columns, EVER));
    const key = (start: number, end: number) => `${start}-${end}`;
    expect(found.map((s) => key(s.startMs, s.endMs)).sort()).toEqual(rows.map(([a, b]) => key(a, b)).sort());
    const overlaps = tracks.flatMap((columns) => {
      const own = segmentsIn(columns, EVER);
      return own.filter((s, i) => (own[i + 1]?.startMs ?? Infinity) < s.endMs);
    });
    expect(overlaps).toEqual([]);
  });
});

describe('finding states', () => {
  const columns = states([at(100, 'running'), at(400, undefined), at(900, 'idle')]);
  test.each([
    { name: 'before the first', atMs: 99, state: undefined },
    { name: 'its first instant', atMs: 100, state: 'running' },
    { name: 'half-open at its end', atMs: 400, state: undefined },
    { name: 'in the hole', atMs: 500, state: undefined },
    { name: 'now, which still goes on', atMs: 1_000, state: 'idle' },
  ])('$name', ({ atMs, state }) => {
    expect(segmentAt(columns, atMs)?.state).toBe(state);
  });

  test('a state that lasted no time is found at its instant', () => {
    const ended = withinRuns(states([at(0, 'running'), at(400, 'failed')]), [
      { startMs: 0, endMs: 400 },
      { startMs: 500, endMs: undefined },
    ]);
    expect(segmentAt(ended, 400)?.state).toBe('failed');
  });

  test('nothing is found where there is nothing', () => {
    expect(lastAtOrBefore([], 5, () => 0)).toBe(-1);
    expect(segmentAt(NO_STATES, 5)).toBeUndefined();
    expect(indexesIn(NO_STATES, EVER)).toEqual([0, 0]);
  });

  test.each([0, 1, 2, 31, 63, 64, 65, 100, 1_023, 1_024, 5_000, 40_000])(
    'the states of a stretch are the same by blocks as one by one, %i entries',
    (length) => {
      const code = Uint8Array.from({ length: 40_000 }, (_, i) => (i % 977 === 0 ? 6 : i % 13 === 0 ? 3 : i % 2));
      const made: StateColumns = {
        ...NO_STATES,
        length: code.length,
        startMs: Float64Array.from(code, (_, i) => i * 10),
        code,
        endMs: 400_000,
      };
      for (const first of [0, 1, 31, 32, 33, 977, 4_096, 39_999].filter((i) => i + length <= code.length)) {
        const oneByOne = code.subarray(first, first + length).reduce((bits, one) => bits | (1 << one), 0);
        expect([first, codesBetween(made, first, first + length)]).toEqual([first, oneByOne]);
      }
      const linear = (ms: number) => made.startMs.findIndex((start) => start > ms);
      for (const ms of [-1, 0, 5, 10, 3_999, 123_456]) {
        expect(firstAfter(made, ms, 0)).toBe(linear(ms));
      }
    }
  );

  test('the most important state of several is what one looks for', () => {
    const order: AgentState[] = ['failed', 'waiting', 'running', 'paused', 'queued', 'completed', 'idle'];
    const bits = (some: readonly AgentState[]) =>
      some.reduce((sum, state) => sum | (1 << AGENT_STATE_CODE[state]), 128);
    expect(order.map((_, i) => stateOfCode(topCode(bits(order.slice(i)))))).toEqual(order);
    expect(stateOfCode(topCode(128))).toBeUndefined();
  });

  test('states of a stretch are counted, holes are not', () => {
    const mixed = states([at(0, 'idle'), at(10, 'failed'), at(20, undefined), at(30, 'idle')]);
    expect(countStates(mixed, [0, mixed.length])).toEqual([
      { state: 'failed', count: 1 },
      { state: 'idle', count: 2 },
    ]);
  });
});

describe('lane memory', () => {
  const points = (fingerprint: string, ...some: StatePoint[]) => ({ ...pointColumns(some), fingerprint });
  const first = points('a', at(0, 'running'), at(900, 'waiting'));

  test('unchanged samples share their columns, and the last state goes on to the new now', () => {
    const memory = createLaneMemory();
    const reads = [1_000, 1_100, 2_000].map((nowMs) => {
      memory.begin();
      return memory.states('lane', first, { ...EXTENT, holeMs: 5_000, nowMs });
    });
    expect(reads.map(text)).toEqual([
      'running 0-900, waiting 900-1000>',
      'running 0-900, waiting 900-1100>',
      'running 0-900, waiting 900-1100',
    ]);
    expect(new Set(reads.map((columns) => columns.startMs)).size).toBe(1);
  });

  test.each<{ name: string; second: typeof first; extent?: Partial<Extent>; out: string }>([
    {
      name: 'other samples of the same lane are built anew',
      second: points('b', at(0, 'running'), at(950, 'failed')),
      out: 'running 0-950, failed 950-1000>',
    },
    {
      name: 'another meaning of a hole is built anew',
      second: first,
      extent: { holeMs: 500 },
      out: 'running 0-200, waiting 900-1000>',
    },
    { name: 'an earlier now is built anew', second: first, extent: { nowMs: 100 }, out: 'running 0-100>' },
    {
      name: 'a start in doubt is told',
      second: first,
      extent: { startUnknown: true },
      out: '<running 0-900, waiting 900-1000>',
    },
  ])('$name', ({ second, extent, out }) => {
    const memory = createLaneMemory();
    memory.begin();
    memory.states('lane', first, { ...EXTENT, holeMs: 5_000 });
    memory.begin();
    expect(text(memory.states('lane', second, { ...EXTENT, holeMs: 5_000, ...extent }))).toBe(out);
  });

  test('what was not asked for in one read is forgotten', () => {
    const memory = createLaneMemory();
    memory.begin();
    const before = memory.states('lane', first, EXTENT);
    memory.begin();
    memory.begin();
    expect(memory.states('lane', first, EXTENT).startMs).not.toBe(before.startMs);
  });
});
