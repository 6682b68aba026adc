import { indexRows } from '../layout/lanes.ts';
import { layoutPanel, type CostView } from '../layout/panel.ts';
import { segmentRects } from '../layout/track-marks.ts';
import { pointColumns } from '../model/build-states.ts';
import { toLaneTree, visibleNodes } from '../model/lane-tree.ts';
import type { MoneyPoint } from '../model/burn-down.ts';
import { spentPerRow } from '../model/row-spend.ts';
import { spentByThreads } from '../model/spent-in-range.ts';
import { toTimeline, type Timeline } from '../model/timeline.ts';
import { figuresOf } from './figures-text.ts';
import { hoverText } from './hover-text.ts';
import { timeFormat } from './time-format.ts';
import { WORDS } from '../testing/words.ts';

const RANGE = { fromMs: 0, toMs: 1_000, nowMs: 1_000 };
const SCENE = { ...RANGE, stalenessMs: 5_000, holeMs: 5_000, sampled: false };

/** One agent that failed at 400 and goes on; its total as sampled every 100 ms, and the exact total of its thread. */
function timelineOf(agent: readonly MoneyPoint[], exact: readonly MoneyPoint[]): Timeline {
  const points = pointColumns([
    { atMs: 100, state: 'running' },
    { atMs: 400, state: 'failed' },
    { atMs: 410, state: 'running' },
  ]);
  return toTimeline(
    [
      {
        thread: 't',
        states: [{ atMs: 50, state: 'running' }],
        agents: [{ agent: 'a', points: [points], costUsd: 99 }],
        checkpoints: [],
        costUsd: 99,
        spendMs: undefined,
        totals: { exact, agents: agent.length === 0 ? [] : [{ agent: 'a', points: agent }], intervalMs: 100 },
      },
    ],
    SCENE
  );
}

const money = (points: ReadonlyArray<readonly [number, number]>): MoneyPoint[] =>
  points.map(([atMs, usd]) => ({ atMs, usd }));
const SAMPLES = money([
  [200, 0],
  [300, 0.25],
  [500, 0.5],
  [900, 2],
]);
const EXACT = timelineOf(
  SAMPLES,
  money([
    [100, 0],
    [250, 0.25],
    [400, 0.5],
    [800, 2],
  ])
);
const SAMPLED = timelineOf(SAMPLES, []);
const NO_SPEND = timelineOf([], []);

function treeOf(timeline: Timeline) {
  return toLaneTree(timeline, { groupBy: ['thread'], sort: 'cost', sortState: 'idle', filter: '', range: RANGE });
}

/** `name money` of each row, then what its bars say. */
function told(timeline: Timeline, showCost: CostView, width = 1_198): string[] {
  const { roots } = treeOf(timeline);
  const isCollapsed = () => false;
  const made = layoutPanel({
    words: WORDS,
    width,
    height: 300,
    devicePixelRatio: 1,
    ...RANGE,
    timeline: {
      rows: indexRows(visibleNodes(roots, isCollapsed), { laneHeight: 26, isCollapsed }),
      threads: timeline.groups,
    },
    burnDowns: [],
    forecast: undefined,
    timelineShare: 0.6,
    showCheckpoints: false,
    showIdealLine: false,
    budgetScale: 'auto',
    scrollTop: 0,
    measure: (text, fontPx) => text.length * fontPx * 0.5,
    ticks: { tickText: String, zoneOffsetMs: () => 0 },
    showCost,
    spent: showCost === 'off' ? undefined : spentPerRow(roots, RANGE),
  });
  return (made.timeline?.rows ?? []).map((row, i) => {
    const texts =
      row.kind === 'group'
        ? []
        : row.tracks.slice(0, 1).flatMap(({ marks }) => segmentRects(marks).map((rect) => rect.label?.text ?? '-'));
    return [row.name, made.timeline?.names[i]?.money ?? '-', ...texts].join(' | ');
  });
}

describe('cost in the timeline', () => {
  test.each<{ name: string; timeline: Timeline; showCost: CostView; width?: number; out: string[] }>([
    {
      name: 'on bars',
      timeline: EXACT,
      showCost: 'segment',
      out: ['t | $2.00', 'a | $2.00 | 300 ms \u00b7 $0.50 | - | 590 ms \u00b7 $1.50 so far'],
    },
    {
      name: 'beside lanes only',
      timeline: EXACT,
      showCost: 'lane',
      out: ['t | $2.00', 'a | $2.00 | 300 ms | - | 590 ms so far'],
    },
    { name: 'not at all', timeline: EXACT, showCost: 'off', out: ['t | -', 'a | - | 300 ms | - | 590 ms so far'] },
    {
      name: 'the money goes where there is no room for it',
      timeline: EXACT,
      showCost: 'segment',
      width: 330,
      out: ['t | -', 'a | - | 300 ms | - | 590 ms \u00b7 $1.50 so far'],
    },
    {
      name: 'on bars only where it is certain whose it is',
      timeline: SAMPLED,
      showCost: 'segment',
      out: ['t | $2.00', 'a | $2.00 | 300 ms | - | 590 ms so far'],
    },
    {
      name: 'without running totals all that is known of a lane stands beside it',
      timeline: NO_SPEND,
      showCost: 'segment',
      out: ['t | $99.00', 'a | $99.00 | 300 ms | - | 590 ms so far'],
    },
  ])('$name', ({ timeline, showCost, width, out }) => {
    expect(told(timeline, showCost, width)).toEqual(out);
  });

  test.each<{ name: string; timeline: Timeline; range?: typeof RANGE | undefined; out: string[] }>([
    {
      name: 'exact',
      timeline: EXACT,
      range: RANGE,
      out: ['$0.50 in this state', '$2.00 in this range', '$0.50 of it wasted: spent in runs that failed'],
    },
    {
      name: 'as far as samples tell',
      timeline: SAMPLED,
      range: RANGE,
      out: [
        '$0.25 \u2013 $0.50 in this state',
        '$2.00 in this range, instants known to 400 ms',
        '$0.25 of it wasted: spent in runs that failed',
      ],
    },
    { name: 'not known', timeline: NO_SPEND, range: RANGE, out: [] },
    { name: 'not asked for', timeline: EXACT, range: undefined, out: [] },
  ])('the tooltip tells it: $name', ({ timeline, range, out }) => {
    const lane = timeline.lanes[0];
    const segment = { state: 'running', startMs: 100, endMs: 400, beganBefore: false, ongoing: false } as const;
    const hit = { atMs: 300, lane, segment, folded: [], checkpoint: undefined, ended: [] };
    expect(hoverText(hit, { timeline, burnDowns: [], range }).spend).toEqual(out);
  });

  test.each<{ name: string; timeline: Timeline; toMs: number; out: string[] }>([
    { name: 'what failed', timeline: EXACT, toMs: 1_000, out: ['$0.50 25 %'] },
    { name: 'all of it', timeline: EXACT, toMs: 400, out: ['$0.50 100 %'] },
    { name: 'nothing yet', timeline: EXACT, toMs: 100, out: [] },
    { name: 'nothing known', timeline: NO_SPEND, toMs: 1_000, out: [] },
  ])('the figure of what was wasted: $name', ({ timeline, toMs, out }) => {
    const figures = figuresOf({
      burnDown: undefined,
      oneOfMany: false,
      forecast: undefined,
      timeline,
      spent: spentByThreads(timeline.groups, { fromMs: 0, toMs }),
      lookbackMs: 60_000,
      atMs: toMs,
      live: true,
      time: timeFormat('utc', 1_000),
    });
    expect(figures.filter(({ id }) => id === 'wasted').map(({ value, detail }) => `${value} ${detail}`)).toEqual(out);
  });
});
