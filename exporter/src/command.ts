// The command line: arguments and the file become an answer on the output, or a running exporter.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { configText, NO_JOURNAL, parseConfig, parseConfigText } from './config.ts';
import type { Config, ConfigResult } from './config.ts';
import { messageOf, StartupError } from './errors.ts';
import { exporterOf, readFiles, VERSION } from './library.ts';
import type { Exporter } from './library.ts';
import type { Log, LogLevel } from './log.ts';

export const HELP = `orchestrator-exporter [--config FILE] [--check-config] [--print-config] [--version] [--help]
orchestrator-exporter journal verify|stats|export DIR

Turns AI-agent orchestrator events into Prometheus series, an exact timeline and a live WebSocket gateway.

  --config FILE    configuration in YAML; see docs/config.md. Without it: environment dev on 127.0.0.1:9847,
                   journal in ./data
  --check-config   check the configuration and the files that it names, say what is wrong, and stop
  --print-config   print the configuration in force, and stop
  --version        print the version, and stop
  --help           print this, and stop

  journal verify DIR   read a journal and name every damage; exit code 1 when there is any
  journal stats DIR    what a journal holds
  journal export DIR   every entry as a line of JSON
`;

/** Printed and done, or serving until it is closed. */
export type CommandResult =
  | { readonly kind: 'printed'; readonly text: string }
  | { readonly kind: 'serving'; readonly exporter: Exporter; readonly log: Log };

/**
 * @param openLog Called once the configuration says which level it wants; before that there is nothing to log.
 * @throws StartupError with everything that keeps the exporter from starting.
 */
export async function runCommand(args: readonly string[], openLog: (level: LogLevel) => Log): Promise<CommandResult> {
  const values = readArguments(args);
  if (values.help) return { kind: 'printed', text: HELP };
  if (values.version) return { kind: 'printed', text: `orchestrator-exporter ${VERSION}\n` };
  const config = readConfig(values.config);
  if (values['print-config']) return { kind: 'printed', text: configText(config) };
  const log = openLog(config.logLevel);
  if (values['check-config']) {
    const { files, security } = readFiles(config);
    for (const warning of security.warnings) log('warn', warning);
    const models = files.prices === undefined ? '' : `, models with a price: ${files.prices.value.models.size}`;
    const text = `the configuration is valid: environment ${config.environment}, budgets: ${files.budgets?.value.length ?? 0}${models}\n`;
    return { kind: 'printed', text };
  }
  const exporter = exporterOf(config, { log });
  await exporter.listen();
  if (config.dataDir === NO_JOURNAL) {
    log('warn', 'STATE LIVES IN MEMORY ONLY: everything counted is lost when the exporter stops', { durable: false });
  }
  return { kind: 'serving', exporter, log };
}

interface Arguments {
  readonly config?: string | undefined;
  readonly 'check-config'?: boolean | undefined;
  readonly 'print-config'?: boolean | undefined;
  readonly version?: boolean | undefined;
  readonly help?: boolean | undefined;
}

function readArguments(args: readonly string[]): Arguments {
  try {
    return parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        'check-config': { type: 'boolean' },
        'print-config': { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new StartupError([`${messageOf(error)}; expected ${HELP.split('\n')[0] ?? ''}`], { cause: error });
  }
}

function readConfig(file: string | undefined): Config {
  if (file === undefined) return configOrThrow(parseConfig(undefined));
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartupError([`--config ${JSON.stringify(file)} cannot be read: ${messageOf(error)}`], { cause: error });
  }
  return configOrThrow(parseConfigText(text));
}

function configOrThrow(result: ConfigResult): Config {
  if (!result.ok) throw new StartupError(result.problems);
  return result.config;
}
