// Hooks for a block of tests on the panel: a browser, a host of one version, and pages that are left without an error of theirs.
import type { Browser } from 'playwright-core';
import type { HostVersion } from '../../src/server/arguments.ts';
import { launchBrowser } from './browser.ts';
import { openPanel, type OpenedPanel, type PanelRequest } from './open-panel.ts';
import { startPreviewHost, type RunningHost } from './preview-host.ts';

/** Nothing listens there: a query that is not recorded fails the page. */
const NOBODY = 'http://127.0.0.1:1';

export interface PreviewBlock {
  readonly open: (request: PanelRequest) => Promise<OpenedPanel>;
  /** Closes the pages opened so far; fails when one of them had an error. The end of the block does so too. */
  readonly leave: () => Promise<void>;
}

/** To be called in a `describe`. */
export function inPreviewHost(version: HostVersion): PreviewBlock {
  let browser: Browser;
  let host: RunningHost;
  const opened: OpenedPanel[] = [];
  const leave = async (): Promise<void> => {
    const leaving = opened.splice(0);
    for (const { page } of leaving) await page.context().close();
    expect(leaving.flatMap(({ errors }) => errors)).toEqual([]);
  };
  beforeAll(async () => {
    browser = await launchBrowser();
    host = await startPreviewHost(version, NOBODY);
  });
  afterAll(async () => {
    try {
      await leave();
    } finally {
      await browser.close();
      expect(await host.stop()).toBe(0);
    }
  });
  return {
    open: async (request) => {
      const one = await openPanel(browser, host, request);
      opened.push(one);
      return one;
    },
    leave,
  };
}
