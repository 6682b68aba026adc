// The replayer's command: reads the files, sends them, prints what was accepted, known already or rejected.
import { readFile } from 'node:fs/promises';
import { parseReplayArguments } from './arguments.ts';
import { systemClock } from './clock.ts';
import { postEventsTo } from './ingest-client.ts';
import { readRun, type TimedEvent } from './recorded-run.ts';
import { replay } from './replayer.ts';

const USAGE =
  'node demo/dist/replay.js [--exporter http://127.0.0.1:9847] [--live] [--speed 1] [--suffix TEXT] FILE...';

async function main(): Promise<number> {
  const parsed = parseReplayArguments(process.argv.slice(2));
  if (!parsed.ok) {
    process.stderr.write(`${parsed.problems.join('\n')}\nusage: ${USAGE}\n`);
    return 2;
  }
  const { exporter, files, live, speed, suffix } = parsed.value;
  const runs: TimedEvent[][] = [];
  const unreadable: string[] = [];
  for (const file of files) {
    try {
      const { events, problems } = readRun(file, await readFile(file, 'utf8'));
      runs.push(events);
      unreadable.push(...problems);
    } catch (error) {
      unreadable.push(`${file}: ${(error as Error).message}`);
    }
  }
  const filled = runs.filter((run) => run.length > 0);
  const totals = await replay(filled, { post: postEventsTo(exporter), clock: systemClock, live, speed, suffix });
  for (const problem of [...unreadable, ...totals.problems]) process.stderr.write(`${problem}\n`);
  const { accepted, duplicates, rejected, undelivered } = totals;
  process.stdout.write(
    `${accepted} accepted, ${duplicates} duplicates, ${rejected} rejected, ${undelivered} not delivered, ${unreadable.length} unreadable\n`
  );
  return rejected + undelivered + unreadable.length > 0 ? 1 : 0;
}

process.exitCode = await main();
