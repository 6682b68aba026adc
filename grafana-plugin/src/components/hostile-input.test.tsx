// Whatever data sources, labels, mappings and links hold: the panel draws or says what is missing; nothing throws, nothing
// becomes an element, an address or an endless text.
import React from 'react';
import { fireEvent, render } from '@testing-library/react';
import {
  createTheme,
  dateTime,
  EventBusSrv,
  FieldType,
  getDisplayProcessor,
  LoadingState,
  MappingType,
  type DataFrame,
  type Field,
  type PanelProps,
} from '@grafana/data';
import { PanelContextProvider, type PanelContext } from '@grafana/ui';
import { BUDGETS, PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import type { PanelOptions } from '../options.ts';
import { contextOf } from '../testing/recording-context.ts';
import { OrchestratorPanel } from './OrchestratorPanel.tsx';

const T0 = Date.UTC(2026, 10, 22, 14, 0);
const NOW = T0 + 50_000;
const THEME = createTheme();

const NAMES = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  'javascript:alert(1)',
  '\u202egnirts desrever\u2066',
  '\u0645\u0631\u062d\u0628\u0627',
  'nul\u0000 bell\u0007 line\nbreak \ud800 lone',
  '__proto__',
  'constructor',
  '${__data.fields.x} {{x}} %s [[y]]',
  '',
  'x'.repeat(10_000),
] as const;
const TIMES: readonly unknown[] = [
  NaN,
  Infinity,
  -Infinity,
  -1,
  0,
  1e300,
  -8.64e15,
  8.64e15 + 1,
  T0 + 0.5,
  T0,
  NOW,
  null,
  undefined,
  '1',
  {},
];
const VALUES: readonly unknown[] = [
  NaN,
  Infinity,
  -Infinity,
  0,
  1,
  2,
  6,
  7,
  2.5,
  -0,
  1e308,
  -1e308,
  5e-324,
  2 ** 53,
  null,
  undefined,
  'running',
  '<b>',
  {},
  [],
  true,
];

/** A small generator of its own: the same rows in every run. */
function* rows(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

function column(values: readonly unknown[], seed: number, length: number): unknown[] {
  const random = rows(seed);
  return Array.from({ length }, () => values[Math.floor(random.next().value * values.length)]);
}

function frame(labels: Record<string, string>, seed: number, sane = false): DataFrame {
  const length = 1 + (seed % 40);
  const times = sane ? Array.from({ length }, (_, i) => T0 + i * 1_000) : column(TIMES, seed, length);
  const field: Field = {
    name: labels['__name__'] ?? 'Value',
    type: FieldType.number,
    labels,
    config: {
      links: [{ title: labels['agent'] ?? '', url: 'javascript:alert(1)' }],
      color: { mode: 'fixed', fixedColor: 'url(https://example.com)' },
      mappings: [
        { type: MappingType.ValueToText, options: { '2': { text: '<svg onload=alert(1)>', color: 'expression(1)' } } },
        { type: MappingType.RegexToText, options: { pattern: '(((', result: { text: '<b>x</b>' } } },
        { type: MappingType.RangeToText, options: { from: NaN, to: -Infinity, result: { text: 'x'.repeat(10_000) } } },
      ],
    },
    values: column(VALUES, seed + 1, length + (seed % 3) - 1),
  };
  field.display = getDisplayProcessor({ field, theme: THEME });
  return {
    length,
    meta: { custom: seed % 2 === 0 ? { resultType: 'matrix' } : { resultType: '<x>', __proto__: null } },
    fields: [
      {
        name: 'Time',
        type: FieldType.time,
        config: { interval: [NaN, -1, 0, 1e300, 15_000][seed % 5] },
        values: times,
      },
      field,
    ],
  };
}

const METRICS = [
  TIMELINE.agentState,
  TIMELINE.threadState,
  TIMELINE.threadCost,
  TIMELINE.checkpoint,
  PER_THREAD.agentState,
  PER_THREAD.threadBudgetLimit,
  PER_THREAD.threadBudgetRemaining,
  PER_THREAD.threadCost,
  BUDGETS.limit,
  BUDGETS.remaining,
  BUDGETS.periodStart,
  BUDGETS.periodEnd,
  BUDGETS.exhaustion,
  { name: '<i>other</i>' },
];

function framesOf(seed: number, sane: boolean): DataFrame[] {
  const name = (n: number) => NAMES[(seed + n) % NAMES.length] ?? '';
  return METRICS.flatMap((metric, m) =>
    [0, 1].map((n) =>
      frame(
        {
          __name__: metric.name,
          thread: name(0),
          agent: name(m + n),
          workflow: name(2),
          budget: name(3),
          model: name(4),
          state: n === 0 ? 'running' : name(5),
          [name(6)]: name(7),
        },
        seed * 31 + m * 2 + n,
        sane
      )
    )
  );
}

const TABLES: DataFrame[] = [
  { length: 3, fields: [] },
  { length: 1e9, fields: [{ name: 'Time', type: FieldType.time, config: {}, values: [] }] },
  {
    length: 15,
    fields: [
      { name: 'start', type: FieldType.time, config: {}, values: [...TIMES] },
      { name: 'end', type: FieldType.time, config: {}, values: [...TIMES].reverse() },
      { name: 'agent', type: FieldType.string, config: {}, values: [...NAMES, null, undefined, {}, 5] },
      { name: 'state', type: FieldType.string, config: {}, values: [...VALUES] },
    ],
  },
];

function show(series: DataFrame[], options: Record<string, unknown>) {
  const range = { from: dateTime(T0), to: dateTime(T0 + 60_000), raw: { from: 'now-1m', to: 'now' } };
  const props = {
    id: 1,
    data: { state: LoadingState.Done, series, annotations: TABLES, timeRange: range },
    width: 1_200,
    height: 700,
    timeRange: range,
    timeZone: 'America/New_York',
    options,
    replaceVariables: (text: string) => text,
    onChangeTimeRange: () => undefined,
  } as unknown as PanelProps<PanelOptions>;
  const context = { eventsScope: 'test', eventBus: new EventBusSrv(), sync: () => 1 } as unknown as PanelContext;
  const view = render(
    <PanelContextProvider value={context}>
      <OrchestratorPanel {...props} />
    </PanelContextProvider>
  );
  // Controls come in the frame after the first one.
  React.act(() => jest.advanceTimersByTime(40));
  return view;
}

/** Elements that only foreign text could have made; icons are Grafana's own. */
const FOREIGN = 'script, iframe, object, embed, b, i, img, [onerror], [onload], [href^="javascript:" i], svg[onload]';
const LONGEST = 700;
/** As they are or as the recorded drawing escapes them. */
const CONTROLS = /[\u0000-\u0008\u202a-\u202e\u2066-\u2069]|\\u00[01]/;

function texts(root: Node): string[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  while (walker.nextNode() !== null) {
    found.push(walker.currentNode.textContent ?? '');
  }
  return found;
}

beforeEach(() => {
  jest.useFakeTimers({ now: NOW, doNotFake: ['performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

const HOSTILE_OPTIONS = {
  bands: '<b>',
  groupBy: [NAMES[0], 'agent', null],
  laneHeight: Infinity,
  laneFilter: {},
  sortLanes: '__proto__',
  stalenessSeconds: -1,
  legend: NAMES,
};

test.each([
  ...Array.from({ length: 11 }, (_, seed): [string, DataFrame[], Record<string, unknown>] => [
    `broken times and values, ${seed}`,
    framesOf(seed, false),
    {},
  ]),
  ...Array.from({ length: 11 }, (_, seed): [string, DataFrame[], Record<string, unknown>] => [
    `broken values at good times, ${seed}`,
    framesOf(seed, true),
    { groupBy: ['workflow', 'thread', 'agent'] },
  ]),
  ['tables', TABLES, {}],
  ['hostile options', framesOf(3, true), HOSTILE_OPTIONS],
] as Array<[string, DataFrame[], Record<string, unknown>]>)('%s', (_name, series, options) => {
  const error = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const { container } = show(series, options);
  const chart = container.querySelector('[data-testid=orchestrator-chart]');
  for (const [x, y] of [
    [300, 60],
    [600, 90],
    [700, 130],
    [900, 400],
  ] as const) {
    for (const type of ['pointermove', 'pointerdown', 'pointerup']) {
      fireEvent(chart ?? document.body, new MouseEvent(type, { bubbles: true, clientX: x, clientY: y }));
    }
  }
  React.act(() => jest.advanceTimersByTime(1_000));
  expect(error.mock.calls).toEqual([]);
  error.mockRestore();
  expect([...document.body.querySelectorAll(FOREIGN)].map((element) => element.nodeName)).toEqual([]);
  expect(texts(document.body).filter((text) => text.length > LONGEST)).toEqual([]);
  const canvas = container.querySelector('canvas');
  const drawn = canvas === null ? [] : (contextOf(canvas)?.drawn ?? []);
  expect(drawn.filter((line) => /NaN|Infinity|undefined/.test(line))).toEqual([]);
  expect(drawn.filter((line) => CONTROLS.test(line))).toEqual([]);
  expect(texts(document.body).filter((text) => CONTROLS.test(text))).toEqual([]);
  expect(container.textContent).not.toMatch(/NaN|Infinity|Invalid date|undefined|\[object/);
});
