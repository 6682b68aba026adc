// The landing page in a real Chromium whose network goes away in the middle of broadcasts: it goes on where it was.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { GatewayBroadcast, GatewayResponse, StreamPosition, SubscribeAnswer } from '../src/contract/wire.ts';
import { launchChromium } from './browser.ts';
import { bySeq, journalBroadcasts } from './journal-broadcasts.ts';
import { startNetworkLink } from './network-link.ts';
import type { NetworkLink } from './network-link.ts';
import { ndjson, post, runExporter } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';

const THREADS = ['t-0', 't-1', 't-2'];
const CUTS = 4;
/** Events of a burst, and how many of them the page hears before its network is gone. */
const BURST = 200;
const HEARD_BEFORE_CUT = [37, 1, 180, 90];
const CENTS = 2;

let folder: string;
let running: RunningExporter;
let link: NetworkLink;
let browser: Browser;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-page-'));
  running = await runExporter({ data_dir: folder });
  link = await startNetworkLink(running.url);
  browser = await launchChromium();
});
afterEach(async () => {
  await browser.close();
  await link.close();
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What went over one WebSocket of the page, in its order. */
interface Connection {
  readonly resumedFrom: StreamPosition | undefined;
  answer: SubscribeAnswer | undefined;
  readonly heard: GatewayBroadcast[];
}

/** Those of the page on which it asked for something, as Chromium reports their frames. */
function watchSockets(page: Page): {
  readonly connections: readonly Connection[];
  onBroadcast: (() => void) | undefined;
} {
  const connections: Connection[] = [];
  const watched: { connections: Connection[]; onBroadcast: (() => void) | undefined } = {
    connections,
    onBroadcast: undefined,
  };
  page.on('websocket', (socket) => {
    let connection: Connection | undefined;
    socket.on('framesent', ({ payload }) => {
      const { params } = JSON.parse(String(payload)) as { params: { threadId: string; resumeFrom?: StreamPosition } };
      expect(params.threadId).toBe('*');
      connection = { resumedFrom: params.resumeFrom, answer: undefined, heard: [] };
      connections.push(connection);
    });
    socket.on('framereceived', ({ payload }) => {
      const message = JSON.parse(String(payload)) as GatewayResponse | GatewayBroadcast;
      if (connection === undefined) throw new Error('the gateway spoke first');
      if (message.type === 'event') {
        connection.heard.push(message);
        watched.onBroadcast?.();
      } else if (message.ok) connection.answer = message.payload as SubscribeAnswer;
    });
  });
  return watched;
}

let sent = 0;
const spentCents = new Map<string, number>();
function burst(): string {
  const events = Array.from({ length: BURST }, () => {
    const threadId = THREADS[sent % THREADS.length] ?? '';
    sent += 1;
    const costCents = (spentCents.get(threadId) ?? 0) + CENTS;
    spentCents.set(threadId, costCents);
    return {
      type: 'cost.updated',
      threadId,
      timestamp: Date.now(),
      id: `e-${sent}`,
      payload: { agent: 'a', costCents },
    };
  });
  return ndjson(events);
}

test('a page whose WebSocket breaks goes on from its number: nothing is missed, nothing comes twice', async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(90_000);
  const watched = watchSockets(page);
  const isLive = (): Promise<void> => page.locator('#live.on').waitFor();
  await page.goto(link.url);
  await isLive();
  for (let cut = 0; cut < CUTS; cut += 1) {
    let left = HEARD_BEFORE_CUT[cut % HEARD_BEFORE_CUT.length] ?? 1;
    const isCut = new Promise<void>((resolve) => {
      watched.onBroadcast = () => {
        left -= 1;
        if (left > 0) return;
        link.cut();
        resolve();
      };
    });
    await post(running.url, burst());
    await isCut;
    watched.onBroadcast = undefined;
    // What happens while the page is away.
    await post(running.url, burst());
    await page.locator('#live', { hasText: 'reconnecting' }).waitFor();
    link.restore();
    await isLive();
  }
  await post(running.url, burst());

  const all: GatewayBroadcast[] = [];
  for (const threadId of THREADS) all.push(...(await journalBroadcasts(running.url, threadId)));
  all.sort(bySeq);
  const { connections } = watched;
  const heard = (): GatewayBroadcast[] => connections.flatMap((connection) => connection.heard);
  while ((heard().at(-1)?.seq ?? 0) < (all.at(-1)?.seq ?? 0)) await page.waitForTimeout(20);
  // Each agent is new once.
  expect(all).toHaveLength(sent + THREADS.length);
  expect(heard()).toEqual(all);

  const [first, ...later] = connections;
  expect(first?.resumedFrom).toBeUndefined();
  expect(later).toHaveLength(CUTS);
  let last = first?.answer?.stream?.seq;
  for (const [at, { resumedFrom, answer }] of later.entries()) {
    last = connections[at]?.heard.at(-1)?.seq ?? last;
    expect({ resumedFrom, resume: answer?.resume }).toEqual({
      resumedFrom: { epoch: first?.answer?.stream?.epoch, seq: last },
      resume: 'complete',
    });
  }
  const spent = (sent * CENTS) / 100;
  await page.locator('#figure-spend', { hasText: new RegExp(`^\\$${spent.toFixed(2)}$`) }).waitFor();
});
