import React from 'react';
import { fireEvent, render, screen, within } from '@testing-library/react';
import {
  DataHoverEvent,
  dateTime,
  EventBusSrv,
  FieldType,
  LoadingState,
  type DataFrame,
  type PanelProps,
} from '@grafana/data';
import { LegendDisplayMode } from '@grafana/schema';
import { PanelContextProvider, type PanelContext } from '@grafana/ui';
import { PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import type { PanelOptions } from '../options.ts';
import { rawFrame } from '../testing/frames.ts';
import { contextOf, type RecordingContext } from '../testing/recording-context.ts';
import { OrchestratorPanel } from './OrchestratorPanel.tsx';

const T0 = Date.UTC(2026, 10, 22, 14, 0);
const NOW = T0 + 50_000;
const LABELS = { thread: 'session-1' };

const FRAMES = [
  rawFrame({
    metric: TIMELINE.agentState.name,
    labels: { ...LABELS, agent: 'planner' },
    samples: [
      [T0 + 10_000, 2],
      [T0 + 20_000, 6],
      [T0 + 20_003, 3],
      [NOW, 3],
    ],
  }),
  rawFrame({
    metric: TIMELINE.agentState.name,
    labels: { ...LABELS, agent: '<b>tool</b>' },
    samples: [
      [T0 + 12_000, 2],
      [T0 + 12_003, 0],
    ],
  }),
  rawFrame({ metric: TIMELINE.checkpoint.name, labels: LABELS, samples: [[T0 + 30_000, 1]] }),
];
const MONEY = [
  rawFrame({ metric: PER_THREAD.threadBudgetLimit.name, labels: LABELS, samples: [[T0, 5]] }),
  rawFrame({
    metric: TIMELINE.threadCost.name,
    labels: LABELS,
    samples: Array.from({ length: 40 }, (_, i) => [T0 + 1_000 * i, 0.05 * i] as const),
  }),
];

interface Setup {
  readonly series?: DataFrame[];
  readonly state?: LoadingState;
  readonly message?: string;
  readonly width?: number;
  readonly height?: number;
  readonly options?: Partial<PanelOptions>;
  readonly sync?: 0 | 1 | 2;
}

function show(setup: Setup = {}) {
  const range = { from: dateTime(T0), to: dateTime(T0 + 60_000), raw: { from: 'now-1m', to: 'now' } };
  const eventBus = new EventBusSrv();
  const zooms: unknown[] = [];
  const props = {
    id: 1,
    data: {
      state: setup.state ?? LoadingState.Done,
      series: setup.series ?? [...FRAMES, ...MONEY],
      timeRange: range,
      errors: setup.message === undefined ? undefined : [{ message: setup.message }],
    },
    width: setup.width ?? 1_200,
    height: setup.height ?? 560,
    timeRange: range,
    timeZone: 'utc',
    options: setup.options ?? {},
    onChangeTimeRange: (zoom: unknown) => zooms.push(zoom),
  } as unknown as PanelProps<PanelOptions>;
  const context = { eventsScope: 'test', eventBus, sync: () => setup.sync ?? 1 } as unknown as PanelContext;
  const view = render(
    <PanelContextProvider value={context}>
      <OrchestratorPanel {...props} />
    </PanelContextProvider>
  );
  // Controls come in the frame after the first one.
  React.act(() => jest.advanceTimersByTime(40));
  return { ...view, eventBus, zooms };
}

/** The table of visible segments, one row a line. */
function segments(): string[] {
  // The table follows the canvas once that rests.
  React.act(() => jest.advanceTimersByTime(500));
  const rows = screen.getByTestId('orchestrator-segments').querySelectorAll('tbody tr');
  return [...rows].map((row) =>
    [...row.querySelectorAll('td')]
      .slice(0, 10)
      .map((cell) => cell.textContent)
      .join(' ')
  );
}

function drawn(container: HTMLElement): string {
  const canvas = container.querySelector('canvas');
  const context: RecordingContext | undefined = canvas === null ? undefined : contextOf(canvas);
  return (context?.drawn ?? []).join('\n');
}

beforeEach(() => {
  jest.useFakeTimers({ now: NOW, doNotFake: ['performance'] });
});

afterEach(() => {
  jest.useRealTimers();
});

test('works with no options stored: figures, chart, legend, and every segment as numbers', () => {
  const { container } = show();
  expect(screen.getByTestId('orchestrator-figure-remaining').textContent).toBe('Remaining$3.05of $5.00');
  expect(screen.getByTestId('orchestrator-resolution').textContent).toBe('exact to 1 ms');
  expect(screen.getByTestId('orchestrator-legend').textContent).toContain('failed3 ms \u00b7 1\u00d7');
  expect(screen.getByRole('img').getAttribute('aria-label')).toContain('Timeline of 1 thread with 2 lanes');
  expect(segments()).toEqual([
    `session-1 planner running ${T0 + 10_000} ${T0 + 20_000} 351 167 67 16 1`,
    `session-1 planner failed ${T0 + 20_000} ${T0 + 20_003} 518 1 67 16 1`,
    `session-1 planner waiting ${T0 + 20_003} ${NOW} 518.05 500.95 67 16 1`,
    `session-1 <b>tool</b> running ${T0 + 12_000} ${T0 + 12_003} 384 1 93 16 1`,
    `session-1 <b>tool</b> idle ${T0 + 12_003} ${NOW} 384.45 634.55 93 16 1`,
  ]);
  const text = drawn(container);
  expect(text).toContain('"checkpoints"');
  expect(text).toContain('"<b>tool</b>"');
  expect(text).toContain('"now"');
  expect(container.querySelector('b')).toBeNull();
});

test.each<{ name: string; setup: Setup; says: string[]; notice: string | null }>([
  {
    name: 'no data at all',
    setup: { series: [] },
    says: ['No agent states in this range', `${TIMELINE.agentState.name}{`, 'No budget in this range'],
    notice: null,
  },
  {
    name: 'no data in a small panel',
    setup: { series: [], width: 300, height: 200 },
    says: ['No agent states in this range'],
    notice: null,
  },
  {
    name: 'a query that failed',
    setup: { series: [], state: LoadingState.Error, message: 'bad_data: parse error' },
    says: ['The query failed', 'bad_data: parse error'],
    notice: null,
  },
  {
    name: 'no budget for a burn-down alone',
    setup: { series: FRAMES, options: { bands: 'burn-down' } },
    says: ['No budget in this range'],
    notice: null,
  },
  { name: 'lanes without a budget', setup: { series: FRAMES }, says: [], notice: 'No budget in this range' },
  { name: 'a budget without lanes', setup: { series: MONEY }, says: [], notice: 'No agent states in this range' },
  {
    name: 'a timeline that asks for no budget',
    setup: { series: FRAMES, options: { bands: 'timeline' } },
    says: [],
    notice: null,
  },
])('$name is said, and the rest draws', ({ setup, says, notice }) => {
  show(setup);
  const message = screen.queryByTestId('orchestrator-message');
  expect(message !== null).toBe(says.length > 0);
  says.forEach((words) => expect(message?.textContent).toContain(words));
  expect(screen.queryByTestId('orchestrator-notice')?.textContent?.slice(0, notice?.length) ?? null).toBe(notice);
  expect(screen.queryByTestId('orchestrator-chart') !== null).toBe(says.length === 0);
});

test('a panel without height draws nothing and does not fail', () => {
  expect(show({ height: 0 }).container.textContent).toBe('');
});

test('a small panel keeps remaining and exhaustion, without labels', () => {
  show({ width: 300, height: 200 });
  expect(screen.getByTestId('orchestrator-figures').children).toHaveLength(2);
  expect(screen.queryByTestId('orchestrator-legend')).toBeNull();
});

test('a burn-down alone has no lanes and no legend', () => {
  show({ options: { bands: 'burn-down' } });
  expect(screen.queryByTestId('orchestrator-segments')).toBeNull();
  expect(screen.queryByTestId('orchestrator-legend')).toBeNull();
});

const states = () => segments().map((line) => /(running|failed|waiting|idle)/.exec(line)?.[0]);
const pressed = () =>
  within(screen.getByTestId('orchestrator-legend'))
    .getAllByRole('button', { pressed: true })
    .map((button) => button.textContent)
    .join(' ');

test('a click in the legend leaves one state in the timeline, ctrl adds one, and a second click brings all back', () => {
  show();
  expect(pressed()).toBe('running waiting failed idle');
  fireEvent.click(screen.getByRole('button', { name: 'failed' }));
  expect([pressed(), states()]).toEqual(['failed', ['failed']]);
  fireEvent.click(screen.getByRole('button', { name: 'waiting' }), { metaKey: true });
  expect([pressed(), states()]).toEqual(['waiting failed', ['failed', 'waiting']]);
  fireEvent.click(screen.getByRole('button', { name: 'failed' }), { ctrlKey: true });
  fireEvent.click(screen.getByRole('button', { name: 'waiting' }));
  expect([pressed(), states()]).toEqual([
    'running waiting failed idle',
    ['running', 'failed', 'waiting', 'running', 'idle'],
  ]);
});

test('the legend as a table has total, share and count, and sorts', () => {
  show({
    options: { legend: { showLegend: true, displayMode: LegendDisplayMode.Table, placement: 'right', calcs: [] } },
  });
  const rows = () =>
    [...screen.getByTestId('orchestrator-legend').querySelectorAll('tr')].map((row) =>
      [...row.querySelectorAll('th, td')].map((cell) => cell.textContent).join('|')
    );
  expect(rows()).toEqual([
    'Name|Total|Share|Count',
    'running|10 s|13 %|2',
    'waiting|30 s|38 %|1',
    '\u00d7failed|3 ms|< 1 %|1',
    'idle|38 s|49 %|1',
  ]);
  fireEvent.click(screen.getByText('Total'));
  expect(rows().slice(1, 3)).toEqual(['idle|38 s|49 %|1', 'waiting|30 s|38 %|1']);
});

test('of many marks the first hundred are listed off-screen, where nothing takes the focus', () => {
  const samples = Array.from({ length: 1_200 }, (_, i) => [T0 + 40 * i, i % 2 ? 2 : 3] as const);
  const lane = (agent: string) => rawFrame({ metric: TIMELINE.agentState.name, labels: { ...LABELS, agent }, samples });
  show({ series: [lane('a'), lane('b')] });
  const listed = segments().length;
  const told = screen.getByTestId('orchestrator-segments').querySelector('caption')?.textContent;
  expect([listed, told]).toEqual([
    100,
    expect.stringMatching(/^The first 100 of \d+ visible states; the table of states has all$/),
  ]);
  const region = screen.getByRole('region', { name: 'What is in view, as tables' });
  expect(region.querySelectorAll('button, [tabindex], a, input')).toHaveLength(0);
});

describe('replay', () => {
  const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }));
  const told = () => screen.queryByTestId('orchestrator-replay-time')?.textContent ?? '';
  const slider = () => screen.getByRole('slider', { name: 'Replay: instant' });

  test('steps to transitions and checkpoints, tells states and money of then, and is live again at the end', () => {
    const { eventBus } = show();
    const shared: unknown[] = [];
    eventBus.getStream(DataHoverEvent).subscribe((event) => shared.push(event.payload.point?.['time']));
    expect(told()).toBe('');
    press('Checkpoint before');
    expect(told()).toBe('14:00:30.000');
    press('Transition before');
    expect(told()).toBe('14:00:20.003');
    press('Transition before');
    press('Transition before');
    expect(told()).toBe('14:00:12.003');
    expect(shared).toContain(T0 + 30_000);
    expect(screen.getByTestId('orchestrator-figure-remaining').textContent).toContain('$4.40');
    expect(slider().getAttribute('aria-valuetext')).toMatch(/^14:00:12\.003\. /);
    expect(screen.getByTestId('orchestrator-tooltip').textContent).toContain('plannerrunning');
    press('Next checkpoint');
    press('Next checkpoint');
    expect(told()).toBe('');
    expect(screen.queryByTestId('orchestrator-replay-cursor')).toBeNull();
  });

  test.each([
    { name: 'Home goes to the beginning', keys: ['Home'], at: '14:00:00.000' },
    { name: 'arrows step by transition', keys: ['Home', 'ArrowRight', 'ArrowRight', 'ArrowLeft'], at: '14:00:10.000' },
    { name: 'page keys step by checkpoint', keys: ['Home', 'PageUp'], at: '14:00:30.000' },
    { name: 'before the first transition there is no other', keys: ['Home', 'ArrowLeft'], at: '14:00:00.000' },
    { name: 'End is live', keys: ['Home', 'End'], at: '' },
    { name: 'other keys are not ours', keys: ['x', 'constructor'], at: '' },
  ])('$name', ({ keys, at }) => {
    show();
    for (const key of keys) {
      fireEvent.keyDown(slider(), { key });
    }
    expect(told()).toBe(at);
  });

  test('plays at the speed chosen, and ends live', () => {
    show();
    fireEvent.keyDown(slider(), { key: 'Home' });
    press('Speed 1 times; change it');
    press('Speed 5 times; change it');
    press('Replay the range');
    React.act(() => jest.advanceTimersByTime(1_000));
    const [, seconds] = /^14:00:(\d\d\.\d\d\d)$/.exec(told() ?? '') ?? [];
    // Twenty seconds a second, less the frames before the first difference is known.
    expect(Number(seconds)).toBeGreaterThan(18);
    expect(Number(seconds)).toBeLessThanOrEqual(20);
    React.act(() => jest.advanceTimersByTime(3_000));
    expect(told()).toBe('');
    expect(screen.getByRole('button', { name: 'Replay the range' })).toBeTruthy();
  });

  test('plays in steps of a second for those who asked for less motion', () => {
    const query = { ...window.matchMedia(''), matches: true };
    const asked = jest.spyOn(window, 'matchMedia').mockReturnValue(query);
    show();
    fireEvent.keyDown(slider(), { key: 'Home' });
    press('Replay the range');
    React.act(() => jest.advanceTimersByTime(900));
    expect(told()).toBe('14:00:00.000');
    React.act(() => jest.advanceTimersByTime(200));
    expect(told()).toMatch(/^14:00:01\.0/);
    expect(asked).toHaveBeenCalledWith('(prefers-reduced-motion: reduce)');
    asked.mockRestore();
  });

  test('is not there without a timeline, nor when it is switched off', () => {
    const { unmount } = show({ options: { bands: 'burn-down' } });
    expect(screen.queryByTestId('orchestrator-replay')).toBeNull();
    unmount();
    show({ options: { showReplay: false } });
    expect(screen.queryByTestId('orchestrator-replay')).toBeNull();
    expect(screen.queryByRole('slider', { name: 'Replay: instant' })).toBeNull();
  });
});

describe('pointer', () => {
  const X = { left: 184, right: 1_186 };
  const msAt = (x: number) => T0 + ((x - X.left) / (X.right - X.left)) * 60_000;
  // jsdom has no PointerEvent: a mouse event of the pointer's type carries the position.
  const pointer = (type: string, clientX: number, clientY: number, shiftKey = false) =>
    fireEvent(
      screen.getByTestId('orchestrator-chart'),
      new MouseEvent(type, { bubbles: true, clientX, clientY, button: 0, shiftKey })
    );

  test('hovering shows time, states and money, and tells other panels', () => {
    const { eventBus } = show();
    const told: unknown[] = [];
    eventBus.getStream(DataHoverEvent).subscribe((event) => told.push(event.payload.point?.['time']));
    pointer('pointermove', 600, 75);
    const tooltip = screen.getByTestId('orchestrator-tooltip').textContent ?? '';
    expect(tooltip).toContain('14:00:24.910');
    expect(tooltip).toContain('plannerwaiting29.997 s so far');
    expect(tooltip).toContain('Remaining$3.80');
    expect(told).toEqual([expect.closeTo(msAt(600), 6)]);
    expect(screen.getByTestId('orchestrator-crosshair')).toBeTruthy();
    pointer('pointerout', 0, 0);
    expect(screen.queryByTestId('orchestrator-tooltip')).toBeNull();
  });

  test('other panels hear of a moving pointer ten times a second, and last of where it stops', () => {
    const { eventBus } = show();
    const told: unknown[] = [];
    eventBus.getStream(DataHoverEvent).subscribe((event) => told.push(event.payload.point?.['time']));
    for (const x of [600, 610, 620]) {
      pointer('pointermove', x, 75);
    }
    expect(told).toEqual([expect.closeTo(msAt(600), 6)]);
    React.act(() => jest.advanceTimersByTime(1_000));
    expect(told).toEqual([600, 620].map((x): unknown => expect.closeTo(msAt(x), 6)));
    for (const x of [630, 640]) {
      pointer('pointermove', x, 75);
    }
    pointer('pointerout', 0, 0);
    React.act(() => jest.advanceTimersByTime(1_000));
    // It left before its turn came.
    expect(told.slice(2)).toEqual([expect.closeTo(msAt(630), 6)]);
  });

  test('a drag zooms, a click does not', () => {
    const { zooms } = show();
    pointer('pointerdown', 300, 75);
    pointer('pointermove', 303, 75);
    pointer('pointerup', 303, 75);
    expect(zooms).toEqual([]);
    pointer('pointerdown', 500, 75);
    pointer('pointermove', 300, 75);
    pointer('pointerup', 300, 75);
    expect(zooms).toEqual([{ from: expect.closeTo(msAt(300), 6), to: expect.closeTo(msAt(500), 6) }]);
  });

  test('a drag ends where it is let go, though the last move was not drawn yet', () => {
    const { zooms } = show();
    pointer('pointerdown', 300, 75);
    pointer('pointerup', 700, 75);
    expect(zooms).toEqual([{ from: expect.closeTo(msAt(300), 6), to: expect.closeTo(msAt(700), 6) }]);
  });

  const brush = (fromX: number, toX: number) => {
    pointer('pointerdown', fromX, 75, true);
    pointer('pointermove', toX, 75, true);
    pointer('pointerup', toX, 75, true);
  };
  const totals = (agent: string, usd: number) =>
    rawFrame({
      metric: PER_THREAD.threadCost.name,
      labels: { ...LABELS, agent },
      samples: [
        [T0, 1],
        [T0 + 15_000, 1 + usd],
      ],
    });

  test('a drag with shift tells who spent what, most first, and does not zoom; Escape closes it', () => {
    const { zooms } = show({ series: [...FRAMES, ...MONEY, totals('writer', 0.25), totals('<i>x</i>', 0.75)] });
    brush(200, 700);
    const dialog = screen.getByRole('dialog');
    const rows = [...dialog.querySelectorAll('tr')].map((row) => row.textContent);
    expect(rows).toEqual(['Agents$1.00', '<i>x</i>$0.7575.0 %', 'writer$0.2525.0 %']);
    expect(parseFloat(screen.getByTestId('orchestrator-selection').style.width)).toBeCloseTo(500, 1);
    expect(zooms).toEqual([]);
    fireEvent.keyDown(dialog, { key: 'Escape' });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  test('from the spend of a range one goes on to zoom to it', () => {
    const { zooms } = show({ series: [...FRAMES, ...MONEY, totals('writer', 0.25)] });
    brush(700, 1_000);
    expect(screen.getByRole('dialog').textContent).toContain('Nothing was spent here');
    fireEvent.click(screen.getByText('Zoom to this range'));
    expect(zooms).toEqual([{ from: Math.round(msAt(700)), to: Math.round(msAt(1_000)) }]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  test('without running totals the spend of a range says which query is missing', () => {
    show();
    brush(200, 700);
    expect(screen.getByRole('dialog').textContent).toContain('orchestrator_thread_cost_usd_total');
  });

  test('dragging the axis moves what is drawn at once and the range when let go; a click or a lost pointer does nothing', () => {
    const { zooms } = show();
    const axis = (type: string, clientX: number) =>
      fireEvent(
        screen.getByTestId('orchestrator-axis'),
        new MouseEvent(type, { bubbles: true, clientX, clientY: 5, button: 0 })
      );
    const shown = () => {
      React.act(() => jest.advanceTimersByTime(1_000));
      return segments();
    };
    const before = shown();
    axis('pointermove', 400);
    axis('pointerdown', 400);
    axis('pointermove', 403);
    axis('pointerup', 403);
    axis('pointerdown', 400);
    axis('pointermove', 700);
    expect(shown()).not.toEqual(before);
    axis('pointercancel', 700);
    expect(shown()).toEqual(before);
    expect(zooms).toEqual([]);
    axis('pointerdown', 400);
    axis('pointermove', 500);
    axis('pointerup', 567);
    const movedMs = Math.round((167 / (X.right - X.left)) * 60_000);
    expect(zooms).toEqual([{ from: T0 - movedMs, to: T0 + 60_000 - movedMs }]);
  });

  test('a double click zooms out to twice the range', () => {
    const { zooms } = show();
    fireEvent.doubleClick(screen.getByTestId('orchestrator-chart'));
    expect(zooms).toEqual([{ from: T0 - 30_000, to: T0 + 90_000 }]);
  });

  test.each<{ name: string; sync: 0 | 1 | 2; crosshair: boolean; tooltip: boolean }>([
    { name: 'off', sync: 0, crosshair: false, tooltip: false },
    { name: 'crosshair', sync: 1, crosshair: true, tooltip: false },
    { name: 'tooltip', sync: 2, crosshair: true, tooltip: true },
  ])("another panel's cursor is followed as the dashboard's mode $name says", ({ sync, crosshair, tooltip }) => {
    const { eventBus } = show({ sync });
    const event = new DataHoverEvent({ point: { time: T0 + 15_000 } });
    React.act(() => eventBus.publish(event));
    expect(screen.queryByTestId('orchestrator-crosshair') !== null).toBe(crosshair);
    expect(screen.queryByTestId('orchestrator-tooltip') !== null).toBe(tooltip);
  });

  test('the wheel scrolls lanes that do not fit, and leaves the page alone where they do', () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      rawFrame({
        metric: TIMELINE.agentState.name,
        labels: { ...LABELS, agent: `agent-${i + 10}` },
        samples: [[T0 + 1_000 + i, 2]],
      })
    );
    show({ series: many });
    const first = segments()[0];
    const chart = screen.getByTestId('orchestrator-chart');
    const taken = !fireEvent.wheel(chart, { deltaY: 260, clientY: 100 });
    expect([taken, segments()[0] === first]).toEqual([true, false]);
    const above = !fireEvent.wheel(chart, { deltaY: 260, clientY: 2 });
    expect(above).toBe(false);
  });
});

describe('lanes', () => {
  const lane = (agent: string, thread: string, firstMs: number) =>
    rawFrame({
      metric: TIMELINE.agentState.name,
      labels: { thread, agent, workflow: thread < 'c' ? 'ingest' : 'review' },
      samples: [
        [T0 + firstMs, 2],
        [NOW, 2],
      ],
    });
  const series = [
    lane('planner', 'a', 1_000),
    lane('writer', 'a', 2_000),
    lane('planner', 'b', 3_000),
    lane('<img src=x onerror=alert(1)>', 'c', 4_000),
    lane('\u202erotide\nline', 'c', 5_000),
  ];
  /** Kind, name and depth of each row, and whether a group is open. */
  const rows = () => {
    React.act(() => jest.advanceTimersByTime(500));
    const found = screen.getByTestId('orchestrator-rows').querySelectorAll('tbody tr');
    return [...found].map((row) => {
      const [kind, name, depth, , , expanded] = [...row.querySelectorAll('td')].map((cell) => cell.textContent);
      return `${'  '.repeat(Number(depth))}${kind === 'group' ? (expanded === 'true' ? '- ' : '+ ') : ''}${name}`;
    });
  };

  test.each<{ name: string; options: Partial<PanelOptions>; out: string[] }>([
    {
      name: 'by thread, as nothing else is said',
      options: {},
      out: [
        '- a',
        '  planner',
        '  writer',
        '- b',
        '  planner',
        '- c',
        '  <img src=x onerror=alert(1)>',
        '  \ufffdrotide\ufffdline',
      ],
    },
    {
      name: 'by workflow and thread, collapsed',
      options: { groupBy: ['workflow', 'thread'], collapseGroups: true },
      out: ['+ ingest', '+ review'],
    },
    {
      name: 'by agent across threads',
      options: { groupBy: ['agent'], laneFilter: 'PLAN' },
      out: ['- planner', '  a', '  b'],
    },
    {
      name: 'in no group, by name',
      options: { groupBy: [], sortLanes: 'name', laneFilter: 'a planner' },
      out: ['a \u203a planner', 'b \u203a planner'],
    },
    { name: 'all filtered away', options: { laneFilter: 'nobody' }, out: [] },
  ])('stand $name', ({ options, out }) => {
    show({ series, options });
    expect(rows()).toEqual(out);
  });

  test('a group collapses and opens again by its button, whose state is told', () => {
    show({ series });
    const [first] = screen.getAllByTestId('orchestrator-group');
    expect(first?.getAttribute('aria-label')).toBe('thread a, 2 lanes');
    fireEvent.click(screen.getAllByTestId('orchestrator-group')[0] ?? document.body);
    expect(rows().slice(0, 2)).toEqual(['+ a', '- b']);
    expect(screen.getAllByTestId('orchestrator-group')[0]?.getAttribute('aria-expanded')).toBe('false');
    fireEvent.click(screen.getAllByTestId('orchestrator-group')[0] ?? document.body);
    expect(rows().slice(0, 2)).toEqual(['- a', '  planner']);
  });

  test('with many lanes a filter box narrows them and says how many are left; Escape empties it', () => {
    show({ series, options: { filterBoxFrom: 4 } });
    const box = screen.getByTestId('orchestrator-filter');
    expect(screen.getByTestId('orchestrator-filter-count').textContent).toBe('5 lanes');
    fireEvent.change(box, { target: { value: 'writer' } });
    expect(rows()).toEqual(['- a', '  writer']);
    expect(screen.getByTestId('orchestrator-filter-count').textContent).toBe('1 of 5 lanes');
    fireEvent.keyDown(box, { key: 'Escape' });
    expect(rows()).toHaveLength(8);
  });

  test('with few lanes there is no filter box', () => {
    show({ series });
    expect(screen.queryByTestId('orchestrator-filter')).toBeNull();
  });

  test('the scroll bar moves the lanes with its keys and says where it is', () => {
    const many = Array.from({ length: 60 }, (_, i) => lane(`agent-${i + 10}`, 't', 1_000 + i));
    show({ series: many, options: { bands: 'timeline' } });
    const bar = screen.getByTestId('orchestrator-scrollbar');
    const most = Number(bar.getAttribute('aria-valuemax'));
    fireEvent.keyDown(bar, { key: 'End' });
    expect(bar.getAttribute('aria-valuenow')).toBe(String(most));
    expect(rows().at(-1)).toBe('  agent-69');
    fireEvent.keyDown(bar, { key: 'ArrowUp' });
    expect(bar.getAttribute('aria-valuenow')).toBe(String(most - 26));
    fireEvent.keyDown(bar, { key: 'Home' });
    expect(rows()[0]).toBe('- t');
  });
});

test('frames whose arrays are emptied later do not empty the panel', () => {
  const series = [
    rawFrame({
      metric: TIMELINE.agentState.name,
      labels: { ...LABELS, agent: 'a' },
      samples: [
        [T0 + 1_000, 2],
        [NOW, 2],
      ],
    }),
  ];
  show({ series });
  series[0]?.fields.forEach((field) => (field.values.length = 0));
  pointerless();
  expect(segments()).toEqual([
    `session-1 a running ${T0 + 1_000} ${NOW} ${expectX(1_000)} ${expectWidth(1_000, 50_000)} 49 16 1`,
  ]);
});

/** Something that renders anew without new data. */
function pointerless(): void {
  fireEvent(
    screen.getByTestId('orchestrator-chart'),
    new MouseEvent('pointermove', { bubbles: true, clientX: 600, clientY: 75 })
  );
}

const px = (value: number) => String(Math.round(value * 100) / 100);
const expectX = (ms: number) => px(184 + (ms / 60_000) * 1_002);
const expectWidth = (fromMs: number, toMs: number) => px(((toMs - fromMs) / 60_000) * 1_002);

test('a field that is no number and no time is no reason to fail', () => {
  const odd = { name: 'odd', length: 1, fields: [{ name: 'x', type: FieldType.other, config: {}, values: [{}] }] };
  const { container } = show({ series: [odd] });
  // Data of another kind: Grafana's own view, with advice.
  expect(container.textContent).toMatch(/^Unable to render data: No agent states in this range\. Add an instant query/);
  expect(screen.queryByTestId('orchestrator-message')).toBeNull();
});
