// The three ways to draw the same frames: the built panel, uPlot used directly, one DOM node a state.
import {
  dateTime,
  LoadingState,
  type DataFrame,
  type EventBus,
  type PanelPlugin,
  type PanelProps,
} from '@grafana/data';
import { PanelContextProvider, type PanelContext } from '@grafana/ui';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import type { ComponentType } from 'react';
import uPlot from 'uplot';
import { FROM_MS, TO_MS } from './workload.ts';

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A drawing of frames on the page. Everything but `hover` and `scroll` is synchronous up to the canvas. */
export interface Contender {
  show(frames: DataFrame[]): void;
  zoom(range: Range): void;
  /** Sends the pointer to a part of width and height, 0..1. */
  hover(x: number, y: number): void;
  /** Undefined: it cannot scroll. */
  readonly scroll: ((deltaY: number) => void) | undefined;
  /** Whether all that `show` brings is there, the controls too. */
  isComplete(): boolean;
  /** Waits for what the canvas still has to draw. */
  flush(): void;
  remove(): void;
}

export const SIZE = { width: 1_200, height: 620 };
/** The same object at every render, as a dashboard gives it. */
const OPTIONS = { bands: 'timeline' };
export const ALL: Range = { fromMs: FROM_MS, toMs: TO_MS };
/** They come together, in the frame after the first one. */
const CONTROLS = ['replay', 'state-table-toggle', 'legend'];
const STATE_COLORS = ['#88888844', '#888888', '#5794f2', '#cca300', '#7a5291', '#88888866', '#f2495c'];

/** Reading a pixel makes the browser finish what was drawn before. */
function flushCanvas(parent: HTMLElement): void {
  parent.querySelector('canvas')?.getContext('2d')?.getImageData(0, 0, 1, 1);
}

export function panelContender(
  parent: HTMLElement,
  setup: { plugin: PanelPlugin; eventBus: EventBus; height?: number }
): Contender {
  const root: Root = createRoot(parent);
  const Panel = setup.plugin.panel as ComponentType<PanelProps>;
  const height = setup.height ?? SIZE.height;
  const context = { eventsScope: 'bench', eventBus: setup.eventBus, sync: () => 0 } as unknown as PanelContext;
  const rangeOf = ({ fromMs, toMs }: Range) => ({
    from: dateTime(fromMs),
    to: dateTime(toMs),
    raw: { from: '', to: '' },
  });
  let data: PanelProps['data'] = { state: LoadingState.Done, series: [], timeRange: rangeOf(ALL) };
  const render = (range: Range): void => {
    const props = {
      id: 1,
      data,
      timeRange: rangeOf(range),
      timeZone: 'utc',
      options: OPTIONS,
      width: SIZE.width,
      height,
      onChangeTimeRange: () => undefined,
    } as unknown as PanelProps;
    flushSync(() => {
      root.render(
        <PanelContextProvider value={context}>
          <Panel {...props} />
        </PanelContextProvider>
      );
    });
  };
  const surface = (): HTMLElement => {
    const found = parent.querySelector<HTMLElement>('[data-testid="orchestrator-chart"]');
    if (found === null) throw new Error('the panel shows no chart');
    return found;
  };
  const at = (x: number, y: number) => {
    const box = surface().getBoundingClientRect();
    return { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
  };
  render(ALL);
  return {
    show: (frames) => {
      data = { state: LoadingState.Done, series: frames, timeRange: rangeOf(ALL) };
      render(ALL);
    },
    zoom: render,
    hover: (x, y) => surface().dispatchEvent(new PointerEvent('pointermove', { bubbles: true, ...at(x, y) })),
    scroll: (deltaY) =>
      surface().dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, deltaY, ...at(0.5, 0.5) })),
    isComplete: () => CONTROLS.every((id) => parent.querySelector(`[data-testid="orchestrator-${id}"]`) !== null),
    flush: () => {
      flushCanvas(parent);
    },
    remove: () => {
      root.unmount();
    },
  };
}

/**
 * One uPlot series a lane with its own times (mode 2: joined times would be lanes times as many), drawn by a path builder
 * that adds one rectangle a state to one path a colour. All lanes share the canvas: uPlot does not scroll.
 */
export function uplotContender(parent: HTMLElement): Contender {
  let plot: uPlot | undefined;
  const draw = (self: uPlot, lane: number): null => {
    const [times, codes] = self.data[lane] as unknown as [number[], number[]];
    const { ctx, bbox } = self;
    const rowHeight = bbox.height / (self.series.length - 1);
    const paths = STATE_COLORS.map(() => new Path2D());
    for (let i = 0; i < times.length; i++) {
      const x = self.valToPos(times[i] ?? 0, 'x', true);
      const end = self.valToPos(times[i + 1] ?? TO_MS, 'x', true);
      paths[codes[i] ?? 0]?.rect(x, bbox.top + (lane - 1) * rowHeight, Math.max(1, end - x), rowHeight * 0.8);
    }
    paths.forEach((path, code) => {
      ctx.fillStyle = STATE_COLORS[code] ?? '';
      ctx.fill(path);
    });
    return null;
  };
  return {
    show: (frames) => {
      const columns = frames.map((frame) => frame.fields.map((field) => field.values as number[]));
      const series = frames.map(() => ({
        facets: [
          { scale: 'x', auto: false },
          { scale: 'y', auto: false },
        ],
        paths: draw,
      }));
      plot = new uPlot(
        {
          mode: 2,
          ms: 1,
          ...SIZE,
          legend: { show: false },
          scales: { x: { time: true, range: [FROM_MS, TO_MS] }, y: { range: [0, 1] } },
          series: [{}, ...series],
        } as unknown as uPlot.Options,
        [null, ...columns] as unknown as uPlot.AlignedData,
        parent
      );
    },
    zoom: ({ fromMs, toMs }) => {
      if (plot?.scales['x'] !== undefined) plot.scales['x'].range = () => [fromMs, toMs];
      plot?.batch(() => plot?.setScale('x', { min: fromMs, max: toMs }));
    },
    hover: (x, y) => plot?.setCursor({ left: x * SIZE.width, top: y * SIZE.height }),
    scroll: undefined,
    isComplete: () => true,
    flush: () => {
      flushCanvas(parent);
    },
    remove: () => plot?.destroy(),
  };
}

const ROW_HEIGHT = 26;

/** Absolutely placed, in per cent of a wide box in a box that scrolls: what a first version in HTML does. */
export function domContender(parent: HTMLElement): Contender {
  const view = document.createElement('div');
  const content = document.createElement('div');
  Object.assign(view.style, { width: `${SIZE.width}px`, height: `${SIZE.height}px`, overflow: 'hidden auto' });
  Object.assign(content.style, { position: 'relative', width: '100%' });
  view.append(content);
  parent.append(view);
  return {
    show: (frames) => {
      const nodes = frames.flatMap((frame, lane) => {
        const [times = [], codes = []] = frame.fields.map((field) => field.values as number[]);
        return times.map((start, i) => {
          const node = document.createElement('div');
          const part = (ms: number) => (100 * (ms - FROM_MS)) / (TO_MS - FROM_MS);
          node.style.cssText = `position:absolute;top:${lane * ROW_HEIGHT}px;height:16px;left:${part(start)}%;width:max(1px,${part(times[i + 1] ?? TO_MS) - part(start)}%);background:${STATE_COLORS[codes[i] ?? 0]}`;
          node.title = String(codes[i]);
          return node;
        });
      });
      content.style.height = `${frames.length * ROW_HEIGHT}px`;
      content.replaceChildren(...nodes);
    },
    zoom: ({ fromMs, toMs }) => {
      const scale = (TO_MS - FROM_MS) / (toMs - fromMs);
      content.style.width = `${100 * scale}%`;
      content.style.marginLeft = `${(-100 * scale * (fromMs - FROM_MS)) / (TO_MS - FROM_MS)}%`;
    },
    hover: (x, y) => {
      const box = view.getBoundingClientRect();
      document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    },
    scroll: (deltaY) => {
      view.scrollTop += deltaY;
    },
    isComplete: () => true,
    flush: () => undefined,
    remove: () => {
      view.remove();
    },
  };
}
