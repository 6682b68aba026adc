// Entry of the command; see command.ts.
import { join } from 'node:path';
import { run } from './command.ts';

process.exitCode = run(process.argv.slice(2), join(import.meta.dirname, '..', 'generated'), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
