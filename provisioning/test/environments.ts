// The environments of the repository, read from their files as the command reads them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../src/environments/environment.ts';
import type { Budgets } from '../src/inputs/budgets-file.ts';
import { readInputs, type Inputs } from '../src/inputs/inputs.ts';

export const FOLDER = join(__dirname, '..');
export const BUDGETS_FILE = join(FOLDER, 'budgets.yml');
export const environmentFile = (name: string): string => join(FOLDER, 'env', `${name}.yml`);

function inputs(name: string): Inputs {
  const read = readInputs(BUDGETS_FILE, environmentFile(name), []);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.inputs;
}

export const ENVIRONMENTS: readonly Environment[] = readdirSync(join(FOLDER, 'env'))
  .filter((name) => name.endsWith('.yml'))
  .map((name) => inputs(name.replace(/\.yml$/, '')).environment);
export const dev = inputs('dev').environment;
export const staging = inputs('staging').environment;
export const prod = inputs('prod').environment;
export const budgets: Budgets = inputs('prod').budgets;
