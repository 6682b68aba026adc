// Idle time folded on the axis, in the preview host: everything that is drawn or pointed at stays at its own time.
import { PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { AGENT_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import type { Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { screenshot, segmentsOf } from './support/browser.ts';
import { boxOf, comesTo, type OpenedPanel } from './support/open-panel.ts';
import { EXACT, FROM_MS, NOW_MS, THREAD, TO_MS } from './support/panel-recordings.ts';
import { inPreviewHost } from './support/preview-block.ts';
import type { Recording } from './support/recorded-prometheus.ts';

const lane = (agent: string, states: ReadonlyArray<readonly [afterSeconds: number, state: AgentState]>) => ({
  labels: { environment: 'prod', thread: THREAD, agent },
  samples: [
    ...states.map(([s, state]): [number, number] => [FROM_MS + s * 1_000, AGENT_STATE_CODE[state]]),
    [NOW_MS - 5_000, AGENT_STATE_CODE.idle] as [number, number],
  ],
});

/** Two bursts of work, six minutes apart, and nothing for two and a half minutes until now. */
const BURSTS: Recording = {
  ...EXACT,
  [TIMELINE.threadState.name]: [
    {
      labels: { environment: 'prod', thread: THREAD },
      samples: [
        [FROM_MS + 20_000, 2],
        [NOW_MS - 5_000, 2],
      ],
    },
  ],
  [TIMELINE.agentState.name]: [
    lane('planner', [
      [30, 'running'],
      [60, 'idle'],
      [420, 'running'],
      [440, 'idle'],
    ]),
    lane('writer', [
      [40, 'waiting'],
      [50, 'idle'],
      [440, 'running'],
      [450, 'idle'],
    ]),
  ],
  [TIMELINE.checkpoint.name]: [
    {
      labels: { environment: 'prod', thread: THREAD },
      samples: [
        [FROM_MS + 445_000, 1],
        [NOW_MS - 5_000, 1],
      ],
    },
  ],
  [PER_THREAD.threadCost.name]: [],
};
const FOLDED = { foldIdle: true, foldIdleSeconds: 60 };
/** What lies between the bursts and after them, less 6 s beside them. */
const GAPS = [
  [66, 414],
  [456, 600],
].map(([from = 0, to = 0]) => [FROM_MS + from * 1_000, FROM_MS + to * 1_000]);

describe.each(HOST_VERSIONS)('folds with the @grafana %s packages', (version) => {
  const { open } = inPreviewHost(version);
  let opened: OpenedPanel;
  let page: Page;
  beforeAll(async () => {
    opened = await open({ recording: BURSTS, options: FOLDED });
    page = opened.page;
  });

  const folds = () => opened.panel.getByTestId('orchestrator-fold');
  const button = () => opened.panel.getByTestId('orchestrator-fold-button');
  const runOf = async (agent: string, afterSeconds: number) => {
    const wanted = FROM_MS + afterSeconds * 1_000;
    return (await segmentsOf(opened.panel)).find((one) => one.agent === agent && one.startMs === wanted)!;
  };

  test('strips tell how long each gap is, and bars beside them keep one scale', async () => {
    const runs = [await runOf('planner', 30), await runOf('planner', 420), await runOf('writer', 440)];
    const [first, , third] = runs.map(({ width, startMs, endMs }) => width / (endMs - startMs));
    expect(runs.map(({ width, startMs, endMs }) => Math.abs(width / (endMs - startMs) - first!) < 1e-6)).toEqual([
      true,
      true,
      true,
    ]);
    // Unfolded 12 minutes share the width; what is left of them are 3 min 48 s.
    expect(third! * (TO_MS - FROM_MS)).toBeGreaterThan(2.5 * (await boxOf(opened.chart)).width);
    expect(await folds().allInnerTexts()).toEqual(['5 min 48 s', '2 min 24 s']);
    expect(await folds().first().getAttribute('aria-label')).toBe(
      'Folded: 5 min 48 s in which no lane was active, 11:51:06.000 to 11:56:54.000'
    );
    const chart = await boxOf(opened.chart);
    const [one, other] = [await boxOf(folds().nth(0)), await boxOf(folds().nth(1))];
    expect([one.width, other.width]).toEqual([18, 18]);
    // Six seconds lie between the first burst and the fold, and between the fold and the second.
    expect(one.x - chart.x).toBeCloseTo(runs[0]!.x + runs[0]!.width + 6_000 * first!, 0);
    expect(runs[1]!.x).toBeCloseTo(one.x - chart.x + 18 + 6_000 * first!, 0);
    await screenshot(page, `${version}-folds-dark`);
  });

  test('under the pointer are the states of that time, also behind a fold, and in a fold a time of the gap', async () => {
    const chart = await boxOf(opened.chart);
    const run = await runOf('writer', 440);
    const tooltip = page.getByTestId('orchestrator-tooltip');
    await page.mouse.move(chart.x + run.x + run.width / 2 + 2, chart.y + run.y + run.height / 2);
    await comesTo(
      async () => /11:57:2\d/.exec(await tooltip.innerText())?.[0] ?? (await tooltip.innerText()),
      '11:57:25'
    );
    expect(await tooltip.innerText()).toMatch(/writer[\s\S]*running[\s\S]*\b10 s\b/);
    const fold = await boxOf(folds().first());
    await page.mouse.move(fold.x + fold.width / 2, chart.y + run.y);
    // Half of the fold is half of the gap; a pixel is 19 s.
    await comesTo(async () => /11:5(?:3:5|4:0)\d/.test(await tooltip.innerText()), true);
    const crosshair = await boxOf(opened.panel.getByTestId('orchestrator-crosshair'));
    expect(crosshair.x).toBeCloseTo(fold.x + fold.width / 2, 0);
  });

  test('an annotation across a fold begins and ends at the times that were pointed at', async () => {
    const chart = await boxOf(opened.chart);
    const [from, to] = [await runOf('planner', 30), await runOf('planner', 420)];
    await page.keyboard.down('Control');
    await page.mouse.move(chart.x + from.x, chart.y + from.y);
    await page.mouse.down();
    await page.mouse.move(chart.x + to.x, chart.y + from.y, { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up('Control');
    await opened.panel.getByLabel('Description').fill('across');
    const editor = opened.panel.getByTestId('orchestrator-annotation-editor');
    expect(await editor.innerText()).toMatch(/11:50:(?:29\.99\d|30\.00\d) \u2013 11:5(?:6:59\.99\d|7:00\.00\d)/);
    await opened.panel.getByRole('button', { name: 'Save' }).click();
    const region = await boxOf(opened.panel.getByTestId('orchestrator-annotation'));
    expect([region.x - chart.x, region.width].map(Math.round)).toEqual(
      [from.x, Math.round(to.x) - Math.round(from.x)].map(Math.round)
    );
    const marked = await boxOf(opened.panel.getByTestId('orchestrator-annotation-mark'));
    expect(Math.round(marked.width)).toBe(Math.round(region.width));
  });

  test('the button opens the folds and closes them, by keyboard', async () => {
    expect([await button().innerText(), await button().getAttribute('aria-pressed')]).toEqual([
      '2 idle gaps folded',
      'true',
    ]);
    const folded = await runOf('planner', 420);
    await button().focus();
    await page.keyboard.press('Enter');
    await comesTo(() => folds().count(), 0);
    expect([await button().innerText(), await button().getAttribute('aria-pressed')]).toEqual([
      'Fold 2 idle gaps',
      'false',
    ]);
    const axis = await boxOf(opened.panel.getByTestId('orchestrator-axis'));
    const open = { x: Math.round((420_000 / (TO_MS - FROM_MS)) * axis.width) };
    const left = axis.x - (await boxOf(opened.chart)).x;
    await comesTo(async () => Math.round((await runOf('planner', 420)).x - left), open.x);
    await page.keyboard.press('Space');
    await comesTo(async () => (await runOf('planner', 420)).x, folded.x);
  });

  test('a drag over a fold zooms to the times at its ends, and nothing is folded where all is idle', async () => {
    const chart = await boxOf(opened.chart);
    const [from, to] = [await runOf('planner', 30), await runOf('writer', 440)];
    const msPerPx = (from.endMs - from.startMs) / from.width;
    await page.mouse.move(chart.x + from.x, chart.y + from.y);
    await page.mouse.down();
    await page.mouse.move(chart.x + to.x + to.width, chart.y + from.y, { steps: 3 });
    await page.mouse.up();
    await page.waitForURL((url) => url.searchParams.get('from') !== String(FROM_MS));
    const zoomed = new URL(page.url()).searchParams;
    expect(Math.abs(Number(zoomed.get('from')) - from.startMs)).toBeLessThan(2 * msPerPx);
    expect(Math.abs(Number(zoomed.get('to')) - to.endMs)).toBeLessThan(2 * msPerPx);
    await comesTo(() => folds().allInnerTexts(), ['5 min 48 s']);
    await page.goto(
      page
        .url()
        .replace(/from=\d+/, `from=${GAPS[0]![0]! + 10_000}`)
        .replace(/to=\d+/, `to=${GAPS[0]![1]! - 10_000}`)
    );
    await comesTo(() => opened.panel.getByTestId('orchestrator-segments').count(), 1);
    expect([await folds().count(), await button().count()]).toEqual([0, 0]);
  });

  test('without the option nothing is folded and nothing offers it', async () => {
    const plain = await open({ recording: BURSTS });
    await segmentsOf(plain.panel);
    expect(await plain.panel.getByTestId('orchestrator-fold').count()).toBe(0);
    expect(await plain.panel.getByTestId('orchestrator-fold-button').count()).toBe(0);
    expect(plain.errors).toEqual([]);
  });
});
