import { pointColumns } from '../model/build-states.ts';
import { toBurnDown } from '../model/burn-down.ts';
import type { Forecast } from '../model/forecast.ts';
import { toLaneTree, visibleNodes } from '../model/lane-tree.ts';
import { toTimeline, type Timeline } from '../model/timeline.ts';
import { hitTest } from './hit-test.ts';
import { indexRows, type Row } from './lanes.ts';
import { layoutPanel, type LayoutInput, type PanelLayout, type TimelineInput } from './panel.ts';
import { ALL_STATES, clickState } from '../model/state-filter.ts';
import type { AgentState } from 'orchestrator-exporter/contract/states';
import { segmentRects, type SegmentRect } from './track-marks.ts';
import { WORDS } from '../testing/words.ts';

const RANGE = { fromMs: 0, toMs: 1_000, nowMs: 800 };

function timelineOf(agents: Record<string, Array<[number, AgentState]>>, thread = 't'): Timeline {
  return toTimeline(
    [
      {
        thread,
        states: [{ atMs: 0, state: 'running' }],
        agents: Object.entries(agents).map(([agent, points]) => ({
          agent,
          points: [pointColumns(points.map(([atMs, state]) => ({ atMs, state })))],
          costUsd: 0.41,
        })),
        checkpoints: [
          { atMs: 250, index: 1 },
          { atMs: 9_999, index: 2 },
        ],
        costUsd: 1.5,
        spendMs: undefined,
      },
    ],
    { ...RANGE, stalenessMs: 1_000, holeMs: 5_000, sampled: false }
  );
}

const TIMELINE = timelineOf({
  planner: [
    [0, 'queued'],
    [100, 'running'],
    [300, 'waiting'],
    [500, 'failed'],
    [501, 'running'],
  ],
  'tool:x': [
    [150, 'running'],
    [150.4, 'idle'],
  ],
});

const BURN_DOWN = toBurnDown(
  {
    name: 'team',
    kind: 'budget',
    limits: [{ atMs: 0, usd: 10 }],
    remaining: [
      { atMs: 0, usd: 10 },
      { atMs: 400, usd: 6 },
      { atMs: 780, usd: 4 },
    ],
    exactCost: [],
    thresholds: [{ ratio: 0.5 }, { ratio: 0.8 }, { ratio: 0.81 }],
    periods: [{ startMs: -1_000, endMs: 3_000 }],
    reportedExhaustionMs: undefined,
    endedMs: undefined,
  },
  { nowMs: 800, stalenessMs: 100 }
);
const BURN_DOWNS = BURN_DOWN === undefined ? [] : [BURN_DOWN];

const FORECAST: Forecast = {
  kind: 'forecast',
  fromMs: 800,
  fromUsd: 4,
  rate: 0.02,
  slowestRate: 0.01,
  fastestRate: 0.04,
  exhaustedMs: 1_000,
  exhaustedEarliestMs: 900,
  exhaustedLatestMs: 1_200,
};

function rowsOf(timeline: Timeline, isCollapsed = (_key: string) => false): TimelineInput {
  const view = { groupBy: ['thread'], sort: 'activity', sortState: 'waiting', filter: '', range: RANGE } as const;
  const nodes = visibleNodes(toLaneTree(timeline, view).roots, isCollapsed);
  return { rows: indexRows(nodes, { laneHeight: 26, isCollapsed }), threads: timeline.groups };
}

function layout(more: Partial<LayoutInput> = {}): PanelLayout {
  return layoutPanel({
    words: WORDS,
    width: 1_198,
    height: 400,
    devicePixelRatio: 1,
    ...RANGE,
    timeline: rowsOf(TIMELINE),
    burnDowns: BURN_DOWNS,
    forecast: FORECAST,
    timelineShare: 0.6,
    showCheckpoints: true,
    showIdealLine: true,
    budgetScale: 'auto',
    scrollTop: 0,
    measure: (text, fontPx) => text.length * fontPx * 0.5,
    ticks: { tickText: (ms) => String(ms), zoneOffsetMs: () => 0 },
    ...more,
  });
}

/** The marks of a lane's first track. */
function rectsOf(row: Row | undefined): SegmentRect[] {
  return row === undefined || row.kind === 'group'
    ? []
    : row.tracks.slice(0, 1).flatMap((one) => segmentRects(one.marks));
}

const n = (value: number) => String(Math.round(value * 10) / 10);

/** The layout as text, one mark a line. */
function golden(made: PanelLayout): string {
  const lines = [
    `plot ${n(made.plotTop)}-${n(made.plotBottom)} x ${n(made.axis.left)}-${n(made.axis.right)} now ${made.now === undefined ? '-' : n(made.now.x)}`,
    `ticks ${made.ticks.map((tick) => `${tick.text}@${n(tick.x)}`).join(' ')}`,
  ];
  for (const mark of made.timeline?.rail?.marks ?? []) {
    lines.push(`checkpoint ${mark.index}@${n(mark.x)} y ${n(made.timeline?.rail?.y ?? 0)}`);
  }
  for (const [i, row] of (made.timeline?.rows ?? []).entries()) {
    const name = made.timeline?.names[i];
    lines.push(
      `${row.kind} "${name?.text}" ${name?.money ?? '-'} y ${n(row.y)}+${n(row.height)} bar ${n(row.barY)}+${n(row.barHeight)}`
    );
    if (row.kind === 'group') {
      row.runs.forEach((run) => lines.push(`  run ${n(run.x)}+${n(run.width)}`));
      row.rollUp.forEach((rect) => lines.push(`  ${rect.state} ${n(rect.x)}+${n(rect.width)}`));
      continue;
    }
    rectsOf(row).forEach((rect) => {
      const flags = `${rect.open ? ' open' : ''}${rect.arrow ? ' arrow' : ''}`;
      const label =
        rect.label === undefined ? '' : ` "${rect.label.text}"@${n(rect.label.x)}${rect.label.inside ? '' : ' beside'}`;
      lines.push(`  ${rect.state} ${n(rect.x)}+${n(rect.width)}${flags}${label}`);
    });
  }
  const band = made.burnDown;
  if (band !== undefined) {
    const path = (points: ReadonlyArray<{ x: number; y: number }>) =>
      points.map((p) => `${n(p.x)},${n(p.y)}`).join(' ');
    lines.push(
      `burn-down "${band.title}" y ${n(band.top)}-${n(band.bottom)} zero ${n(band.zeroY)} limit ${n(band.limitY ?? NaN)}`
    );
    lines.push(`  money ${band.yTicks.map((tick) => `${tick.text}@${n(tick.y)}`).join(' ')}`);
    band.budgets.forEach((line) =>
      lines.push(`  ${line.primary ? 'primary' : 'other'} ${line.name} ${path(line.line)}`)
    );
    band.ideal.forEach((line) => lines.push(`  ideal ${path(line)}`));
    band.thresholds.forEach((line) => lines.push(`  threshold ${line.text ?? '-'} ${line.severity} y ${n(line.y)}`));
    if (band.forecast !== undefined) {
      lines.push(`  forecast ${path(band.forecast.line)} cone ${path(band.forecast.cone)}`);
    }
  }
  return lines.join('\n');
}

test('the whole layout, in numbers', () => {
  expect(golden(layout())).toMatchSnapshot();
});

describe('small sizes', () => {
  const bands = (more: Partial<LayoutInput>) => {
    const made = layout(more);
    return [
      made.timeline?.rows.length ?? 0,
      made.burnDown === undefined ? 0 : Math.round(made.burnDown.bottom - made.burnDown.top),
    ];
  };
  test.each<{ name: string; more: Partial<LayoutInput>; out: [rows: number, burnDownHeight: number] }>([
    { name: 'no height draws nothing', more: { height: 0 }, out: [0, 0] },
    { name: 'negative width draws nothing', more: { width: -5 }, out: [0, 0] },
    { name: 'the burn-down goes before it gets lower than 80 px', more: { height: 190 }, out: [3, 0] },
    { name: 'the burn-down keeps at least 80 px', more: { height: 215, timelineShare: 0.8 }, out: [3, 80] },
    { name: 'a burn-down alone takes everything', more: { timeline: undefined, height: 140 }, out: [0, 100] },
    { name: 'a timeline alone takes everything', more: { burnDowns: [], height: 140 }, out: [3, 0] },
  ])('$name', ({ more, out }) => {
    expect(bands(more)).toEqual(out);
  });

  test('narrow panels drop the money column and shorten names', () => {
    const made = layout({ width: 300, timeline: rowsOf(timelineOf({ 'research-assistant': [[0, 'running']] })) });
    expect(made.timeline?.names.map((name) => [name.text, name.money])).toEqual([
      ['t', undefined],
      ['resea\u2026stant', undefined],
    ]);
  });
});

describe('lanes that do not fit', () => {
  const many = timelineOf(
    Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`agent-${String(i).padStart(2, '0')}`, [[0, 'running']]]))
  );

  test('only the rows in view are laid out, and scrolling moves on to others', () => {
    const top = layout({ timeline: rowsOf(many) });
    const scrolled = layout({ timeline: rowsOf(many), scrollTop: 260 });
    expect(top.timeline?.rows[0]?.name).toBe('t');
    expect(scrolled.timeline?.rows[0]?.name).toBe('agent-09');
    expect(top.timeline?.rows.length).toBeLessThan(12);
    expect(top.timeline?.contentHeight).toBe(51 * 26);
  });

  test('no scrolling past the end', () => {
    const made = layout({ timeline: rowsOf(many), scrollTop: 1e9 });
    expect(made.timeline?.rows.at(-1)?.name).toBe('agent-49');
  });
});

test('a thousand states on one pixel are drawn once each, the failure among them too', () => {
  const crowd: Array<[number, AgentState]> = Array.from({ length: 1_000 }, (_, i) => [
    500 + i * 0.0005,
    i === 500 ? 'failed' : i % 2 ? 'running' : 'idle',
  ]);
  const made = layout({ timeline: rowsOf(timelineOf({ a: [...crowd, [501, 'idle']] })) });
  const row = made.timeline?.rows[1];
  const states = rectsOf(row).map((rect) => rect.state);
  expect(states.filter((state) => state === 'failed')).toHaveLength(1);
  expect(states.length).toBeLessThan(8);
});

describe('states that are not shown are as if they were not', () => {
  const only = (state: AgentState) => clickState(ALL_STATES, state, { additive: false });
  const without = (state: AgentState) => clickState(ALL_STATES, state, { additive: true });
  const crowded = timelineOf({
    a: [
      [0, 'running'],
      [500, 'failed'],
      [500.1, 'waiting'],
      [500.2, 'failed'],
      [500.3, 'running'],
      [700, 'idle'],
    ],
  });
  test.each<{ name: string; shown: number; states: string[]; rollUp: string[]; folded: string }>([
    {
      name: 'all: the failure wins its pixel',
      shown: ALL_STATES,
      states: ['running', 'failed', 'running', 'idle'],
      rollUp: ['running', 'failed', 'running'],
      folded: '2 failed, 1 waiting',
    },
    { name: 'one alone', shown: only('waiting'), states: ['waiting'], rollUp: ['waiting'], folded: '' },
    {
      name: 'without failures the next important has the pixel',
      shown: without('failed'),
      states: ['running', 'waiting', 'running', 'idle'],
      rollUp: ['running', 'waiting', 'running'],
      folded: '',
    },
    { name: 'one that does not occur', shown: only('queued'), states: [], rollUp: [], folded: '' },
  ])('$name', ({ shown, states, rollUp, folded }) => {
    const made = layout({ timeline: rowsOf(crowded), shown });
    const [group, lane] = made.timeline?.rows ?? [];
    expect(rectsOf(lane).map((rect) => rect.state)).toEqual(states);
    expect(group?.kind === 'group' ? group.rollUp.map((rect) => rect.state) : undefined).toEqual(rollUp);
    const x = made.axis.left + (made.axis.right - made.axis.left) / 2 + 0.2;
    const hit = hitTest(made, { x, y: (lane?.y ?? 0) + 13 });
    expect(hit?.folded.map((one) => `${one.count} ${one.state}`).join(', ')).toBe(folded);
  });
});

describe('hitTest', () => {
  const made = layout();
  const xOf = (ms: number) => made.axis.left + ((made.axis.right - made.axis.left) * ms) / 1_000;
  const laneY = (name: string) => {
    const row = made.timeline?.rows.find((one) => one.name === name);
    return row === undefined ? NaN : row.y + row.height / 2;
  };
  test.each([
    { name: 'a segment', x: xOf(200), y: laneY('planner'), out: 'planner running' },
    {
      name: 'a state of 1 ms, 2 px beside it, wins over its neighbours',
      x: xOf(500),
      y: laneY('planner'),
      out: 'planner failed',
    },
    { name: 'a tool of 0.4 ms within reach', x: xOf(150) + 2, y: laneY('tool:x'), out: 'tool:x running' },
    { name: 'a checkpoint on its rail', x: xOf(250) + 3, y: made.timeline?.rail?.y ?? NaN, out: '- - #1' },
    { name: 'the burn-down', x: xOf(500), y: made.burnDown?.zeroY ?? NaN, out: '- -' },
    { name: 'the gutter', x: 20, y: 100, out: undefined },
    { name: 'the axis', x: xOf(500), y: 395, out: undefined },
  ])('finds $name', ({ x, y, out }) => {
    const hit = hitTest(made, { x, y });
    const text =
      hit &&
      `${hit.row?.name ?? '-'} ${hit.segment?.state ?? '-'}${hit.checkpoint === undefined ? '' : ` #${hit.checkpoint.index}`}`;
    expect(text).toBe(out);
  });
});
