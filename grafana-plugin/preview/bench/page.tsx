// The bench's page: what Grafana sets up, the built plugin through the preview host's loader, and the measurements as one
// function that the driver calls.
import '../src/host/boot-data.ts';
import { createTheme, EventBusSrv, type DataFrame, type PanelPlugin } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { config } from '@grafana/runtime';
import { loadPlugin, type PluginListing } from '../src/host/plugin-loader.ts';
import { registerServices } from '../src/host/services.ts';
import { shareModules } from '../src/host/shared-modules.ts';
import { registerStandardEditors } from '../src/host/standard-editors.ts';
import { ALL, domContender, panelContender, uplotContender, type Contender } from './contenders.tsx';
import { FROM_MS, framesOf, TO_MS, type Workload } from './workload.ts';

export const CONTENDERS = ['panel', 'uplot', 'dom'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** Milliseconds of work, each from its cause until the frame with it is painted. */
export interface Measured {
  readonly firstPaintMs: number;
  /** `firstPaintMs` and all work until the controls are painted too, which come a frame later; the same where there are none. */
  readonly completeMs: number;
  /** The same data again in new arrays: a refresh in which nothing changed. Zero where that is a first paint again. */
  readonly refreshMs: number;
  readonly hoverMs: readonly number[];
  readonly scrollMs: readonly number[];
  readonly zoomMs: readonly number[];
}

export interface Memory {
  readonly framesBytes: number;
  readonly drawnBytes: number;
}

interface Bench {
  measure(name: ContenderName, workload: Workload, steps: number): Promise<Measured>;
  memory(name: ContenderName, workload: Workload): Promise<Memory>;
}

declare global {
  interface Window {
    bench?: Bench;
    gc?: () => void;
  }
}

const message = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      resolve();
    };
    port2.postMessage(undefined);
  });
const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));

/**
 * Time that `act` keeps the page busy until the frame that shows it is painted: `act`, what React scheduled in it, and the
 * next frame's own work. Waiting for the display is not counted.
 */
async function workOf(contender: Contender, act: () => void): Promise<number> {
  await frame();
  await message();
  const start = performance.now();
  act();
  contender.flush();
  // React's scheduler posted its message in `act`, before this one.
  await message();
  await message();
  contender.flush();
  const acted = performance.now() - start;
  return acted + (await frameWork());
}

/**
 * {@link workOf} for what `act` draws at once: until the first frame with it is painted, and no more. A page that was busy has
 * its frame at once, maybe before the messages, and the one after would be counted too.
 */
async function firstFrameWork(contender: Contender, act: () => void): Promise<number> {
  await frame();
  await message();
  const start = performance.now();
  act();
  // uPlot draws in a microtask.
  await Promise.resolve();
  contender.flush();
  let acted = performance.now() - start;
  const begun: number[] = [];
  const framed = new Promise<number>((resolve) => {
    requestAnimationFrame(() => {
      const begin = performance.now();
      begun.push(begin);
      void message().then(() => {
        resolve(performance.now() - begin);
      });
    });
  });
  for (let count = 0; count < 2; count++) {
    await message();
    if (begun.length === 0) {
      contender.flush();
      acted = performance.now() - start;
    }
  }
  return acted + (await framed);
}

/** Time that the next frame keeps the page busy. */
async function frameWork(): Promise<number> {
  return new Promise<number>((resolve) => {
    requestAnimationFrame(() => {
      const begin = performance.now();
      void message().then(() => {
        resolve(performance.now() - begin);
      });
    });
  });
}

const MOST_FRAMES = 10;

/** Work of the frames, and between them, until `isComplete`. @throws when that does not come. */
async function workUntil(contender: Contender, isComplete: () => boolean): Promise<number> {
  let spent = 0;
  for (let count = 0; !isComplete(); count++) {
    if (count === MOST_FRAMES) throw new Error(`the controls are not there after ${MOST_FRAMES} frames`);
    spent += await frameWork();
    const start = performance.now();
    // What callbacks of that frame asked of React is done in these.
    await message();
    await message();
    contender.flush();
    spent += performance.now() - start;
    if (isComplete()) spent += await frameWork();
  }
  return spent;
}

async function start(): Promise<void> {
  registerStandardEditors();
  registerServices();
  shareModules();
  await initPluginTranslations('preview');
  config.theme2 = createTheme({ colors: { mode: 'dark' } });
  const listing = (await (await fetch('/plugin.json')).json()) as PluginListing;
  const plugin: PanelPlugin = await loadPlugin(listing);
  const parent = document.getElementById('root');
  if (parent === null) throw new Error('the page has no #root');

  const make = (name: ContenderName): Contender => {
    const own = document.createElement('div');
    parent.replaceChildren(own);
    switch (name) {
      case 'panel':
        return panelContender(own, { plugin, eventBus: new EventBusSrv() });
      case 'uplot':
        return uplotContender(own);
      case 'dom':
        return domContender(own);
    }
  };

  /** A warm page: code that was never run is compiled now, and not in the first figure. */
  async function warmUp(contender: Contender): Promise<void> {
    await workOf(contender, () => {
      contender.show(framesOf({ lanes: 3, statesPerLane: 300, seed: 7 }));
    });
  }

  const copyOf = (frames: DataFrame[]): DataFrame[] =>
    frames.map((one) => ({
      ...one,
      fields: one.fields.map((field) => ({ ...field, values: [...(field.values as unknown[])] })),
    }));

  window.bench = {
    async measure(name, workload, steps) {
      const warm = make(name);
      await warmUp(warm);
      warm.remove();
      const contender = make(name);
      const frames = framesOf(workload);
      window.gc?.();
      const firstPaintMs = await firstFrameWork(contender, () => {
        contender.show(frames);
      });
      const completeMs = firstPaintMs + (await workUntil(contender, () => contender.isComplete()));
      const again = copyOf(frames);
      const refreshMs =
        name === 'panel'
          ? await workOf(contender, () => {
              contender.show(again);
            })
          : 0;
      // Tables and legends that follow once the picture rests are not part of a frame.
      await new Promise((resolve) => setTimeout(resolve, 400));
      const times = async (act: (step: number) => void): Promise<number[]> => {
        const taken: number[] = [];
        for (let step = 0; step < steps; step++)
          taken.push(
            await workOf(contender, () => {
              act(step);
            })
          );
        return taken;
      };
      const hoverMs = await times((step) => {
        contender.hover(0.25 + (0.7 * step) / steps, 0.15 + 0.6 * ((step * 0.37) % 1));
      });
      const { scroll } = contender;
      const scrollMs =
        scroll === undefined
          ? []
          : await times((step) => {
              scroll(step < steps / 2 ? 53 : -37);
            });
      const zoomMs = await times((step) => {
        const part = 0.5 * (1 - Math.cos((2 * Math.PI * step) / steps));
        const cut = 0.48 * (TO_MS - FROM_MS) * part;
        contender.zoom(step === steps - 1 ? ALL : { fromMs: FROM_MS + cut, toMs: TO_MS - cut });
      });
      contender.remove();
      parent.replaceChildren();
      return { firstPaintMs, completeMs, refreshMs, hoverMs, scrollMs, zoomMs };
    },

    async memory(name, workload) {
      const measured = async (): Promise<number> => {
        window.gc?.();
        const { measureUserAgentSpecificMemory } = performance as unknown as {
          measureUserAgentSpecificMemory: () => Promise<{ bytes: number }>;
        };
        return (await measureUserAgentSpecificMemory.call(performance)).bytes;
      };
      const contender = make(name);
      await warmUp(contender);
      const before = await measured();
      const frames = framesOf(workload);
      const withFrames = await measured();
      await workOf(contender, () => {
        contender.show(frames);
      });
      await new Promise((resolve) => setTimeout(resolve, 400));
      const drawn = await measured();
      contender.remove();
      parent.replaceChildren();
      return { framesBytes: withFrames - before, drawnBytes: drawn - withFrames };
    },
  };
}

void start();
