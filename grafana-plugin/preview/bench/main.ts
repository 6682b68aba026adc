// Runs the bench of the panel in Chromium and writes its section of docs/performance.md:
// `npm run bench -w orchestrator-preview`.
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import express from 'express';
import { chromium, type Page } from 'playwright-core';
import type { ContenderName, Measured, Memory } from './page.tsx';
import { reportOf, type Figures } from './report.ts';

/** This runs bundled, from dist. */
const BENCH = join(import.meta.dirname, '../bench');
const PLUGIN = join(BENCH, '../../dist');
const DOCS = join(BENCH, '../../../docs');
const ROUNDS = 3;

interface Work {
  readonly lanes: number;
  readonly statesPerLane: number;
  /** Frames of each kind that a contender is asked for, by name; who is not named takes no part. */
  readonly steps: Partial<Readonly<Record<ContenderName, number>>>;
}

/** `dom` takes part as long as a browser can bear it; who takes seconds for a frame is asked for few. */
const WORKLOADS: readonly Work[] = [
  { lanes: 200, statesPerLane: 5, steps: { panel: 40, uplot: 20, dom: 20 } },
  { lanes: 200, statesPerLane: 50, steps: { panel: 40, uplot: 20, dom: 10 } },
  { lanes: 200, statesPerLane: 500, steps: { panel: 40, uplot: 10, dom: 3 } },
  { lanes: 200, statesPerLane: 5_000, steps: { panel: 40, uplot: 5 } },
  { lanes: 10, statesPerLane: 500, steps: { panel: 40, uplot: 20, dom: 10 } },
  { lanes: 10, statesPerLane: 50_000, steps: { panel: 40, uplot: 5 } },
];

/** The code editor of @grafana/ui weighs more than all the rest, and the bench draws none. */
const withoutCodeEditor: Plugin = {
  name: 'without-code-editor',
  setup(bundler) {
    bundler.onResolve({ filter: /^monaco-editor/ }, ({ path }) => ({ path, namespace: 'empty' }));
    bundler.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {}' }));
  },
};

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(BENCH, 'page.tsx')],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    loader: { '.svg': 'dataurl', '.woff2': 'dataurl', '.css': 'empty' },
    define: { 'process.env.NODE_ENV': '"production"', define: 'undefined', global: 'globalThis' },
    plugins: [withoutCodeEditor],
    logLevel: 'error',
    logOverride: { 'package.json': 'silent' },
  });
  return outputFiles[0]?.text ?? '';
}

async function serve(script: string): Promise<{ url: string; close: () => void }> {
  const { id } = JSON.parse(await readFile(join(PLUGIN, 'plugin.json'), 'utf8')) as { id: string };
  const app = express();
  // Memory is only told to pages that share it with no other.
  app.use((_request, response, next) => {
    response.set({ 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' });
    next();
  });
  app.get('/', (_request, response) => {
    response.send('<!doctype html><meta charset="utf-8"><div id="root"></div><script src="/bench.js"></script>');
  });
  app.get('/bench.js', (_request, response) => {
    response.type('js').send(script);
  });
  app.get('/plugin.json', (_request, response) => {
    response.json({ id, name: id, info: {} });
  });
  app.use(`/public/plugins/${id}`, express.static(PLUGIN));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function freshPage(url: string): Promise<{ page: Page; version: string; close: () => Promise<void> }> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--js-flags=--expose-gc',
      '--enable-blink-features=ForceEagerMeasureMemory',
    ],
  });
  const page = await browser.newPage({ viewport: { width: 1_280, height: 720 } });
  page.on('pageerror', (error) => {
    console.error(`page: ${error.message}`);
  });
  await page.goto(url);
  await page.waitForFunction(() => window.bench !== undefined);
  return { page, version: browser.version(), close: () => browser.close() };
}

async function main(): Promise<void> {
  const { url, close } = await serve(await bundlePage());
  const figures: Figures[] = [];
  const load = [loadavg()[0] ?? NaN];
  const { page, version, close: closeBrowser } = await freshPage(url);
  try {
    for (const { steps, ...workload } of WORKLOADS) {
      const contenders = Object.entries(steps) as Array<[ContenderName, number]>;
      const rounds = new Map<ContenderName, Measured[]>(contenders.map(([name]) => [name, []]));
      // Interleaved: what else the machine does falls on all of them alike.
      for (let round = 0; round < ROUNDS; round++) {
        for (const [name, count] of contenders) {
          const given = { ...workload, seed: round + 1 };
          const measured = await page.evaluate(
            ([who, what, times]) => {
              if (window.bench === undefined) throw new Error('the page has no bench');
              return window.bench.measure(who, what, times);
            },
            [name, given, count] as const
          );
          rounds.get(name)?.push(measured);
          console.log(`${workload.lanes} x ${workload.statesPerLane} ${name} ${Math.round(measured.firstPaintMs)} ms`);
        }
      }
      for (const [name, all] of rounds) figures.push({ ...workload, name, rounds: all });
    }
  } finally {
    await closeBrowser();
  }
  const memory: Memory[] = [];
  for (let round = 0; round < 3; round++) {
    const { page: own, close: closeOwn } = await freshPage(url);
    try {
      memory.push(
        await own.evaluate(() => {
          if (window.bench === undefined) throw new Error('the page has no bench');
          return window.bench.memory('panel', { lanes: 200, statesPerLane: 5_000, seed: 1 });
        })
      );
    } finally {
      await closeOwn();
    }
  }
  close();
  load.push(loadavg()[0] ?? NaN);
  const machine = [
    `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`,
    `load ${load.map((one) => one.toFixed(1)).join(' to ')}`,
    `Chromium ${version} without GPU (software rendering)`,
  ].join(', ');
  const { markdown, svg } = reportOf(figures, memory, { machine, day: new Date().toISOString().slice(0, 10) });
  console.log(markdown);
  if (process.argv.includes('--write')) {
    await writeFile(join(DOCS, 'images/panel-cost.svg'), svg);
    const file = join(DOCS, 'performance.md');
    const text = await readFile(file, 'utf8');
    const section = /<!-- panel -->[\s\S]*<!-- \/panel -->/;
    if (!section.test(text)) throw new Error(`${file} has no <!-- panel --> section to write to`);
    await writeFile(file, text.replace(section, `<!-- panel -->\n\n${markdown}\n\n<!-- /panel -->`));
  }
}

await main();
