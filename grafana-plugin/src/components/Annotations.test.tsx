import React from 'react';
import { fireEvent, render, screen } from '@testing-library/react';
import { arrayToDataFrame, dateTime, EventBusSrv, LoadingState, type PanelProps } from '@grafana/data';
import { PanelContextProvider, type PanelContext } from '@grafana/ui';
import { TIMELINE } from 'orchestrator-exporter/contract/metrics';
import type { PanelOptions } from '../options.ts';
import { rawFrame } from '../testing/frames.ts';
import { OrchestratorPanel } from './OrchestratorPanel.tsx';

const T0 = Date.UTC(2026, 10, 22, 14, 0);
const SERIES = [
  rawFrame({
    metric: TIMELINE.agentState.name,
    labels: { thread: 't', agent: 'a' },
    samples: [
      [T0, 2],
      [T0 + 50_000, 2],
    ],
  }),
];

interface Setup {
  readonly annotations?: object[];
  readonly context?: Partial<PanelContext>;
}

/** One minute is 1,002 px wide from x = 184: 16.7 px a second. */
function show({ annotations = [], context = {} }: Setup) {
  const range = { from: dateTime(T0), to: dateTime(T0 + 60_000), raw: { from: 'now-1m', to: 'now' } };
  const zooms: unknown[] = [];
  const frames = annotations.length === 0 ? undefined : [arrayToDataFrame(annotations)];
  const props = {
    id: 1,
    data: { state: LoadingState.Done, series: SERIES, annotations: frames, timeRange: range },
    width: 1_200,
    height: 400,
    timeRange: range,
    timeZone: 'utc',
    options: { bands: 'timeline' },
    onChangeTimeRange: (zoom: unknown) => zooms.push(zoom),
    replaceVariables: (text: string) => text,
  } as unknown as PanelProps<PanelOptions>;
  const base: PanelContext = { eventsScope: 'test', eventBus: new EventBusSrv() };
  render(
    <PanelContextProvider value={{ ...base, ...context }}>
      <OrchestratorPanel {...props} />
    </PanelContextProvider>
  );
  return { zooms };
}

function drag(fromX: number, toX: number, keys: { ctrlKey?: boolean; metaKey?: boolean }): void {
  const chart = screen.getByTestId('orchestrator-chart');
  // jsdom has no PointerEvent: these are told apart by name only.
  for (const [type, clientX] of [
    ['pointerdown', fromX],
    ['pointermove', toX],
    ['pointerup', toX],
  ] as const) {
    fireEvent(chart, new MouseEvent(type, { bubbles: true, clientX, clientY: 60, button: 0, ...keys }));
  }
}

beforeEach(() => {
  jest.useFakeTimers({ now: T0 + 50_000, doNotFake: ['performance'] });
});
afterEach(() => {
  jest.useRealTimers();
});

test('a region is tinted over the plots with its colour, and its mark tells its text as text', () => {
  show({
    annotations: [{ time: T0 + 10_000, timeEnd: T0 + 20_000, isRegion: true, color: '#ff0000', text: '<b>x</b>' }],
  });
  const { style } = screen.getByTestId('orchestrator-annotation');
  expect([style.left, style.width, style.backgroundColor, style.borderLeft]).toEqual([
    '351px',
    '167px',
    'rgba(255, 0, 0, 0.102)',
    '1px dashed #ff0000',
  ]);
  const mark = screen.getByTestId('orchestrator-annotation-mark');
  expect([mark.getAttribute('aria-label'), mark.style.backgroundColor]).toEqual(['<b>x</b>', 'rgb(255, 0, 0)']);
  expect(document.querySelector('b')).toBeNull();
});

test('what is no colour is drawn in the usual one', () => {
  show({ annotations: [{ time: T0 + 10_000, color: 'url(https://elsewhere)', text: 'x' }] });
  expect(screen.getByTestId('orchestrator-annotation').style.borderLeft).toBe('1px dashed #00d3ff');
});

describe('creating', () => {
  const offered = () => {
    const made: unknown[] = [];
    return {
      made,
      context: { canAddAnnotations: () => true, onAnnotationCreate: (one: unknown) => void made.push(one) },
    };
  };

  test.each<{ name: string; toX: number; keys: { ctrlKey?: boolean; metaKey?: boolean }; range: [number, number] }>([
    { name: 'a region by ctrl-drag', toX: 518, keys: { ctrlKey: true }, range: [10_000, 20_000] },
    { name: 'a region by cmd-drag', toX: 518, keys: { metaKey: true }, range: [10_000, 20_000] },
    { name: 'an instant by ctrl-click', toX: 352, keys: { ctrlKey: true }, range: [10_000, 10_000] },
  ])('$name', async ({ toX, keys, range: [from, to] }) => {
    const { made, context } = offered();
    const { zooms } = show({ context });
    drag(351, toX, keys);
    fireEvent.change(screen.getByLabelText('Description'), { target: { value: ' deployed ' } });
    fireEvent.change(screen.getByLabelText('Tags'), { target: { value: 'a, b,, a' } });
    await React.act(async () => fireEvent.click(screen.getByText('Save')));
    expect(made).toEqual([{ from: T0 + from, to: T0 + to, description: 'deployed', tags: ['a', 'b'] }]);
    expect(screen.queryByTestId('orchestrator-annotation-editor')).toBeNull();
    expect(zooms).toEqual([]);
  });

  test('Escape makes nothing of it', () => {
    const { made, context } = offered();
    show({ context });
    drag(351, 518, { ctrlKey: true });
    fireEvent.keyDown(screen.getByLabelText('Description'), { key: 'Escape' });
    expect([made, screen.queryByTestId('orchestrator-annotation-editor')]).toEqual([[], null]);
  });

  test('what could not be saved says why and stays', async () => {
    const onAnnotationCreate = () => Promise.reject(new Error('no permission')) as unknown as void;
    show({ context: { canAddAnnotations: () => true, onAnnotationCreate } });
    drag(351, 518, { ctrlKey: true });
    fireEvent.change(screen.getByLabelText('Description'), { target: { value: 'x' } });
    await React.act(async () => fireEvent.click(screen.getByText('Save')));
    expect(screen.getByTestId('orchestrator-annotation-editor').textContent).toContain('no permission');
  });

  test.each<[string, Partial<PanelContext>]>([
    ['the host does not offer it', {}],
    ['this viewer may not', { canAddAnnotations: () => false, onAnnotationCreate: () => undefined }],
    ['nobody would save it', { canAddAnnotations: () => true }],
  ])('the gesture does nothing where %s', (_name, context) => {
    const { zooms } = show({ context });
    drag(351, 518, { ctrlKey: true });
    expect([zooms, screen.queryByTestId('orchestrator-annotation-editor')]).toEqual([[], null]);
  });
});

describe('changing and deleting', () => {
  const SAVED = {
    time: T0 + 10_000,
    timeEnd: T0 + 20_000,
    isRegion: true,
    id: 7,
    dashboardUID: 'd',
    text: 'slow',
    tags: ['a'],
  };
  const may = () => {
    const [changed, deleted, asked]: [unknown[], unknown[], unknown[]] = [[], [], []];
    const ask = (uid?: string) => {
      asked.push(uid);
      return true;
    };
    return {
      changed,
      deleted,
      asked,
      context: {
        canEditAnnotations: ask,
        onAnnotationUpdate: (one: unknown) => void changed.push(one),
        canDeleteAnnotations: ask,
        onAnnotationDelete: (id: string) => void deleted.push(id),
      },
    };
  };
  const open = () => fireEvent.click(screen.getByTestId('orchestrator-annotation-mark'));
  const list = () => screen.queryByTestId('orchestrator-annotation-list');

  test('other words are saved with the times that it had', async () => {
    const { changed, asked, context } = may();
    show({ annotations: [SAVED], context });
    open();
    fireEvent.click(screen.getByText('Change'));
    expect(list()).toBeNull();
    const description = screen.getByLabelText<HTMLTextAreaElement>('Description');
    expect([description.value, screen.getByLabelText<HTMLInputElement>('Tags').value]).toEqual(['slow', 'a']);
    fireEvent.change(description, { target: { value: 'slow again' } });
    await React.act(async () => fireEvent.click(screen.getByText('Save')));
    const [from, to] = [T0 + 10_000, T0 + 20_000];
    expect(changed).toEqual([{ id: 7, from, to, description: 'slow again', tags: ['a'] }]);
    expect(screen.queryByTestId('orchestrator-annotation-editor')).toBeNull();
    expect(new Set(asked)).toEqual(new Set(['d']));
  });

  test('it is deleted once that was asked and answered', async () => {
    const { deleted, context } = may();
    show({ annotations: [SAVED], context });
    open();
    fireEvent.click(screen.getByText('Delete'));
    expect(deleted).toEqual([]);
    await React.act(async () => fireEvent.click(screen.getByText('Delete for good')));
    expect([deleted, list()]).toEqual([['7'], null]);
  });

  test('what could not be deleted says why', async () => {
    const onAnnotationDelete = () => Promise.reject(new Error('no permission')) as unknown as void;
    show({ annotations: [SAVED], context: { canDeleteAnnotations: () => true, onAnnotationDelete } });
    open();
    expect(screen.queryByText('Change')).toBeNull();
    fireEvent.click(screen.getByText('Delete'));
    await React.act(async () => fireEvent.click(screen.getByText('Delete for good')));
    expect(screen.getByRole('alert').textContent).toBe('no permission');
  });

  test('Escape closes the list', () => {
    show({ annotations: [SAVED], context: may().context });
    open();
    fireEvent.keyDown(screen.getByText('Change'), { key: 'Escape' });
    expect(list()).toBeNull();
  });

  test.each<[string, object, Partial<PanelContext>]>([
    ['the host offers nothing', SAVED, {}],
    [
      'this viewer may not',
      SAVED,
      { ...may().context, canEditAnnotations: () => false, canDeleteAnnotations: () => false },
    ],
    ['nobody would save it', SAVED, { canEditAnnotations: () => true, canDeleteAnnotations: () => true }],
    ['it was saved nowhere', { ...SAVED, id: undefined }, may().context],
    ['Grafana made it up', { ...SAVED, id: 0 }, may().context],
  ])('a click does nothing where %s', (_name, annotation, context) => {
    show({ annotations: [annotation], context });
    open();
    expect([list(), screen.getByTestId('orchestrator-annotation-mark').getAttribute('aria-haspopup')]).toEqual([
      null,
      null,
    ]);
  });
});
