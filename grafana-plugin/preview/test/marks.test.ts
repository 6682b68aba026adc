// What stands on the timeline beside its states, in the preview host: the legend that filters them, what they
// cost, annotations.
import type { Browser, Locator, Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import {
  launchBrowser,
  openPage,
  rowsOf,
  runEndsOf,
  screenshot,
  segmentsOf,
  type WatchedPage,
} from './support/browser.ts';
import { comesTo } from './support/open-panel.ts';
import { endedWith, EXACT, FROM_MS, NOW_MS, SAMPLED, THREAD, TO_MS } from './support/panel-recordings.ts';
import { startPreviewHost, type RunningHost } from './support/preview-host.ts';
import { recordPrometheus, type Recording } from './support/recorded-prometheus.ts';

const PANEL = 7;
const ENDED_AT = '11:59:00.000';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

describe.each(HOST_VERSIONS)('marks with the @grafana %s packages', (version) => {
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

  interface Shown {
    readonly recording: Recording;
    readonly options: Readonly<Record<string, unknown>>;
    readonly search?: string;
  }

  /** Opens the panel alone on a recording, with options in place of the dashboard's. */
  async function show({ recording, options, search = '' }: Shown): Promise<{ page: Page; panel: Locator }> {
    opened = await openPage(browser, { nowMs: NOW_MS });
    const { page } = opened;
    await recordPrometheus(page, recording);
    await page.route('**/api/dashboards/uid/*', async (route) => {
      const answer = (await (await route.fetch()).json()) as {
        dashboard: { panels: { id: number; options?: Record<string, unknown> }[] };
      };
      for (const one of answer.dashboard.panels) {
        if (one.id === PANEL) one.options = { ...one.options, ...options };
      }
      await route.fulfill({ json: answer });
    });
    await page.goto(
      `${host.url}/?dashboard=orchestrator-thread&from=${FROM_MS}&to=${TO_MS}&viewPanel=${PANEL}&var-thread=${THREAD}${search}`
    );
    return { page, panel: page.getByTestId(`panel-${PANEL}`) };
  }

  const drawnStates = async (panel: Locator): Promise<string> =>
    [...new Set((await segmentsOf(panel)).map(({ state }) => state))].sort().join(' ');

  test.each([
    ['list', 'bottom', ''],
    ['table', 'right', '&theme=light'],
    ['table', 'bottom', ''],
  ])('the legend as a %s at the %s filters states by click and by keyboard', async (displayMode, placement, search) => {
    const legend = { showLegend: true, displayMode, placement, calcs: [] };
    const { page, panel } = await show({ recording: EXACT, options: { legend }, search });
    const all = 'completed failed idle queued running waiting';
    await comesTo(() => drawnStates(panel), all);
    await screenshot(page, `${version}-legend-${displayMode}-${placement}`);
    const button = (name: string): Locator => panel.getByTestId('orchestrator-legend').getByRole('button', { name });
    await button('failed').click();
    await comesTo(() => drawnStates(panel), 'failed');
    expect(await button('running').getAttribute('aria-pressed')).toBe('false');
    await button('waiting').click({ modifiers: ['Control'] });
    await comesTo(() => drawnStates(panel), 'failed waiting');
    await screenshot(page, `${version}-legend-${displayMode}-${placement}-filtered`);
    await button('failed').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    await comesTo(() => drawnStates(panel), all);
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    const box = (await panel.getByTestId('orchestrator-legend').boundingBox())!;
    const beside = placement === 'right';
    expect([box.x >= chart.x + chart.width, box.y >= chart.y + chart.height]).toEqual([beside, !beside]);
  });

  const MONEY = { 'session-42': '$3.18', supervisor: '', research: '$3.18', 'tool:get_current_time': '', writer: '' };
  const NO_MONEY = { ...MONEY, 'session-42': '', research: '' };

  test.each([
    { showCost: 'segment', rows: MONEY, texts: ['3 min 50 s \u00b7 $1.44', '4 min 57 s \u00b7 $1.74 so far'] },
    { showCost: 'lane', rows: MONEY, texts: ['3 min 50 s', '4 min 57 s so far'], search: '&theme=light' },
    { showCost: 'off', rows: NO_MONEY, texts: ['3 min 50 s', '4 min 57 s so far'] },
  ])('cost: $showCost', async ({ showCost, rows, texts, search = '' }) => {
    const { page, panel } = await show({ recording: EXACT, options: { showCost }, search });
    expect(Object.fromEntries((await rowsOf(panel)).map(({ name, spent }) => [name, spent]))).toEqual(rows);
    const segments = await segmentsOf(panel);
    const running = segments.filter(({ agent, state }) => agent === 'research' && state === 'running');
    expect(running.map(({ text }) => text)).toEqual(texts);
    expect(await panel.getByTestId('orchestrator-figure-wasted').locator('dd span').allInnerTexts()).toEqual(
      showCost === 'off' ? [] : ['$1.44', '45 %']
    );
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    const [first] = running;
    await page.mouse.move(chart.x + first!.x + first!.width / 2, chart.y + first!.y + first!.height / 2);
    await page.getByTestId('orchestrator-tooltip').waitFor();
    expect(await page.getByTestId('orchestrator-hover-spend').allInnerTexts()).toEqual(
      showCost === 'off'
        ? []
        : ['$1.44 in this state\n$3.18 in this range\n$1.44 of it wasted: spent in runs that failed']
    );
    await screenshot(page, `${version}-cost-${showCost}`);
  });

  test.each([
    { outcome: 'completed', code: 5, told: '\u2713' },
    { outcome: 'failed', code: 6, told: '\u2715', search: '&theme=light' },
    { outcome: 'timeout', code: 7, told: '\u2715' },
  ])('the end of a run that $outcome is marked at its time and told', async ({ outcome, code, told, search = '' }) => {
    const { page, panel } = await show({ recording: endedWith(code), options: {}, search });
    const [end, ...others] = await runEndsOf(panel);
    const group = (await rowsOf(panel)).find(({ kind }) => kind === 'group')!;
    expect([end!.thread, end!.outcome, end!.atMs, others]).toEqual([THREAD, outcome, NOW_MS - 60_000, []]);
    expect(end!.y > group.y && end!.y < group.y + group.height).toBe(true);
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    await page.mouse.move(chart.x + end!.x + 3, chart.y + end!.y);
    const line = page.getByTestId('orchestrator-run-ends-told');
    expect(await line.innerText()).toBe(`${told} ${THREAD}: ${outcome} \u00b7 ${ENDED_AT}`);
    await screenshot(page, `${version}-run-end-${outcome}`);
    await page.mouse.move(chart.x + end!.x - 30, chart.y + end!.y);
    await comesTo(() => line.count(), 0);
    expect(await page.getByTestId('orchestrator-tooltip').count()).toBe(1);
  });

  test('sampled only, what a state spent is told as far as samples tell', async () => {
    const { page, panel } = await show({ recording: SAMPLED, options: {} });
    const running = (await segmentsOf(panel)).filter(({ agent, state }) => agent === 'research' && state === 'running');
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    const [first] = running;
    await page.mouse.move(chart.x + first!.x + first!.width / 2, chart.y + first!.y + first!.height / 2);
    expect(await page.getByTestId('orchestrator-hover-spend').innerText()).toMatch(
      /^\$\d[^\n]* in this state\n\$3\.\d+ in this range, instants known to 15 s/
    );
  });

  test('ctrl-drag makes a region over both bands that tells its text, ctrl-click a line; they can be changed and deleted', async () => {
    const { page, panel } = await show({ recording: EXACT, options: {} });
    await segmentsOf(panel);
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    const write = async (fromX: number, toX: number, text: string): Promise<void> => {
      await page.keyboard.down('Control');
      await page.mouse.move(chart.x + fromX, chart.y + 150);
      await page.mouse.down();
      await page.mouse.move(chart.x + toX, chart.y + 150, { steps: 3 });
      await page.mouse.up();
      await page.keyboard.up('Control');
      await panel.getByLabel('Description').fill(text);
      await panel.getByLabel('Tags').fill('incident, prod');
      if (toX > fromX) await screenshot(page, `${version}-annotation-editor`);
      await panel.getByRole('button', { name: 'Save' }).click();
    };
    await write(500, 700, '<img src=x onerror=window.broken=1> slow');
    await write(900, 900, 'deployed');
    await comesTo(() => panel.getByTestId('orchestrator-annotation').count(), 2);
    const [region, line] = await panel.getByTestId('orchestrator-annotation').all();
    const within = async (mark: Locator): Promise<number[]> => {
      const box = (await mark.boundingBox())!;
      return [box.x - chart.x, box.width].map(Math.round);
    };
    expect([await within(region!), await within(line!)]).toEqual([
      [500, 200],
      [900, 1],
    ]);
    const box = (await region!.boundingBox())!;
    const bar = (await segmentsOf(panel)).find(({ agent }) => agent === 'supervisor')!;
    expect(box.y - chart.y).toBeLessThan(bar.y);
    expect(box.height).toBeGreaterThan(0.8 * chart.height);
    const mark = panel.getByTestId('orchestrator-annotation-mark').first();
    expect(Math.round((await mark.boundingBox())!.y)).toBe(Math.round(box.y + box.height));
    await mark.hover();
    const told = page.getByTestId('orchestrator-annotation-text');
    expect(await told.innerText()).toMatch(/^.* \u2013 .*\n<img src=x onerror=window.broken=1> slow\nincident, prod$/);
    expect(await page.evaluate(() => Reflect.get(window, 'broken') as unknown)).toBeUndefined();
    await screenshot(page, `${version}-annotations`);

    // A click on the mark offers what may be done to it, by keyboard too.
    await panel.getByTestId('orchestrator-annotation-mark').nth(1).focus();
    await page.keyboard.press('Enter');
    const list = panel.getByTestId('orchestrator-annotation-list');
    const firstOffered = list.getByRole('button').first();
    await comesTo(() => firstOffered.evaluate((one) => one === document.activeElement), true);
    await screenshot(page, `${version}-annotation-list`);
    await page.keyboard.press('Enter');
    expect(await panel.getByLabel('Description').inputValue()).toBe('deployed');
    await panel.getByLabel('Description').fill('deployed v2');
    await panel.getByRole('button', { name: 'Save' }).click();
    const labels = () =>
      panel.getByTestId('orchestrator-annotation-mark').evaluateAll((marks) => marks.map((one) => one.ariaLabel));
    await comesTo(async () => (await labels()).join(' | '), '<img src=x onerror=window.broken=1> slow | deployed v2');
    await mark.click();
    await list.getByRole('button', { name: 'Delete', exact: true }).click();
    await list.getByRole('button', { name: 'Delete for good' }).click();
    await comesTo(async () => (await labels()).join(), 'deployed v2');
  });
});
