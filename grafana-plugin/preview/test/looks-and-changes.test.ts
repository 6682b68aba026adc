// What a dashboard says about the panel, in the preview host: value mappings, colours, the type it had before, options of
// another version, the time zone.
import type { Locator, Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { colorAt, marksOf, rowsOf, screenshot, segmentsOf } from './support/browser.ts';
import { boxOf, xOfTime, type PanelRequest } from './support/open-panel.ts';
import { EXACT, NOW_MS, SAMPLED } from './support/panel-recordings.ts';
import { inPreviewHost } from './support/preview-block.ts';

const MINUTE_MS = 60_000;
/** Codes: 2 running, 3 waiting, 6 failed. */
const MAPPINGS = [
  {
    type: 'value',
    options: {
      '2': { text: 'thinking', color: '#00aa55', index: 0 },
      '6': { text: '<b>broken</b>', color: '#aa00ff', index: 1 },
    },
  },
];

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
  const legend = (): Promise<string[]> =>
    panel
      .getByTestId('orchestrator-legend')
      .getByRole('button')
      .evaluateAll((all) => all.map((one) => one.textContent.replace('\u00d7', '')));
  /** In the lower part of a bar, beside what is written on it. */
  async function barColor(agent: string, state: string): Promise<string> {
    const bar = (await segmentsOf(panel)).findLast((one) => one.agent === agent && one.state === state)!;
    return colorAt(panel, { x: bar.x + bar.width - 12, y: bar.y + bar.height - 3 });
  }
  const USUAL_RUNNING = '#5794f2';

  describe('value mappings', () => {
    test('name and colour the states, on bars and in the legend, and are text', async () => {
      await show({ json: { fieldConfig: { defaults: { mappings: MAPPINGS }, overrides: [] } } });
      expect(await barColor('research', 'running')).toBe('#00aa55');
      const names = await legend();
      expect([
        names.some((name) => name.startsWith('thinking')),
        names.some((name) => name.startsWith('running')),
      ]).toEqual([true, false]);
      expect(names.filter((name) => name.startsWith('<b>broken</b>'))).toHaveLength(1);
      expect(await panel.locator('b').count()).toBe(0);
      const failed = (await segmentsOf(panel)).find(({ state }) => state === 'failed')!;
      const chart = await boxOf(panel.getByTestId('orchestrator-chart'));
      await page.mouse.move(chart.x + failed.x + 2, chart.y + failed.y + failed.height / 2);
      expect(await page.getByTestId('orchestrator-tooltip').innerText()).toContain('<b>broken</b>');
      await screenshot(page, `${version}-mappings`);
    });

    test('without any, states have their own words and colours', async () => {
      await show({});
      expect([
        await barColor('research', 'running'),
        (await legend()).some((name) => name.startsWith('running')),
      ]).toEqual([USUAL_RUNNING, true]);
    });

    test('that are colours alone leave the words', async () => {
      const mappings = [{ type: 'range', options: { from: 2, to: 2, result: { color: 'purple' } } }];
      await show({ json: { fieldConfig: { defaults: { mappings }, overrides: [] } } });
      expect(await barColor('research', 'running')).not.toBe(USUAL_RUNNING);
      expect((await legend()).some((name) => name.startsWith('running'))).toBe(true);
    });
  });

  test('an override gives one state a fixed colour, where states are series', async () => {
    const override = {
      matcher: { id: 'byRegexp', options: '/state="running"/' },
      properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: '#c0ffee' } }],
    };
    await show({ recording: SAMPLED, json: { fieldConfig: { defaults: {}, overrides: [override] } } });
    expect(await barColor('research', 'running')).toBe('#c0ffee');
    await screenshot(page, `${version}-override`);
  });

  describe('a panel that was a State timeline', () => {
    const fieldConfig = {
      defaults: {
        mappings: [{ type: 'value', options: { '3': { text: 'for a person', index: 0 } } }],
        color: { mode: 'thresholds' },
        thresholds: {
          mode: 'absolute',
          steps: [
            { value: null, color: '#123456' },
            { value: 2, color: '#00aa55' },
            { value: 3, color: '#ff8800' },
          ],
        },
        custom: { fillOpacity: 70, lineWidth: 0 },
      },
      overrides: [{ matcher: { id: 'byName', options: 'x' }, properties: [{ id: 'custom.fillOpacity', value: 10 }] }],
    };
    const options = {
      mergeValues: true,
      rowHeight: 0.9,
      legend: { showLegend: true, displayMode: 'table', placement: 'right', calcs: [] },
      tooltip: { mode: 'single', sort: 'none' },
    };

    test('keeps its mappings, the colours of its thresholds, its legend and its tooltip', async () => {
      await show({ json: { type: 'state-timeline', options, fieldConfig } });
      await panel.getByText('A state-timeline panel: drawn by Grafana itself.').waitFor();
      await panel.getByRole('button', { name: 'Show as Agent timeline and budget' }).click();
      expect(await barColor('research', 'running')).toBe('#00aa55');
      const box = await boxOf(panel.getByTestId('orchestrator-legend'));
      const chart = await boxOf(panel.getByTestId('orchestrator-chart'));
      expect(box.x).toBeGreaterThanOrEqual(chart.x + chart.width);
      const names = await panel.getByTestId('orchestrator-legend').innerText();
      expect([names.includes('for a person'), names.includes('waiting')]).toEqual([true, false]);
      const bar = (await segmentsOf(panel)).find(({ agent, state }) => agent === 'writer' && state === 'waiting')!;
      await page.mouse.move(chart.x + bar.x + bar.width / 2, chart.y + bar.y + bar.height / 2);
      const told = await page.getByTestId('orchestrator-tooltip').innerText();
      expect([told.includes('writer'), told.includes('research')]).toEqual([true, false]);
      await screenshot(page, `${version}-was-state-timeline`);
    });

    test('that was a bar chart: thresholds are amounts and colour no state', async () => {
      await show({ json: { type: 'barchart', options: {}, fieldConfig } });
      await panel.getByRole('button', { name: 'Show as Agent timeline and budget' }).click();
      expect(await barColor('research', 'running')).toBe(USUAL_RUNNING);
      expect(await panel.getByTestId('orchestrator-legend').innerText()).toContain('for a person');
    });
  });

  describe('options', () => {
    const stored = {
      bands: 'timeline',
      laneHeight: 40,
      legend: { displayMode: 'hidden', placement: 'bottom', calcs: [] },
      tooltip: { mode: 'none' },
      nonsense: { html: '<b>' },
    };

    test('that no version is known of are brought to this one: what means the same is taken over', async () => {
      await show({ json: { options: stored, pluginVersion: '0.0.1' } });
      const rows = await rowsOf(panel);
      expect(rows.find(({ name }) => name === 'research')?.height).toBe(40);
      expect(await panel.getByTestId('orchestrator-legend').count()).toBe(0);
      const bar = (await segmentsOf(panel)).find(({ agent }) => agent === 'research')!;
      const chart = await boxOf(panel.getByTestId('orchestrator-chart'));
      await page.mouse.move(chart.x + bar.x + bar.width / 2, chart.y + bar.y + bar.height / 2);
      await panel.getByTestId('orchestrator-crosshair').waitFor();
      expect(await page.getByTestId('orchestrator-tooltip').count()).toBe(0);
      await screenshot(page, `${version}-migrated`);
    });

    test('of this version stay as they are', async () => {
      await show({ json: { options: { ...stored, version: 1, tooltip: 'single' }, pluginVersion: '0.0.1' } });
      const bar = (await segmentsOf(panel)).find(({ agent, state }) => agent === 'writer' && state === 'waiting')!;
      const chart = await boxOf(panel.getByTestId('orchestrator-chart'));
      await page.mouse.move(chart.x + bar.x + bar.width / 2, chart.y + bar.y + bar.height / 2);
      const told = await page.getByTestId('orchestrator-tooltip').innerText();
      expect([told.includes('writer'), told.includes('research')]).toEqual([true, false]);
    });
  });

  describe('the time zone of the dashboard', () => {
    test.each([
      { timezone: 'utc', offsetMinutes: 0, start: '11:56:40.000' },
      { timezone: 'Asia/Tokyo', offsetMinutes: 540, start: '20:56:40.000' },
      { timezone: 'Asia/Kolkata', offsetMinutes: 330, start: '17:26:40.000' },
      { timezone: 'America/St_Johns', offsetMinutes: -210, start: '08:26:40.000' },
    ])('$timezone: the axis, the tooltip and the table tell its times', async ({ timezone, offsetMinutes, start }) => {
      // A browser elsewhere: where it is in the same zone as the dashboard, nobody could tell which one is taken.
      await show({ dashboard: { timezone }, browserZone: 'America/New_York' });
      const ticks = await marksOf(panel, 'time');
      expect(ticks.length).toBeGreaterThan(4);
      const midnightMs = Date.UTC(2025, 10, 24) - offsetMinutes * MINUTE_MS;
      for (const { text, x } of ticks) {
        const [hours = NaN, minutes = NaN, seconds = 0] = text.split(':').map(Number);
        const sinceMidnight = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
        expect(Math.abs(x - (await xOfTime(panel, midnightMs + sinceMidnight)))).toBeLessThan(1);
      }
      const bar = (await segmentsOf(panel)).find(({ agent, state }) => agent === 'writer' && state === 'waiting')!;
      expect(bar.startMs).toBe(NOW_MS - 200_000);
      const chart = await boxOf(panel.getByTestId('orchestrator-chart'));
      await page.mouse.move(chart.x + bar.x + 20, chart.y + bar.y + bar.height / 2);
      expect(await page.getByTestId('orchestrator-tooltip').innerText()).toContain(start);
      await panel.getByTestId('orchestrator-state-table-toggle').click();
      const row = panel.getByTestId('orchestrator-state-table').getByRole('row').filter({ hasText: 'waiting' });
      expect(await row.getByRole('cell').nth(2).innerText()).toBe(start);
      await screenshot(page, `${version}-zone-${timezone.replace('/', '-')}`);
    });
  });
});
