import { createRecordingContext } from '../testing/recording-context.ts';
import type { PanelLayout, TimelineLayout } from '../layout/panel.ts';
import { ALL_STATES } from '../model/state-filter.ts';
import { drawStates, type StateRow } from './bars.ts';
import { drawBurnDown } from './burn-down.ts';
import { createMeasure } from './measure.ts';
import type { Palette } from './palette.ts';
import { withClip } from './with-clip.ts';
import { AGENT_STATE_CODE, AGENT_STATES, type AgentState } from 'orchestrator-exporter/contract/states';
import { WORDS } from '../testing/words.ts';

/** A bar at 10, 5 of 20 by 16 pixels, with round corners and with sharp ones at its left. */
const ROUND = ['moveTo 12 5', 'arcTo 30 5 30 21 2', 'arcTo 30 21 10 21 2', 'arcTo 10 21 10 5 2', 'arcTo 10 5 30 5 2'];
const OPEN_LEFT = [
  'moveTo 10 5',
  'arcTo 30 5 30 21 2',
  'arcTo 30 21 10 21 2',
  'arcTo 10 21 10 5 0',
  'arcTo 10 5 30 5 0',
];

const perState = (prefix: string) =>
  Object.fromEntries(AGENT_STATES.map((state) => [state, `${prefix}${state}`])) as Record<AgentState, string>;

const PALETTE: Palette = {
  text: 'text',
  weakText: 'weakText',
  faintText: 'faintText',
  background: 'background',
  grid: 'grid',
  separator: 'separator',
  state: perState(''),
  stateName: perState(''),
  onState: perState('on-'),
  run: 'run',
  toolRunning: 'toolRunning',
  waitingGround: 'waitingGround',
  now: 'now',
  onNow: 'onNow',
  money: 'money',
  moneyTop: 'moneyTop',
  moneyBottom: 'moneyBottom',
  overspentTop: 'overspentTop',
  overspentBottom: 'overspentBottom',
  forecast: 'forecast',
  cone: 'cone',
  warning: 'warning',
  critical: 'critical',
  fontFamily: 'sans-serif',
  monoFamily: 'monospace',
};

interface Bar {
  readonly state: AgentState;
  readonly x: number;
  readonly width: number;
  readonly arrow: boolean;
  readonly open: boolean;
}

function bar(state: AgentState, rect: Partial<Bar> = {}): Bar {
  return { state, x: 10, width: 20, arrow: false, open: false, ...rect };
}

function row(bars: readonly Bar[], tool = false): StateRow[] {
  const columns = {
    length: bars.length,
    code: bars.map(({ state }) => AGENT_STATE_CODE[state]),
    x: bars.map(({ x }) => x),
    width: bars.map(({ width }) => width),
    openTo: bars.findLastIndex(({ open }) => open) + 1,
    goesOn: bars.at(-1)?.arrow ?? false,
  };
  return [{ y: 5, height: 16, tool, bars: columns }];
}

describe('bars', () => {
  test.each<{ name: string; bars: Bar[]; tool?: boolean; out: string[] }>([
    { name: 'nothing draws nothing', bars: [], out: [] },
    {
      name: 'bars have round corners, ticks are plain rectangles',
      bars: [bar('running'), bar('running', { x: 50, width: 1 })],
      out: [...ROUND, 'fill running', 'fillRect 50 5 1 16 running'],
    },
    {
      name: 'what began before is open to the left',
      bars: [bar('running', { open: true })],
      out: [...OPEN_LEFT, 'fill running'],
    },
    {
      name: "a tool's bar has its own blue",
      bars: [bar('running')],
      tool: true,
      out: [...ROUND, 'fill toolRunning'],
    },
    { name: 'idle is a hairline', bars: [bar('idle')], out: ['fillRect 10 12.5 20 1 idle'] },
    { name: 'completed is a thin line', bars: [bar('completed')], out: ['fillRect 10 12 20 2 completed'] },
    {
      name: 'queued is a dashed outline',
      bars: [bar('queued')],
      out: ['setLineDash [3,2]', 'rect 10.5 5.5 19 15', 'stroke queued', 'setLineDash []'],
    },
    {
      name: 'a queued instant has no room for dashes: it is open in its middle',
      bars: [bar('queued', { width: 1 }), bar('queued', { x: 30, width: 4 })],
      out: [
        'fillRect 10 5 1 5 queued',
        'fillRect 10 16 1 5 queued',
        'setLineDash [3,2]',
        'rect 30.5 5.5 3 15',
        'stroke queued',
        'setLineDash []',
      ],
    },
    {
      name: 'a waiting instant is too narrow for a hatch',
      bars: [bar('waiting', { width: 1 })],
      out: ['fillRect 10 5 1 16 waiting'],
    },
    {
      name: 'paused carries the two bars of a pause',
      bars: [bar('paused')],
      out: [...ROUND, 'fill paused', 'fillRect 15 9.5 2 7 on-paused', 'fillRect 19 9.5 2 7 on-paused'],
    },
  ])('$name', ({ bars, tool, out }) => {
    const context = createRecordingContext();
    drawStates(context, row(bars, tool), PALETTE);
    expect(context.drawn).toEqual(out);
  });

  test('waiting is hatched inside its own rim', () => {
    const context = createRecordingContext();
    drawStates(context, row([bar('waiting')]), PALETTE);
    expect(context.drawn).toEqual([
      ...ROUND,
      'fill waiting',
      'fillRect 11 6 18 14 waitingGround',
      'save',
      'fillRect 11 -14 18 14 pattern',
      'restore',
    ]);
  });

  test('a failure carries a cross, however narrow', () => {
    const context = createRecordingContext();
    drawStates(context, row([bar('failed', { width: 1 })]), PALETTE);
    expect(context.drawn.filter((line) => line.startsWith('stroke'))).toEqual(['stroke failed', 'stroke on-failed']);
  });

  test('crowded failures are told by their height: crosses would hide what is between them', () => {
    const context = createRecordingContext();
    const bars = [10, 15, 60].map((x) => bar('failed', { x, width: 1 }));
    drawStates(context, row(bars), PALETTE);
    expect(context.drawn.filter((line) => line.startsWith('fillRect'))).toEqual(
      [10, 15, 60]
        .flatMap((x) => [`fillRect ${x} 5 1 16 failed`])
        .concat([10, 15, 60].map((x) => `fillRect ${x} 3 1 20 failed`))
    );
    expect(context.drawn.filter((line) => line.startsWith('moveTo'))).toHaveLength(4);
  });

  test('what goes on ends in an arrow', () => {
    const context = createRecordingContext();
    drawStates(context, row([bar('running', { arrow: true })]), PALETTE);
    expect(context.drawn).toContain('lineTo 36 13');
  });
});

describe('frames one after the other', () => {
  const ticks = (state: AgentState, count: number) =>
    Array.from({ length: count }, (_, i) => bar(state, { x: 2 * i, width: 1 }));
  const drawnTicks = (color: string, count: number) =>
    Array.from({ length: count }, (_, i) => `fillRect ${2 * i} 5 1 16 ${color}`);
  const ofNoState: StateRow[] = [
    {
      y: 5,
      height: 16,
      tool: false,
      bars: { length: 2, code: [7, 99], x: [0, 4], width: [1, 1], openTo: 0, goesOn: false },
    },
  ];

  test.each<{ name: string; frames: StateRow[][]; last: string[] }>([
    { name: 'nothing after many bars', frames: [row(ticks('running', 500)), []], last: [] },
    { name: 'a row without bars after many', frames: [row(ticks('running', 500)), row([])], last: [] },
    {
      name: 'one after many',
      frames: [row(ticks('running', 500)), row(ticks('paused', 1))],
      last: drawnTicks('paused', 1),
    },
    {
      name: 'twice as many as ever before, and one more',
      frames: [row(ticks('running', 700)), row(ticks('paused', 1_401))],
      last: drawnTicks('paused', 1_401),
    },
    {
      name: 'two rows at once: none has bars of the other',
      frames: [[...row(ticks('running', 3)), ...row(ticks('paused', 2))]],
      last: [...drawnTicks('running', 3), ...drawnTicks('paused', 2)],
    },
    { name: 'codes that no state has', frames: [row(ticks('running', 2)), ofNoState], last: [] },
  ])('$name', ({ frames, last }) => {
    const drawn = frames.map((rows) => {
      const context = createRecordingContext();
      drawStates(context, rows, PALETTE);
      return context.drawn;
    });
    expect(drawn.at(-1)).toEqual(last);
  });
});

test('a clip is undone even when drawing fails', () => {
  const context = createRecordingContext();
  expect(() =>
    withClip(context, { x: 0, y: 0, width: 1, height: 1 }, () => {
      throw new Error('broken');
    })
  ).toThrow('broken');
  expect(context.drawn).toEqual(['save', 'rect 0 0 1 1', 'clip', 'restore']);
});

test('text is measured once for each size', () => {
  const measure = createMeasure('sans-serif');
  expect([measure('abcd', 10), measure('abcd', 12), measure('abcd', 10), measure('', 10)]).toEqual([20, 24, 20, 0]);
});

describe('the title of the burn-down', () => {
  const timelineTo = (bottom: number): TimelineLayout => ({
    top: 20,
    bottom,
    rail: undefined,
    rows: [],
    names: [],
    sticky: { rows: [], names: [], bottom: 20 },
    contentHeight: 0,
    scrollTop: 0,
    devicePixel: 1,
    shown: ALL_STATES,
  });
  const layout = (timeline: TimelineLayout | undefined, top: number): PanelLayout => ({
    words: WORDS,
    width: 400,
    height: 300,
    axis: { fromMs: 0, toMs: 1, left: 100, right: 390 },
    plotTop: 18,
    plotBottom: 278,
    ticks: [],
    now: undefined,
    timeline,
    burnDown: {
      top,
      bottom: 278,
      zeroY: 278,
      title: 'team',
      yTicks: [],
      limitY: undefined,
      budgets: [],
      ideal: [],
      idealLabel: undefined,
      thresholds: [],
      marks: [],
      forecast: undefined,
    },
  });

  test.each<[string, TimelineLayout | undefined, number, number]>([
    ['stands between the bands', timelineTo(120), 158, 1],
    ['is left out where the bands stand close: it would lie on the last lane', timelineTo(148), 158, 0],
    ['is left out where the burn-down is alone at the top', undefined, 18, 0],
  ])('%s', (_name, timeline, top, titles) => {
    const context = createRecordingContext();
    drawBurnDown(context, layout(timeline, top), PALETTE);
    expect(context.drawn.filter((line) => line.includes('Budget remaining'))).toHaveLength(titles);
  });
});
