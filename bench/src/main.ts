// The bench's command: one table for each. Figures go to the output and, if asked for, to docs/performance.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ASSUMPTIONS, capacityText } from './capacity.ts';
import { parseBenchArguments, USAGE, type BenchArguments } from './arguments.ts';
import { runRound, type Round } from './durable.ts';
import { measureEmit } from './emit.ts';
import { environmentText, loadText } from './environment.ts';
import { measureGrowth } from './growth.ts';
import { ingestText } from './ingest.ts';
import { quietMoment } from './quiet.ts';
import { measureForwarder } from './forwarder.ts';
import { gatewayTables, measureGateway, missingOf } from './gateway.ts';
import { readPatterns } from './recorded-runs.ts';
import { measureReplay, replayText } from './replay.ts';
import { measureRemoteWrite, REMOTE_WRITE_HOW, remoteWriteText } from './remote-write.ts';
import { durableTable, withSection } from './report.ts';
import { CASES, measureScrapes } from './scrape.ts';
import { blockText, growthReport, scrapeTable } from './scrape-report.ts';
import type { Grown } from './scrape-report.ts';
import { SERVER_KINDS } from './scrape-protocol.ts';
import { stagesTable } from './stages.ts';
import { targetsTable } from './targets.ts';
import { measureTimeline, TIMELINE_HOW, timelineText } from './timeline.ts';
import { updateTable } from './update.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const SWEEP = [1_000, 5_000, 10_000, 20_000, 30_000, 50_000];
const SCRAPE_PERIOD_MS = 5_000;
/** Events per second of the orchestrator that the targets are measured at. */
const FORWARDED_RATE = 1_000;

interface Outcome {
  readonly text: string;
  /** What disagreed with what was sent; empty when nothing did. */
  readonly wrong: readonly string[];
}

async function main(): Promise<number> {
  const parsed = parseBenchArguments(process.argv.slice(2));
  if (!parsed.ok) {
    process.stderr.write(`${parsed.problems.join('\n')}\n\n${USAGE}\n`);
    return 2;
  }
  const options = parsed.value;
  const folder = resolve(options.folder ?? join(REPOSITORY, 'bench/.run'));
  mkdirSync(folder, { recursive: true });
  const { text, wrong } = await run(options, folder);
  process.stdout.write(`${text}\n`);
  if (options.write) {
    const page = join(REPOSITORY, options.command === 'capacity' ? 'docs/scale.md' : 'docs/performance.md');
    writeFileSync(page, withSection(readFileSync(page, 'utf8'), options.command, text));
  }
  if (wrong.length > 0) process.stderr.write(`${wrong.join('\n')}\n`);
  return wrong.length > 0 ? 1 : 0;
}

async function run(options: BenchArguments, folder: string): Promise<Outcome> {
  const { command, rate, events, rounds } = options;
  const where = (): string => {
    const day = new Date().toISOString().slice(0, 10);
    return `${day}, ${environmentText(folder)}; load of the machine after it ${loadText()}.`;
  };
  switch (command) {
    case 'durable':
      return runRounds(options, { rates: [rate], folder, where });
    case 'sweep':
      return runRounds(options, { rates: SWEEP, folder, where });
    case 'stages': {
      const text = await stagesTable({ patterns: readPatterns(join(REPOSITORY, 'fixtures/runs')), events, rounds });
      return { text: `${where()} Rounds: ${rounds} of ${events} events.\n\n${text}`, wrong: [] };
    }
    case 'capacity':
      return { text: capacityText(ASSUMPTIONS), wrong: [] };
    case 'forwarder': {
      const { text, lost } = await measureForwarder({ ...options, folder, repository: REPOSITORY });
      const wrong = lost === 0 ? [] : [`${lost} events were not answered for`];
      return {
        text: `${text}\n\n${where()} Medians of ${rounds} rounds of ${options.seconds} s at ${rate} events/s.`,
        wrong,
      };
    }
    case 'timeline': {
      const rows = await measureTimeline({ folder, repository: REPOSITORY, seconds: options.seconds });
      const wrong = rows
        .filter((row) => row.exact !== row.transitions || row.extra > 0 || row.warnings.length > 0)
        .flatMap((row) => [
          `consumer ${row.consumer}: ${row.exact} of ${row.transitions}, ${row.extra} never were`,
          ...row.warnings,
        ]);
      return { text: `${where()} ${TIMELINE_HOW}\n\n${timelineText(rows)}`, wrong };
    }
    case 'remote-write': {
      const rows = await measureRemoteWrite({ folder, repository: REPOSITORY, events });
      const wrong = rows
        .filter(({ missing }) => missing > 0)
        .map(({ load, missing }) => `${load}: ${missing} are missing`);
      return { text: `${where()} ${REMOTE_WRITE_HOW}\n\n${remoteWriteText(rows)}`, wrong };
    }
    case 'ingest': {
      const patterns = readPatterns(join(REPOSITORY, 'fixtures/runs'));
      const text = await ingestText({ ...options, patterns, folder, repository: REPOSITORY });
      return { text: `${where()} Medians of ${rounds} interleaved rounds of ${events} events.\n\n${text}`, wrong: [] };
    }
    case 'ingest-growth': {
      const { text, svg } = await measureGrowth({ ...options, folder, repository: REPOSITORY });
      const image = 'images/ingest-growth.svg';
      if (options.write) writeFileSync(join(REPOSITORY, 'docs', image), svg);
      const picture = `![Cost of an event and memory over the number of series](${image})`;
      return {
        text: `${where()} Medians of ${rounds} rounds of ${events} events.\n\n${text}\n\n${picture}`,
        wrong: [],
      };
    }
    case 'emit': {
      const { text, wrong } = await measureEmit({ ...options, folder, repository: REPOSITORY });
      const how = `Medians of ${rounds} interleaved rounds of ${options.seconds} s at ${rate} events/s.`;
      return { text: `${where()} ${how}\n\n${text}`, wrong };
    }
    case 'scrape': {
      const { series } = options;
      const measured = await measureScrapes({ series, rounds, kinds: SERVER_KINDS });
      const how = `${series.toLocaleString('en-US')} series, medians of ${rounds} interleaved rounds.`;
      return { text: `${where()} ${how}\n\n${scrapeTable(measured)}\n\n${blockText(measured)}`, wrong: [] };
    }
    case 'scrape-growth':
      return { text: await runGrowth(options, where), wrong: [] };
    case 'update': {
      const patterns = readPatterns(join(REPOSITORY, 'fixtures/runs'));
      const { threads } = options;
      const text = await updateTable({ patterns, events, threads, rounds });
      return { text: `${where()} Medians of ${rounds} rounds, ${threads} threads at once; ${text}`, wrong: [] };
    }
    case 'gateway': {
      const figures = await measureGateway({ ...options, folder, repository: REPOSITORY });
      const text = `${where()} Medians of ${rounds} rounds of ${options.seconds} s, ${options.subscribers} subscribers, ${rate} events/s, one a body.\n\n${gatewayTables(figures)}`;
      return { text, wrong: missingOf(figures) };
    }
    case 'targets': {
      const parts = { ...options, folder, repository: REPOSITORY };
      const { found, lost } = await measureForwarder({ ...parts, rate: FORWARDED_RATE });
      const gateway = await measureGateway(parts, { isShort: true });
      const page = readFileSync(join(REPOSITORY, 'docs/performance.md'), 'utf8');
      const wrong = [...missingOf(gateway), ...(lost === 0 ? [] : [`${lost} events were not answered for`])];
      return { text: `${where()}\n\n${targetsTable({ forwarder: found, gateway, page })}`, wrong };
    }
    case 'replay':
      return { text: `${replayText(await measureReplay(events, folder))}\n\n${where()}`, wrong: [] };
  }
}

const GROWTH = [1_000, 10_000, 100_000, 1_000_000];
/** More than these take a peer's process minutes and gigabytes. */
const PEER_SERIES = 100_000;

async function runGrowth({ rounds, write }: BenchArguments, where: () => string): Promise<string> {
  const cases = CASES.filter(({ gzip, share }) => !gzip && share !== 'scattered');
  const grown: Grown[] = [];
  for (const series of GROWTH) {
    const kinds = series > PEER_SERIES ? (['exporter'] as const) : (['exporter', 'prom-client'] as const);
    grown.push({ series, measured: await measureScrapes({ series, rounds, kinds, cases }) });
  }
  const picture = 'images/scrape-growth.svg';
  const { text, svg } = growthReport(grown);
  if (write) writeFileSync(join(REPOSITORY, 'docs', picture), svg);
  return `${where()} Medians of ${rounds} interleaved rounds.\n\n${text}\n\n![Processor time of a scrape over the number of series](${picture})`;
}

async function runRounds(
  options: BenchArguments,
  { rates, folder, where }: { rates: readonly number[]; folder: string; where: () => string }
): Promise<Outcome> {
  const { seconds, warmUpSeconds, batch, connections, threads } = options;
  const rounds: Round[] = [];
  // Rates take turns, so that a busy minute of the machine does not fall on one of them only.
  for (let n = 0; n < options.rounds; n++) {
    for (const rate of rates) {
      if (options.quiet > 0 && !(await quietMoment(1_000 * options.quiet))) {
        process.stderr.write(`no quiet moment within ${options.quiet} s; the round runs all the same\n`);
      }
      const round = await runRound({
        ...options,
        rate,
        folder,
        scrapePeriodMs: SCRAPE_PERIOD_MS,
        repository: REPOSITORY,
      });
      rounds.push(round);
    }
  }
  const how =
    `Rounds: ${options.rounds} of ${seconds} s after ${warmUpSeconds} s of the same load, bodies of ${batch} events (NDJSON) over ${connections} keep-alive ` +
    `connections, ${threads} threads at once, both endpoints scraped every ${SCRAPE_PERIOD_MS / 1_000} s.`;
  const wrong = rounds.flatMap(({ differences }) => differences);
  return { text: `${where()} ${how}\n\n${durableTable(rounds)}`, wrong };
}

process.exitCode = await main();
