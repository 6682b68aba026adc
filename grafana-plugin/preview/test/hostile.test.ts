// Names that mean harm in every place that shows them, under the host's strict Content-Security-Policy and without any.
import { AGGREGATES, BUDGETS, PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import type { Browser } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { launchBrowser, rowsOf, segmentsOf } from './support/browser.ts';
import { HOSTILE, HOSTILE_NAMES } from './support/lane-recordings.ts';
import { boxOf, BUDGETS_BELOW, comesTo, openPanel } from './support/open-panel.ts';
import { FROM_MS, NOW_MS } from './support/panel-recordings.ts';
import { startPreviewHost, type RunningHost } from './support/preview-host.ts';
import type { Recording } from './support/recorded-prometheus.ts';

const THREAD = '<script>window.broken=1</script>';
const rising = (labels: Record<string, string>) => ({
  labels: { environment: 'prod', ...labels },
  samples: Array.from({ length: 40 }, (_, i): [number, number] => [FROM_MS + i * 15_000, 0.01 * i]),
});
const constant = (labels: Record<string, string>, usd: number) => ({
  labels: { environment: 'prod', ...labels },
  samples: [
    [FROM_MS, usd],
    [NOW_MS - 1_000, usd],
  ] as [number, number][],
});

/** Agents, thread, models and budgets by such names. */
const ALL_HOSTILE: Recording = {
  ...HOSTILE,
  [PER_THREAD.threadCost.name]: HOSTILE_NAMES.map((agent) => rising({ thread: THREAD, agent })),
  [AGGREGATES.cost.name]: HOSTILE_NAMES.map((model) => rising({ agent: model, model })),
  [BUDGETS.limit.name]: HOSTILE_NAMES.map((budget) => constant({ budget }, 5)),
  [BUDGETS.remaining.name]: HOSTILE_NAMES.map((budget, i) => constant({ budget }, 4 - i)),
};

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
});

describe.each(HOST_VERSIONS)('hostile names with the @grafana %s packages', (version) => {
  let host: RunningHost;
  beforeAll(async () => {
    host = await startPreviewHost(version, 'http://127.0.0.1:1');
  });
  afterAll(async () => {
    expect(await host.stop()).toBe(0);
  });

  test.each<[string, { policy?: string }]>([
    ['under the strict policy', {}],
    ['without a policy', { policy: '' }],
  ])('%s nothing runs, nothing is asked for, nothing breaks', async (_name, { policy }) => {
    const { page, panel, errors } = await openPanel(browser, host, {
      recording: ALL_HOSTILE,
      inDashboard: true,
      options: { filterBoxFrom: 0 },
      search: '&var-thread=$__all',
      ...(policy === undefined ? {} : { policy }),
    });
    const outside: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(host.url) && !request.url().startsWith('data:')) outside.push(request.url());
    });
    const answered = (await page.request.get(`${host.url}/`)).headers()['content-security-policy'];
    expect(answered).toMatch(/default-src 'self'.*object-src 'none'/);
    // The policy is what the case says: only without one may an inline script run.
    const mayRun = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.inline = 1';
      document.head.append(script);
      return Reflect.get(window, 'inline') === 1;
    });
    expect(mayRun).toBe(policy === '');

    const states = await segmentsOf(panel);
    expect(new Set(states.map(({ agent }) => agent)).size).toBe(HOSTILE_NAMES.length);
    const chart = await boxOf(panel.getByTestId('orchestrator-chart'));
    for (const { y, height } of (await rowsOf(panel)).slice(1)) {
      await page.mouse.move(chart.x + chart.width * 0.4, chart.y + y + height / 2);
      await page.getByTestId('orchestrator-tooltip').waitFor();
    }
    const [state] = states;
    await page.mouse.click(chart.x + state!.x + state!.width / 2, chart.y + state!.y + state!.height / 2);
    await page.getByRole('dialog').getByTestId('orchestrator-tooltip-close').click();
    for (const id of [7, BUDGETS_BELOW]) {
      const box = await boxOf(page.getByTestId(`panel-${id}`).getByTestId('orchestrator-chart'));
      await page.keyboard.down('Shift');
      await page.mouse.move(box.x + 0.4 * box.width, box.y + 0.6 * box.height);
      await page.mouse.down();
      await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.6 * box.height, { steps: 2 });
      await page.mouse.up();
      await page.keyboard.up('Shift');
      const told = await page.getByTestId('orchestrator-spend').innerText();
      expect(told).toContain('<img src=x onerror=window.broken=1>');
      expect(told).not.toMatch(/\u202e/);
      await page.keyboard.press('Escape');
      await comesTo(() => page.getByTestId('orchestrator-spend').count(), 0);
    }
    await panel.getByTestId('orchestrator-filter').fill('<img');
    await comesTo(async () => new Set((await segmentsOf(panel)).map(({ agent }) => agent)).size, 1);

    expect(await page.evaluate(() => Reflect.get(window, 'broken') as unknown)).toBeUndefined();
    expect(await page.locator('[data-testid^="panel-"] :is(img, script, iframe, [onerror])').count()).toBe(0);
    expect(outside).toEqual([]);
    // The one refusal is the script that this test itself tried.
    expect(
      errors.filter((error) => !/Executing inline script violates|Refused to execute inline script/.test(error))
    ).toEqual([]);
    await page.context().close();
  });
});
