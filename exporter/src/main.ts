// The command: reads arguments and the file, starts, and stops on SIGINT and SIGTERM. The only place that ends the process.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { configText, parseConfig, parseConfigText } from './config.ts';
import type { Config, ConfigResult } from './config.ts';
import { messageOf, StartupError } from './errors.ts';
import { exporterOf, readBudgets, VERSION } from './library.ts';
import { jsonLog } from './log.ts';

const HELP = `orchestrator-exporter [--config FILE] [--check-config] [--print-config] [--version] [--help]

Turns AI-agent orchestrator events into Prometheus series, an exact timeline and a live WebSocket gateway.

  --config FILE    configuration in YAML; see docs/config.md. Without it: environment dev on 127.0.0.1:9847
  --check-config   check the configuration and its budgets file, say what is wrong, and stop
  --print-config   print the configuration in force, and stop
  --version        print the version, and stop
  --help           print this, and stop
`;
/** Exit code of everything that keeps the exporter from starting. */
const EXIT_STARTUP = 2;

function readArguments(): {
  config?: string;
  'check-config'?: boolean;
  'print-config'?: boolean;
  version?: boolean;
  help?: boolean;
} {
  try {
    return parseArgs({
      options: {
        config: { type: 'string' },
        'check-config': { type: 'boolean' },
        'print-config': { type: 'boolean' },
        version: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new StartupError([`${messageOf(error)}; expected: ${HELP.split('\n')[0] ?? ''}`], { cause: error });
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

async function run(): Promise<void> {
  const values = readArguments();
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (values.version) {
    process.stdout.write(`orchestrator-exporter ${VERSION}\n`);
    return;
  }
  const config = readConfig(values.config);
  if (values['print-config']) {
    process.stdout.write(configText(config));
    return;
  }
  if (values['check-config']) {
    const budgets = readBudgets(config.budgetsFile);
    process.stdout.write(`the configuration is valid: environment ${config.environment}, ${budgets.length} budgets\n`);
    return;
  }
  await serve(config);
}

async function serve(config: Config): Promise<void> {
  const log = jsonLog(
    (line) => process.stderr.write(line),
    () => Date.now()
  );
  const exporter = exporterOf(config, { log });
  await exporter.listen();
  log(
    'warn',
    'STATE LIVES IN MEMORY ONLY: the journal is not durable, and everything counted is lost when the exporter stops',
    {
      durable: false,
    }
  );
  const stop = (signal: string): void => {
    log('info', `${signal}: finishing what is under way`);
    exporter.close().then(
      () => {
        log('info', 'stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log('error', 'could not stop cleanly', { error: messageOf(error) });
        process.exit(1);
      }
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

run().catch((error: unknown) => {
  const problems = error instanceof StartupError ? error.problems : [messageOf(error)];
  process.stderr.write(
    `orchestrator-exporter cannot start:\n${problems.map((problem) => `  - ${problem}\n`).join('')}`
  );
  process.exit(EXIT_STARTUP);
});
