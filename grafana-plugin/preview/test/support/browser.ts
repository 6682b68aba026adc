// Real Chromium, headless, and pages that remember every error they had.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { DEADLINE_MS } from './eventually.ts';

const RESULTS = join(__dirname, '../../test-results');
const VIEWPORT = { width: 1_280, height: 860 };

/** Without the background-networking switches Chromium talks to hosts on the network while a test runs. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface WatchedPage {
  readonly page: Page;
  /** Console errors, uncaught exceptions, and answers of 400 and above. */
  readonly errors: string[];
}

/** A page in a context of its own, in UTC or another zone, with the clock held at `nowMs` where the test needs that. */
export async function openPage(
  browser: Browser,
  { nowMs, timezoneId = 'UTC' }: { nowMs?: number; timezoneId?: string | undefined } = {}
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: VIEWPORT, timezoneId, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  if (nowMs !== undefined) await page.clock.setFixedTime(nowMs);
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => errors.push(`uncaught: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) errors.push(`${response.status()} ${response.url()}`);
  });
  return { page, errors };
}

/** Writes `test-results/NAME.png`, for eyes. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(RESULTS, { recursive: true });
  await page.screenshot({ path: join(RESULTS, `${name}.png`) });
}

export interface Segment {
  readonly thread: string;
  readonly agent: string;
  readonly state: string;
  readonly startMs: number;
  readonly endMs: number;
  /** CSS pixels from the left edge of the chart. */
  readonly x: number;
  readonly width: number;
  /** CSS pixels from the top edge of the chart. */
  readonly y: number;
  readonly height: number;
  /** States that the mark stands for. */
  readonly states: number;
  /** What stands on or beside the mark. */
  readonly text: string;
}

/** The segments that the panel has drawn, from the table it keeps off-screen; waits for the table. */
export async function segmentsOf(panel: Locator): Promise<readonly Segment[]> {
  const rows = await cellsOf(panel, 'orchestrator-segments');
  return rows.map(([thread = '', agent = '', state = '', startMs, endMs, x, width, y, height, states, text = '']) => ({
    thread,
    agent,
    state,
    startMs: Number(startMs),
    endMs: Number(endMs),
    x: Number(x),
    width: Number(width),
    y: Number(y),
    height: Number(height),
    states: Number(states),
    text,
  }));
}

async function cellsOf(panel: Locator, testId: string): Promise<string[][]> {
  const table = panel.getByTestId(testId);
  await table.waitFor({ state: 'attached' });
  return table
    .locator('tbody tr')
    .evaluateAll((elements) => elements.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.innerText)));
}

export interface RunEndPlace {
  readonly thread: string;
  readonly outcome: string;
  readonly atMs: number;
  /** Middle of the mark, CSS pixels from the chart's corner. */
  readonly x: number;
  readonly y: number;
}

/** The marks of ended runs in view, from the table that the panel keeps off-screen; waits for one. */
export async function runEndsOf(panel: Locator): Promise<readonly RunEndPlace[]> {
  const rows = await cellsOf(panel, 'orchestrator-run-ends');
  return rows.map(([thread = '', outcome = '', atMs, x, y]) => ({
    thread,
    outcome,
    atMs: Number(atMs),
    x: Number(x),
    y: Number(y),
  }));
}

export interface RowPlace {
  readonly kind: string;
  readonly name: string;
  readonly depth: number;
  readonly y: number;
  readonly height: number;
  /** `true` or `false` of a group. */
  readonly expanded: string;
  /** What stands beside the name as its spend. */
  readonly spent: string;
}

/** The rows in view, groups and lanes, from the table that the panel keeps off-screen. */
export async function rowsOf(panel: Locator): Promise<readonly RowPlace[]> {
  const rows = await cellsOf(panel, 'orchestrator-rows');
  return rows.map(([kind = '', name = '', depth, y, height, expanded = '', spent = '']) => ({
    kind,
    name,
    depth: Number(depth),
    y: Number(y),
    height: Number(height),
    expanded,
    spent,
  }));
}

export interface MarkPlace {
  /** `time`, `amount`, `budget`, `checkpoint` and so on. */
  readonly kind: string;
  readonly text: string;
  /** CSS pixels from the chart's corner; NaN of what has no place on that axis. */
  readonly x: number;
  readonly y: number;
}

/** Ticks, budgets, checkpoints and other marks, from the table that the panel keeps off-screen; those of `kinds` alone. */
export async function marksOf(panel: Locator, ...kinds: readonly string[]): Promise<readonly MarkPlace[]> {
  const place = (text: string | undefined): number => (text === undefined || text === '' ? NaN : Number(text));
  return (await cellsOf(panel, 'orchestrator-marks'))
    .map(([kind = '', text = '', x, y]) => ({ kind, text, x: place(x), y: place(y) }))
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
}

/** The amount at a height of the burn-down, in the unit of the axis's own texts: read from two of them. */
export function amountAtY(marks: readonly MarkPlace[], y: number): number {
  const ticks = marks.filter(({ kind }) => kind === 'amount');
  const valueOf = ({ text }: MarkPlace): number => Number(text.replace('\u2212', '-').replace(/[^-\d.]/g, ''));
  const [low, high] = [ticks[0], ticks.at(-1)];
  if (low === undefined || high === undefined || low === high) throw new Error('the axis of amounts has no two ticks');
  return valueOf(low) + ((y - low.y) / (high.y - low.y)) * (valueOf(high) - valueOf(low));
}

/** The colour that is drawn at a place of the chart, as `#rrggbb`. */
export async function colorAt(panel: Locator, { x, y }: { x: number; y: number }): Promise<string> {
  return panel.locator('canvas').evaluate(
    (canvas, at) => {
      const { width, clientWidth } = canvas as HTMLCanvasElement;
      const scale = width / clientWidth;
      const drawn = (canvas as HTMLCanvasElement)
        .getContext('2d')
        ?.getImageData(Math.round(at.x * scale), Math.round(at.y * scale), 1, 1).data;
      return `#${[...(drawn ?? [])]
        .slice(0, 3)
        .map((part) => part.toString(16).padStart(2, '0'))
        .join('')}`;
    },
    { x, y }
  );
}
