// @ts-check
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { missingPackages } from './set-up.mjs';

const locked = {
  '': { version: '1.0.0' },
  exporter: { version: '1.0.0' },
  'node_modules/orchestrator-exporter': { link: true },
  'node_modules/a': { version: '1.0.0' },
  'exporter/node_modules/b': { version: '2.0.0' },
  'node_modules/other-platform': { version: '1.0.0', optional: true },
};

for (const [name, installed, expected] of /** @type {const} */ ([
  ['nothing is installed', undefined, ['node_modules/a', 'exporter/node_modules/b']],
  ['all is installed', locked, []],
  ['one is of another version', { ...locked, 'node_modules/a': { version: '1.0.1' } }, ['node_modules/a']],
  ['one is gone', { 'node_modules/a': { version: '1.0.0' } }, ['exporter/node_modules/b']],
])) {
  test(`packages that are missing when ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'set-up-'));
    try {
      writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: locked }));
      if (installed !== undefined) {
        mkdirSync(join(folder, 'node_modules'));
        writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
      }
      assert.deepEqual(missingPackages(folder), expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
