// The targets that the original system set itself, each beside what was measured. The panel's figures are those of its own
// bench, as they stand in the page.
import { LISTENERS } from './forwarder.ts';
import type { ForwarderFigures } from './forwarder.ts';
import type { GatewayFigures } from './gateway.ts';
import { median } from './latencies.ts';
import { table, threeDigits } from './table.ts';

interface Target {
  readonly name: string;
  readonly unit: string;
  readonly most: number;
  readonly measured: number;
  readonly how: string;
}

export interface TargetsMeasured {
  readonly forwarder: ForwarderFigures;
  readonly gateway: GatewayFigures;
  /** docs/performance.md. */
  readonly page: string;
}

export function targetsTable({ forwarder, gateway, page }: TargetsMeasured): string {
  const [none, with_] = LISTENERS;
  const of = (listener: keyof ForwarderFigures, figure: 'p99Us' | 'cpuPercent'): number =>
    median(forwarder[listener].map((round) => round[figure]));
  const requests = gateway.exporter.flatMap(({ requestMs }) => (requestMs === undefined ? [] : [requestMs.p99]));
  const panel = panelFigures(page);
  const targets: readonly Target[] = [
    {
      name: 'emitting an event',
      unit: 'ms',
      most: 5,
      measured: of(with_, 'p99Us') / 1_000,
      how: 'p99 of a whole emit with the forwarder attached, 1,000 events/s; `-- forwarder`',
    },
    {
      name: 'panel rendered',
      unit: 'ms',
      most: 200,
      measured: panel.firstPaintMs,
      how: `first paint of ${panel.states} states; the panel's bench, above`,
    },
    {
      name: 'round trip over WebSocket',
      unit: 'ms',
      most: 500,
      measured: median(requests),
      how: 'p99 of a burn rate asked for while 1,000 subscribers hear 100 events/s; `-- gateway`',
    },
    {
      name: 'memory of a subscription',
      unit: 'KiB',
      most: 5 * 1_024,
      measured: gateway.idleKiB,
      how: 'resident, each with a connection and a thread of its own; `-- gateway`',
    },
    {
      name: 'processor overhead',
      unit: '% of a core',
      most: 2,
      measured: Math.max(0, of(with_, 'cpuPercent') - of(none, 'cpuPercent')),
      how: 'added to an orchestrator that emits 1,000 events/s through the forwarder; `-- forwarder`',
    },
  ];
  const rows = targets.map(({ name, unit, most, measured, how }) => [
    name,
    `${most.toLocaleString('en-US')} ${unit}`,
    `${threeDigits(measured)} ${unit}`,
    measured > 0 ? threeDigits(most / measured) : 'below what can be told',
    how,
  ]);
  const frames = `The original also asks for 60 frames a second, 16.7 ms each: of the same rows, hovering takes ${panel.hoverMs} ms (p95), scrolling ${panel.scrollMs} ms, zooming ${panel.zoomMs} ms, painted by the processor alone.`;
  return `${table([['what', 'target: less than', 'measured', 'times better', 'how'], ...rows])}\n\n${frames}`;
}

/** Of the largest panel with the most lanes. @throws when the page has no such row, or its table not one of the figures */
export function panelFigures(page: string): {
  readonly states: string;
  readonly firstPaintMs: number;
  /** As the table tells them. */
  readonly hoverMs: string;
  readonly scrollMs: string;
  readonly zoomMs: string;
} {
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const head = rows.find((cells) => cells.includes('drawn by') && cells.includes('first paint ms')) ?? [];
  const ours = rows.findLast(
    (cells) => cells.includes('this panel') && cells.some((cell) => cell.startsWith('200 x '))
  );
  const figure = (column: string): string => {
    const told = ours?.[head.indexOf(column)] ?? '';
    if (told === '') throw new Error(`the page has no table of the panel's bench with ${column}`);
    return told;
  };
  return {
    states: figure('states'),
    firstPaintMs: Number(figure('first paint ms')),
    hoverMs: figure('hover p95 ms'),
    scrollMs: figure('scroll p95 ms'),
    zoomMs: figure('zoom p95 ms'),
  };
}
