import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryInUseError, lockDirectory } from './lock.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** A process that listens on the socket and is killed: what stays is what kill -9 leaves. */
async function leaveBehind(name: string): Promise<void> {
  const listen = `require('net').createServer().listen(${JSON.stringify(join(directory, name))}, () => console.log('on'))`;
  const child = spawn(process.execPath, ['-e', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

test('a directory is taken, refused to a second with a message that names it and the holder, and free again', async () => {
  const lock = await lockDirectory(directory);
  const refused = await lockDirectory(directory).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(DirectoryInUseError);
  expect((refused as Error).message).toBe(
    `the directory ${JSON.stringify(directory)} is in use by process ${process.pid} on ${hostname()}; one exporter may write a journal: stop the other one, or give this one a directory of its own`
  );
  expect(await lock.isHeld()).toBe(true);
  await lock.release();
  const second = await lockDirectory(directory);
  await second.release();
  expect(readdirSync(directory)).toEqual([]);
});

const LEFT: readonly { readonly name: string; readonly make: () => Promise<void> | undefined }[] = [
  { name: 'nothing', make: () => undefined },
  { name: 'the socket of a killed process', make: () => leaveBehind('lock.1') },
  {
    name: 'the sockets of several killed processes',
    make: async () => {
      await leaveBehind('lock.3');
      await leaveBehind('lock.7');
    },
  },
  {
    name: 'a file that is no socket',
    make: () => {
      writeFileSync(join(directory, 'lock.4'), '');
      return undefined;
    },
  },
  {
    name: 'files of other names',
    make: () => {
      writeFileSync(join(directory, 'lock.x'), '');
      return undefined;
    },
  },
];

test.each(LEFT)('a directory with $name is taken at once, and what was left is cleared away', async ({ make }) => {
  await make();
  const lock = await lockDirectory(directory);
  expect(readdirSync(directory).filter((name) => /^lock\.\d+$/.test(name))).toHaveLength(1);
  expect(await lock.isHeld()).toBe(true);
  await lock.release();
});

test('of ten that start at the same time over a stale lock exactly one gets it, 20 times', async () => {
  for (let round = 0; round < 20; round += 1) {
    writeFileSync(join(directory, 'lock.1'), '');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => lockDirectory(directory)));
    const held = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(held).toHaveLength(1);
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    expect(reasons.filter((reason) => !(reason instanceof DirectoryInUseError))).toEqual([]);
    await held[0]?.release();
  }
});

test('a path that is too long for a socket is no obstacle', async () => {
  const long = join(directory, 'd'.repeat(120));
  mkdirSync(long);
  const lock = await lockDirectory(long);
  await expect(lockDirectory(long)).rejects.toThrow(DirectoryInUseError);
  await lock.release();
  await (await lockDirectory(long)).release();
});

test('a holder that is slow to answer still holds', async () => {
  const server = createServer(() => undefined);
  server.listen(join(directory, 'lock.1'));
  await once(server, 'listening');
  await expect(lockDirectory(directory)).rejects.toThrow('is in use by another process');
  server.close();
});

test.each([
  {
    name: 'another has taken it over',
    change: () => {
      writeFileSync(join(directory, 'lock.99'), '');
    },
    isHeld: false,
  },
  {
    name: 'its file is gone',
    change: () => {
      rmSync(join(directory, 'lock.1'));
    },
    isHeld: false,
  },
  {
    name: 'the directory is gone',
    change: () => {
      rmSync(directory, { recursive: true });
    },
    isHeld: false,
  },
  { name: 'nothing happened', change: () => undefined, isHeld: true },
])('the holder knows when $name', async ({ change, isHeld }) => {
  const lock = await lockDirectory(directory);
  change();
  expect(await lock.isHeld()).toBe(isHeld);
  await lock.release();
});
