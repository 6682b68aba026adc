// The lanes of the timeline in the preview host: sub-lanes, folded pixels, groups, sorting, filter, scrolling, hostile names.
import { TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { AGENT_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import type { Browser, Locator, Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { launchBrowser, openPage, rowsOf, screenshot, segmentsOf, type WatchedPage } from './support/browser.ts';
import { AGENTS, CROWD, CROWDED_MS, HOSTILE, HOSTILE_NAMES, NESTED, THREADS } from './support/lane-recordings.ts';
import { comesTo } from './support/open-panel.ts';
import { FROM_MS, NOW_MS, TO_MS } from './support/panel-recordings.ts';
import { startPreviewHost, type RunningHost } from './support/preview-host.ts';
import { recordPrometheus, type Recording } from './support/recorded-prometheus.ts';

const PANEL = 7;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

describe.each(HOST_VERSIONS)('lanes with the @grafana %s packages', (version) => {
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
    readonly options?: Readonly<Record<string, unknown>>;
    readonly search?: string;
    readonly size?: { readonly width: number; readonly height: number };
  }

  /** Opens the panel alone on a recording, with options in place of the dashboard's. */
  async function show({ recording, options = {}, search = '', size }: Shown): Promise<{ page: Page; panel: Locator }> {
    opened = await openPage(browser, { nowMs: NOW_MS });
    const { page } = opened;
    if (size !== undefined) await page.setViewportSize(size);
    await recordPrometheus(page, recording);
    await page.route('**/api/dashboards/uid/*', async (route) => {
      const answer = (await (await route.fetch()).json()) as {
        dashboard: { panels: { id: number; options?: Record<string, unknown> }[] };
      };
      for (const one of answer.dashboard.panels) {
        if (one.id === PANEL) one.options = { bands: 'timeline', ...options };
      }
      await route.fulfill({ json: answer });
    });
    await page.goto(
      `${host.url}/?dashboard=orchestrator-thread&from=${FROM_MS}&to=${TO_MS}&viewPanel=${PANEL}${search}`
    );
    return { page, panel: page.getByTestId(`panel-${PANEL}`) };
  }

  const names = async (panel: Locator): Promise<string[]> => (await rowsOf(panel)).map(({ name }) => name);

  test('runs of one agent that overlap stand below each other, half as high, and hide nothing', async () => {
    const { page, panel } = await show({ recording: NESTED });
    const segments = await segmentsOf(panel);
    const rows = await rowsOf(panel);
    const research = segments.filter(({ agent }) => agent === 'research');
    const [above, below] = [...new Set(research.map(({ y }) => y))].sort((a, b) => a - b);
    const heightOf = (agent: string): number => segments.find((one) => one.agent === agent)?.height ?? NaN;
    expect(below! - above!).toBeGreaterThanOrEqual(heightOf('research'));
    expect(heightOf('research')).toBeLessThanOrEqual(0.6 * heightOf('writer'));
    const atOnce = research.filter(({ startMs, endMs }) => startMs < FROM_MS + 150_000 && endMs > FROM_MS + 150_000);
    expect(atOnce.map(({ state, y }) => [state, y])).toEqual([
      ['running', above],
      ['running', below],
    ]);
    const row = rows.find(({ name }) => name === 'research')!;
    expect(row.y <= above! && below! + heightOf('research') <= row.y + row.height).toBe(true);
    expect(rows.map(({ name }) => name)).toEqual([
      'nested',
      'supervisor',
      'research',
      'tool:search',
      'tool:fetch',
      'writer',
    ]);
    await screenshot(page, `${version}-nested-dark`);
  });

  test('seven states in one pixel are one mark, the failure wins, and the tooltip counts them', async () => {
    const { page, panel } = await show({ recording: NESTED, search: '&theme=light' });
    const mark = (await segmentsOf(panel)).find(({ agent, state }) => agent === 'writer' && state === 'failed')!;
    expect({ ...mark, x: 0, y: 0, height: 0 }).toEqual({
      thread: 'nested',
      agent: 'writer',
      state: 'failed',
      startMs: CROWDED_MS,
      endMs: CROWDED_MS + 7,
      x: 0,
      width: 1,
      y: 0,
      height: 0,
      states: 7,
      text: '',
    });
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    await page.mouse.move(chart.x + mark.x + 2, chart.y + mark.y + mark.height / 2);
    expect(await page.getByTestId('orchestrator-folded').innerText()).toBe(
      '7 states in this pixel: 1 failed, 1 waiting, 3 running, 2 idle'
    );
    await screenshot(page, `${version}-nested-light`);
  });

  test('a group collapses by a click on its name and by keyboard, and its bar stays', async () => {
    const { page, panel } = await show({ recording: CROWD });
    expect((await names(panel)).slice(0, 3)).toEqual(['run-00', 'agent-0', 'agent-1']);
    const first = panel.getByTestId('orchestrator-group').first();
    await first.click();
    await comesTo(async () => (await names(panel)).slice(0, 3), ['run-00', 'run-01', 'agent-0']);
    expect(await first.getAttribute('aria-expanded')).toBe('false');
    await first.focus();
    await page.keyboard.press('Enter');
    await comesTo(async () => (await names(panel)).slice(0, 2), ['run-00', 'agent-0']);
    expect(await first.getAttribute('aria-label')).toBe('thread run-00, 10 lanes');
  });

  test('all collapsed, every thread is one bar', async () => {
    const { page, panel } = await show({ recording: CROWD, options: { collapseGroups: true } });
    const rows = await rowsOf(panel);
    expect(rows.map(({ kind, expanded }) => [kind, expanded])).toEqual(rows.map(() => ['group', 'false']));
    expect(rows.length).toBeGreaterThan(12);
    await screenshot(page, `${version}-collapsed`);
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ['name', { sortLanes: 'name' }, ['run-00', 'agent-0', 'agent-1']],
    ['cost, the dearest first', { sortLanes: 'cost' }, ['run-19', 'agent-9', 'agent-8']],
    ['agent across threads', { groupBy: ['agent'], sortLanes: 'name' }, ['agent-0', 'run-00', 'run-01']],
  ])('lanes stand by %s', async (_name, options, expected) => {
    const { panel } = await show({ recording: CROWD, options });
    expect((await names(panel)).slice(0, 3)).toEqual(expected);
  });

  test.each<AgentState>(['waiting', 'failed'])('lanes and groups stand by their time in %s', async (sortState) => {
    const { page, panel } = await show({ recording: CROWD, options: { sortLanes: 'state-time', sortState } });
    const seconds = new Map<string, number>();
    for (const { labels, samples } of CROWD[TIMELINE.agentState.name] ?? []) {
      const inState = samples.reduce(
        (sum, [atMs, code], i) =>
          sum + (code === AGENT_STATE_CODE[sortState] ? (samples[i + 1]?.[0] ?? NOW_MS) - atMs : 0),
        0
      );
      const { thread = '', agent = '' } = labels;
      seconds.set(thread, (seconds.get(thread) ?? 0) + inState);
      seconds.set(`${thread} ${agent}`, inState);
    }
    const longest = (names: string[], keyOf: (name: string) => string): string[] =>
      names.sort((a, b) => (seconds.get(keyOf(b)) ?? 0) - (seconds.get(keyOf(a)) ?? 0));
    const [thread = ''] = longest(
      Array.from({ length: THREADS }, (_, i) => `run-${String(i).padStart(2, '0')}`),
      (name) => name
    );
    const agents = longest(
      Array.from({ length: AGENTS }, (_, i) => `agent-${i}`),
      (name) => `${thread} ${name}`
    );
    expect((await names(panel)).slice(0, 1 + AGENTS)).toEqual([thread, ...agents]);
    await screenshot(page, `${version}-by-time-${sortState}`);
  });

  test('lanes that do not fit scroll by wheel, by dragging the bar and by its keys', async () => {
    const { page, panel } = await show({ recording: CROWD });
    const before = await rowsOf(panel);
    await screenshot(page, `${version}-200-lanes-dark`);
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    await page.mouse.move(chart.x + chart.width / 2, chart.y + chart.height / 2);
    await page.mouse.wheel(0, 260);
    await comesTo(async () => (await names(panel))[1], 'agent-9');
    const scrolled = await rowsOf(panel);
    const same = scrolled.find(({ name, depth }) => name === 'run-01' && depth === 0)!;
    expect(before.find(({ name }) => name === 'run-01')!.y - same.y).toBe(260);
    // The header of the lanes in view stays, and stays where it is when a click on it takes its lanes away.
    expect([scrolled[0]!.name, scrolled[0]!.y]).toEqual(['run-00', before[0]!.y]);
    await screenshot(page, `${version}-sticky`);
    await panel.getByTestId('orchestrator-group').first().click();
    const collapsed = async () => (await rowsOf(panel)).slice(0, 2).map(({ name, y }) => [name, y]);
    await comesTo(collapsed, [
      ['run-00', before[0]!.y],
      ['run-01', before[0]!.y + before[0]!.height],
    ]);
    await panel.getByTestId('orchestrator-group').first().click();
    const bar = panel.getByTestId('orchestrator-scrollbar');
    const box = (await bar.boundingBox())!;
    await page.mouse.move(box.x + 5, box.y + box.height - 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 5, box.y + box.height + 50, { steps: 3 });
    await page.mouse.up();
    await comesTo(async () => (await names(panel)).at(-1), 'agent-9');
    expect(await bar.getAttribute('aria-valuenow')).toBe(await bar.getAttribute('aria-valuemax'));
    await bar.focus();
    await page.keyboard.press('Home');
    await comesTo(async () => await rowsOf(panel), before);
  });

  test('dragging the time axis moves the range: the lanes go along, and so does the address', async () => {
    const { page, panel } = await show({ recording: NESTED });
    const before = (await segmentsOf(panel)).find(({ agent, state }) => agent === 'writer' && state === 'failed')!;
    const axis = (await panel.getByTestId('orchestrator-axis').boundingBox())!;
    const [x, y] = [axis.x + axis.width / 2, axis.y + axis.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 60, y, { steps: 3 });
    const failed = async () =>
      (await segmentsOf(panel)).find(({ agent, state }) => agent === 'writer' && state === 'failed');
    await comesTo(async () => Math.round((await failed())?.x ?? NaN), Math.round(before.x + 60));
    await page.mouse.up();
    const movedMs = Math.round((60 / axis.width) * (TO_MS - FROM_MS));
    await comesTo(() => {
      const { searchParams } = new URL(page.url());
      return Promise.resolve([searchParams.get('from'), searchParams.get('to')]);
    }, [String(FROM_MS - movedMs), String(TO_MS - movedMs)]);
    await comesTo(async () => Math.round((await failed())?.x ?? NaN), Math.round(before.x + 60));
  });

  test('a word in the filter box leaves the lanes that have it', async () => {
    const { page, panel } = await show({ recording: CROWD, search: '&theme=light' });
    await rowsOf(panel);
    await screenshot(page, `${version}-200-lanes-light`);
    await panel.getByTestId('orchestrator-filter').fill('run-07 AGENT-3');
    await comesTo(async () => await names(panel), ['run-07', 'agent-3']);
    expect(await panel.getByTestId('orchestrator-filter-count').innerText()).toBe('1 of 200 lanes');
    await panel.getByTestId('orchestrator-filter').fill('nobody');
    await comesTo(async () => await names(panel), []);
  });

  test('names that mean harm are names: nothing runs, nothing breaks out of its row', async () => {
    const { page, panel } = await show({ recording: HOSTILE, options: { sortLanes: 'activity' } });
    const rows = await rowsOf(panel);
    expect(rows).toHaveLength(1 + HOSTILE_NAMES.length);
    expect(rows.map(({ name }) => name).join('')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(Math.max(...rows.map(({ name }) => name.length))).toBeLessThan(700);
    const chart = (await panel.getByTestId('orchestrator-chart').boundingBox())!;
    const [, , , endless] = rows;
    await page.mouse.move(chart.x + chart.width * 0.3, chart.y + endless!.y + endless!.height / 2);
    await page.getByTestId('orchestrator-tooltip').waitFor();
    expect(await page.evaluate(() => Reflect.get(window, 'broken') as unknown)).toBeUndefined();
    expect(await panel.locator('img, script').count()).toBe(0);
    await screenshot(page, `${version}-hostile`);
  });

  test('300 x 200 px still shows lanes', async () => {
    const { page, panel } = await show({ recording: NESTED, size: { width: 332, height: 528 } });
    expect((await names(panel)).slice(0, 2)).toEqual(['nested', 'supervisor']);
    await screenshot(page, `${version}-small`);
  });
});
