// The command line of the preview host: parsing it and saying everything that is wrong with it at once.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** The @grafana package lines that the host is bundled with, by `--host-version`. */
export const HOST_VERSIONS = ['12.4', '13.2'] as const;
export type HostVersion = (typeof HOST_VERSIONS)[number];

export interface PreviewOptions {
  readonly prometheus: URL;
  readonly dashboardsDir: string;
  readonly pluginDir: string;
  readonly port: number;
  readonly hostVersion: HostVersion;
}

export const USAGE = `Usage: node dist/main.js --prometheus URL --dashboards DIR --plugin DIR [--port N] [--host-version ${HOST_VERSIONS.join('|')}]

  --prometheus URL    the Prometheus that answers the panels' queries
  --dashboards DIR    folder of dashboard JSON files (classic schema)
  --plugin DIR        built plugin: a folder with plugin.json and module.js
  --port N            port on 127.0.0.1, 0 for any free one (default 3000)
  --host-version V    line of @grafana packages to load the plugin with (default ${HOST_VERSIONS[0]})`;

/** Every problem of a command line, one sentence each. */
export class ArgumentsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ArgumentsError';
    this.problems = problems;
  }
}

const shorten = (value: string): string => (value.length > 80 ? `${value.slice(0, 80)}...` : value);

/** Parses argv without node and script. @throws {ArgumentsError} with all problems. */
export function parseArguments(argv: readonly string[]): PreviewOptions {
  const problems: string[] = [];
  const options = ['prometheus', 'dashboards', 'plugin', 'port', 'host-version'] as const;
  const { values, tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(options.map((name) => [name, { type: 'string' as const }])),
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional' || (token.kind === 'option' && !options.some((name) => name === token.name))) {
      const given = token.kind === 'positional' ? token.value : token.rawName;
      problems.push(`${shorten(given)}: not an option; known are ${options.map((name) => `--${name}`).join(', ')}`);
    }
  }
  const text = (name: (typeof options)[number], fallback?: string): string => {
    const value = values[name];
    if (typeof value === 'string' && value !== '') return value;
    if (fallback !== undefined && value === undefined) return fallback;
    problems.push(`--${name}: a value is required`);
    return '';
  };

  const parsed = {
    prometheus: prometheusUrl(text('prometheus'), problems),
    dashboardsDir: folderWith(text('dashboards'), { option: '--dashboards', files: [], problems }),
    pluginDir: folderWith(text('plugin'), { option: '--plugin', files: ['plugin.json', 'module.js'], problems }),
    port: portNumber(text('port', '3000'), problems),
    hostVersion: hostVersion(text('host-version', HOST_VERSIONS[0]), problems),
  };
  if (problems.length > 0) throw new ArgumentsError(problems);
  return parsed;
}

function prometheusUrl(value: string, problems: string[]): URL {
  if (URL.canParse(value)) {
    const url = new URL(value);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  }
  if (value !== '')
    problems.push(`--prometheus ${shorten(value)}: want an http or https URL such as http://127.0.0.1:9090`);
  return new URL('http://127.0.0.1:9090');
}

interface FolderCheck {
  readonly option: string;
  readonly files: readonly string[];
  readonly problems: string[];
}

function folderWith(value: string, { option, files, problems }: FolderCheck): string {
  if (value === '') return '';
  const dir = resolve(value);
  if (!existsSync(dir)) problems.push(`${option} ${shorten(value)}: no such folder`);
  else {
    for (const file of files) {
      if (!existsSync(join(dir, file)))
        problems.push(`${option} ${shorten(value)}: ${file} is missing; build the plugin first`);
    }
  }
  return dir;
}

function portNumber(value: string, problems: string[]): number {
  const port = Number(value);
  if (value !== '' && !(/^\d+$/.test(value) && port <= 65_535)) {
    problems.push(`--port ${shorten(value)}: want a whole number from 0 to 65535`);
  }
  return port;
}

function hostVersion(value: string, problems: string[]): HostVersion {
  const version = HOST_VERSIONS.find((known) => known === value);
  if (version === undefined && value !== '') {
    problems.push(`--host-version ${shorten(value)}: want one of ${HOST_VERSIONS.join(', ')}`);
  }
  return version ?? HOST_VERSIONS[0];
}
