// The process: runs the command, reads its files again on SIGHUP, stops on SIGINT and SIGTERM. The only place that ends it.
import { once } from 'node:events';
import { constants } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { systemClock } from './clock.ts';
import { runCommand } from './command.ts';
import type { CommandResult } from './command.ts';
import { messageOf, StartupError } from './errors.ts';
import { runJournalCommand } from './journal-command.ts';
import { logToStandardError } from './logging.ts';

/** Exit code of everything that keeps the exporter from starting. */
const EXIT_STARTUP = 2;
/** As shells have it for what a signal ended. */
const EXIT_SIGNAL = 128;

/**
 * V8 lets the heap grow to several times what is alive before it looks for garbage. By this much more in percent, it takes a
 * third of the memory less at 20,000 events/s; what the more frequent collections cost stands in docs/performance.md.
 */
const HEAP_GROWTH_PERCENT = 80;

type Serving = Extract<CommandResult, { kind: 'serving' }>;

/**
 * From before the log says that it listens: whoever waits for that line may send a signal right after it.
 * @returns what tells that it serves; a stop before that ends the process at once, since nothing has been acknowledged.
 */
function followSignals(): (serving: Serving) => void {
  let serving: Serving | undefined;
  process.on('SIGHUP', () => {
    // Before it serves the files have just been read.
    serving?.log('info', 'SIGHUP: reading the files that the configuration names again');
    serving?.exporter.reload();
  });
  const stop = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (serving === undefined) process.exit(EXIT_SIGNAL + constants.signals[signal]);
    const { exporter, log } = serving;
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
  return (started) => {
    serving = started;
  };
}

/** Resolves when more may be written. */
async function toStandardOutput(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

async function run([first, ...rest]: readonly string[]): Promise<void> {
  if (first === 'journal') {
    // A reader that has seen enough closes the pipe: that is no error of the journal.
    process.stdout.on('error', () => process.exit(0));
    process.exitCode = await runJournalCommand(rest, toStandardOutput);
    return;
  }
  const startServing = followSignals();
  const result = await runCommand(process.argv.slice(2), (level) => {
    const { log, close } = logToStandardError({ level, clock: systemClock });
    // Whatever ends the process: what was left out so far is said.
    process.on('exit', close);
    return log;
  });
  if (result.kind === 'printed') process.stdout.write(result.text);
  else startServing(result);
}

setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
run(process.argv.slice(2)).catch((error: unknown) => {
  const problems = error instanceof StartupError ? error.problems : [messageOf(error)];
  const lines = problems.map((problem) => `  - ${problem}\n`).join('');
  process.stderr.write(
    `orchestrator-exporter cannot ${process.argv[2] === 'journal' ? 'do that' : 'start'}:\n${lines}`
  );
  process.exit(EXIT_STARTUP);
});
