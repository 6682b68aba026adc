// The tables and the plot of the scrapes. Pure.
import { median, quantiles } from './latencies.ts';
import { chart } from './plot.ts';
import type { Measured } from './scrape.ts';
import type { ServerKind } from './scrape-protocol.ts';
import { table, threeDigits } from './table.ts';

const NAMES: Readonly<Record<ServerKind, string>> = {
  exporter: 'this exporter',
  'prom-client': 'express + prom-client',
  opentelemetry: 'OpenTelemetry',
  pushgateway: 'prometheus-pushgateway',
};

const KINDS = Object.keys(NAMES) as readonly ServerKind[];

type Scrapes = Measured['scrapes'];

/** The median over rounds of how often the figure of this exporter goes into theirs, medians of a round both. */
function timesLess(theirs: Scrapes, ours: Scrapes, figure: 'wallMs' | 'cpuMs'): string {
  const of = (scrapes: Scrapes, round: number): number =>
    median(scrapes.filter((one) => one.round === round).map((one) => one[figure]));
  const rounds = [...new Set(theirs.map(({ round }) => round))];
  return rounds.length === 0 ? '-' : `${threeDigits(median(rounds.map((n) => of(theirs, n) / of(ours, n))))}x`;
}

/** One row for each case and server; ratios are of the same round. */
export function scrapeTable({ scrapes, blocks, absent }: Measured): string {
  const head = [
    'scrape',
    'server',
    'wall ms',
    'CPU ms',
    'MB',
    'times our wall',
    'times our CPU',
    'loop block ms, on a processor',
    'with waiting for one',
  ];
  const rows = [...new Set(scrapes.map((one) => one.case))].flatMap((name) => {
    const ofCase = <One extends { readonly kind: ServerKind; readonly case: string }>(
      all: readonly One[],
      kind: ServerKind
    ): readonly One[] => all.filter((one) => one.kind === kind && one.case === name);
    const figure = (values: readonly number[]): string => (values.length === 0 ? '-' : threeDigits(median(values)));
    const ours = ofCase(scrapes, 'exporter');
    return KINDS.flatMap((kind) => {
      const [why] = ofCase(absent, kind);
      if (why !== undefined) return [[name, `${NAMES[kind]} ${why.why}`, ...head.slice(2).map(() => '-')]];
      const [all, held] = [ofCase(scrapes, kind), ofCase(blocks, kind)];
      if (all.length === 0) return [];
      return [
        [
          // Its series stay as they were pushed: the others do more.
          kind === 'pushgateway' ? name.replace(/,.*/, ', nothing changed') : name,
          NAMES[kind],
          figure(all.map(({ wallMs }) => wallMs)),
          figure(all.map(({ cpuMs }) => cpuMs)),
          figure(all.map(({ bytes }) => bytes / 1e6)),
          kind === 'exporter' ? '' : timesLess(all, ours, 'wallMs'),
          kind === 'exporter' ? '' : timesLess(all, ours, 'cpuMs'),
          figure(held.map(({ cpuMs }) => cpuMs)),
          figure(held.map(({ wallMs }) => wallMs)),
        ],
      ];
    });
  });
  return table([head, ...rows]);
}

/** The longest event-loop block of every scrape, and memory, by server. */
export function blockText({ blocks, bytesPerSeries }: Measured): string {
  const sentences = KINDS.filter((kind) => bytesPerSeries.has(kind)).map((kind) => {
    const held = blocks.filter((one) => one.kind === kind);
    const onProcessor = quantiles(held.map(({ cpuMs }) => cpuMs));
    const all = quantiles(held.map(({ wallMs }) => wallMs));
    const p99 = `p99 ${threeDigits(onProcessor.p99)} ms on a processor (at most ${threeDigits(onProcessor.max)}), ${threeDigits(all.p99)} ms with waiting for one`;
    return `${NAMES[kind]}: longest event-loop block of a scrape, ${held.length} scrapes: ${p99}; ${(bytesPerSeries.get(kind) ?? 0).toFixed(0)} bytes a series`;
  });
  return `${sentences.join('.\n\n')}.\n\nBytes are heap and buffers after collection, caches of the last page included.`;
}

export interface Grown {
  readonly series: number;
  readonly measured: Measured;
}

/** @returns the table, and the same as a plot: processor time of a scrape over the number of series */
export function growthReport(grown: readonly Grown[]): { readonly text: string; readonly svg: string } {
  const names = [...new Set(grown.flatMap(({ measured }) => measured.scrapes.map((one) => one.case)))];
  const cpuOf = ({ measured }: Grown, kind: ServerKind, name: string): number | undefined => {
    const all = measured.scrapes.filter((one) => one.kind === kind && one.case === name).map(({ cpuMs }) => cpuMs);
    return all.length === 0 ? undefined : median(all);
  };
  const kinds = KINDS.filter((kind) => grown.some(({ measured }) => measured.bytesPerSeries.has(kind)));
  const rows = grown.flatMap((one) =>
    kinds
      .filter((kind) => one.measured.bytesPerSeries.has(kind))
      .map((kind) => [
        one.series.toLocaleString('en-US'),
        NAMES[kind],
        ...names.map((name) => threeDigits(cpuOf(one, kind, name) ?? Number.NaN)),
        threeDigits(((one.measured.bytesPerSeries.get(kind) ?? 0) * one.series) / 1e6),
      ])
  );
  const lines = kinds.flatMap((kind) =>
    names.map((name) => ({
      name: `${kind}, ${name.includes('every') ? 'all' : '1 %'}`,
      points: grown.flatMap((one) => {
        const ms = cpuOf(one, kind, name);
        return ms === undefined ? [] : [[one.series, ms] as const];
      }),
    }))
  );
  return {
    text: table([['series', 'server', ...names.map((name) => `CPU ms, ${name}`), 'MB held'], ...rows]),
    svg: chart({
      title: 'Processor time of a scrape, ms, over the number of series; 1 % or all changed',
      x: 'series',
      lines,
    }),
  };
}
