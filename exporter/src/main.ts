// The process: runs the command, reads its files again on SIGHUP, stops on SIGINT and SIGTERM. The only place that ends it.
import { once } from 'node:events';
import { runCommand } from './command.ts';
import { messageOf, StartupError } from './errors.ts';
import { runJournalCommand } from './journal-command.ts';
import type { Exporter } from './library.ts';
import { jsonLog } from './log.ts';

/** Exit code of everything that keeps the exporter from starting. */
const EXIT_STARTUP = 2;

const log = jsonLog(
  (line) => process.stderr.write(line),
  () => Date.now()
);

function followSignals(exporter: Exporter): void {
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
  process.on('SIGHUP', () => {
    log('info', 'SIGHUP: reading the files that the configuration names again');
    exporter.reload();
  });
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
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
  const result = await runCommand(process.argv.slice(2), log);
  if (result.kind === 'printed') process.stdout.write(result.text);
  else followSignals(result.exporter);
}

run(process.argv.slice(2)).catch((error: unknown) => {
  const problems = error instanceof StartupError ? error.problems : [messageOf(error)];
  const lines = problems.map((problem) => `  - ${problem}\n`).join('');
  process.stderr.write(
    `orchestrator-exporter cannot ${process.argv[2] === 'journal' ? 'do that' : 'start'}:\n${lines}`
  );
  process.exit(EXIT_STARTUP);
});
