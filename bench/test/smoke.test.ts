// The bench from the command line, on the real exporter with its journal on disk: short, and no figure of it is judged.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

test('a short round prints its table, agrees with the exporter to the nano-dollar and leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-smoke-'));
  try {
    const options = ['--seconds', '1', '--warm-up', '1', '--rate', '1000', '--rounds', '1', '--folder', folder];
    const { stdout, stderr } = await run(process.execPath, ['dist/main.js', 'durable', ...options]);
    const row = stdout.split('\n').find((line) => line.startsWith('| 1,000 '));
    expect(row?.split('|').at(-2)?.trim()).toBe('exact');
    expect(stderr).toBe('');
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every stage has its row', async () => {
  const { stdout } = await run(process.execPath, ['dist/main.js', 'stages', '--events', '300', '--rounds', '1']);
  expect(stdout.match(/^\| .* \|$/gm)).toHaveLength(15);
});

test('what the forwarder adds is told for each listener, and nothing of what it was handed is lost', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-smoke-'));
  try {
    const options = ['--seconds', '1', '--rate', '500', '--rounds', '1', '--folder', folder];
    const { stdout } = await run(process.execPath, ['dist/main.js', 'forwarder', ...options]);
    expect(stdout.match(/^\| (a counter alone|forwarder|forwarder with a spool) .*\|$/gm)).toHaveLength(3);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('events pushed by remote write are all found in Prometheus', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-smoke-'));
  try {
    const { stdout } = await run(process.execPath, [
      'dist/main.js',
      'remote-write',
      '--events',
      '3',
      '--folder',
      folder,
    ]);
    const rows = stdout.match(/^\| (nothing else|1,000 other events\/s) .*\|$/gm) ?? [];
    expect(rows.map((row) => row.split('|').at(-2)?.trim())).toEqual(['0', '0']);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('every case of a scrape has a row for each server, with figures or why there are none', async () => {
  const { stdout } = await run(process.execPath, ['dist/main.js', 'scrape', '--series', '1000', '--rounds', '1']);
  const rows = stdout.match(/^\| (plain|gzip), .* \|$/gm) ?? [];
  const isAbsent = (row: string): boolean =>
    /(does not compress|changes by a push of all series only) \|( +- \|){7}$/.test(row);
  expect(rows.filter(isAbsent)).toHaveLength(7);
  const told = rows.filter((row) => !isAbsent(row));
  expect(told).toHaveLength(17);
  expect(told.filter((row) => !/ \| +[\d.]+ \| +[\d.]+ \| +[\d.]+ \|( +[\d.]+x \|){2}/.test(row))).toHaveLength(6);
  expect(stdout).toMatch(/this exporter: longest event-loop block of a scrape, 60 scrapes: p99 .*; \d+ bytes a series/);
});

test('an event has about as many updates in prom-client as it has series here', async () => {
  const { stdout } = await run(process.execPath, ['dist/main.js', 'update', '--events', '2000', '--rounds', '1']);
  expect(Number(/([\d.]+) updates an event/.exec(stdout)?.[1])).toBeGreaterThan(3);
  expect(stdout.match(/x \|$/gm)).toHaveLength(3);
});

test('a bad command line ends with code 2 and the usage', async () => {
  const failed = run(process.execPath, ['dist/main.js', 'fast']);
  await expect(failed).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("'fast': expected one of") });
});
