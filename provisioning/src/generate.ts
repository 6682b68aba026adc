// Entry of `npm run generate`: the committed output of every environment of the repository, and the schemas of the input files.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BUDGETS_SCHEMA } from 'orchestrator-exporter/contract/budgets-schema';
import { build } from './build.ts';
import { environmentJsonSchema } from './inputs/environment-file.ts';
import { readInputs } from './inputs/inputs.ts';
import { replaceFiles } from './output.ts';

const ROOT = join(import.meta.dirname, '..');

/** The environment of `provisioning/sharded`. */
const SHARDED = 'dev.yml';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const environments = readdirSync(join(ROOT, 'env')).filter((name) => name.endsWith('.yml'));
const generated = new Map<string, string>();
const sharded = new Map<string, string>();
for (const file of environments) {
  const read = readInputs(join(ROOT, 'budgets.yml'), join(ROOT, 'env', file), []);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const { environment, budgets } = read.inputs;
  for (const [path, text] of build(environment, budgets)) generated.set(`${basename(file, '.yml')}/${path}`, text);
  if (file !== SHARDED) continue;
  // What differs where its threads are in several exporters (docs/scale.md); their addresses do not stand in these.
  for (const [path, text] of build({ ...environment, shards: ['exporter-b:9847'] }, budgets)) {
    if (/^prometheus\/rules\/|^grafana\/dashboards\//.test(path)) sharded.set(path, text);
  }
}
const schemas = new Map([
  ['budgets.schema.json', json(BUDGETS_SCHEMA)],
  ['environment.schema.json', json({ title: 'Environment', ...environmentJsonSchema() })],
]);
for (const [folder, files] of [
  ['generated', generated],
  ['sharded/generated', sharded],
  ['schema', schemas],
] as const) {
  for (const { path, kind } of replaceFiles(join(ROOT, folder), files)) {
    process.stdout.write(`${kind === 'surplus' ? 'deleted' : 'written'}: ${folder}/${path}\n`);
  }
}
