// Photographs the built panel in the preview host, every state in both themes, into docs/images/panel:
// `npm run screenshots -w orchestrator-preview`, with names of scenes for only these.
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { launchBrowser, openPage } from '../test/support/browser.ts';
import { REPOSITORY, startPreviewHost } from '../test/support/preview-host.ts';
import { recordPrometheus, refuseQueries } from '../test/support/recorded-prometheus.ts';
import { BUDGETS_PANEL, scenes, type Scene } from './scenes.ts';

const IMAGES = join(REPOSITORY, 'docs/images/panel');
/** Of threads. */
const THREAD_PANEL = 7;
/** Those that the plugin catalogue shows too, by the names that plugin.json has for them. */
const CATALOGUE_IMAGES = join(REPOSITORY, 'grafana-plugin/src/img');
const CATALOGUE: Readonly<Record<string, string>> = {
  'demo-dark': 'screenshot-timeline-and-budget.png',
  'lanes-200-dark': 'screenshot-lanes.png',
  'replay-light': 'screenshot-replay-light.png',
};
const THEMES = ['dark', 'light'] as const;

interface Shot {
  readonly scene: Scene;
  readonly theme: (typeof THEMES)[number];
  readonly url: string;
}

/** @throws when the page had an error: a picture of a broken panel is none. */
async function photograph(browser: Browser, { scene, theme, url }: Shot): Promise<Buffer> {
  const {
    recording,
    range,
    size,
    thread,
    options,
    links,
    queries = [],
    exemplars = [],
    panel: id = THREAD_PANEL,
  } = scene;
  const { page, errors } = await openPage(browser, { nowMs: range.nowMs });
  try {
    await page.setViewportSize({ width: 1_280, height: 860 });
    if (typeof recording === 'string') await refuseQueries(page, recording);
    else await recordPrometheus(page, recording, exemplars);
    await page.route('**/api/dashboards/uid/*', async (route) => {
      const answer = (await (await route.fetch()).json()) as {
        dashboard: {
          panels: { id: number; options?: Record<string, unknown>; fieldConfig?: object; targets?: object[] }[];
        };
      };
      for (const one of answer.dashboard.panels) {
        if (one.id !== id) continue;
        one.options = { ...one.options, ...options };
        if (links !== undefined) one.fieldConfig = { defaults: { links }, overrides: [] };
        one.targets?.push(
          ...queries.map((expr, i) => ({ refId: `extra${i}`, expr, range: true, exemplar: exemplars.length > 0 }))
        );
      }
      await route.fulfill({ json: answer });
    });
    const search = new URLSearchParams({
      from: String(range.fromMs),
      to: String(range.toMs),
      viewPanel: String(id),
      'var-thread': thread,
      theme,
    });
    const uid = id === BUDGETS_PANEL ? 'orchestrator-budget' : 'orchestrator-thread';
    await page.goto(`${url}/?dashboard=${uid}&${search.toString()}`);
    const panel = page.getByTestId(`panel-${id}`);
    await panel.evaluate((element, { width, height }) => {
      Object.assign(element.parentElement?.style ?? {}, { width: `${width}px`, height: `${height}px`, minHeight: '0' });
    }, size);
    await page.waitForLoadState('networkidle');
    await page.evaluate(() => document.fonts.ready);
    await panel.getByTestId(/^orchestrator-(chart|message)$/).waitFor();
    await scene.prepare?.(page, panel);
    await rested(page);
    const picture = await panel.screenshot({ animations: 'disabled', caret: 'hide' });
    if (errors.length > 0) throw new Error(`${scene.name}, ${theme}: ${errors.join('; ')}`);
    return picture;
  } finally {
    await page.context().close();
  }
}

/** What follows a change: the fonts it needs, the tables that follow the canvas once it rests, and two frames. */
async function rested(page: Page): Promise<void> {
  await page.waitForTimeout(300);
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise<void>((resolve) => {
      requestAnimationFrame(() => {
        requestAnimationFrame(() => {
          resolve();
        });
      });
    });
  });
}

async function main(wanted: readonly string[]): Promise<void> {
  const all = await scenes();
  const names = all.map(({ name }) => name);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no scene ${unknown.join(', ')}; there are ${names.join(', ')}`);
  await mkdir(IMAGES, { recursive: true });
  // Nothing listens there: a query that is not recorded fails the page.
  const host = await startPreviewHost('12.4', 'http://127.0.0.1:1');
  const browser = await launchBrowser();
  try {
    let bytes = 0;
    for (const scene of all.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
      for (const theme of THEMES) {
        const picture = await photograph(browser, { scene, theme, url: host.url });
        const file = join(IMAGES, `${scene.name}-${theme}.png`);
        // All 256 colours: with fewer a shadow becomes a shape.
        const { size } = await sharp(picture).png({ palette: true, quality: 100, dither: 0, effort: 10 }).toFile(file);
        bytes += size;
        const listed = CATALOGUE[`${scene.name}-${theme}`];
        if (listed !== undefined) await copyFile(file, join(CATALOGUE_IMAGES, listed));
        console.log(`docs/images/panel/${scene.name}-${theme}.png: ${Math.ceil(size / 1_000)} kB`);
      }
    }
    console.log(`${Math.ceil(bytes / 1_000)} kB in all`);
  } finally {
    await browser.close();
    await host.stop();
  }
}

await main(process.argv.slice(2));
