// The panel alone in the preview host, on a recording, with options in place of the dashboard's.
import { isDeepStrictEqual } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { openPage, type WatchedPage } from './browser.ts';
import { DEADLINE_MS } from './eventually.ts';
import { FROM_MS, NOW_MS, THREAD, TO_MS } from './panel-recordings.ts';
import type { RunningHost } from './preview-host.ts';
import { recordPrometheus, type RecordedExemplar, type Recording } from './recorded-prometheus.ts';

/** On the provisioned dashboard of a thread. */
const THREAD_PANEL = 7;
/** On the provisioned dashboard of a budget; what is recorded answers for all budgets. */
export const BUDGETS_PANEL = 9;
/** Of the panel of budgets where it stands below that of threads. */
export const BUDGETS_BELOW = 108;

export interface PanelRequest {
  readonly recording: Recording;
  readonly exemplars?: readonly RecordedExemplar[];
  /** Its id; that of threads where it is left out. */
  readonly id?: number;
  /** Over those of the provisioned dashboard. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** In place of the panel's own JSON: its type, its field config, all of its options. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** Beside the panel's own. */
  readonly targets?: readonly object[];
  /** In place of the dashboard's own JSON. */
  readonly dashboard?: Readonly<Record<string, unknown>>;
  /** More of the address, from its `&` on. */
  readonly search?: string;
  /** The whole dashboard around it, and the panel of budgets below, in a window high enough for both. */
  readonly inDashboard?: boolean;
  /** Zone of the browser; UTC where it is left out. */
  readonly browserZone?: string;
  /** Content-Security-Policy that the host's page is served with. */
  readonly policy?: string;
  /** What is done to the page before anything is loaded. */
  readonly prepare?: (page: Page) => Promise<void>;
}

interface DashboardPanel {
  readonly id: number;
  readonly gridPos: { x: number; y: number; w: number; h: number };
  options?: object;
  readonly targets?: object[];
}

export interface OpenedPanel extends WatchedPage {
  readonly panel: Locator;
  readonly chart: Locator;
}

export async function openPanel(browser: Browser, host: RunningHost, request: PanelRequest): Promise<OpenedPanel> {
  const opened = await openPage(browser, { nowMs: NOW_MS, timezoneId: request.browserZone });
  const { page } = opened;
  if (request.inDashboard === true) await page.setViewportSize({ width: 1_280, height: 1_500 });
  const { id = THREAD_PANEL, exemplars = [] } = request;
  await recordPrometheus(page, request.recording, exemplars);
  await request.prepare?.(page);
  if (request.policy !== undefined) await underPolicy(page, host, request.policy);
  await page.route('**/api/dashboards/uid/*', async (route) => {
    const answer = (await (await route.fetch()).json()) as {
      dashboard: { panels: DashboardPanel[] };
    };
    Object.assign(answer.dashboard, request.dashboard);
    if (request.inDashboard === true) await addBudgets(page, host, answer.dashboard.panels);
    for (const one of answer.dashboard.panels) {
      if (one.id !== id) continue;
      one.options = { ...one.options, ...request.options };
      one.targets?.push(...(request.targets ?? []));
      Object.assign(one, request.json);
    }
    await route.fulfill({ json: answer });
  });
  const range = `from=${FROM_MS}&to=${TO_MS}`;
  const view = request.inDashboard === true ? '' : `&viewPanel=${id}`;
  const uid = id === BUDGETS_PANEL ? 'orchestrator-budget' : 'orchestrator-thread';
  await page.goto(`${host.url}/?dashboard=${uid}&${range}${view}&var-thread=${THREAD}${request.search ?? ''}`);
  const panel = page.getByTestId(`panel-${id}`);
  return { ...opened, panel, chart: panel.getByTestId('orchestrator-chart') };
}

async function addBudgets(page: Page, host: RunningHost, panels: DashboardPanel[]): Promise<void> {
  const budget = (await (await page.request.get(`${host.url}/api/dashboards/uid/orchestrator-budget`)).json()) as {
    dashboard: { panels: DashboardPanel[] };
  };
  const { gridPos: above } = panels.find(({ id }) => id === THREAD_PANEL)!;
  const gridPos = { x: 0, y: above.y + above.h, w: 24, h: 10 };
  for (const one of panels) if (one.gridPos.y >= gridPos.y) one.gridPos.y += gridPos.h;
  panels.push({ ...budget.dashboard.panels.find(({ id }) => id === BUDGETS_PANEL)!, id: BUDGETS_BELOW, gridPos });
}

async function underPolicy(page: Page, host: RunningHost, policy: string): Promise<void> {
  await page.route(`${host.url}/?*`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      headers: { ...response.headers(), 'content-security-policy': policy },
    });
  });
}

/** What is read follows the canvas once it rests: reads until it says what is wanted, or shows how it differs. */
export async function comesTo<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  let last = await read();
  while (!isDeepStrictEqual(last, wanted) && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    last = await read();
  }
  expect(last).toEqual(wanted);
}

export async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('it is not visible and has no place');
  return box;
}

/** Where it is once it stays there: what is placed by its own size is placed again once that is known. */
export async function restingBox(locator: Locator): ReturnType<typeof boxOf> {
  let box = await boxOf(locator);
  const rests = async (): Promise<boolean> => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = box;
    box = await boxOf(locator);
    return isDeepStrictEqual(box, before);
  };
  await comesTo(rests, true);
  return box;
}

/** CSS pixels from the chart's left edge to an instant of the usual range, as far as the axis shows it. */
export async function xOfTime(panel: Locator, ms: number): Promise<number> {
  const chart = await boxOf(panel.getByTestId('orchestrator-chart'));
  const axis = await boxOf(panel.getByTestId('orchestrator-axis'));
  return axis.x - chart.x + ((ms - FROM_MS) / (TO_MS - FROM_MS)) * axis.width;
}
