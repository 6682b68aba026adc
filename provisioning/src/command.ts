// The command line: writes or checks generated/, or writes one environment with the addresses of local processes.
import { resolve, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import type { Environment } from './environments/environment.ts';
import { ENVIRONMENTS } from './environments/known.ts';
import { addFiles, differences, replaceFiles } from './output.ts';

export const USAGE = `Usage:
  orchestrator-provisioning              write generated/
  orchestrator-provisioning --check      fail if generated/ is not what the sources build
  orchestrator-provisioning --environment NAME --out DIR [addresses]
                                         write one environment for processes outside the compose network
Addresses (what is not given stays as in the environment):
  --exporter HOST:PORT      --alertmanager HOST:PORT
  --prometheus URL          start it with --web.user-assets=docs, then links to the runbook work
  --grafana URL             where links to the dashboard lead
`;

export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const OPTIONS = {
  check: { type: 'boolean' },
  help: { type: 'boolean' },
  environment: { type: 'string' },
  exporter: { type: 'string' },
  prometheus: { type: 'string' },
  alertmanager: { type: 'string' },
  grafana: { type: 'string' },
  out: { type: 'string' },
} as const;

interface Arguments {
  readonly check?: boolean | undefined;
  readonly help?: boolean | undefined;
  readonly environment?: string | undefined;
  readonly exporter?: string | undefined;
  readonly prometheus?: string | undefined;
  readonly alertmanager?: string | undefined;
  readonly grafana?: string | undefined;
  readonly out?: string | undefined;
}

const quoted = (value: string): string => JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);

function addressProblem(option: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const port = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):(\d{1,5})$/.exec(value)?.[1];
  const ok = port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
  return ok ? [] : [`--${option}: ${quoted(value)} is not HOST:PORT, such as 127.0.0.1:9847`];
}

function urlProblem(option: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const ok = url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '';
  return ok ? [] : [`--${option}: ${quoted(value)} is not an http or https URL, such as http://127.0.0.1:9090`];
}

interface Variant {
  readonly environment: Environment;
  readonly directory: string;
}

/** The environment with the given addresses, or every problem of the arguments at once. */
function variantOf(given: Arguments): Variant | { readonly problems: readonly string[] } {
  const known = ENVIRONMENTS.find(({ name }) => name === given.environment);
  const problems = [
    ...(known === undefined
      ? [
          `--environment: ${given.environment === undefined ? 'missing' : quoted(given.environment)}; one of ${ENVIRONMENTS.map(({ name }) => name).join(', ')}`,
        ]
      : []),
    ...(given.out === undefined || given.out === '' ? ['--out: missing; the directory to write to'] : []),
    ...(given.check === true ? ['--check: compares generated/ only and takes no other option'] : []),
    ...addressProblem('exporter', given.exporter),
    ...addressProblem('alertmanager', given.alertmanager),
    ...urlProblem('prometheus', given.prometheus),
    ...urlProblem('grafana', given.grafana),
  ];
  if (problems.length > 0 || known === undefined || given.out === undefined) return { problems };

  const directory = resolve(given.out);
  const bare = (url: string) => url.replace(/\/+$/, '');
  const prometheusUrl = given.prometheus === undefined ? undefined : bare(given.prometheus);
  return {
    directory,
    environment: {
      ...known,
      exporter: given.exporter ?? known.exporter,
      alertmanager: given.alertmanager ?? known.alertmanager,
      prometheusUrl: prometheusUrl ?? known.prometheusUrl,
      links: {
        grafanaUrl: given.grafana === undefined ? known.links.grafanaUrl : bare(given.grafana),
        runbookUrl: prometheusUrl === undefined ? known.links.runbookUrl : `${prometheusUrl}/user/alerts.md`,
      },
      dashboard: { ...known.dashboard, directory: join(directory, 'grafana', 'dashboards') },
    },
  };
}

function committed(): ReadonlyMap<string, string> {
  const files = ENVIRONMENTS.flatMap((environment) =>
    [...build(environment)].map(([path, text]): [string, string] => [`${environment.name}/${path}`, text])
  );
  return new Map(files);
}

/** Runs the command; `generated` is the directory of the committed output. The answer is the exit code. */
export function run(argv: readonly string[], generated: string, io: Io): number {
  let given: Arguments;
  try {
    given = parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    io.err(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (given.help === true) {
    io.out(USAGE);
    return 0;
  }
  const { check, ...others } = given;
  if (Object.keys(others).length > 0) {
    const variant = variantOf(given);
    if ('problems' in variant) {
      io.err(`${variant.problems.join('\n')}\n`);
      return 2;
    }
    const changes = addFiles(variant.directory, build(variant.environment));
    io.out(`${variant.environment.name}: ${changes.length} files written to ${variant.directory}\n`);
    return 0;
  }
  if (check === true) {
    const found = differences(generated, committed());
    for (const { path, kind } of found) io.err(`${kind}: generated/${path}\n`);
    if (found.length > 0) io.err('Run "npm run generate -w provisioning".\n');
    return found.length > 0 ? 1 : 0;
  }
  for (const { path, kind } of replaceFiles(generated, committed())) {
    io.out(`${kind === 'surplus' ? 'deleted' : 'written'}: generated/${path}\n`);
  }
  return 0;
}
