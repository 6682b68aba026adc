// The landing page in a real Chromium: the first command it offers works, and hostile text stays text.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from './browser.ts';
import { post, runExporter } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { secretFolder } from './secret-files.ts';

const run = promisify(execFile);

let browser: Browser;
let running: RunningExporter;
let page: Page;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  running = await runExporter();
  page = await browser.newPage();
  page.setDefaultTimeout(90_000);
});
afterEach(async () => {
  await page.close();
  await running.close();
});

/** The document of the page once it is live and shows what this selects. */
async function livePage(shown: string): Promise<string> {
  await page.goto(running.url);
  await page.locator('#live.on', { hasText: /^live$/ }).waitFor();
  await page.locator(shown).first().waitFor();
  return page.content();
}

test('without events it offers a command, and what that command sends shows up', async () => {
  const empty = await livePage('#empty');
  expect(empty).toContain('id="empty" class="empty">');
  const command = (await page.locator('#curl').textContent()) ?? '';
  expect(command).toContain(`curl ${running.url}/v1/events -H 'Content-Type: application/json' -d '[`);
  // The shell does its part; fetch stands in for curl, which not every machine has.
  const { stdout } = await run('sh', ['-c', command.replace(/^curl .* -d '\[/, "printf %s '[")]);
  expect((await post(running.url, stdout, { 'content-type': 'application/json' })).answer).toEqual({
    accepted: 2,
    duplicates: 0,
    rejected: [],
  });
  const full = await livePage('#threads .agent');
  expect(full).toContain('id="empty" class="empty" hidden="">');
  expect(full).toMatch(
    /<div class="name">hello<\/div>.*<i class="dot running"><\/i><span class="agent">writer<\/span>/s
  );
  expect(full).toContain('<span class="spent">$0.0125</span>');
  expect(full).toContain('$0.99 of $1.00 left');
});

test('names with markup are shown as they are', async () => {
  const agent = '<img src=x onerror=alert(1)>';
  const event = {
    type: 'agent.active',
    threadId: 't',
    timestamp: Date.now(),
    payload: { agent, task: '"><script>1</script>' },
  };
  await post(running.url, JSON.stringify([event]), { 'content-type': 'application/json' });
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  const html = await livePage('#threads .agent');
  expect(dialogs).toEqual([]);
  expect(html).toContain('<span class="agent">&lt;img src=x onerror=alert(1)&gt;</span>');
  expect(html).not.toContain('<img');
});

test('where a read token is needed it asks for one, shows nothing, and does not go on asking', async () => {
  const folder = secretFolder();
  await running.close();
  running = await runExporter({
    auth: { read: [{ name: 'r', token_file: folder.write('r', 'read-token-0123456789') }] },
  });
  folder.remove();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  page.on('websocket', (socket) => asked.push(new URL(socket.url()).pathname));
  await page.clock.install();
  await page.goto(running.url);
  await page.locator('#sign-in').waitFor();
  await page.clock.runFor(600_000);
  const html = await page.content();
  expect(html).toContain('<section id="sign-in" class="empty">');
  expect(html).toContain('<section id="figures" class="figures" aria-label="Now" hidden="">');
  expect(html).toMatch(/class="live"[^>]*>signed out</);
  expect(html).toContain('<nav id="endpoints" aria-label="Endpoints" hidden="">');
  expect(asked.sort()).toEqual([
    '/',
    '/health/ready',
    '/landing.css',
    '/landing.js',
    '/v1/budgets',
    '/v1/gateway',
    '/v1/threads',
  ]);
});
