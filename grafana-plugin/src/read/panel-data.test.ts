import { createDataFrame, FieldType, MappingType, type DataFrame } from '@grafana/data';
import { AGGREGATES, BUDGETS, PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { AGENT_STATES } from 'orchestrator-exporter/contract/states';
import { segmentsIn } from '../model/state-columns.ts';
import { rangeFrame, rawFrame } from '../testing/frames.ts';
import { createReadMemory, readPanelData, type PanelData } from './panel-data.ts';

const T0 = 1_700_000_100_000;
const NOW = T0 + 60_000;
const THREAD = { thread: 't1' };

function read(frames: DataFrame[], nowMs = NOW): PanelData {
  return readPanelData(frames, { fromMs: T0, toMs: NOW, nowMs, stalenessSeconds: 60 });
}

const exact = (agent: string, samples: ReadonlyArray<readonly [number, number]>, thread = 't1') =>
  rawFrame({
    metric: TIMELINE.agentState.name,
    labels: { thread, agent },
    samples: samples.map(([ms, v]) => [T0 + ms, v]),
  });

/** Lanes as `t1/planner: running 10-13 idle 13-60000>`, times from T0. */
function lanes(data: PanelData): string[] {
  return (data.timeline?.groups ?? []).flatMap((group) =>
    group.lanes.map(
      (lane) =>
        `${lane.thread}/${lane.agent}: ${lane.tracks
          .flatMap((columns) => segmentsIn(columns, { fromMs: -Infinity, toMs: Infinity }))
          .map((s) => `${s.beganBefore ? '<' : ''}${s.state} ${s.startMs - T0}-${s.endMs - T0}${s.ongoing ? '>' : ''}`)
          .join(' ')}`
    )
  );
}

function oneHot(agent: string, stateAt: (ms: number) => string | undefined): DataFrame[] {
  return AGENT_STATES.map((state) =>
    rangeFrame(
      { metric: PER_THREAD.agentState.name, labels: { ...THREAD, agent, state } },
      { fromMs: T0 - (T0 % 15_000), toMs: NOW, stepMs: 15_000 },
      (atMs) => {
        const now = stateAt(atMs - T0);
        return now === undefined ? undefined : Number(now === state);
      }
    )
  );
}

describe('lanes', () => {
  test.each<{ name: string; frames: DataFrame[]; out: string[] }>([
    { name: 'no frames', frames: [], out: [] },
    {
      name: 'a frame without fields, as Grafana sends for an empty result',
      frames: [createDataFrame({ fields: [] })],
      out: [],
    },
    {
      name: 'exact states, heartbeats merged',
      frames: [
        exact('planner', [
          [10, 2],
          [13, 0],
          [15_013, 0],
          [55_000, 2],
          [59_900, 2],
        ]),
      ],
      out: ['t1/planner: running 10-13 idle 13-55000 running 55000-60000>'],
    },
    {
      name: 'unsorted samples, one instant twice',
      frames: [
        exact('a', [
          [50_000, 0],
          [20, 1],
          [50_000, 2],
          [30, 2],
        ]),
      ],
      out: ['t1/a: queued 20-30 running 30-60000>'],
    },
    {
      name: 'NaN is a sample that says unknown, as is a code that no state has',
      frames: [
        exact('a', [
          [10, 2],
          [20, NaN],
          [30, 99],
          [50_000, 4],
        ]),
      ],
      out: ['t1/a: running 10-20 paused 50000-60000>'],
    },
    {
      name: 'two queries for one series: the range, and what was before it',
      frames: [
        exact('a', [[-40_000, 2]]),
        exact('a', [
          [10, 0],
          [50_000, 0],
        ]),
      ],
      out: ['t1/a: <running -40000-10 idle 10-60000>'],
    },
    {
      name: 'several threads',
      frames: [
        exact(
          'a',
          [
            [20, 2],
            [50_000, 2],
          ],
          'late'
        ),
        exact(
          'a',
          [
            [10, 2],
            [50_000, 2],
          ],
          'early'
        ),
      ],
      out: ['early/a: running 10-60000>', 'late/a: running 20-60000>'],
    },
    {
      name: 'hostile names are names like others',
      frames: [exact('<img src=x onerror=alert(1)>', [[50_000, 2]], '__proto__')],
      out: ['__proto__/<img src=x onerror=alert(1)>: running 50000-60000>'],
    },
    {
      name: 'one-hot gauges where nothing is exact; an absent step is a hole',
      frames: oneHot('a', (ms) => (ms < 10_000 ? 'running' : ms < 40_000 ? undefined : 'waiting')),
      out: ['t1/a: <running 0-22500 waiting 45000-60000>'],
    },
    {
      name: 'exact series win over one-hot ones, so that no lane is drawn twice',
      frames: [...oneHot('a', () => 'running'), exact('a', [[50_000, 4]])],
      out: ['t1/a: paused 50000-60000>'],
    },
    {
      name: 'a code gauge of another source, with a hole where samples are missing',
      frames: [
        rawFrame({
          metric: 'my_agent',
          labels: { agent: 'a' },
          samples: [
            [T0 + 5, 2],
            [T0 + 50_000, 3],
          ],
        }),
        rawFrame({ metric: 'my_load', labels: { agent: 'b' }, samples: [[T0, 0.5]] }),
      ],
      out: ['/a: <running 5-22505 waiting 50000-60000>'],
    },
  ])('$name', ({ frames, out }) => {
    expect(lanes(read(frames))).toEqual(out);
  });

  test('words and mapped values of other sources are states', () => {
    const words = createDataFrame({
      fields: [
        { name: 'time', type: FieldType.time, values: [T0 + 5, T0 + 50_000] },
        { name: 'writer', type: FieldType.string, values: [' Queued ', 'RUNNING'] },
      ],
    });
    const mapped = rawFrame({ metric: 'up', labels: { agent: 'probe' }, samples: [[T0 + 50_000, 1]] });
    const field = mapped.fields[1];
    if (field === undefined) {
      throw new Error('the frame has a value field');
    }
    field.config = { mappings: [{ type: MappingType.ValueToText, options: { '1': { text: 'failed' } } }] };
    field.display = () => ({ text: 'failed', numeric: 1 });
    expect(lanes(read([words]))).toEqual(['/writer: <queued 5-50000 running 50000-60000>']);
    expect(lanes(read([mapped]))[0]).toContain('failed 50000');
  });

  test('rows with a start and an end are segments; an open end goes on, a row without a start is skipped', () => {
    const rows = createDataFrame({
      fields: [
        { name: 'start', type: FieldType.time, values: [T0 + 10, T0 + 20, null, T0 + 50_000] },
        { name: 'end', type: FieldType.time, values: [T0 + 20, T0 + 30, T0 + 99, null] },
        { name: 'agent', type: FieldType.string, values: ['a', 'a', 'a', 'b'] },
        { name: 'state', type: FieldType.string, values: ['running', 'failed', 'running', 'waiting'] },
        { name: 'thread', type: FieldType.string, values: ['t', 't', 't', 't'] },
      ],
    });
    const data = read([rows]);
    expect(lanes(data)).toEqual(['t/a: running 10-20 failed 20-30', 't/b: waiting 50000-60000>']);
    expect(data.resolution).toEqual({ kind: 'exact' });
  });

  test('Prometheus "table" format: labels are columns', () => {
    const table = createDataFrame({
      fields: [
        { name: 'Time', type: FieldType.time, values: [T0 + 50_000, T0 + 10] },
        { name: '__name__', type: FieldType.string, values: [TIMELINE.agentState.name, TIMELINE.agentState.name] },
        { name: 'agent', type: FieldType.string, values: ['a', 'a'] },
        { name: 'thread', type: FieldType.string, values: ['t', 't'] },
        { name: 'Value', type: FieldType.number, values: [3, 2] },
      ],
    });
    expect(lanes(read([table]))).toEqual(['t/a: running 10-50000 waiting 50000-60000>']);
  });

  test('nothing that is kept lives in the frames: Grafana empties their arrays', () => {
    const frame = exact('a', [
      [10, 2],
      [50_000, 2],
    ]);
    const data = read([frame]);
    for (const field of frame.fields) {
      field.values.length = 0;
    }
    expect(lanes(data)).toEqual(['t1/a: running 10-60000>']);
  });
});

test('an ended thread ends its lanes and its budget, and its money is that of its agents', () => {
  const frames = [
    exact('a', [[10, 2]]),
    rawFrame({
      metric: TIMELINE.threadState.name,
      labels: THREAD,
      samples: [
        [T0 + 10, 2],
        [T0 + 400, 6],
      ],
    }),
    rawFrame({
      metric: TIMELINE.checkpoint.name,
      labels: THREAD,
      samples: [
        [T0 + 30, 1],
        [T0 + 40, NaN],
      ],
    }),
    rawFrame({ metric: PER_THREAD.threadCost.name, labels: { ...THREAD, agent: 'a' }, samples: [[NOW, 0.25]] }),
    rawFrame({ metric: PER_THREAD.threadBudgetRemaining.name, labels: THREAD, samples: [[T0 + 20, 1]] }),
  ];
  const data = read(frames);
  expect(lanes(data)).toEqual(['t1/a: running 10-400']);
  const group = data.timeline?.groups[0];
  expect([group?.state, group?.costUsd, group?.lanes[0]?.costUsd, group?.checkpoints]).toEqual([
    'failed',
    0.25,
    0.25,
    [{ atMs: T0 + 30, index: 1 }],
  ]);
  expect(data.burnDowns.map((b) => [b.name, b.kind, (b.endedMs ?? 0) - T0])).toEqual([['t1', 'thread', 400]]);
});

test('one-hot thread states end lanes as exact ones do', () => {
  const state = (word: string, samples: Array<[number, number]>) =>
    rawFrame({ metric: PER_THREAD.threadState.name, labels: { ...THREAD, state: word }, samples });
  const data = read([
    exact('a', [
      [10, 2],
      [50_000, 2],
    ]),
    state('running', [
      [T0, 1],
      [T0 + 15_000, 0],
    ]),
    state('completed', [
      [T0, 0],
      [T0 + 15_000, 1],
    ]),
  ]);
  expect(lanes(data)).toEqual(['t1/a: running 10-15000']);
});

describe('resolution', () => {
  test('raw samples are exact', () => {
    expect(read([exact('a', [[10, 2]])]).resolution).toEqual({ kind: 'exact' });
  });

  test('the exact metric asked for as a range query is sampled all the same', () => {
    const grid = { fromMs: T0 - (T0 % 15_000), toMs: NOW, stepMs: 15_000 };
    const frame = rangeFrame({ metric: TIMELINE.agentState.name, labels: { ...THREAD, agent: 'a' } }, grid, () => 2);
    expect(read([frame]).resolution).toEqual({ kind: 'sampled', stepMs: 15_000, counted: undefined });
  });

  test('one-hot states are sampled, with the transitions that the exporter counted, restarts included', () => {
    const counter = rawFrame({
      metric: AGGREGATES.agentStateTransitions.name,
      labels: { workflow: 'w', agent: 'a', state: 'running' },
      samples: [
        [T0, 5],
        [T0 + 15_000, 9],
        [T0 + 30_000, 2],
      ],
    });
    expect(read([...oneHot('a', () => 'running'), counter]).resolution).toEqual({
      kind: 'sampled',
      stepMs: 15_000,
      counted: 6,
    });
  });
});

describe('budgets', () => {
  const B = { budget: 'team' };
  const gauge = (metric: string, samples: Array<[number, number]>, labels: Record<string, string> = B) =>
    rawFrame({ metric, labels, samples });

  test('a budget with all it has', () => {
    const [budget] = read([
      gauge(BUDGETS.limit.name, [[T0, 5]]),
      gauge(BUDGETS.remaining.name, [
        [T0, 5],
        [T0 + 50_000, 4],
      ]),
      gauge(BUDGETS.periodStart.name, [
        [T0, 1_000],
        [T0 + 15_000, 2_000],
      ]),
      gauge(BUDGETS.periodEnd.name, [
        [T0, 2_000],
        [T0 + 15_000, 3_000],
      ]),
      gauge(BUDGETS.exhaustion.name, [
        [T0, NaN],
        [T0 + 1, 2_500],
      ]),
      gauge(BUDGETS.thresholdRatio.name, [[T0, 0.95]], { ...B, threshold: '2' }),
      gauge(BUDGETS.thresholdRatio.name, [[T0, 0.8]], { ...B, threshold: '1' }),
    ]).burnDowns;
    expect(budget).toEqual({
      name: 'team',
      kind: 'budget',
      limitUsd: 5,
      points: [
        { atMs: T0, usd: 5 },
        { atMs: T0 + 50_000, usd: 4 },
      ],
      knownUntilMs: NOW,
      exact: false,
      thresholds: [{ ratio: 0.8 }, { ratio: 0.95 }],
      periods: [
        { startMs: 1_000_000, endMs: 2_000_000 },
        { startMs: 2_000_000, endMs: 3_000_000 },
      ],
      reportedExhaustionMs: 2_500_000,
      endedMs: undefined,
      marks: [],
    });
  });

  test('remaining follows from limit and spent where it is not given', () => {
    const data = read([gauge(BUDGETS.limit.name, [[T0, 5]]), gauge(BUDGETS.spent.name, [[T0 + 10, 1.5]])]);
    expect(data.burnDowns[0]?.points).toEqual([{ atMs: T0 + 10, usd: 3.5 }]);
  });

  test("a thread's remaining stands at the exact time of each spend", () => {
    const data = read([
      gauge(PER_THREAD.threadBudgetLimit.name, [[NOW, 2]], THREAD),
      gauge(PER_THREAD.threadBudgetRemaining.name, [[NOW, 1.5]], THREAD),
      gauge(
        TIMELINE.threadCost.name,
        [
          [T0 + 3, 0.25],
          [T0 + 7, 0.5],
        ],
        THREAD
      ),
    ]);
    expect([data.burnDowns[0]?.exact, data.burnDowns[0]?.points]).toEqual([
      true,
      [
        { atMs: T0 + 3, usd: 1.75 },
        { atMs: T0 + 7, usd: 1.5 },
      ],
    ]);
  });
});

test('budgets of threads that ended before the range are none of it, where a timeline tells', () => {
  const left = (thread: string) =>
    rawFrame({ metric: PER_THREAD.threadBudgetRemaining.name, labels: { ...THREAD, thread }, samples: [[NOW, 1]] });
  const budgets = [left('t1'), left('long-gone')];
  const named = (frames: DataFrame[]) => read(frames).burnDowns.map(({ name }) => name);
  expect([named([exact('a', [[10, 2]]), ...budgets]), named(budgets)]).toEqual([['t1'], ['long-gone', 't1']]);
});

test('what is missing is named with the query that brings it, and the other band still has its data', () => {
  const none = read([]);
  expect([none.timelineLack?.query, none.budgetLack?.query.split('\n')[0]]).toEqual([
    `${TIMELINE.agentState.name}{thread="$thread"}[2m\${__range_ms}ms]`,
    `${BUDGETS.limit.name}{budget="$budget"}`,
  ]);
  const lanesOnly = read([exact('a', [[10, 2]])]);
  expect([lanesOnly.timelineLack, lanesOnly.budgetLack?.of]).toEqual([undefined, 'budget']);
});

describe('a read with the memory of the one before', () => {
  const money = (metric: string, samples: Array<[number, number]>) =>
    rawFrame({ metric, labels: { budget: 'team', window: 'month' }, samples });
  const frames = (usd = 0.1, lastMs = 20): DataFrame[] => [
    exact('a', [
      [10, 2],
      [lastMs, 0],
    ]),
    money(BUDGETS.limit.name, [[T0, 5]]),
    money(BUDGETS.spent.name, [[T0 + 10, usd]]),
  ];
  const input = { fromMs: T0, toMs: NOW, nowMs: NOW, stalenessSeconds: 60 };
  const mapped = (): DataFrame[] =>
    frames().map((frame) => ({
      ...frame,
      fields: frame.fields.map((field) => ({
        ...field,
        config: { ...field.config, mappings: [{ type: 'value', options: { '2': { text: 'works' } } }] as never },
      })),
    }));

  test.each<{ name: string; frames: DataFrame[]; input?: Partial<typeof input>; same: boolean }>([
    { name: 'of equal content is the same object', frames: frames(), same: true },
    { name: 'tells apart amounts that differ in the last digit', frames: frames(0.1 + Number.EPSILON), same: false },
    { name: 'tells apart times that differ by less than a millisecond', frames: frames(0.1, 20.01), same: false },
    { name: 'tells apart what lacks a series', frames: frames().slice(0, 2), same: false },
    { name: 'tells apart another range', frames: frames(), input: { fromMs: T0 - 1 }, same: false },
    { name: 'tells apart another staleness', frames: frames(), input: { stalenessSeconds: 61 }, same: false },
    {
      name: 'tells apart a later now, to which states go on',
      frames: frames(),
      input: { nowMs: NOW + 1 },
      same: false,
    },
    { name: 'tells apart other names of states', frames: mapped(), same: false },
    { name: 'tells apart nothing at all', frames: [], same: false },
  ])('$name', ({ frames: next, input: more, same }) => {
    const memory = createReadMemory();
    const before = readPanelData(frames(), input, memory);
    const after = readPanelData(next, { ...input, ...more }, memory);
    expect(after === before).toBe(same);
    expect(after).toEqual(readPanelData(next, { ...input, ...more }));
  });

  test('is the same while now moves on behind the last belief in any sample', () => {
    const memory = createReadMemory();
    const at = (nowMs: number) => readPanelData(frames(), { ...input, nowMs }, memory);
    const [first, second, third] = [at(NOW + 3_600_000), at(NOW + 7_200_000), at(NOW)];
    expect([second === first, third === first]).toEqual([true, false]);
  });
});
