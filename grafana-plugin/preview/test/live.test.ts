// The preview host on a real Prometheus: the whole dashboard, its variables, refresh, time range and theme.
import type { Browser, Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { launchBrowser, openPage, screenshot, segmentsOf, type Segment, type WatchedPage } from './support/browser.ts';
import { eventually } from './support/eventually.ts';
import { startMetricsTarget, type MetricsTarget } from './support/metrics-target.ts';
import { comesTo } from './support/open-panel.ts';
import { startPreviewHost, type RunningHost } from './support/preview-host.ts';
import { startPrometheus, untilValue, type RunningPrometheus } from './support/prometheus.ts';

const PANEL = 7;
/** Every character that PromQL strings, regular expressions or HTML treat as their own. */
const HOSTILE = 'a.b|c"d\\e$f<i>(x)';
const PLAIN = 'aXb';

let browser: Browser;
let target: MetricsTarget;
let prometheus: RunningPrometheus;
/** When the recorded states began: in the past, on a millisecond that no scrape falls on. */
let startMs: number;

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
const labels = (thread: string, more = ''): string => `{environment="prod",thread="${escaped(thread)}"${more}}`;

function plainMetrics(): string {
  return [
    'orchestrator_exporter_build_info{environment="prod",version="0.1.0",node_version="20"} 1',
    ...[HOSTILE, PLAIN].map((thread) => `orchestrator_thread_info${labels(thread, ',workflow="w",team="t"')} 1`),
    'orchestrator_cost_usd_total{environment="prod",team="t",workflow="w",agent="a",provider="p",model="m"} 25',
    ...[HOSTILE, PLAIN].map((thread) => `orchestrator_thread_cost_usd_total${labels(thread, ',agent="writer"')} 12.5`),
    'orchestrator_threads{environment="prod",workflow="w",state="running"} 2',
    '# EOF\n',
  ].join('\n');
}

/** The lane `agent` of both threads, with the states given as milliseconds after the start and code. */
function timeline(agent: string, changes: readonly (readonly [number, number])[]): string {
  const name = 'orchestrator_timeline_agent_state';
  const series = [HOSTILE, PLAIN].flatMap((thread) =>
    changes.map(
      ([afterMs, code]) =>
        `${name}${labels(thread, `,agent="${agent}"`)} ${code} ${((startMs + afterMs) / 1_000).toFixed(3)}`
    )
  );
  return [`# TYPE ${name} gauge`, ...series, '# EOF\n'].join('\n');
}

beforeAll(async () => {
  browser = await launchBrowser();
  target = await startMetricsTarget();
  startMs = Date.now() - 60_003;
  target.set('/metrics', plainMetrics());
  target.set(
    '/metrics/timeline',
    timeline('writer', [
      [0, 2],
      [3, 3],
      [10_001, 5],
    ])
  );
  const job = (path: string): string =>
    `  - { job_name: '${path}', metrics_path: ${path}, static_configs: [{ targets: ['${target.address}'] }] }`;
  prometheus = await startPrometheus(
    ['global: { scrape_interval: 1s }', 'scrape_configs:', job('/metrics'), job('/metrics/timeline'), ''].join('\n')
  );
  const expr = 'count(orchestrator_thread_info) + count(orchestrator_timeline_agent_state)';
  await untilValue(prometheus, { expr, accept: (series) => series === 4 });
});

afterAll(async () => {
  await browser.close();
  await prometheus.stop();
  await target.stop();
});

describe.each(HOST_VERSIONS)('with the @grafana %s packages', (version) => {
  let host: RunningHost;
  let opened: WatchedPage;
  beforeAll(async () => {
    host = await startPreviewHost(version, prometheus.url);
  });
  afterAll(async () => {
    await host.stop();
  });
  beforeEach(async () => {
    opened = await openPage(browser);
  });
  afterEach(async () => {
    await opened.page.context().close();
  });

  const go = async (search: string): Promise<Page> => {
    await opened.page.goto(`${host.url}/?dashboard=orchestrator-thread&from=now-15m&to=now&refresh=${search}`);
    return opened.page;
  };
  const lanes = (page: Page): Promise<readonly Segment[]> => segmentsOf(page.getByTestId(`panel-${PANEL}`));
  const param = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);

  test('draws the whole provisioned dashboard without an error', async () => {
    const page = await go('');
    await page.getByText('$12.5000').waitFor();
    const headings = await page
      .locator('section[data-testid^="panel-"]')
      .evaluateAll((sections) => sections.map((section) => section.getAttribute('aria-label')));
    expect(headings).toEqual(expect.arrayContaining(['Spent', 'Agents and budget: $thread', 'Spent by agent']));
    await lanes(page);
    await screenshot(page, `${version}-dashboard`);
    expect(opened.errors).toEqual([]);
  });

  test('shows the states of a thread with a hostile name, and of no other', async () => {
    const page = await go(`&viewPanel=${PANEL}&var-thread=${encodeURIComponent(HOSTILE)}`);
    const drawn = (await lanes(page)).map(({ thread, agent, state, startMs: start, endMs }) => ({
      thread,
      agent,
      state,
      fromStartMs: start - startMs,
      lengthMs: endMs - start,
    }));
    expect(drawn.slice(0, 2)).toEqual([
      { thread: HOSTILE, agent: 'writer', state: 'running', fromStartMs: 0, lengthMs: 3 },
      { thread: HOSTILE, agent: 'writer', state: 'waiting', fromStartMs: 3, lengthMs: 9_998 },
    ]);
    expect(new Set(drawn.map(({ thread }) => thread))).toEqual(new Set([HOSTILE]));
    expect(opened.errors).toEqual([]);
  });

  test('adds the lanes of the thread chosen in the dropdown', async () => {
    const page = await go(`&viewPanel=${PANEL}`);
    expect(new Set((await lanes(page)).map(({ thread }) => thread))).toEqual(new Set([HOSTILE]));
    await page.getByLabel('Thread', { exact: true }).click();
    await page.getByRole('option', { name: PLAIN, exact: true }).click();
    await page.keyboard.press('Escape');
    const both = async (): Promise<true | undefined> => {
      const threads = new Set((await lanes(page)).map(({ thread }) => thread));
      return threads.size === 2 && threads.has(PLAIN) ? true : undefined;
    };
    await eventually(both, { what: `lanes of ${PLAIN} too` });
    expect(new URL(page.url()).searchParams.getAll('var-thread')).toEqual([HOSTILE, PLAIN]);
    expect(opened.errors).toEqual([]);
  });

  test('draws what happens while it is open, at the interval of the address', async () => {
    const page = await go(`1s&viewPanel=${PANEL}&var-thread=${PLAIN}`);
    await lanes(page);
    const agent = `late-${version}`;
    target.set(
      '/metrics/timeline',
      timeline(agent, [
        [20_000, 2],
        [20_007, 6],
      ])
    );
    const appeared = async (): Promise<Segment | undefined> =>
      (await lanes(page)).find((segment) => segment.agent === agent && segment.thread === PLAIN);
    const segment = await eventually(appeared, { what: `a lane of ${agent}` });
    expect([segment.startMs - startMs, segment.endMs - segment.startMs]).toEqual([20_000, 7]);
    expect(opened.errors).toEqual([]);
  });

  test('takes time range and theme from its controls into the address', async () => {
    const page = await go(`&viewPanel=${PANEL}`);
    await lanes(page);
    const background = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await background();
    await page.getByLabel('Light theme').click();
    await comesTo(() => Promise.resolve(param(page, 'theme')), 'light');
    await comesTo(async () => (await background()) !== dark, true);
    await page.getByText('Last 15 minutes').click();
    await page.getByText('Last 30 minutes').click();
    await comesTo(() => Promise.resolve([param(page, 'from'), param(page, 'to')]), ['now-30m', 'now']);
    expect(opened.errors).toEqual([]);
  });
});

test('says on the panel that Prometheus does not answer', async () => {
  const host = await startPreviewHost('12.4', 'http://127.0.0.1:1');
  const { page } = await openPage(browser);
  try {
    await page.goto(`${host.url}/?dashboard=orchestrator-thread&viewPanel=${PANEL}`);
    const message = page.getByTestId('orchestrator-message');
    await message.waitFor();
    expect(await message.innerText()).toContain('Prometheus at http://127.0.0.1:1 does not answer');
  } finally {
    await page.context().close();
    await host.stop();
  }
});
