// The log of a real process: its last line is there, a reader that hangs holds nothing up, one that has gone ends nothing.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startExporter } from './journal/exporter-process.ts';
import { post } from './running-exporter.ts';

let folder: string;
let started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-log-'));
});
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started = [];
  rmSync(folder, { recursive: true });
});

const BIN = join(__dirname, '../bin/orchestrator-exporter.js');
const MODULE = pathToFileURL(join(__dirname, '../dist/line-writer.js')).href;
const WRITER = `import { lineWriter } from ${JSON.stringify(MODULE)};
const write = lineWriter({ stream: process.stderr, lostLine: (lost) => 'lost ' + lost + '\\n' });`;

function run(script: string, stderr: 'pipe' | number): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', `${WRITER}\n${script}`], {
    stdio: ['ignore', 'pipe', stderr],
  });
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

test.each(['a pipe', 'a file'])('on %s a line is there though the process exits right after it', async (kind) => {
  const path = join(folder, 'log');
  const target = kind === 'a file' ? openSync(path, 'w') : 'pipe';
  const child = run("write('the last words\\n'); process.exit(3);", target);
  const [text, [code]] = await Promise.all([textOf(child.stderr), once(child, 'exit')]);
  if (typeof target === 'number') closeSync(target);
  expect([code, kind === 'a file' ? readFileSync(path, 'utf8') : text]).toEqual([3, 'the last words\n']);
});

test('nobody reads: 20 MB of lines are written without waiting, what does not fit is counted, and the count is told', async () => {
  const line = `${'x'.repeat(999)}\n`;
  const child = run(
    `for (let count = 0; count < 20_000; count++) write(${JSON.stringify(line)});
    process.stdout.write('went on ' + (process.stderr.writableLength <= 1_048_576) + '\\n');
    process.stderr.on('drain', () => write('the last words\\n'));`,
    'pipe'
  );
  const went = String((await once(child.stdout ?? child, 'data'))[0]);
  const lines = (await textOf(child.stderr)).trimEnd().split('\n');
  const lost = Number(lines.at(-2)?.replace('lost ', ''));
  expect([went, lines.at(-1)]).toEqual(['went on true\n', 'the last words']);
  expect(lines.length - 2 + lost).toBe(20_000);
  expect(lost).toBeGreaterThan(10_000);
});

test('the reader of the log goes away: the exporter goes on', async () => {
  const exporter = await startExporter(folder);
  started.push(exporter.child);
  exporter.child.stderr?.destroy();
  for (let count = 0; count < 5; count++) exporter.child.kill('SIGHUP');
  const at = Date.now();
  // Several requests, so that the signals have been heard.
  for (let count = 0; count < 5; count++) {
    const event = { type: 'node.start', threadId: 't', timestamp: at + count, payload: { nodeId: 'n' } };
    expect(await post(exporter.url, JSON.stringify(event))).toMatchObject({
      status: 200,
      answer: { accepted: 1 },
    });
  }
  expect(await exporter.end('SIGTERM')).toBe(0);
});

test('a stop as soon as the log says that it listens is a clean one, and is told', async () => {
  const exporter = await startExporter(folder);
  started.push(exporter.child);
  expect(await exporter.end('SIGTERM')).toBe(0);
  expect(exporter.log.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
    'journal read',
    expect.stringMatching(/^listening on /),
    'SIGTERM: finishing what is under way',
    'stopped',
  ]);
});

test.each([
  ['warn', ['warn']],
  ['error', []],
])('at log.level %s the lines of %j are there', async (level, expected) => {
  const token = join(folder, 'token');
  writeFileSync(token, 'a-token-of-some-length', { mode: 0o644 });
  const config = join(folder, 'config.yml');
  const auth = { read: [{ name: 'r', token_file: token }] };
  writeFileSync(config, JSON.stringify({ environment: 't', log: { level }, auth }));
  const child = spawn(process.execPath, [BIN, '--config', config, '--check-config'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = (await textOf(child.stderr)).split('\n').filter((line) => line !== '');
  expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(expected);
});
