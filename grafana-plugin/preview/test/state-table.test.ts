// The table of states: opened by keyboard, read, filtered and paged, closed again; in both builds of the preview host.
import type { Locator, Page } from 'playwright-core';
import { HOST_VERSIONS } from '../src/server/arguments.ts';
import { screenshot } from './support/browser.ts';
import { CROWD, HOSTILE } from './support/lane-recordings.ts';
import { boxOf, comesTo } from './support/open-panel.ts';
import { endedWith, EXACT, SAMPLED } from './support/panel-recordings.ts';
import { inPreviewHost } from './support/preview-block.ts';
import type { Recording } from './support/recorded-prometheus.ts';

describe.each(HOST_VERSIONS)('the table of states with the @grafana %s packages', (version) => {
  const { open, leave } = inPreviewHost(version);
  let page: Page;
  let panel: Locator;

  async function show(recording: Recording, search = ''): Promise<void> {
    ({ page, panel } = await open({ recording, search: `&refresh=${search}` }));
    await toggle().waitFor();
  }

  const toggle = () => panel.getByTestId('orchestrator-state-table-toggle');
  const table = () => panel.getByTestId('orchestrator-state-table');
  const told = () => table().locator('[aria-live]').innerText();
  const rows = (): Promise<(string | undefined)[][]> =>
    table()
      .locator('tr')
      .evaluateAll((all) =>
        all.map((row) =>
          [...row.children].map((cell) =>
            (cell as HTMLElement).innerText
              .split('\n')
              .at(-1)
              ?.replace(/[\u2191\u2193]$/, '')
          )
        )
      );

  describe('of one thread', () => {
    beforeAll(() => show(EXACT));
    afterAll(leave);

    test('Enter on its button puts it over the chart, with the focus in it', async () => {
      expect(await toggle().getAttribute('aria-expanded')).toBe('false');
      await toggle().focus();
      await page.keyboard.press('Enter');
      await table().waitFor();
      expect(await toggle().getAttribute('aria-expanded')).toBe('true');
      await comesTo(() => table().evaluate((box) => box.contains(document.activeElement)), true);
      const [over, chart] = [await boxOf(table()), await boxOf(panel.getByTestId('orchestrator-chart'))];
      expect(over).toEqual(chart);
      await screenshot(page, `${version}-state-table-dark`);
    });

    test('it tells every state in the legend\u2019s words, its times and what it spent', async () => {
      expect(await told()).toBe('12 states');
      expect(await rows()).toEqual([
        ['Agent', 'State', 'Start', 'End', 'Duration', 'Cost'],
        ['supervisor', 'running', '\u2264 11:51:00.000', '11:51:03.000', '\u2265 3 s', ''],
        ['supervisor', 'idle', '11:51:03.000', '11:55:00.000', '3 min 57 s', ''],
        ['research', 'queued', '11:51:04.000', '11:51:10.000', '6 s', ''],
        ['research', 'running', '11:51:10.000', '11:55:00.000', '3 min 50 s', '$1.44'],
        ['tool:get_current_time', 'running', '11:53:19.877', '11:53:19.880', '3 ms', ''],
        ['tool:get_current_time', 'completed', '11:53:19.880', 'ongoing', '6 min 40.12 s so far', ''],
        ['supervisor', 'running', '11:55:00.000', '11:55:01.500', '1.5 s', ''],
        ['research', 'failed', '11:55:00.000', '11:55:03.000', '3 s', ''],
        ['supervisor', 'idle', '11:55:01.500', 'ongoing', '4 min 58.5 s so far', ''],
        ['research', 'running', '11:55:03.000', 'ongoing', '4 min 57 s so far', '$1.74'],
        ['writer', 'running', '11:55:10.000', '11:56:40.000', '1 min 30 s', ''],
        ['writer', 'waiting', '11:56:40.000', 'ongoing', '3 min 20 s so far', ''],
      ]);
    });

    test('its heads sort it: by lane, by start, and both from the end', async () => {
      const head = (name: string) => table().getByRole('columnheader', { name }).getByRole('button');
      const order = async () => (await rows()).slice(1).map(([agent, state, start]) => `${agent} ${state} ${start}`);
      const byStart = await order();
      const sorted = (name: string) => table().getByRole('columnheader', { name }).getAttribute('aria-sort');
      expect([await sorted('Start'), await sorted('Agent')]).toEqual(['ascending', null]);
      await head('Start').click();
      await comesTo(order, [...byStart].reverse());
      expect(await sorted('Start')).toBe('descending');
      await head('Agent').focus();
      await page.keyboard.press('Enter');
      const agents = async () => [...new Set((await rows()).slice(1).map(([agent]) => agent))];
      await comesTo(agents, ['supervisor', 'research', 'tool:get_current_time', 'writer']);
      expect([await sorted('Start'), await sorted('Agent')]).toEqual([null, 'ascending']);
      await head('Agent').click();
      await comesTo(agents, ['writer', 'tool:get_current_time', 'research', 'supervisor']);
      await head('Start').click();
      await comesTo(order, byStart);
    });

    test('the legend narrows it', async () => {
      const failed = panel.getByTestId('orchestrator-legend').getByRole('button', { name: 'failed' });
      await failed.click();
      await comesTo(async () => (await rows()).length, 2);
      await failed.click();
      await comesTo(told, '12 states');
    });

    test('Escape closes it and gives the focus back to its button', async () => {
      await table().locator('[tabindex="0"]').focus();
      await page.keyboard.press('Escape');
      await comesTo(() => table().count(), 0);
      await comesTo(() => toggle().evaluate((button) => button === document.activeElement), true);
    });

    test('a second press of its button closes it too', async () => {
      await toggle().click();
      await table().waitFor();
      await toggle().click();
      await comesTo(() => table().count(), 0);
    });
  });

  describe('of 9,900 states', () => {
    beforeAll(() => show(CROWD, '&theme=light'));
    afterAll(leave);

    test('it has a hundred at a time', async () => {
      await toggle().click();
      expect(await told()).toBe('States 1 to 100 of 9,900');
      const [head = [], first = [], ...more] = await rows();
      expect([head.slice(0, 3), first.slice(0, 3), more.length]).toEqual([
        ['Agent', 'Thread', 'State'],
        ['agent-0', 'run-00', 'running'],
        99,
      ]);
      await screenshot(page, `${version}-state-table-light`);
    });

    test('by lane, the next page goes on where the first ends', async () => {
      await table().getByRole('columnheader', { name: 'Agent' }).getByRole('button').click();
      await comesTo(async () => new Set((await rows()).slice(1).map(([agent]) => agent)).size, 3);
      const [before] = (await rows()).slice(-1);
      await table().getByRole('button', { name: 'Next page' }).click();
      await comesTo(async () => /^States 101 to 200 of/.test(await told()), true);
      const next = (await rows())[1];
      // One agent's states follow each other without a hole.
      expect([next?.slice(0, 2), next?.[3]]).toEqual([before?.slice(0, 2), before?.[4]]);
    });

    test('at the last page the button that leads there keeps the focus, and the others lead back', async () => {
      const button = (name: string) => table().getByRole('button', { name });
      await button('Last page').focus();
      await page.keyboard.press('Enter');
      await comesTo(told, 'States 9,801 to 9,900 of 9,900');
      const isFocused = await button('Last page').evaluate((one) => one === document.activeElement);
      expect([isFocused, await button('Last page').getAttribute('aria-disabled')]).toEqual([true, 'true']);
      // Pressed again it does nothing, and the keys still belong to the table.
      await page.keyboard.press('Enter');
      expect(await told()).toBe('States 9,801 to 9,900 of 9,900');
      await button('First page').click();
      await comesTo(told, 'States 1 to 100 of 9,900');
      expect(await button('Previous page').getAttribute('aria-disabled')).toBe('true');
    });

    test('a filter of lanes narrows it; threads are named where there are several', async () => {
      await panel.getByTestId('orchestrator-filter').fill('run-07 agent-3');
      const [agents, head] = [
        async () => [...new Set((await rows()).slice(1).map(([agent]) => agent))],
        async () => (await rows())[0]?.slice(0, 2),
      ];
      await comesTo(agents, ['agent-3']);
      expect([await head(), (await rows()).length < 100]).toEqual([['Agent', 'State'], true]);
    });
  });

  test('the end of a run stands in it at its time', async () => {
    await show(endedWith(7));
    await toggle().click();
    await table().waitFor();
    expect((await rows()).at(-1)).toEqual(['End of the run', 'timeout', '11:59:00.000', '', '', '']);
    expect(await told()).toBe('13 states');
    await screenshot(page, `${version}-state-table-ended`);
    await leave();
  });

  test('of sampled states it says how coarse they are', async () => {
    await show(SAMPLED);
    await toggle().click();
    expect(await table().innerText()).toContain('sampled, \u00b115 s');
    const waiting = (await rows()).find(([agent, state]) => agent === 'writer' && state === 'waiting');
    expect(waiting?.[4]).toMatch(/^\u2248 \d.* so far$/);
    await leave();
  });

  test('hostile names are text in it', async () => {
    await show(HOSTILE);
    await toggle().click();
    await table().waitFor();
    const names = (await rows()).slice(1).map(([agent]) => agent);
    expect(names).toContain('<img src=x onerror=window.broken=1>');
    expect(await page.evaluate(() => (window as { broken?: unknown }).broken)).toBeUndefined();
    const [box, chart] = [await boxOf(table()), await boxOf(panel.getByTestId('orchestrator-chart'))];
    expect(box.width).toBeLessThanOrEqual(chart.width);
    await leave();
  });
});
