// Figures of all rounds as tables and a plot. Pure.
import type { ContenderName, Measured, Memory } from './page.tsx';

export interface Figures {
  readonly lanes: number;
  readonly statesPerLane: number;
  readonly name: ContenderName;
  readonly rounds: readonly Measured[];
}

const NAMES: Readonly<Record<ContenderName, string>> = {
  panel: 'this panel',
  uplot: 'uPlot, one series a lane',
  dom: 'one DOM node a state',
};

/** Nearest-rank quantile; NaN of nothing. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))] ?? NaN;
}

const median = (values: readonly number[]): number => quantile(values, 0.5);

function ms(value: number): string {
  return Number.isNaN(value) ? '-' : value < 100 ? value.toFixed(1) : String(Math.round(value));
}

/** Median over rounds of each round's 95th percentile. */
function p95(rounds: readonly Measured[], of: (round: Measured) => readonly number[]): number {
  return median(rounds.map((round) => quantile(of(round), 0.95)));
}

function row({ lanes, statesPerLane, name, rounds }: Figures): string {
  const cells = [
    (lanes * statesPerLane).toLocaleString('en-US'),
    `${lanes} x ${statesPerLane.toLocaleString('en-US')}`,
    NAMES[name],
    ms(median(rounds.map((round) => round.firstPaintMs))),
    ms(median(rounds.map((round) => round.completeMs))),
    name === 'panel' ? ms(median(rounds.map((round) => round.refreshMs))) : '-',
    ms(p95(rounds, (round) => round.hoverMs)),
    ms(p95(rounds, (round) => round.scrollMs)),
    ms(p95(rounds, (round) => round.zoomMs)),
  ];
  return `| ${cells.join(' | ')} |`;
}

const PLOT = { width: 720, height: 300, left: 60, right: 200, top: 20, bottom: 40 };
const COLORS: Readonly<Record<ContenderName, string>> = { panel: '#3274d9', uplot: '#e0752d', dom: '#8f3bb8' };

/** First paint (solid) and zoom frames (dashed) over the number of states, both axes logarithmic. */
function plotOf(figures: readonly Figures[]): string {
  const lanes200 = figures.filter((one) => one.lanes === 200);
  const x = (states: number) => PLOT.left + ((Math.log10(states) - 3) / 3) * (PLOT.width - PLOT.left - PLOT.right);
  const y = (value: number) =>
    PLOT.height - PLOT.bottom - (Math.log10(Math.max(1, value)) / 4.5) * (PLOT.height - PLOT.top - PLOT.bottom);
  const text = (content: string, at: { x: number; y: number; anchor: string; color?: string }) =>
    `<text x="${at.x}" y="${at.y}" text-anchor="${at.anchor}" fill="${at.color ?? '#777'}">${content}</text>`;
  const grid = [1, 10, 100, 1_000, 10_000].map(
    (value) =>
      `<path d="M${PLOT.left} ${y(value)}H${PLOT.width - PLOT.right}" stroke="#8884"/>${text(value < 1_000 ? `${value} ms` : `${value / 1_000} s`, { x: PLOT.left - 6, y: y(value) + 4, anchor: 'end' })}`
  );
  const ticks = [1e3, 1e4, 1e5, 1e6].map((states) =>
    text(states.toLocaleString('en-US'), { x: x(states), y: PLOT.height - PLOT.bottom + 18, anchor: 'middle' })
  );
  const lines = (['panel', 'uplot', 'dom'] as const).flatMap((name) => {
    const own = lanes200.filter((one) => one.name === name);
    const line = (value: (one: Figures) => number, dash: string) =>
      `<polyline fill="none" stroke="${COLORS[name]}" stroke-width="2"${dash} points="${own
        .map((one) => `${x(one.lanes * one.statesPerLane).toFixed(1)},${y(value(one)).toFixed(1)}`)
        .join(' ')}"/>`;
    const first = (one: Figures) => median(one.rounds.map((round) => round.firstPaintMs));
    const zoomOf = (one: Figures) => p95(one.rounds, (round) => round.zoomMs);
    const scrollOf = (one: Figures) => p95(one.rounds, (round) => round.scrollMs);
    const last = own.at(-1);
    return last === undefined
      ? []
      : [
          line(first, ''),
          line(zoomOf, ' stroke-dasharray="4 3"'),
          ...(name === 'panel' ? [line(scrollOf, ' stroke-dasharray="1 3"')] : []),
          text(NAMES[name], {
            x: x(last.lanes * last.statesPerLane) + 6,
            y: y(first(last)) + 4,
            anchor: 'start',
            color: COLORS[name],
          }),
        ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${PLOT.width}" height="${PLOT.height}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>${[...grid, ...ticks, ...lines].join('')}${text('states in 200 lanes; solid: first paint, dashed: zoom p95, dotted: scroll p95', { x: (PLOT.left + PLOT.width - PLOT.right) / 2, y: PLOT.height - 4, anchor: 'middle' })}</svg>\n`;
}

interface Goal {
  readonly what: string;
  readonly at: { readonly lanes: number; readonly statesPerLane: number };
  readonly of: (rounds: readonly Measured[]) => number;
  readonly most: number;
}

const MILLION = { lanes: 200, statesPerLane: 5_000 };
const FEW = { lanes: 10, statesPerLane: 500 };
const firstPaint = (rounds: readonly Measured[]) => median(rounds.map((round) => round.firstPaintMs));
const hover = (rounds: readonly Measured[]) => p95(rounds, (round) => round.hoverMs);
const scroll = (rounds: readonly Measured[]) => p95(rounds, (round) => round.scrollMs);
const zoom = (rounds: readonly Measured[]) => p95(rounds, (round) => round.zoomMs);

const GOALS: readonly Goal[] = [
  { what: '1,000,000 states, first paint', at: MILLION, of: firstPaint, most: 200 },
  { what: '1,000,000 states, hover p95', at: MILLION, of: hover, most: 16.7 },
  { what: '1,000,000 states, scroll p95', at: MILLION, of: scroll, most: 16.7 },
  { what: '1,000,000 states, zoom p95', at: MILLION, of: zoom, most: 16.7 },
  { what: '10 lanes, data to timeline painted', at: FEW, of: firstPaint, most: 16 },
];

function roundsOf(
  figures: readonly Figures[],
  name: ContenderName,
  at: { lanes: number; statesPerLane: number }
): readonly Measured[] {
  return (
    figures.find((one) => one.name === name && one.lanes === at.lanes && one.statesPerLane === at.statesPerLane)
      ?.rounds ?? []
  );
}

/** Each goal with what was measured. */
function goalRows(figures: readonly Figures[], memoryRatio: number): string[] {
  const timed = GOALS.map(({ what, at, of, most }) => {
    const value = of(roundsOf(figures, 'panel', at));
    return `| ${what} | ${most} ms | ${ms(value)} ms | ${value <= most ? 'met' : 'not met'} |`;
  });
  const memory = `| 1,000,000 states, memory | 3 x the frames' own | ${memoryRatio.toFixed(2)} x | ${memoryRatio <= 3 ? 'met' : 'not met'} |`;
  return ['| goal | at most | measured | |', '| --- | ---: | ---: | --- |', ...timed, memory];
}

/** What a thousand times as many states in as many lanes cost: flat means that only what is visible counts. */
function growthLine(figures: readonly Figures[]): string {
  const [few, many] = [
    { lanes: 200, statesPerLane: 5 },
    { lanes: 200, statesPerLane: 5_000 },
  ];
  const growth = (name: ContenderName, of: (rounds: readonly Measured[]) => number) =>
    (of(roundsOf(figures, name, many)) / of(roundsOf(figures, name, few))).toFixed(1);
  return `From 1,000 states to 1,000,000 in 200 lanes, a thousand times as many, the panel's first paint takes ${growth('panel', firstPaint)} times as long, hovering ${growth('panel', hover)}, scrolling ${growth('panel', scroll)}, zooming ${growth('panel', zoom)} times; uPlot's first paint ${growth('uplot', firstPaint)} times, its zooming ${growth('uplot', zoom)} times.`;
}

/** The section of docs/performance.md, and its picture. */
export function reportOf(
  figures: readonly Figures[],
  memory: readonly Memory[],
  on: { machine: string; day: string }
): { markdown: string; svg: string } {
  const ratio = median(memory.map((one) => one.drawnBytes / one.framesBytes));
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const lines = [
    `${on.day}, ${on.machine}, 1,200 x 620 px.`,
    '',
    ...goalRows(figures, ratio),
    '',
    `Ten lanes are painted with all their controls ${ms(median(roundsOf(figures, 'panel', FEW).map((round) => round.completeMs)))} ms of work after the data.`,
    '',
    '| states | lanes x states | drawn by | first paint ms | with the controls ms | unchanged refresh ms | hover p95 ms | scroll p95 ms | zoom p95 ms |',
    '| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...figures.map(row),
    '',
    `Memory with 1,000,000 states: the frames take ${mib(median(memory.map((one) => one.framesBytes)))} MiB, the panel adds ${mib(median(memory.map((one) => one.drawnBytes)))} MiB, ${ratio.toFixed(2)} times the frames' own.`,
    '',
    growthLine(figures),
    '',
    '![Cost over the number of states](images/panel-cost.svg)',
  ];
  return { markdown: lines.join('\n'), svg: plotOf(figures) };
}
