// What is marked at an instant, in the preview host: checkpoints on their rail, exemplars below the plots.
import { PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import type { Locator, Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { marksOf, rowsOf, screenshot } from './support/browser.ts';
import { boxOf, xOfTime, type PanelRequest } from './support/open-panel.ts';
import { EXACT, NOW_MS, THREAD } from './support/panel-recordings.ts';
import { inPreviewHost } from './support/preview-block.ts';
import type { RecordedExemplar } from './support/recorded-prometheus.ts';

const CHECKPOINTS_BEFORE_NOW_MS = [530_000, 410_000, 300_000, 150_000, 40_000];

const exemplar = (beforeMs: number, traceId: string): RecordedExemplar => ({
  labels: { thread: THREAD, agent: 'research', trace_id: traceId },
  atMs: NOW_MS - beforeMs,
  value: 0.25,
});
const EXEMPLARS = [exemplar(420_000, '4bf92f35'), exemplar(120_000, '<img src=x onerror=window.broken=1>')];
const ASKING = [{ refId: 'X', expr: PER_THREAD.threadCost.name, range: true, exemplar: true }];

describe.each(HOST_VERSIONS)('with the @grafana %s packages', (version) => {
  const { open, leave } = inPreviewHost(version);
  let page: Page;
  let panel: Locator;
  afterEach(leave);

  async function show(request: Partial<PanelRequest>): Promise<void> {
    ({ page, panel } = await open({
      recording: EXACT,
      ...request,
      search: `&refresh=${request.search ?? ''}`,
    }));
  }

  describe('checkpoints', () => {
    test('stand at their instants on one rail above the lanes, and say which they are', async () => {
      await show({});
      const found = await marksOf(panel, 'checkpoint');
      expect(found.map(({ text }) => text)).toEqual(['0', '1', '2', '3', '4']);
      for (const [i, { x }] of found.entries()) {
        expect(Math.abs(x - (await xOfTime(panel, NOW_MS - CHECKPOINTS_BEFORE_NOW_MS[i]!)))).toBeLessThan(1);
      }
      const [first] = await rowsOf(panel);
      expect([new Set(found.map(({ y }) => y)).size, found[0]!.y < first!.y]).toEqual([1, true]);
      const chart = await boxOf(panel.getByTestId('orchestrator-chart'));
      await page.mouse.move(chart.x + found[2]!.x, chart.y + found[2]!.y);
      const told = await page.getByTestId('orchestrator-tooltip').innerText();
      expect([told.includes('\u25c7 checkpoint 2'), told.includes('11:55:00.000')]).toEqual([true, true]);
      await screenshot(page, `${version}-checkpoint`);
    });

    test('are not there where they are turned off', async () => {
      await show({ options: { showCheckpoints: false } });
      await rowsOf(panel);
      expect(await marksOf(panel, 'checkpoint')).toEqual([]);
    });
  });

  describe('exemplars', () => {
    test('stand at their instants below the plots and tell their labels as text', async () => {
      await show({ exemplars: EXEMPLARS, targets: ASKING, search: '&theme=light' });
      const marks = panel.getByTestId('orchestrator-exemplar-mark');
      await marks.nth(1).waitFor();
      const chart = await boxOf(panel.getByTestId('orchestrator-chart'));
      const axis = await boxOf(panel.getByTestId('orchestrator-axis'));
      const boxes = await Promise.all((await marks.all()).map((one) => boxOf(one)));
      for (const [i, box] of boxes.entries()) {
        const middle = box.x + box.width / 2 - chart.x;
        expect(Math.abs(middle - (await xOfTime(panel, EXEMPLARS[i]!.atMs)))).toBeLessThan(1);
        expect(Math.abs(box.y - axis.y)).toBeLessThan(1);
      }
      await marks.first().hover();
      const told = page.getByTestId('orchestrator-annotation-text');
      expect(await told.innerText()).toBe(
        ['11:53:00.000', 'Exemplar', 'Value: 0.25', 'agent: research', `thread: ${THREAD}`, 'trace_id: 4bf92f35'].join(
          '\n'
        )
      );
      await screenshot(page, `${version}-exemplar`);
      await marks.nth(1).hover();
      await page.getByText('trace_id: <img').waitFor();
      expect(await page.evaluate(() => Reflect.get(window, 'broken') as unknown)).toBeUndefined();
    });

    test('are no annotations: they draw no line over the plots', async () => {
      await show({ exemplars: EXEMPLARS, targets: ASKING });
      await panel.getByTestId('orchestrator-exemplar-mark').first().waitFor();
      expect(await panel.getByTestId('orchestrator-annotation').count()).toBe(0);
    });

    test('are not there where no query asks for them', async () => {
      await show({ exemplars: EXEMPLARS });
      await rowsOf(panel);
      expect(await panel.getByTestId('orchestrator-exemplar-mark').count()).toBe(0);
    });
  });
});
