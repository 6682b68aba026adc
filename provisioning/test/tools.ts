// Runs the real tools. A missing one fails the test that needs it; it does not skip.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Result {
  readonly status: number | null;
  readonly output: string;
}

interface Surroundings {
  readonly cwd?: string;
  readonly input?: string;
}

/** Exit status with stdout and stderr as one text. Throws when the tool is not installed. */
export function runTool(tool: string, args: readonly string[], surroundings: string | Surroundings = {}): Result {
  const options = typeof surroundings === 'string' ? { cwd: surroundings } : surroundings;
  const { status, stdout, stderr, error } = spawnSync(tool, args, { encoding: 'utf8', timeout: 60_000, ...options });
  if (error !== undefined) throw new Error(`cannot run ${tool}`, { cause: error });
  return { status, output: stdout + stderr };
}

export const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'provisioning-test-'));
