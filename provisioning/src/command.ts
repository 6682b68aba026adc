// The command line: compiles one environment and its budgets into a directory, or checks that the directory holds just that.
import { parseArgs } from 'node:util';
import { shown } from 'orchestrator-exporter/contract/document';
import { build } from './build.ts';
import { readInputs, type Inputs } from './inputs/inputs.ts';
import type { Override } from './inputs/source-document.ts';
import { addFiles, differences } from './output.ts';

export const USAGE = `Usage:
  orchestrator-provision build --budgets FILE --env FILE --out DIR
      Compiles budgets and an environment into what Prometheus, Alertmanager, Grafana and the exporter load.
      Writes into DIR what is missing or differs, and leaves every other file there alone.
Options:
  --check            write nothing: fail with the list of files that differ from what would be written
  --set PATH=VALUE   as if the environment file said so, such as --set prometheus.url=http://127.0.0.1:9090; repeatable
  --help             this text
Exit codes: 0 done, 1 --check found differences, 2 the arguments or the files are wrong and nothing was written.
`;

export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const OPTIONS = {
  budgets: { type: 'string' },
  env: { type: 'string' },
  out: { type: 'string' },
  set: { type: 'string', multiple: true },
  check: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

interface Request {
  readonly budgets: string;
  readonly env: string;
  readonly out: string;
  readonly overrides: readonly Override[];
  readonly check: boolean;
}

type Parsed = Request | 'help' | { readonly problems: readonly string[] };

function requestOf(argv: readonly string[]): Parsed {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: true });
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
  const { values, positionals } = parsed;
  if (values.help === true) return 'help';
  const { budgets, env, out, set = [], check = false } = values;
  const missing = (option: string, value: string | undefined, what: string): string[] =>
    value === undefined || value === '' ? [`--${option} is missing; expected ${what}`] : [];
  const problems = [
    ...(positionals.length === 1 && positionals[0] === 'build'
      ? []
      : [`${positionals.length === 0 ? 'no command' : shown(positionals.join(' '))}; expected build`]),
    ...missing('budgets', budgets, 'the budgets file'),
    ...missing('env', env, 'the environment file'),
    ...missing('out', out, 'the directory to write to'),
    ...set
      .filter((each) => !/^[a-z_]+(\.[a-z_]+)*=/.test(each))
      .map(
        (each) => `--set ${shown(each)} is refused; expected PATH=VALUE, such as prometheus.url=http://127.0.0.1:9090`
      ),
  ];
  if (problems.length > 0 || budgets === undefined || env === undefined || out === undefined) return { problems };
  const overrides = set.map((each) => {
    const at = each.indexOf('=');
    return { path: each.slice(0, at), value: each.slice(at + 1) };
  });
  return { budgets, env, out, overrides, check };
}

/** Runs the command. The answer is the exit code. */
export function run(argv: readonly string[], io: Io): number {
  const request = requestOf(argv);
  if (request === 'help') {
    io.out(USAGE);
    return 0;
  }
  if ('problems' in request) {
    io.err(`${request.problems.join('\n')}\n\n${USAGE}`);
    return 2;
  }
  const inputs = readInputs(request.budgets, request.env, request.overrides);
  if (!inputs.ok) {
    io.err(`${inputs.problems.join('\n')}\n`);
    return 2;
  }
  return request.check ? check(request.out, inputs.inputs, io) : write(request.out, inputs.inputs, io);
}

function check(directory: string, { environment, budgets }: Inputs, io: Io): number {
  const found = differences(directory, build(environment, budgets)).filter(({ kind }) => kind !== 'surplus');
  for (const { path, kind } of found) io.err(`${kind}: ${path}\n`);
  if (found.length === 0) io.out(`${environment.name}: ${directory} is what the files say\n`);
  return found.length > 0 ? 1 : 0;
}

function write(directory: string, { environment, budgets }: Inputs, io: Io): number {
  const files = build(environment, budgets);
  try {
    const written = addFiles(directory, files);
    for (const { path } of written) io.out(`written: ${path}\n`);
    io.out(`${environment.name}: ${files.size} files in ${directory}, ${written.length} of them written now\n`);
    return 0;
  } catch (error) {
    io.err(`${directory}: cannot be written: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}
