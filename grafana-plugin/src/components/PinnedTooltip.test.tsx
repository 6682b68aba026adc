import React from 'react';
import { fireEvent, render, screen } from '@testing-library/react';
import { dateTime, EventBusSrv, FieldType, LoadingState, type DataFrame, type PanelProps } from '@grafana/data';
import { PanelContextProvider, type PanelContext } from '@grafana/ui';
import { TIMELINE } from 'orchestrator-exporter/contract/metrics';
import type { PanelOptions } from '../options.ts';
import { rawFrame } from '../testing/frames.ts';
import { OrchestratorPanel } from './OrchestratorPanel.tsx';

const T0 = Date.UTC(2026, 10, 22, 14, 0);
const NOW = T0 + 50_000;

const withLinks = (frame: DataFrame): DataFrame => ({
  ...frame,
  fields: frame.fields.map((field) =>
    field.type === FieldType.time
      ? field
      : {
          ...field,
          config: {
            links: [
              { title: '<b>Logs</b>', url: '/logs' },
              { title: 'bad', url: 'javascript:alert(1)' },
            ],
          },
        }
  ),
});

const FRAMES = [
  rawFrame({
    metric: TIMELINE.agentState.name,
    labels: { thread: 't', agent: 'planner' },
    samples: [
      [T0 + 10_000, 2],
      [NOW, 2],
    ],
  }),
  rawFrame({ metric: TIMELINE.checkpoint.name, labels: { thread: 't' }, samples: [[T0 + 30_000, 1]] }),
].map(withLinks);

function show(options: Partial<PanelOptions> = {}) {
  const range = { from: dateTime(T0), to: dateTime(T0 + 60_000), raw: { from: 'now-1m', to: 'now' } };
  const zooms: unknown[] = [];
  const props = {
    id: 1,
    data: { state: LoadingState.Done, series: FRAMES, timeRange: range },
    width: 1_200,
    height: 560,
    timeRange: range,
    timeZone: 'utc',
    options: { bands: 'timeline', ...options },
    replaceVariables: (text: string) => text,
    onChangeTimeRange: (zoom: unknown) => zooms.push(zoom),
  } as unknown as PanelProps<PanelOptions>;
  const context = { eventsScope: 'test', eventBus: new EventBusSrv(), sync: () => 1 } as unknown as PanelContext;
  render(
    <PanelContextProvider value={context}>
      <OrchestratorPanel {...props} />
    </PanelContextProvider>
  );
  // Controls come in the frame after the first one.
  React.act(() => jest.advanceTimersByTime(40));
  return zooms;
}

function press(element: Element, at: { x: number; y: number }, init: MouseEventInit = {}) {
  for (const type of ['pointerdown', 'pointerup', 'click']) {
    fireEvent(element, new MouseEvent(type, { bubbles: true, clientX: at.x, clientY: at.y, ...init }));
  }
}

const chart = () => screen.getByTestId('orchestrator-chart');
/** In the middle of the planner's state, on the checkpoint, and on nothing (jsdom's chart stands at the origin). */
const STATE = { x: 600, y: 75 };
const CHECKPOINT = { x: 184 + 501, y: 26 };
const NOTHING = { x: 210, y: 500 };

beforeEach(() => {
  jest.useFakeTimers({ now: NOW, doNotFake: ['performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

test('a click pins the tooltip: it takes the focus, offers links as text, and Escape gives the focus back', () => {
  show();
  const before = screen.getAllByTestId('orchestrator-group')[0];
  before?.focus();
  press(chart(), STATE);
  const dialog = screen.getByRole('dialog');
  expect(document.activeElement).toBe(dialog);
  expect(dialog.textContent).toContain('planner');
  expect([...dialog.querySelectorAll('a')].map((link) => [link.textContent, link.getAttribute('href')])).toEqual([
    ['<b>Logs</b>', '/logs'],
    ['bad', 'about:blank'],
  ]);
  expect(dialog.querySelector('b')).toBeNull();
  fireEvent.keyDown(dialog, { key: 'a' });
  expect(screen.queryByRole('dialog')).toBe(dialog);
  fireEvent.keyDown(dialog, { key: 'Escape' });
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(document.activeElement).toBe(before);
});

test.each<[string, () => void]>([
  ['its button', () => fireEvent.click(screen.getByTestId('orchestrator-tooltip-close'))],
  ['a press elsewhere on the page', () => press(document.body, NOTHING)],
  ['a click on another state, which pins nothing', () => press(chart(), STATE)],
])('%s closes it', (_name, close) => {
  const zooms = show();
  press(chart(), STATE);
  expect(screen.getByRole('dialog')).toBeTruthy();
  press(screen.getByRole('dialog'), { x: 1, y: 1 });
  expect(screen.getByRole('dialog')).toBeTruthy();
  close();
  expect(screen.queryByRole('dialog')).toBeNull();
  press(chart(), STATE);
  expect(screen.getByRole('dialog')).toBeTruthy();
  expect(zooms).toEqual([]);
});

test('a checkpoint pins too', () => {
  show();
  press(chart(), CHECKPOINT);
  expect(screen.getByRole('dialog').textContent).toContain('checkpoint 1');
  expect(screen.getByTestId('orchestrator-links').textContent).toBe('<b>Logs</b>bad');
});

test.each<[string, Partial<PanelOptions>, { x: number; y: number }, MouseEventInit]>([
  ['nothing below the pointer', {}, NOTHING, {}],
  ['a modifier key', {}, STATE, { ctrlKey: true }],
  ['tooltips switched off', { tooltip: 'none' }, STATE, {}],
])('nothing is pinned with %s', (_name, options, at, init) => {
  show(options);
  press(chart(), at, init);
  expect(screen.queryByTestId('orchestrator-tooltip')).toBeNull();
});
