// The landing page in a real Chromium: the first command it offers works, and hostile text stays text.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { post, runExporter } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { secretFolder } from './secret-files.ts';

const run = promisify(execFile);

let running: RunningExporter;
beforeEach(async () => {
  running = await runExporter();
});
afterEach(() => running.close());

/** The page's document after its script has run. */
async function page(): Promise<string> {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=3000', '--dump-dom'];
  return (await run('chromium', [...flags, running.url])).stdout;
}

/** The page as it is once its socket is open: on a busy machine Chromium's virtual time runs out before. */
async function livePage(): Promise<string> {
  for (;;) {
    const html = await page();
    if (/class="live on"[^>]*>live</.test(html)) return html;
  }
}

function textOf(html: string): string {
  return html.replaceAll('&quot;', '"').replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}

test('without events it offers a command, and what that command sends shows up', async () => {
  const empty = await livePage();
  expect(empty).toContain('id="empty" class="empty">');
  const command = textOf(/<code id="curl">([^]*?)<\/code>/.exec(empty)?.[1] ?? '');
  expect(command).toContain(`curl ${running.url}/v1/events -H 'Content-Type: application/json' -d '[`);
  // The shell does its part; fetch stands in for curl, which not every machine has.
  const { stdout } = await run('sh', ['-c', command.replace(/^curl .* -d '\[/, "printf %s '[")]);
  expect((await post(running.url, stdout, { 'content-type': 'application/json' })).answer).toEqual({
    accepted: 2,
    duplicates: 0,
    rejected: [],
  });
  const full = await page();
  expect(full).toContain('id="empty" class="empty" hidden="">');
  expect(full).toMatch(
    /<div class="name">hello<\/div>.*<i class="dot running"><\/i><span class="agent">writer<\/span>/s
  );
  expect(full).toContain('<span class="spent">$0.0125</span>');
  expect(full).toContain('$0.99 of $1.00 left');
}, 60_000);

test('names with markup are shown as they are', async () => {
  const agent = '<img src=x onerror=alert(1)>';
  const event = {
    type: 'agent.active',
    threadId: 't',
    timestamp: Date.now(),
    payload: { agent, task: '"><script>1</script>' },
  };
  await post(running.url, JSON.stringify([event]), { 'content-type': 'application/json' });
  const html = await page();
  expect(html).toContain('<span class="agent">&lt;img src=x onerror=alert(1)&gt;</span>');
  expect(html).not.toContain('<img');
}, 60_000);

test('where a read token is needed it asks for one, shows nothing, and does not go on asking', async () => {
  const folder = secretFolder();
  await running.close();
  running = await runExporter({
    auth: { read: [{ name: 'r', token_file: folder.write('r', 'read-token-0123456789') }] },
  });
  folder.remove();
  const html = await page();
  expect(html).toContain('<section id="sign-in" class="empty">');
  expect(html).toContain('<section id="figures" class="figures" aria-label="Now" hidden="">');
  expect(html).toMatch(/class="live"[^>]*>signed out</);
  const headers = { authorization: 'Bearer read-token-0123456789' };
  const metrics = await (await fetch(`${running.url}/metrics`, { headers })).text();
  expect(html).toContain('<nav id="endpoints" aria-label="Endpoints" hidden="">');
  // The page asks for threads, budgets and the gateway, once each.
  expect(metrics).toContain('auth_failures_total{environment="test",scope="read",reason="no_credentials"} 3\n');
}, 60_000);
