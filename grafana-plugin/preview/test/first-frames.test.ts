// The first frames of the panel in the preview host: the controls come after the picture and move nothing, fonts come when
// they do and are drawn.
import type { Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { comesTo } from './support/open-panel.ts';
import { EXACT } from './support/panel-recordings.ts';
import { inPreviewHost } from './support/preview-block.ts';

type Places = Readonly<Record<string, { x: number; y: number; width: number; height: number }>>;

interface WatchingWindow {
  placesNow?: () => Places;
  placesBefore?: Places;
}

/** Keeps where everything stands for as long as no control is there. */
async function watchPlaces(page: Page, styles: string): Promise<void> {
  await page.addInitScript((css) => {
    const watching = window as unknown as WatchingWindow;
    const picture = '[data-testid="orchestrator-chart"] canvas, [data-testid="orchestrator-axis"]';
    const figures = '[data-testid="orchestrator-figures"], [data-testid^="orchestrator-figure-"]';
    const placesNow = (): Places =>
      Object.fromEntries(
        [...document.querySelectorAll(`${picture}, ${figures}`)].map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return [element.getAttribute('data-testid') ?? element.tagName, { x, y, width, height }];
        })
      );
    watching.placesNow = placesNow;
    const hasControl = () =>
      ['replay', 'state-table-toggle', 'legend', 'group'].some(
        (id) => document.querySelector(`[data-testid="orchestrator-${id}"]`) !== null
      );
    new MutationObserver(() => {
      if (document.querySelector('[data-testid="orchestrator-chart"]') !== null && !hasControl()) {
        watching.placesBefore = placesNow();
      }
    }).observe(document, { childList: true, subtree: true });
    document.addEventListener('DOMContentLoaded', () => {
      document.head.append(Object.assign(document.createElement('style'), { textContent: css }));
    });
  }, styles);
}

/** Figures fill the row at these widths: controls that need more than their room would take it from them. */
const widthOf = (px: number): string => `[data-testid="panel-7"] { max-width: ${px}px }`;

describe.each(HOST_VERSIONS)('the first frames with the @grafana %s packages', (version) => {
  const { open, leave } = inPreviewHost(version);
  afterEach(leave);

  test.each([
    { name: 'dark', search: '', styles: widthOf(960) },
    { name: 'light', search: '&theme=light', styles: widthOf(960) },
    { name: 'where there is room for one button', search: '', styles: widthOf(640) },
    { name: 'with larger letters', search: '', styles: 'button { font-size: 14px !important }' },
  ])('nothing moves when the controls come, $name', async ({ search, styles }) => {
    const { page, panel } = await open({
      recording: EXACT,
      search: `&refresh=${search}`,
      prepare: (fresh) => watchPlaces(fresh, styles),
    });
    for (const id of ['replay', 'state-table-toggle', 'legend', 'group']) {
      await panel.getByTestId(`orchestrator-${id}`).first().waitFor();
    }
    const [before, after] = await page.evaluate(() => {
      const { placesBefore, placesNow } = window as unknown as WatchingWindow;
      return [placesBefore, placesNow?.()];
    });
    expect(Object.keys(after ?? {})).toEqual(
      expect.arrayContaining(['CANVAS', 'orchestrator-axis', 'orchestrator-figures', 'orchestrator-figure-remaining'])
    );
    expect(after).toEqual(before);
  });

  test('a font that comes after the picture is drawn when it is there', async () => {
    const drawn = (at: Page): Promise<string> =>
      at.locator('[data-testid="orchestrator-chart"] canvas').evaluate((it) => (it as HTMLCanvasElement).toDataURL());
    let before: string | undefined;
    const { page } = await open({
      recording: EXACT,
      search: '&refresh=',
      prepare: async (fresh) => {
        // That of amounts: nothing asks for it before the canvas does.
        await fresh.route('**/roboto/*.woff2', async (route) => {
          await fresh.getByTestId('orchestrator-rows').first().waitFor({ state: 'attached' });
          before = await drawn(fresh);
          await route.continue();
        });
      },
    });
    await comesTo(async () => before !== undefined && (await drawn(page)) !== before, true);
  });
});
