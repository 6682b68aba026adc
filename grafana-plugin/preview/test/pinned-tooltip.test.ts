// The pinned tooltip in the preview host: it opens on a click, its links know the state, Escape closes it, nothing runs.
import type { Browser, Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { launchBrowser, openPage, screenshot, segmentsOf, type WatchedPage } from './support/browser.ts';
import { comesTo, restingBox } from './support/open-panel.ts';
import { EXACT, FROM_MS, NOW_MS, TO_MS } from './support/panel-recordings.ts';
import { startPreviewHost, type RunningHost } from './support/preview-host.ts';
import { recordPrometheus } from './support/recorded-prometheus.ts';

const PANEL = 7;
const LINKS = [
  {
    title: 'Logs of ${__segment.agent}',
    url: 'https://logs.example/x?from=${__segment.start}&to=${__segment.end}&ms=${__segment.duration}&state=${__segment.state}&env=${__segment.labels.environment}',
    targetBlank: true,
  },
  { title: '<img src=x onerror=window.broken=1>', url: 'javascript:window.broken=1' },
];

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

describe.each(HOST_VERSIONS)('with the @grafana %s packages', (version) => {
  let host: RunningHost;
  let opened: WatchedPage | undefined;
  beforeAll(async () => {
    host = await startPreviewHost(version, 'http://127.0.0.1:1');
  });
  afterAll(async () => {
    expect(await host.stop()).toBe(0);
  });
  afterEach(async () => {
    expect(opened?.errors).toEqual([]);
    await opened?.page.context().close();
  });

  /** Opens the panel alone, with data links for all its fields. */
  async function show(search = ''): Promise<Page> {
    opened = await openPage(browser, { nowMs: NOW_MS });
    const { page } = opened;
    await recordPrometheus(page, EXACT);
    await page.route('**/api/dashboards/uid/*', async (route) => {
      const answer = (await (await route.fetch()).json()) as { dashboard: { panels: Record<string, unknown>[] } };
      for (const one of answer.dashboard.panels) {
        if (one['id'] === PANEL) one['fieldConfig'] = { defaults: { links: LINKS }, overrides: [] };
      }
      await route.fulfill({ json: answer });
    });
    await page.goto(
      `${host.url}/?dashboard=orchestrator-thread&from=${FROM_MS}&to=${TO_MS}&viewPanel=${PANEL}${search}`
    );
    return page;
  }

  test.each([
    ['dark', ''],
    ['light', '&theme=light'],
  ])('a click on a state pins its tooltip with links, %s', async (theme, search) => {
    const page = await show(search);
    const panel = page.getByTestId(`panel-${PANEL}`);
    const waiting = (await segmentsOf(panel)).find(({ state }) => state === 'waiting')!;
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    const at = [chart.x + waiting.x + waiting.width / 2, chart.y + waiting.y + waiting.height / 2] as const;
    await page.mouse.click(...at);
    const dialog = page.getByRole('dialog');
    await comesTo(() => dialog.evaluate((element) => element === document.activeElement), true);
    const [logs, script] = [dialog.getByRole('link').nth(0), dialog.getByRole('link').nth(1)];
    expect([await logs.innerText(), await logs.getAttribute('href'), await logs.getAttribute('target')]).toEqual([
      `Logs of ${waiting.agent}`,
      `https://logs.example/x?from=${waiting.startMs}&to=${waiting.endMs}&ms=${waiting.endMs - waiting.startMs}&state=waiting&env=prod`,
      '_blank',
    ]);
    expect([await script.innerText(), await script.getAttribute('href')]).toEqual([
      '<img src=x onerror=window.broken=1>',
      'about:blank',
    ]);
    // It stays while the pointer goes elsewhere, and does not follow it.
    const before = await restingBox(dialog);
    await page.mouse.move(at[0] + 150, at[1] + 20, { steps: 3 });
    expect(await dialog.boundingBox()).toEqual(before);
    await screenshot(page, `${version}-pinned-${theme}`);
    await page.keyboard.press('Escape');
    await comesTo(() => dialog.count(), 0);

    // A second click closes it and pins nothing.
    await page.mouse.click(...at);
    await dialog.waitFor();
    await page.mouse.click(at[0] + 4, at[1]);
    await comesTo(() => dialog.count(), 0);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(await dialog.count()).toBe(0);
    await page.mouse.click(...at);
    await dialog.getByTestId('orchestrator-tooltip-close').click();
    await comesTo(() => dialog.count(), 0);
    expect(await page.evaluate(() => Reflect.get(window, 'broken') as unknown)).toBeUndefined();
    expect(new URL(page.url()).searchParams.get('from')).toBe(String(FROM_MS));
  });
});
