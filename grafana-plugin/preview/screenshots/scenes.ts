// What the screenshots show: for each the data, the instant at which the page stands still, the size, and what is done first.
import { AGGREGATES, PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import type { Locator, Page } from 'playwright-core';
import { segmentsOf } from '../test/support/browser.ts';
import { CROWD, NESTED } from '../test/support/lane-recordings.ts';
import { FROM_MS, NOW_MS } from '../test/support/panel-recordings.ts';
import type { RecordedExemplar, Recording } from '../test/support/recorded-prometheus.ts';
import { budgetMonth, MONTH_END_MS, MONTH_NOW_MS, MONTH_START_MS } from './budget-month.ts';
import { onlyThread, recordDemo } from './demo-recording.ts';
import { NIGHT_NOW_MS, NIGHT_START_MS, nightlyJobs } from './nightly-jobs.ts';

export interface Scene {
  readonly name: string;
  /** A recording, or the message with which Prometheus refuses every query. */
  readonly recording: Recording | string;
  readonly thread: string;
  /** Id on the dashboard; the thread's panel where it is left out. */
  readonly panel?: number;
  readonly range: { readonly fromMs: number; readonly toMs: number; readonly nowMs: number };
  /** Of the panel with its frame, CSS pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** In place of the dashboard's. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Data links of its fields. */
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly exemplars?: readonly RecordedExemplar[];
  /** Range queries beside those of the dashboard; they ask for exemplars too. */
  readonly queries?: readonly string[];
  readonly prepare?: (page: Page, panel: Locator) => Promise<void>;
}

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2025, 10, 24, 14);
/** On the dashboard of a budget; the other one is on that of a thread. */
export const BUDGETS_PANEL = 9;
const USUAL = { width: 1_240, height: 640 };

/** Threads of the demo with seed 2: one that fails once and goes on, one that fails for good, one that overspends. */
const SEED = 2;
const RETRIES = 'research-f4c8';
const OVERSPENDS = 'research-fea6';
/** The first thread where only one runs at once. */
const ALONE = 'research-f4c8';
const FAILING_SEED = 1;
const FAILS = 'case-c92c';

async function demoThread(
  thread: string,
  { minutes, seed = SEED, threads = 4 }: { minutes: number; seed?: number; threads?: number }
) {
  const nowMs = START_MS + minutes * MINUTE_MS;
  const recording = await recordDemo({ seed, startMs: START_MS, endMs: nowMs, threads });
  return { recording: onlyThread(recording, thread), thread, nowMs };
}

/** The same run as an exporter without the timeline would show it. */
function withoutTimeline(recording: Recording): Recording {
  const exact = new Set<string>(Object.values(TIMELINE).map(({ name }) => name));
  return Object.fromEntries(Object.entries(recording).filter(([name]) => !exact.has(name)));
}

async function chartCorner(panel: Locator): Promise<{ x: number; y: number }> {
  const box = await panel.getByTestId('orchestrator-chart').boundingBox();
  if (box === null) throw new Error('the chart is not drawn');
  return box;
}

export async function scenes(): Promise<readonly Scene[]> {
  const running = await demoThread(RETRIES, { minutes: 7.4 });
  const young = await demoThread(OVERSPENDS, { minutes: 5 });
  const overspent = await demoThread(OVERSPENDS, { minutes: 8.4 });
  // Alone: the counter of transitions knows no threads.
  const alone = await demoThread(ALONE, { minutes: 7.4, threads: 1 });
  const failed = await demoThread(FAILS, { minutes: 5.5, seed: FAILING_SEED });
  const lately = ({ nowMs }: { nowMs: number }, { past, ahead }: { past: number; ahead: number }) => ({
    fromMs: nowMs - past * MINUTE_MS,
    toMs: nowMs + ahead * MINUTE_MS,
    nowMs,
  });
  const crowd = { fromMs: FROM_MS, toMs: NOW_MS, nowMs: NOW_MS };
  return [
    { name: 'demo', ...running, range: lately(running, { past: 7.6, ahead: 2 }), size: USUAL },
    {
      name: 'lanes-200',
      recording: CROWD,
      thread: '$__all',
      range: crowd,
      size: USUAL,
      options: { bands: 'timeline' },
    },
    {
      name: 'nested-tools',
      recording: NESTED,
      thread: 'nested',
      range: crowd,
      size: { width: 1_240, height: 330 },
      options: { bands: 'timeline' },
    },
    { name: 'failed-run', ...failed, range: lately(failed, { past: 5.7, ahead: 0 }), size: USUAL },
    {
      name: 'sampled-only',
      ...alone,
      recording: withoutTimeline(alone.recording),
      range: lately(alone, { past: 7.6, ahead: 2 }),
      size: USUAL,
      queries: [AGGREGATES.agentStateTransitions.name],
    },
    { name: 'overspent', ...overspent, range: lately(overspent, { past: 8.6, ahead: 1 }), size: USUAL },
    { name: 'forecast', ...young, range: lately(young, { past: 5.2, ahead: 2 }), size: USUAL },
    {
      name: 'budget',
      recording: budgetMonth(),
      thread: '$__all',
      panel: BUDGETS_PANEL,
      range: { fromMs: MONTH_START_MS, toMs: MONTH_END_MS, nowMs: MONTH_NOW_MS },
      size: { width: 1_240, height: 420 },
    },
    {
      name: 'replay',
      ...running,
      range: lately(running, { past: 7.6, ahead: 0 }),
      size: USUAL,
      prepare: async (page, panel) => {
        const chart = await chartCorner(panel);
        const slider = panel.getByRole('slider');
        await slider.focus();
        await page.keyboard.press('End');
        for (let i = 0; i < 12; i += 1) await page.keyboard.press('ArrowLeft');
        await page.mouse.move(chart.x, chart.y - 40);
      },
    },
    {
      name: 'folded',
      recording: nightlyJobs(),
      thread: 'nightly',
      range: { fromMs: NIGHT_START_MS, toMs: NIGHT_NOW_MS, nowMs: NIGHT_NOW_MS },
      size: { width: 1_240, height: 330 },
      options: { bands: 'timeline', foldIdle: true },
    },
    {
      name: 'tooltip',
      ...running,
      range: lately(running, { past: 7.6, ahead: 2 }),
      size: USUAL,
      prepare: async (page, panel) => {
        const chart = await chartCorner(panel);
        const bar = (await segmentsOf(panel)).findLast(({ state, width }) => state === 'running' && width > 60);
        if (bar === undefined) throw new Error('no bar is wide enough to point at');
        await page.mouse.move(chart.x + bar.x + bar.width / 3, chart.y + bar.y + bar.height / 2);
        await page.getByTestId('orchestrator-tooltip').waitFor();
      },
    },
    {
      name: 'pinned',
      ...running,
      range: lately(running, { past: 7.6, ahead: 2 }),
      size: USUAL,
      links: [
        { title: 'Logs of ${__segment.agent}', url: 'https://logs.example.com/?agent=${__segment.agent}' },
        { title: 'Traces of this stretch', url: 'https://traces.example.com/?from=${__segment.start}' },
      ],
      prepare: async (page, panel) => {
        const chart = await chartCorner(panel);
        const bar = (await segmentsOf(panel)).find(({ state, width }) => state === 'running' && width > 60);
        if (bar === undefined) throw new Error('no bar is wide enough to point at');
        await page.mouse.click(chart.x + bar.x + bar.width / 2, chart.y + bar.y + bar.height / 2);
        await page.getByRole('dialog').waitFor();
        await page.mouse.move(chart.x, chart.y - 40);
      },
    },
    {
      name: 'annotations',
      ...running,
      range: lately(running, { past: 7.6, ahead: 2 }),
      size: USUAL,
      queries: [PER_THREAD.threadCost.name],
      exemplars: [1.3, 3.15, 6.1].map((minutes, i) => ({
        labels: { thread: RETRIES, agent: 'research', trace_id: `4bf92f3577b34da6a3ce929d0e0e473${i}` },
        atMs: START_MS + minutes * MINUTE_MS,
        value: 0.02,
      })),
      prepare: async (page, panel) => {
        const chart = await chartCorner(panel);
        const write = async (fromX: number, toX: number, text: string, tags: string): Promise<void> => {
          await page.keyboard.down('Control');
          await page.mouse.move(chart.x + fromX, chart.y + 150);
          await page.mouse.down();
          await page.mouse.move(chart.x + toX, chart.y + 150, { steps: 3 });
          await page.mouse.up();
          await page.keyboard.up('Control');
          await panel.getByLabel('Description').fill(text);
          await panel.getByLabel('Tags').fill(tags);
          await panel.getByRole('button', { name: 'Save' }).click();
        };
        await write(820, 820, 'Deployed v2.4', 'deploy');
        await write(480, 640, 'Model provider answers slowly', 'incident, prod');
        await panel.getByTestId('orchestrator-annotation-mark').first().hover();
        await page.getByTestId('orchestrator-annotation-text').waitFor();
      },
    },
    {
      name: 'table',
      ...running,
      range: lately(running, { past: 7.6, ahead: 2 }),
      size: USUAL,
      prepare: async (page, panel) => {
        await panel.getByTestId('orchestrator-state-table-toggle').click();
        await panel.getByTestId('orchestrator-state-table').waitFor();
        await page.mouse.move(2, 2);
        await page.waitForTimeout(400);
      },
    },
    {
      name: 'empty',
      recording: {},
      thread: RETRIES,
      range: crowd,
      size: { width: 620, height: 320 },
    },
    {
      name: 'error',
      recording: 'bad_data: 1:38: parse error: unexpected character: \u2018;\u2019',
      thread: RETRIES,
      range: crowd,
      size: { width: 620, height: 320 },
    },
    {
      name: 'half-width',
      ...running,
      range: lately(running, { past: 7.6, ahead: 1 }),
      size: { width: 616, height: 380 },
    },
    {
      name: 'small',
      ...running,
      range: lately(running, { past: 7.6, ahead: 0 }),
      size: { width: 300, height: 200 },
    },
  ];
}
