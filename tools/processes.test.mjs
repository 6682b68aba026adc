// @ts-check
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { Processes } from './processes.mjs';
import { freePort, isFree, until } from './ready.mjs';

/** @param {string} script */
const node = (script) => ({ command: process.execPath, args: ['-e', script] });
const FOREVER = 'setInterval(() => undefined, 1000); console.log("up")';

/** @param {{ log: string }} running */
function isUp({ log }) {
  const ask = () => Promise.resolve(readFileSync(log, 'utf8').includes('up') || 'not up');
  return until({ what: 'test process', withinMs: 20_000, signal: new AbortController().signal, ask });
}

test('stop ends what was started, the deaf by force, the last started first', async () => {
  const processes = new Processes({ termMs: 300 });
  const first = processes.start({ name: 'test-first', ...node(FOREVER) });
  const deaf = processes.start({ name: 'test-deaf', ...node(`process.on('SIGTERM', () => undefined); ${FOREVER}`) });
  await Promise.all([isUp(first), isUp(deaf)]);
  assert.deepEqual(
    processes.alive.map(({ name }) => name),
    ['test-first', 'test-deaf']
  );
  /** @type {string[]} */
  const order = [];
  void first.ended.then((how) => order.push(`first: ${how}`));
  void deaf.ended.then((how) => order.push(`deaf: ${how}`));
  await processes.stop();
  assert.deepEqual(order, ['deaf: signal SIGKILL', 'first: signal SIGTERM']);
  assert.deepEqual(processes.alive, []);
  await processes.stop();
  assert.throws(() => processes.start({ name: 'test-late', ...node(FOREVER) }), { name: 'AbortError' });
});

test('a process that ends by itself is a problem that names it, its code and the end of its log', async () => {
  const processes = new Processes();
  processes.start({ name: 'test-dying', ...node('console.log("last words"); process.exitCode = 3') });
  await assert.rejects(processes.failed, /test-dying ended by itself \(code 3\).*last words/s);
});

test('a program that does not exist is a problem that names it', async () => {
  const processes = new Processes();
  processes.start({ name: 'test-absent', command: '/no/such/program', args: [] });
  await assert.rejects(processes.failed, /test-absent ended by itself \(spawn \/no\/such\/program ENOENT\)/);
});

test('a taken port gives way to the next free one, and so does one given away already', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  try {
    assert.equal(await isFree(port), false);
    const next = await freePort(port);
    assert.ok(next > port);
    assert.ok((await freePort(port, new Set([next]))) > next);
  } finally {
    server.close();
  }
  assert.equal(await freePort(port), port);
});

test('waiting ends with what was last seen to be amiss, or at once when it is called off', async () => {
  const { signal } = new AbortController();
  const never = () => Promise.reject(new Error('connection refused'));
  await assert.rejects(until({ what: 'it', withinMs: 0, signal, ask: never }), {
    message: 'it: not there after 0 s; last seen: connection refused',
  });
  await assert.rejects(until({ what: 'it', withinMs: 60_000, signal: AbortSignal.abort(), ask: never }), {
    name: 'AbortError',
  });
});
