// The load in a process of its own, so that what it costs is not the exporter's. Its options are its only argument, in JSON;
// its result goes to the parent, or to the output.
import { readPatterns } from './recorded-runs.ts';
import { runLoad, type LoadOptions } from './load.ts';

const { fixtures, ...options } = JSON.parse(process.argv[2] ?? '{}') as Omit<LoadOptions, 'patterns'> & {
  readonly fixtures: string;
};
const result = await runLoad({ ...options, patterns: readPatterns(fixtures) });
if (process.send === undefined) process.stdout.write(`${JSON.stringify(result)}\n`);
else process.send(result);
