// Rounds as the tables of docs/performance.md: the median of every figure, and how many rounds it is of.
import type { Round } from './durable.ts';
import { median } from './latencies.ts';
import { table, threeDigits } from './table.ts';

const HEAD = [
  'events/s wanted',
  'reached',
  'ack p50 ms',
  'p99',
  'p99.9',
  'max',
  'RSS max MiB',
  'CPU % of a core',
  'CPU us/event',
  'scrape max ms',
  'timeline max ms',
  'loop lag p99 ms, at most',
  'commit mean ms',
  'journal B/event',
  'others CPU %',
  'money',
];

/** One row for each rate; the rounds of a rate are told by the median of each figure. */
export function durableTable(rounds: readonly Round[]): string {
  const rates = [...new Set(rounds.map(({ wantedRate }) => wantedRate))].sort((a, b) => a - b);
  return table([HEAD, ...rates.map((rate) => row(rounds.filter(({ wantedRate }) => wantedRate === rate)))]);
}

function row(rounds: readonly Round[]): readonly string[] {
  const of = (figure: (round: Round) => number): string => threeDigits(median(rounds.map(figure)));
  return [
    (rounds[0]?.wantedRate ?? 0).toLocaleString('en-US'),
    Math.round(median(rounds.map(({ rate }) => rate))).toLocaleString('en-US'),
    of(({ ackMs }) => ackMs.p50),
    of(({ ackMs }) => ackMs.p99),
    of(({ ackMs }) => ackMs.p999),
    of(({ ackMs }) => ackMs.max),
    of(({ peakRssMiB }) => peakRssMiB),
    of(({ cpuPercent }) => cpuPercent),
    of(({ cpuMicrosPerEvent }) => cpuMicrosPerEvent),
    of(({ scrapeMs }) => scrapeMs.max),
    of(({ timelineMs }) => timelineMs.max),
    of(({ lagP99Ms }) => lagP99Ms),
    of(({ commitMs }) => commitMs),
    of(({ bytesPerEvent }) => bytesPerEvent),
    of(({ othersPercent }) => othersPercent),
    rounds.every(({ differences }) => differences.length === 0) ? 'exact' : 'WRONG',
  ];
}

/** `text` between the two marks of its name; everything else of the page stays. @throws when the page has no such marks. */
export function withSection(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no place for ${name}: expected ${begin} and ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}
