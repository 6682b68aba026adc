// Replay and the spend of a brushed range, in the whole dashboard: keyboard, figures of then, the crosshair in other panels.
import { AGGREGATES, BUDGETS, PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import type { Locator, Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { screenshot, segmentsOf } from './support/browser.ts';
import { boxOf, BUDGETS_BELOW, comesTo } from './support/open-panel.ts';
import { EXACT, FROM_MS, NOW_MS, THREAD, TO_MS } from './support/panel-recordings.ts';
import { inPreviewHost } from './support/preview-block.ts';
import type { Recording } from './support/recorded-prometheus.ts';

const STEP_MS = 15_000;

/** A total that rises by `usd` with every scrape after `fromSeconds`. */
const rising = (labels: Record<string, string>, usd: number, fromSeconds: number) => ({
  labels: { environment: 'prod', ...labels },
  samples: Array.from({ length: 40 }, (_, i): [number, number] => [
    FROM_MS + i * STEP_MS,
    (Math.max(0, i * STEP_MS - fromSeconds * 1_000) / STEP_MS) * usd,
  ]),
});
const constant = (usd: number) => [
  {
    labels: { environment: 'prod', budget: 'team' },
    samples: [
      [FROM_MS, usd],
      [NOW_MS - 1_000, usd],
    ] as [number, number][],
  },
];

/** In two minutes of the range research spends $0.24 with one model, and writer $0.06 with another. */
const SPENDING: Recording = {
  ...EXACT,
  [PER_THREAD.threadCost.name]: [
    rising({ thread: THREAD, agent: 'research' }, 0.03, 60),
    rising({ thread: THREAD, agent: 'writer' }, 0.01, 390),
  ],
  [AGGREGATES.cost.name]: [
    rising({ agent: 'research', model: 'large' }, 0.03, 60),
    rising({ agent: 'writer', model: '<b>small</b>' }, 0.01, 390),
  ],
  [BUDGETS.limit.name]: constant(5),
  [BUDGETS.remaining.name]: constant(4),
};
/** Between scrapes: a pixel more or less is the same spend. */
const BRUSHED = [FROM_MS + 367_000, FROM_MS + 487_000] as const;

/** Resolves when the page has been told. */
async function reduceMotion(page: Page, reducedMotion: 'reduce' | 'no-preference'): Promise<void> {
  await page.evaluate(() => {
    const query = matchMedia('(prefers-reduced-motion: reduce)');
    const told = new Promise((resolve) => {
      query.addEventListener('change', resolve, { once: true });
    });
    Object.assign(window, { told });
  });
  await page.emulateMedia({ reducedMotion });
  await page.evaluate(() => Reflect.get(window, 'told') as unknown);
}

describe.each(HOST_VERSIONS)('with the @grafana %s packages', (version) => {
  const { open } = inPreviewHost(version);
  let page: Page;
  let panel: Locator;
  let slider: Locator;
  beforeAll(async () => {
    ({ page, panel } = await open({ recording: SPENDING, inDashboard: true, search: '&refresh=' }));
    slider = panel.getByRole('slider', { name: 'Replay: instant' });
    await segmentsOf(panel);
  });

  const beforeNow = async (): Promise<number> => NOW_MS - Number(await slider.getAttribute('aria-valuenow'));
  const button = (name: string) => panel.getByTestId('orchestrator-replay').getByRole('button', { name });
  const live = () => button('Live').getAttribute('aria-pressed');

  /** Page x of an instant in a panel. */
  async function xOf(within: Locator, ms: number): Promise<number> {
    const axis = await boxOf(within.getByTestId('orchestrator-axis'));
    return axis.x + ((ms - FROM_MS) / (TO_MS - FROM_MS)) * axis.width;
  }

  describe('replay', () => {
    test('live, the slider stands at now and says so', async () => {
      expect([await slider.getAttribute('aria-valuemin'), await slider.getAttribute('aria-valuemax')]).toEqual([
        String(FROM_MS),
        String(NOW_MS),
      ]);
      expect([await beforeNow(), await live()]).toEqual([0, 'true']);
      expect(await slider.getAttribute('aria-valuetext')).toMatch(/1 thread.*3 agents|1 thread.*4 lanes/);
    });

    test.each([
      ['ArrowLeft', 'the transition before', 200_000],
      ['ArrowLeft', 'the one before that', 290_000],
      ['ArrowRight', 'the next transition', 200_000],
      ['PageDown', 'the checkpoint before', 300_000],
      ['PageUp', 'the next checkpoint', 150_000],
      ['PageUp', 'the last checkpoint', 40_000],
      ['Home', 'the beginning of the range', 600_000],
      ['ArrowRight', 'the first transition', 540_000],
      ['End', 'now again', 0],
    ])('%s goes to %s', async (key, _name, expected) => {
      await slider.focus();
      await page.keyboard.press(key);
      await comesTo(beforeNow, expected);
      expect(await live()).toBe(expected === 0 ? 'true' : 'false');
    });

    test.each([
      ['Checkpoint before', 40_000],
      ['Transition before', 200_000],
      ['Checkpoint before', 300_000],
      ['Next transition', 298_500],
      ['Next checkpoint', 150_000],
    ])('the button "%s" does the same', async (name, expected) => {
      await button(name).click();
      await comesTo(beforeNow, expected);
    });

    test('at the cursor stand the states, the spend and the budget of then', async () => {
      await slider.focus();
      await page.keyboard.press('Home');
      for (let i = 0; i < 9; i++) await page.keyboard.press('ArrowRight');
      await comesTo(beforeNow, 297_000);
      await page.mouse.move(5, 5);
      // 24 steps of 6 cents of 5 dollars are spent.
      await comesTo(
        () => panel.getByTestId('orchestrator-figure-remaining').locator('dd').innerText(),
        '$3.56\nof $5.00'
      );
      expect(await slider.getAttribute('aria-valuetext')).toMatch(/^11:55:03\.000\. .*running/);
      expect(await panel.getByTestId('orchestrator-replay-time').innerText()).toBe('11:55:03.000');
      expect(await panel.getByTestId('orchestrator-figure-state').innerText()).toMatch(
        /^State\nrunning\n1(?: of 3 (?:agents )?active|\/3)$/
      );
      const told = await page.getByTestId('orchestrator-tooltip').first().innerText();
      expect(told).toMatch(/11:55:03\.000[\s\S]*research[\s\S]*running[\s\S]*\$3\.56/);
      const cursor = await boxOf(panel.getByTestId('orchestrator-replay-cursor'));
      expect(Math.abs(cursor.x + 1 - (await xOf(panel, NOW_MS - 297_000)))).toBeLessThan(2);
      await screenshot(page, `${version}-replay`);
    });

    test('other panels follow its cursor, and lose it with the replay', async () => {
      const other = page.getByTestId(`panel-${BUDGETS_BELOW}`).getByTestId('orchestrator-crosshair');
      await button('Checkpoint before').click();
      await comesTo(beforeNow, 300_000);
      const follows = async () =>
        Math.abs((await boxOf(other)).x - (await xOf(page.getByTestId(`panel-${BUDGETS_BELOW}`), NOW_MS - 300_000))) <
        2;
      await comesTo(follows, true);
      await button('Live').click();
      await comesTo(() => other.count(), 0);
      expect([await live(), await panel.getByTestId('orchestrator-replay-cursor').count()]).toEqual(['true', 0]);
    });

    test('the scrubber can be dragged', async () => {
      const rail = await boxOf(slider);
      const [from, to] = [await xOf(panel, NOW_MS - 500_000), await xOf(panel, NOW_MS - 100_000)];
      await page.mouse.move(from, rail.y + rail.height / 2);
      await page.mouse.down();
      await page.mouse.move(to, rail.y + rail.height / 2, { steps: 3 });
      await page.mouse.up();
      // A pixel is 0.7 s.
      await comesTo(async () => Math.abs((await beforeNow()) - 100_000) < 1_500, true);
    });

    describe('with the clock of the page in hand', () => {
      const FRAME_MS = 16;
      beforeAll(() => page.clock.pauseAt(NOW_MS));
      afterAll(() => page.clock.resume());

      /** Milliseconds that the replay stands after the beginning of the range. */
      const replayed = async (): Promise<number> => Number(await slider.getAttribute('aria-valuenow')) - FROM_MS;
      const playFromBegin = async (): Promise<void> => {
        await slider.focus();
        await page.keyboard.press('Home');
        await page.keyboard.press('Space');
        await button('Pause the replay').waitFor();
      };

      test('it plays at 1, 5, 20 and 100 times, pauses, and ends live', async () => {
        await playFromBegin();
        for (const speed of [1, 5, 20, 100]) {
          expect(await button('Speed').innerText()).toBe(`${speed}\u00d7`);
          // From the first frame on it is known how much time passes.
          await page.clock.runFor(FRAME_MS);
          const before = await replayed();
          await page.clock.runFor(40 * FRAME_MS);
          await comesTo(replayed, before + 40 * FRAME_MS * speed);
          await button('Speed').click();
        }
        await button('Pause the replay').click();
        await button('Replay the range').waitFor();
        const paused = await replayed();
        await page.clock.runFor(40 * FRAME_MS);
        expect(await replayed()).toBe(paused);
        for (let i = 0; i < 3; i++) await button('Speed').click();
        await slider.focus();
        await page.keyboard.press('End');
        await page.keyboard.press('PageDown');
        await page.keyboard.press('Space');
        // 40 s before now, at a hundred times.
        await page.clock.runFor(300);
        expect(await live()).toBe('false');
        await page.clock.runFor(200);
        await comesTo(live, 'true');
      });

      test('for those who asked for less motion it plays in steps of a second', async () => {
        await reduceMotion(page, 'reduce');
        await playFromBegin();
        await page.clock.runFor(FRAME_MS);
        // Looked at every half second; a second is full at its 63rd frame.
        for (const seconds of [0, 0, 1, 1, 2]) {
          await page.clock.runFor(31 * FRAME_MS);
          await comesTo(replayed, seconds * 63 * FRAME_MS * 100);
        }
        await page.keyboard.press('End');
        await reduceMotion(page, 'no-preference');
      });
    });
  });

  describe('a range brushed with shift', () => {
    const spend = () => page.getByTestId('orchestrator-spend');
    const tables = async (): Promise<string[][][]> =>
      spend()
        .locator('table')
        .evaluateAll((all) =>
          all.map((table) =>
            [...table.querySelectorAll('tr')].map((row) =>
              [...row.children].map((cell) => (cell as HTMLElement).innerText).filter((text) => text !== '')
            )
          )
        );

    async function brush(within: Locator, part: number): Promise<void> {
      const chart = await boxOf(within.getByTestId('orchestrator-chart'));
      const y = chart.y + part * chart.height;
      await page.keyboard.down('Shift');
      await page.mouse.move(await xOf(within, BRUSHED[0]), y);
      await page.mouse.down();
      await page.mouse.move(await xOf(within, BRUSHED[1]), y, { steps: 4 });
      await page.mouse.up();
      await page.keyboard.up('Shift');
    }

    const AGENTS = [
      ['Agents', '$0.30'],
      ['research', '$0.24', '80.0 %'],
      ['writer', '$0.06', '20.0 %'],
    ];
    const MODELS = [
      ['Models', '$0.30'],
      ['large', '$0.24', '80.0 %'],
      ['<b>small</b>', '$0.06', '20.0 %'],
    ];

    test.each([
      ['the timeline', 7, 0.2, [AGENTS]],
      ['the burn-down', 7, 0.8, [AGENTS]],
      ['the burn-down of budgets, models too', BUDGETS_BELOW, 0.5, [AGENTS, MODELS]],
    ])('on %s tells who spent what, most first, with shares', async (_name, id, part, expected) => {
      const within = page.getByTestId(`panel-${id}`);
      await brush(within, part);
      await comesTo(tables, expected);
      expect(await spend().getAttribute('aria-label')).toMatch(
        /^Spend from 11:56:0[67]\.\d{3} \u2013 11:58:0[67]\.\d{3}$/
      );
      const marked = await boxOf(within.getByTestId('orchestrator-selection'));
      expect(Math.abs(marked.x - (await xOf(within, BRUSHED[0])))).toBeLessThan(2);
      expect(Math.abs(marked.x + marked.width - (await xOf(within, BRUSHED[1])))).toBeLessThan(2);
      if (id === BUDGETS_BELOW) await screenshot(page, `${version}-spend`);
      expect(new URL(page.url()).searchParams.get('from')).toBe(String(FROM_MS));
      await page.keyboard.press('Escape');
      await comesTo(() => spend().count(), 0);
      expect(await within.getByTestId('orchestrator-selection').count()).toBe(0);
    });

    test('from its spend one goes on to the range itself', async () => {
      await brush(panel, 0.2);
      await spend().getByRole('button', { name: 'Zoom to this range' }).click();
      await page.waitForURL((url) => url.searchParams.get('from') !== String(FROM_MS));
      const { searchParams } = new URL(page.url());
      expect(Math.abs(Number(searchParams.get('from')) - BRUSHED[0])).toBeLessThan(1_500);
      expect(Math.abs(Number(searchParams.get('to')) - BRUSHED[1])).toBeLessThan(1_500);
    });
  });
});
