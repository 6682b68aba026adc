// The whole way: recorded runs of three frameworks go into the real exporter, a real Prometheus scrapes it every 15 s, and
// the built panel draws in Chromium what happened, to the millisecond.
import type { Browser } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { launchBrowser, openPage, screenshot, segmentsOf } from './support/browser.ts';
import { shiftedRun, startExporter, type RecordedEvent, type RunningExporter } from './support/exporter.ts';
import { startPreviewHost } from './support/preview-host.ts';
import { startPrometheus, untilValue, type RunningPrometheus } from './support/prometheus.ts';

const RUNS = ['openai', 'langchain', 'smolagents'];
const TOOL = 'tool:get_current_time';
/** The timeline of the thread dashboard. */
const PANEL = 7;
/** A scrape, the exporter's allowed lateness, one scrape more. */
const SCRAPED_DEADLINE_MS = 120_000;

let browser: Browser;
let exporter: RunningExporter;
let prometheus: RunningPrometheus;
let events: readonly RecordedEvent[];

/** As in provisioning/generated/prod/prometheus, with the test's own address. */
const config = (target: string): string => `
global: { scrape_interval: 15s, scrape_timeout: 10s }
scrape_configs:
  - job_name: orchestrator-exporter
    metrics_path: /metrics
    static_configs: [{ targets: ['${target}'] }]
  - job_name: orchestrator-timeline
    metrics_path: /metrics/timeline
    params: { consumer: [prometheus] }
    honor_timestamps: true
    static_configs: [{ targets: ['${target}'] }]
`;

beforeAll(async () => {
  browser = await launchBrowser();
  exporter = await startExporter();
  prometheus = await startPrometheus(config(new URL(exporter.url).host));
  const endMs = Date.now();
  events = RUNS.flatMap((run) => shiftedRun(run, endMs));
  await exporter.post(events);
  await untilValue(prometheus, {
    expr: `count(count by (thread) (orchestrator_timeline_agent_state{agent="${TOOL}"}))`,
    accept: (threads) => threads === RUNS.length,
    deadlineMs: SCRAPED_DEADLINE_MS,
  });
  await untilValue(prometheus, {
    expr: 'sum(orchestrator_cost_usd_total)',
    accept: (usd) => usd > 0,
    deadlineMs: SCRAPED_DEADLINE_MS,
  });
}, 300_000);

afterAll(async () => {
  await browser.close();
  await prometheus.stop();
  await exporter.stop();
});

/** When the tool ran in each thread, as its own events say. */
function toolRuns(): readonly { thread: string; startMs: number; endMs: number }[] {
  const ofTool = (type: string, thread: string): number =>
    events.find((event) => event.type === type && event.threadId === thread && event.payload['nodeId'] === TOOL)!
      .timestamp;
  return RUNS.map((run) => {
    const thread = `run-${run}`;
    return { thread, startMs: ofTool('node.start', thread), endMs: ofTool('node.complete', thread) };
  });
}

test.each([
  ['spend in USD', 'sum(orchestrator_cost_usd_total)', 0.000544],
  ['input tokens', 'sum(orchestrator_tokens_total{direction="input"})', 4_576],
  ['output tokens', 'sum(orchestrator_tokens_total{direction="output"})', 288],
])('Prometheus has the exact %s of the three runs', async (_name, expr, expected) => {
  expect(await prometheus.value(expr)).toBe(expected);
});

describe.each(HOST_VERSIONS)('with the @grafana %s packages', (version) => {
  test('the panel draws the tool as its own state of 2 to 3 ms at its true millisecond', async () => {
    const host = await startPreviewHost(version, prometheus.url);
    const { page, errors } = await openPage(browser);
    try {
      const times = events.map(({ timestamp }) => timestamp);
      const fromMs = Math.floor(Math.min(...times) / 1_000) * 1_000 - 1_000;
      const toMs = Math.ceil(Math.max(...times) / 1_000) * 1_000 + 1_000;
      const threads = RUNS.map((run) => `var-thread=run-${run}`).join('&');
      await page.goto(
        `${host.url}/d/orchestrator-thread?from=${fromMs}&to=${toMs}&viewPanel=${PANEL}&refresh=&${threads}`
      );
      const segments = await segmentsOf(page.getByTestId(`panel-${PANEL}`));
      const drawn = segments
        .filter(({ agent, state }) => agent === TOOL && state === 'running')
        .map(({ thread, startMs, endMs }) => ({ thread, startMs, endMs }));
      await screenshot(page, `${version}-end-to-end`);
      expect(drawn.sort((a, b) => a.thread.localeCompare(b.thread))).toEqual(
        [...toolRuns()].sort((a, b) => a.thread.localeCompare(b.thread))
      );
      for (const { startMs, endMs } of drawn) {
        expect(endMs - startMs).toBeGreaterThanOrEqual(2);
        expect(endMs - startMs).toBeLessThanOrEqual(3);
      }
      expect(errors).toEqual([]);
    } finally {
      await page.context().close();
      await host.stop();
    }
  });
});
