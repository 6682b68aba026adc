// The built panel in the preview host, in every state it can show, with recorded answers: exact, without a Prometheus.
import type { Browser, Locator, Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { launchBrowser, openPage, screenshot, segmentsOf, type WatchedPage } from './support/browser.ts';
import {
  EXACT,
  EXPECTED_SEGMENTS,
  FAILED,
  FROM_MS,
  NOW_MS,
  OVERSPENT,
  SAMPLED,
  THREAD,
  TO_MS,
} from './support/panel-recordings.ts';
import { startPreviewHost, type RunningHost } from './support/preview-host.ts';
import { recordPrometheus, refuseQueries, type Recording } from './support/recorded-prometheus.ts';

const PANEL = 7;

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
    // Nothing listens there: a query that is not recorded fails the test.
    host = await startPreviewHost(version, 'http://127.0.0.1:1');
  });
  afterAll(async () => {
    expect(await host.stop()).toBe(0);
  });
  afterEach(async () => {
    await opened?.page.context().close();
  });

  interface Shown {
    readonly recording: Recording | string;
    readonly search?: string;
    readonly fromMs?: number;
    readonly toMs?: number;
  }

  /** Opens the panel alone on a recording, or on a Prometheus that refuses with a message. */
  async function show({
    recording,
    search = '',
    fromMs = FROM_MS,
    toMs = TO_MS,
  }: Shown): Promise<{ page: Page; panel: Locator }> {
    opened = await openPage(browser, { nowMs: NOW_MS });
    const { page } = opened;
    if (typeof recording === 'string') await refuseQueries(page, recording);
    else await recordPrometheus(page, recording);
    await page.goto(
      `${host.url}/?dashboard=orchestrator-thread&from=${fromMs}&to=${toMs}&viewPanel=${PANEL}&var-thread=${THREAD}${search}`
    );
    return { page, panel: page.getByTestId(`panel-${PANEL}`) };
  }

  const noErrors = (): void => {
    expect(opened?.errors).toEqual([]);
  };

  test.each<[string, string]>([
    ['dark', ''],
    ['light', '&theme=light'],
  ])('draws every exact state at its own millisecond, %s', async (theme, search) => {
    const { page, panel } = await show({ recording: EXACT, search });
    const segments = await segmentsOf(panel);
    const drawn = segments.map(({ agent, state, startMs, endMs }) => ({ agent, state, startMs, endMs }));
    const drawnStates = new Set(drawn.map(({ state }) => state));
    expect(sorted(drawn)).toEqual(sorted(EXPECTED_SEGMENTS.filter(({ state }) => drawnStates.has(state))));
    expect([...drawnStates]).toEqual(expect.arrayContaining(['running', 'waiting', 'queued', 'failed']));
    await screenshot(page, `${version}-exact-${theme}`);
    noErrors();
  });

  test('the keyboard passes by what is off-screen: all that takes the focus is in sight', async () => {
    const { page, panel } = await show({ recording: EXACT });
    await segmentsOf(panel);
    const chart = panel.getByTestId('orchestrator-chart');
    const focused = new Set<string>();
    await panel.getByTestId('orchestrator-state-table-toggle').focus();
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press('Tab');
      const place = await chart.evaluate((element) => {
        const one = document.activeElement;
        if (one === null || !element.contains(one)) return undefined;
        const { width, height } = one.getBoundingClientRect();
        return `${one.getAttribute('aria-label') ?? one.textContent} ${width > 1 && height > 1 ? 'in sight' : 'hidden'}`;
      });
      if (place === undefined) break;
      focused.add(place);
    }
    expect([...focused]).toEqual(expect.arrayContaining(['thread session-42, 4 lanes in sight']));
    expect([...focused].filter((place) => place.endsWith('hidden'))).toEqual([]);
    noErrors();
  });

  test('places states in proportion to time and keeps the short one visible', async () => {
    const { panel } = await show({ recording: EXACT });
    const segments = await segmentsOf(panel);
    const of = (agent: string, startBeforeMs: number) =>
      segments.find((segment) => segment.agent === agent && segment.startMs === NOW_MS - startBeforeMs)!;
    const first = of('supervisor', 540_000);
    const last = of('writer', 200_000);
    const pxPerMs = (last.x - first.x) / (last.startMs - first.startMs);
    const expectedX = (startMs: number): number => first.x + (startMs - first.startMs) * pxPerMs;
    for (const { startMs, endMs, x, width } of segments) {
      expect(Math.abs(x - expectedX(startMs))).toBeLessThan(2);
      expect(Math.abs(width - Math.max(1, (endMs - startMs) * pxPerMs))).toBeLessThan(2);
    }
    expect(of('tool:get_current_time', 400_123).width).toBeGreaterThanOrEqual(1);
  });

  test('names the 3 ms state and its length under the pointer', async () => {
    const middleMs = NOW_MS - 400_121;
    const { page, panel } = await show({ recording: EXACT, fromMs: middleMs - 500, toMs: middleMs + 500 });
    const tool = (await segmentsOf(panel)).find(
      ({ agent, state }) => agent === 'tool:get_current_time' && state === 'running'
    )!;
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    await page.mouse.move(chart.x + tool.x + tool.width / 2, chart.y + chart.height / 3);
    const text = await page.getByTestId('orchestrator-tooltip').innerText();
    expect(text).toContain('tool:get_current_time');
    expect(text).toMatch(/\b3 ms\b/);
    await screenshot(page, `${version}-tooltip`);
    noErrors();
  });

  test('zooms the dashboard to what is dragged over, and back with the browser', async () => {
    const { page, panel } = await show({ recording: EXACT });
    const segments = await segmentsOf(panel);
    const [a, b] = [
      segments.find(({ state }) => state === 'waiting')!,
      segments.find(({ state }) => state === 'queued')!,
    ];
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    const y = chart.y + chart.height / 3;
    await page.mouse.move(chart.x + b.x, y);
    await page.mouse.down();
    await page.mouse.move(chart.x + (a.x + b.x) / 2, y, { steps: 4 });
    await page.mouse.move(chart.x + a.x, y, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL((url) => url.searchParams.get('from') !== String(FROM_MS));
    const zoomed = new URL(page.url()).searchParams;
    const pixelMs = (a.startMs - b.startMs) / (a.x - b.x);
    expect(Math.abs(Number(zoomed.get('from')) - b.startMs)).toBeLessThan(2 * pixelMs);
    expect(Math.abs(Number(zoomed.get('to')) - a.startMs)).toBeLessThan(2 * pixelMs);
    await page.goBack();
    await page.waitForURL((url) => url.searchParams.get('from') === String(FROM_MS));
    noErrors();
  });

  test('a double click zooms the dashboard out to twice the range around its middle', async () => {
    const { page, panel } = await show({ recording: EXACT });
    await segmentsOf(panel);
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    await page.mouse.dblclick(chart.x + chart.width / 2, chart.y + chart.height / 3);
    await page.waitForURL((url) => url.searchParams.get('from') !== String(FROM_MS));
    const zoomed = new URL(page.url()).searchParams;
    const half = (TO_MS - FROM_MS) / 2;
    expect([zoomed.get('from'), zoomed.get('to')]).toEqual([String(FROM_MS - half), String(TO_MS + half)]);
    noErrors();
  });

  test('a double click gets out of a range in which nothing is, too, but not one on the query to copy', async () => {
    const { page, panel } = await show({ recording: {} });
    const message = (await panel.getByTestId('orchestrator-message').boundingBox())!;
    await panel.locator('pre').first().dblclick();
    expect(new URL(page.url()).searchParams.get('from')).toBe(String(FROM_MS));
    await page.mouse.dblclick(message.x + 20, message.y + 20);
    await page.waitForURL((url) => url.searchParams.get('from') !== String(FROM_MS));
    const zoomed = new URL(page.url()).searchParams;
    const half = (TO_MS - FROM_MS) / 2;
    expect([zoomed.get('from'), zoomed.get('to')]).toEqual([String(FROM_MS - half), String(TO_MS + half)]);
    noErrors();
  });

  test('keeps what it shows when Grafana empties the arrays of the data before', async () => {
    const { page, panel } = await show({ recording: EXACT });
    const before = await segmentsOf(panel);
    const answered = page.waitForResponse('**/api/v1/query');
    await page.getByTestId('data-testid RefreshPicker run button').click();
    await answered;
    await page.waitForLoadState('networkidle');
    expect(await segmentsOf(panel)).toEqual(before);
    noErrors();
  });

  test.each<[string, Recording | string, { readonly testId: string; readonly text: RegExp }]>([
    ['overspent', OVERSPENT, { testId: 'orchestrator-figures', text: /[-−]\s?\$1\.\d+|\$[-−]1\.\d+/ }],
    ['failed', FAILED, { testId: 'orchestrator-figures', text: /failed/i }],
    ['sampled', SAMPLED, { testId: 'orchestrator-resolution', text: /15 s/ }],
    ['empty', {}, { testId: 'orchestrator-message', text: /No agent states in this range/ }],
    [
      'error',
      'parse error: unexpected <script>',
      { testId: 'orchestrator-message', text: /parse error: unexpected <script>/ },
    ],
  ])('shows the state %s', async (name, recording, { testId, text }) => {
    const { page, panel } = await show({ recording });
    await panel.getByTestId(testId).waitFor();
    await screenshot(page, `${version}-${name}`);
    expect(await panel.getByTestId(testId).innerText()).toMatch(text);
    noErrors();
  });

  test('draws nothing finer than the scrapes where only samples exist', async () => {
    const { panel } = await show({ recording: SAMPLED });
    const segments = await segmentsOf(panel);
    expect(segments.filter(({ agent, state }) => agent === 'tool:get_current_time' && state === 'running')).toEqual([]);
    expect(segments.filter(({ startMs }) => (startMs - FROM_MS) % 15_000 !== 0)).toEqual([]);
    expect(segments.length).toBeGreaterThan(2);
  });

  test('says plainly that it is not Grafana', async () => {
    const { page } = await show({ recording: EXACT });
    expect(await page.getByTestId('preview-host-note').innerText()).toBe('Preview host, not Grafana');
  });
});

function sorted<T extends { agent: string; startMs: number }>(segments: readonly T[]): T[] {
  return [...segments].sort((a, b) => a.agent.localeCompare(b.agent) || a.startMs - b.startMs);
}
