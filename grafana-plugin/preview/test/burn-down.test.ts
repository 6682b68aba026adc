// The burn-down in the preview host: scales, several budgets, marks, forecasts, as geometry and text.
import type { Locator, Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { amountAtY, marksOf, screenshot, type MarkPlace } from './support/browser.ts';
import { evenly, recordBudgets, type RecordedBudget } from './support/budget-recordings.ts';
import { BUDGETS_PANEL, xOfTime } from './support/open-panel.ts';
import { FROM_MS, NOW_MS } from './support/panel-recordings.ts';
import { inPreviewHost } from './support/preview-block.ts';

const MINUTE_MS = 60_000;

const budget = (given: Partial<RecordedBudget> = {}): RecordedBudget => ({
  name: 'team',
  limits: [[FROM_MS, 100]],
  remaining: evenly(80, 50),
  ...given,
});

/** Of two sizes; the one with the least part left is drawn as the main one. */
const OF_TWO_SIZES = recordBudgets([
  budget({ name: 'roomy', limits: [[FROM_MS, 10]], remaining: evenly(9, 8) }),
  budget({ name: 'main', remaining: evenly(60, 30), thresholds: [0.5, 0.9] }),
  budget({ name: 'half' }),
]);
const OF_ONE_SIZE = recordBudgets([budget({ name: 'main', remaining: evenly(60, 30) }), budget({ name: 'half' })]);

describe.each(HOST_VERSIONS)('the burn-down with the @grafana %s packages', (version) => {
  const { open, leave } = inPreviewHost(version);
  let page: Page;
  let panel: Locator;
  afterEach(leave);

  async function show(
    recording: ReturnType<typeof recordBudgets>,
    { options = {}, search = '' }: { options?: Readonly<Record<string, unknown>>; search?: string } = {}
  ): Promise<readonly MarkPlace[]> {
    ({ page, panel } = await open({ recording, options, id: BUDGETS_PANEL, search: `&refresh=${search}` }));
    return marksOf(panel);
  }
  const figure = (id: string): Promise<string[]> =>
    panel.getByTestId(`orchestrator-figure-${id}`).locator('dt, dd span').allInnerTexts();
  const hint = (id: string) => panel.getByTestId(`orchestrator-figure-${id}`).getAttribute('title');
  const rounded = (amount: number): number => Math.round(10 * amount) / 10;

  /** Names of the budgets with the amounts at which their lines begin and end. */
  const lines = (marks: readonly MarkPlace[]): Record<string, number[]> => {
    const ends: Record<string, number[]> = {};
    for (const { text, y } of marks.filter(({ kind }) => kind === 'budget')) {
      (ends[text] ??= []).push(rounded(amountAtY(marks, y)));
    }
    return ends;
  };

  describe('several budgets', () => {
    test.each([
      { name: 'of very different size are parts of their limits', scale: 'auto', recording: OF_TWO_SIZES, unit: '%' },
      { name: 'are dollars where that is asked for', scale: 'usd', recording: OF_TWO_SIZES, unit: '$' },
      { name: 'of one size are dollars', scale: 'auto', recording: OF_ONE_SIZE, unit: '$' },
      { name: 'of one size are parts where that is asked for', scale: 'percent', recording: OF_ONE_SIZE, unit: '%' },
    ])('$name', async ({ scale, recording, unit }) => {
      const marks = await show(recording, {
        options: { budgetScale: scale },
        search: unit === '%' ? '' : '&theme=light',
      });
      const ticks = marks.filter(({ kind }) => kind === 'amount').map(({ text }) => text);
      expect(ticks.filter((text) => !text.includes(unit))).toEqual([]);
      const roomy = unit === '%' ? [90, 80] : [9, 8];
      expect(lines(marks)).toEqual({
        main: [60, 30],
        half: [80, 50],
        ...(recording === OF_TWO_SIZES ? { roomy } : {}),
      });
      // All are known until now, from the left edge on.
      const nowX = await xOfTime(panel, NOW_MS);
      const [left, right] = [[] as number[], [] as number[]];
      marks.filter(({ kind }) => kind === 'budget').forEach(({ x }, i) => (i % 2 ? right : left).push(x));
      expect(Math.max(...right.map((x) => Math.abs(x - nowX)))).toBeLessThan(2);
      const fromX = await xOfTime(panel, FROM_MS);
      expect(Math.max(...left.map((x) => Math.abs(x - fromX)))).toBeLessThan(2);
      expect(await figure('remaining')).toEqual(['Remaining \u00b7 main', '$30.00', 'of $100.00']);
      await screenshot(page, `${version}-budgets-${scale}-${unit === '%' ? 'share' : 'usd'}`);
    });

    test('thresholds are those of the main one, at the part that is left', async () => {
      const marks = await show(OF_TWO_SIZES);
      const thresholds = marks.filter(({ kind }) => kind === 'threshold');
      expect(thresholds.map(({ text, y }) => [text, rounded(amountAtY(marks, y))])).toEqual([
        ['90 %', 10],
        ['50 %', 50],
      ]);
      const limits = marks.filter(({ kind }) => kind === 'limit');
      expect(limits.map(({ y }) => rounded(amountAtY(marks, y)))).toEqual([100]);
    });
  });

  test('a reset and a top-up stand at their instants, the top-up on the line with its amount', async () => {
    const [toppedUpMs, resetMs] = [FROM_MS + 3 * MINUTE_MS, FROM_MS + 7 * MINUTE_MS];
    const marks = await show(
      recordBudgets([
        budget({
          limits: [
            [FROM_MS, 100],
            [toppedUpMs, 150],
          ],
          remaining: (atMs) =>
            atMs >= resetMs
              ? 150 - (atMs - resetMs) / MINUTE_MS
              : (atMs >= toppedUpMs ? 90 : 40) - (atMs - FROM_MS) / MINUTE_MS,
          period: (atMs) =>
            atMs >= resetMs ? [resetMs, resetMs + 60 * MINUTE_MS] : [resetMs - 60 * MINUTE_MS, resetMs],
        }),
      ]),
      { search: '&theme=light' }
    );
    const found = marks.filter(({ kind }) => ['reset', 'top-up', 'cut'].includes(kind));
    expect(found.map(({ kind, text, y }) => [kind, text, rounded(amountAtY(marks, y))])).toEqual([
      ['top-up', '+$50.00', 87],
      ['reset', 'reset', 150],
    ]);
    const [toppedUpX, resetX] = [await xOfTime(panel, toppedUpMs), await xOfTime(panel, resetMs)];
    expect([Math.abs(found[0]!.x - toppedUpX) < 2, Math.abs(found[1]!.x - resetX) < 2]).toEqual([true, true]);
    // Even spend falls from the limit over the true period, an hour: at the right edge nine minutes of it are gone less the
    // part outside of the view.
    const ideal = marks.filter(({ kind }) => kind === 'even spend');
    expect(ideal.map(({ y }) => rounded(amountAtY(marks, y)))).toEqual([17.5, 0, 150, 137.5]);
    await screenshot(page, `${version}-budget-marks`);
  });

  describe('the forecast', () => {
    /** From 50 at now with 30 in ten minutes: gone in 16 min 40 s. */
    const EXPECTED_MS = NOW_MS + (50 / 30) * 10 * MINUTE_MS;

    test('runs on at the rate of the lookback, and the exporter that expects the same is told on hover only', async () => {
      const marks = await show(recordBudgets([budget({ exhaustionMs: EXPECTED_MS + 1_000 })]));
      const [from, to] = marks.filter(({ kind }) => kind === 'forecast');
      expect([from!, to!].map(({ y }) => rounded(amountAtY(marks, y)))).toEqual([50, 44]);
      expect(Math.abs(from!.x - (await xOfTime(panel, NOW_MS)))).toBeLessThan(2);
      expect(await figure('exhaustion')).toEqual(['Exhausted', '12:16', 'in 17 min, \u00b1 38 s']);
      expect(await hint('exhaustion')).toBe('From the spend of the last 10 min. The exporter expects 12:16:41.000');
      await screenshot(page, `${version}-forecast-agreed`);
    });

    test('that differs from what the exporter expects says so beside it', async () => {
      await show(recordBudgets([budget({ exhaustionMs: NOW_MS + 90 * MINUTE_MS })]), { search: '&theme=light' });
      expect(await figure('exhaustion')).toEqual([
        'Exhausted',
        '12:16',
        'in 17 min, \u00b1 38 s \u00b7 exporter: 13:30',
      ]);
      await screenshot(page, `${version}-forecast-disputed`);
    });

    test('in view, the line ends at zero where the money does', async () => {
      const marks = await show(recordBudgets([budget({ remaining: evenly(55, 5) })]));
      const line = marks.filter(({ kind }) => kind === 'forecast');
      expect(line.map(({ y }) => rounded(amountAtY(marks, y)))).toEqual([5, 0]);
      const [end] = marks.filter(({ kind }) => kind === 'exhausted');
      expect(end!.x).toBeCloseTo(line[1]!.x, 1);
      expect(Math.abs(end!.x - (await xOfTime(panel, NOW_MS + MINUTE_MS)))).toBeLessThan(2);
      expect((await figure('exhaustion')).slice(0, 2)).toEqual(['Exhausted', '12:01']);
    });

    test('without enough data there is none, and what the exporter expects stands in its place', async () => {
      const young = budget({ sinceMs: NOW_MS - 15_000, remaining: () => 50, exhaustionMs: EXPECTED_MS });
      const marks = await show(recordBudgets([young]));
      expect(marks.filter(({ kind }) => kind === 'forecast' || kind === 'exhausted')).toEqual([]);
      expect(await figure('exhaustion')).toEqual(['Exhausted', '12:16', 'by the exporter']);
    });

    test('of a month from ten minutes says from how little', async () => {
      const monthly = budget({ period: () => [Date.UTC(2025, 10, 1), Date.UTC(2025, 11, 1)] });
      await show(recordBudgets([monthly]));
      expect(await figure('exhaustion')).toEqual([
        'Exhausted',
        '12:16',
        'in 17 min, \u00b1 38 s \u00b7 from the last 10 min',
      ]);
    });
  });
});
