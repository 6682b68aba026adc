// The tables and the plot of the scrapes. Pure.
import { median } from './latencies.ts';
import type { Measured } from './scrape.ts';
import type { ServerKind } from './scrape-protocol.ts';
import { table, threeDigits } from './table.ts';

const NAMES: Readonly<Record<ServerKind, string>> = {
  exporter: 'this exporter',
  'prom-client': 'express + prom-client',
  opentelemetry: 'OpenTelemetry',
};

const KINDS = Object.keys(NAMES) as readonly ServerKind[];

function figuresOf(measured: readonly Measured[], kind: ServerKind, name: string): readonly Measured[] {
  return measured.filter((one) => one.kind === kind && one.case === name);
}

/** The median over rounds of how often the figure of this exporter goes into theirs. */
function timesLess(theirs: readonly Measured[], ours: readonly Measured[], figure: 'wallMs' | 'cpuMs'): string {
  const ratios = theirs.map((one, round) => one[figure] / (ours[round]?.[figure] ?? Number.NaN));
  return ratios.length === 0 ? '-' : `${threeDigits(median(ratios))}x`;
}

/** One row for each case and server; ratios are of the same round. */
export function scrapeTable(measured: readonly Measured[]): string {
  const head = ['scrape', 'server', 'wall ms', 'CPU ms', 'MB', 'times our wall', 'times our CPU', 'loop block max ms'];
  const rows = [...new Set(measured.map((one) => one.case))].flatMap((name) => {
    const ours = figuresOf(measured, 'exporter', name);
    return KINDS.map((kind) => ({ kind, all: figuresOf(measured, kind, name) }))
      .filter(({ all }) => all.length > 0)
      .map(({ kind, all }) => [
        name,
        NAMES[kind],
        threeDigits(median(all.map(({ wallMs }) => wallMs))),
        threeDigits(median(all.map(({ cpuMs }) => cpuMs))),
        threeDigits(median(all.map(({ bytes }) => bytes / 1e6))),
        kind === 'exporter' ? '' : timesLess(all, ours, 'wallMs'),
        kind === 'exporter' ? '' : timesLess(all, ours, 'cpuMs'),
        threeDigits(median(all.map(({ blockMs }) => blockMs))),
      ]);
  });
  return table([head, ...rows]);
}

/** p99 (nearest rank) of the longest event-loop block of every scrape, and memory, by server. */
export function blockText(measured: readonly Measured[]): string {
  const sentences = KINDS.map((kind) => ({ kind, all: measured.filter((one) => one.kind === kind) }))
    .filter(({ all }) => all.length > 0)
    .map(({ kind, all }) => {
      const blocks = all.map(({ blockMs }) => blockMs).sort((a, b) => a - b);
      const p99 = blocks[Math.ceil(0.99 * blocks.length) - 1] ?? Number.NaN;
      const bytes = median(all.map(({ bytesPerSeries }) => bytesPerSeries));
      return `${NAMES[kind]}: event-loop block p99 ${threeDigits(p99)} ms over ${all.length} scrapes, ${bytes.toFixed(0)} bytes a series`;
    });
  return `${sentences.join('; ')}. Bytes are heap and buffers after collection, caches of the last page included.`;
}

export interface Grown {
  readonly series: number;
  readonly measured: readonly Measured[];
}

const PLOT = { width: 720, height: 300, left: 70, right: 210, top: 20, bottom: 40 };
const COLORS: Readonly<Record<ServerKind, string>> = {
  exporter: '#3274d9',
  'prom-client': '#e0752d',
  opentelemetry: '#8f3bb8',
};

export function growthTable(grown: readonly Grown[]): string {
  const names = [...new Set(grown.flatMap(({ measured }) => measured.map((one) => one.case)))];
  const rows = grown.flatMap(({ series, measured }) =>
    KINDS.map((kind) => {
      const cpu = names.map((name) => figuresOf(measured, kind, name).map(({ cpuMs }) => cpuMs));
      return [
        series.toLocaleString('en-US'),
        NAMES[kind],
        ...cpu.map((all) => (all.length === 0 ? '-' : threeDigits(median(all)))),
      ];
    }).filter((row) => row.slice(2).some((cell) => cell !== '-'))
  );
  return table([['series', 'server', ...names.map((name) => `CPU ms, ${name}`)], ...rows]);
}

/** Processor time over the number of series, both axes logarithmic: 1 % changed solid, all of them dashed. */
export function growthPlot(grown: readonly Grown[], [solid, dashed]: readonly [string, string]): string {
  const x = (series: number): number =>
    PLOT.left + ((Math.log10(series) - 3) / 3) * (PLOT.width - PLOT.left - PLOT.right);
  const y = (ms: number): number =>
    PLOT.height - PLOT.bottom - (Math.log10(Math.max(1, ms)) / 4.5) * (PLOT.height - PLOT.top - PLOT.bottom);
  const text = (content: string, at: { x: number; y: number; anchor: string; color?: string }): string =>
    `<text x="${at.x.toFixed(1)}" y="${at.y.toFixed(1)}" text-anchor="${at.anchor}" fill="${at.color ?? '#777'}">${content}</text>`;
  const grid = [1, 10, 100, 1_000, 10_000].map(
    (ms) =>
      `<path d="M${PLOT.left} ${y(ms).toFixed(1)}H${PLOT.width - PLOT.right}" stroke="#8884"/>${text(ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`, { x: PLOT.left - 6, y: y(ms) + 4, anchor: 'end' })}`
  );
  const ticks = grown.map(({ series }) =>
    text(series.toLocaleString('en-US'), { x: x(series), y: PLOT.height - PLOT.bottom + 18, anchor: 'middle' })
  );
  const lines = KINDS.flatMap((kind) => {
    const of = (name: string): readonly (readonly [number, number])[] =>
      grown
        .map(
          ({ series, measured }) => [series, median(figuresOf(measured, kind, name).map(({ cpuMs }) => cpuMs))] as const
        )
        // None was measured.
        .filter(([, ms]) => ms > 0);
    const line = (points: readonly (readonly [number, number])[], dash: string): string =>
      `<polyline fill="none" stroke="${COLORS[kind]}" stroke-width="2"${dash} points="${points.map(([series, ms]) => `${x(series).toFixed(1)},${y(ms).toFixed(1)}`).join(' ')}"/>`;
    const last = of(solid).at(-1);
    if (last === undefined) return [];
    const label = text(NAMES[kind], { x: x(last[0]) + 6, y: y(last[1]) + 4, anchor: 'start', color: COLORS[kind] });
    return [line(of(solid), ''), line(of(dashed), ' stroke-dasharray="4 3"'), label];
  });
  const legend = text('series; solid: 1 % changed, dashed: every one', {
    x: (PLOT.left + PLOT.width - PLOT.right) / 2,
    y: PLOT.height - 4,
    anchor: 'middle',
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${PLOT.width}" height="${PLOT.height}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>${[...grid, ...ticks, ...lines, legend].join('')}</svg>\n`;
}
