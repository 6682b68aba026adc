// Panels of a classic dashboard (schemaVersion 42): the few shapes that the dashboard uses, as data.

/** The variable, never a uid: one dashboard serves every Grafana. */
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

/** Columns of Grafana's grid. */
export const GRID_WIDTH = 24;

export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Target {
  readonly refId: string;
  readonly datasource: typeof DATASOURCE;
  readonly expr: string;
  readonly instant: boolean;
  readonly range: boolean;
  readonly format: 'time_series';
  readonly legendFormat?: string;
}

/** Grafana's own data source, subscribed to a channel of Grafana Live. */
const LIVE_DATASOURCE = { type: 'datasource', uid: 'grafana' } as const;

export interface LiveTarget {
  readonly refId: string;
  readonly datasource: typeof LIVE_DATASOURCE;
  readonly queryType: 'measurements';
  readonly channel: string;
  /** How much of the past is kept, ms. */
  readonly buffer: number;
}

interface PanelOf<D, T> {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: D;
  readonly gridPos: GridPosition;
  readonly targets: readonly T[];
  /** Of a stream: the most rows that are kept, half of them. */
  readonly maxDataPoints?: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly fieldConfig: {
    readonly defaults: Readonly<Record<string, unknown>>;
    readonly overrides: readonly unknown[];
  };
}

export type Panel = PanelOf<typeof DATASOURCE, Target>;
export type LivePanel = PanelOf<typeof LIVE_DATASOURCE, LiveTarget>;

/** A query without its refId, which follows from its place in the panel. */
export interface Query {
  readonly expr: string;
  readonly instant: boolean;
  readonly legend?: string;
}

export const instant = (expr: string, legend?: string): Query => ({
  expr,
  instant: true,
  ...(legend === undefined ? {} : { legend }),
});
export const range = (expr: string, legend?: string): Query => ({
  expr,
  instant: false,
  ...(legend === undefined ? {} : { legend }),
});

interface Frame {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly gridPos: GridPosition;
  readonly queries: readonly Query[];
}

function panel(frame: Frame, type: string, body: Pick<Panel, 'options' | 'fieldConfig'>): Panel {
  return {
    id: frame.id,
    type,
    title: frame.title,
    description: frame.description,
    datasource: DATASOURCE,
    gridPos: frame.gridPos,
    targets: frame.queries.map((query, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr: query.expr,
      instant: query.instant,
      range: !query.instant,
      format: 'time_series',
      ...(query.legend === undefined ? {} : { legendFormat: query.legend }),
    })),
    ...body,
  };
}

/** Our panel. It reads series by metric name and labels, so its queries carry no legend. */
export function orchestratorPanel(frame: Frame, bands: 'both' | 'timeline' | 'burn-down'): Panel {
  return panel(frame, 'helix-orchestrator-panel', { options: { bands }, fieldConfig: { defaults: {}, overrides: [] } });
}

interface LiveFrame extends Omit<Frame, 'queries'> {
  readonly channel: string;
}

const LIVE_BUFFER_MS = 3_600_000;
const LIVE_ROWS = 10_000;

/** Our panel over a stream. */
export function liveTimeline({ id, title, description, gridPos, channel }: LiveFrame): LivePanel {
  const target = { refId: 'A', datasource: LIVE_DATASOURCE, queryType: 'measurements', channel } as const;
  return {
    id,
    type: 'helix-orchestrator-panel',
    title,
    description,
    datasource: LIVE_DATASOURCE,
    gridPos,
    maxDataPoints: LIVE_ROWS,
    targets: [{ ...target, buffer: LIVE_BUFFER_MS }],
    options: { bands: 'timeline' },
    fieldConfig: { defaults: {}, overrides: [] },
  };
}

export interface Step {
  readonly color: string;
  /** Null for the lowest step. */
  readonly value: number | null;
}

interface Stat extends Frame {
  readonly unit: string;
  readonly decimals?: number;
  readonly steps: readonly Step[];
  /** What stands there while there is no series: unknown is not zero. */
  readonly noValue: string;
  readonly showName?: boolean;
}

/** One figure; its colour follows the steps. */
export function stat({ unit, decimals, steps, noValue, showName, ...frame }: Stat): Panel {
  return panel(frame, 'stat', {
    options: {
      colorMode: 'value',
      graphMode: 'none',
      justifyMode: 'auto',
      orientation: 'auto',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      textMode: showName === true ? 'value_and_name' : 'value',
    },
    fieldConfig: {
      defaults: {
        unit,
        noValue,
        ...(decimals === undefined ? {} : { decimals }),
        color: { mode: 'thresholds' },
        thresholds: { mode: 'absolute', steps },
      },
      overrides: [],
    },
  });
}

interface Graph extends Frame {
  readonly unit: string;
  readonly stacked?: boolean;
}

/** Lines over time. Holes stay holes: a missing scrape is not drawn as a value. */
export function graph({ unit, stacked, ...frame }: Graph): Panel {
  return panel(frame, 'timeseries', {
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        color: { mode: 'palette-classic' },
        custom: {
          drawStyle: 'line',
          lineWidth: 1,
          fillOpacity: stacked === true ? 30 : 5,
          showPoints: 'never',
          spanNulls: false,
          stacking: { mode: stacked === true ? 'normal' : 'none', group: 'A' },
        },
      },
      overrides: [],
    },
  });
}
