// Grafana's own schemas of dashboards and core panels, as the plain data that the JSON files hold. Types only: nothing of the
// package is loaded, and an option that Grafana does not know is a compile error here.
import type * as common from '@grafana/grafana-foundation-sdk/common';
import type * as core from '@grafana/grafana-foundation-sdk/dashboard';

/** `T` as JSON has it: enums as their words, without the package's marker methods. */
export type Plain<T> = unknown extends T
  ? T
  : T extends string
    ? `${T}`
    : T extends readonly (infer Item)[]
      ? readonly Plain<Item>[]
      : T extends object
        ? { readonly [K in keyof T as K extends `_${string}` ? never : K]: Plain<T[K]> }
        : T;

/** A link of a value or a row: the package gives these the type of a dashboard's links, which Grafana does not ask for. */
export interface DataLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank: boolean;
}

export type FieldDefaults = Omit<Plain<core.FieldConfig>, 'links' | 'custom'> & {
  readonly links?: readonly DataLink[];
  readonly custom?: Readonly<Record<string, unknown>>;
};

export type Override = Plain<core.FieldConfigSource['overrides'][number]>;
export type Mapping = Plain<core.ValueMapping>;
export type DashboardLink = Plain<core.DashboardLink>;
export type Annotation = Omit<Plain<core.AnnotationQuery>, 'target'>;
export type Legend = Plain<common.VizLegendOptions>;

export interface Step {
  readonly color: string;
  /** Null for the lowest step. */
  readonly value: number | null;
}

export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** The variable, never a uid: one dashboard serves every Grafana. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;
/** Grafana's own data source, subscribed to a channel of Grafana Live. */
export const LIVE_DATASOURCE = { type: 'datasource', uid: 'grafana' } as const;

export interface Target {
  readonly refId: string;
  readonly datasource: typeof DATASOURCE;
  readonly expr: string;
  readonly instant: boolean;
  readonly range: boolean;
  readonly format: 'time_series' | 'table';
  readonly legendFormat?: string;
}

export interface LiveTarget {
  readonly refId: string;
  readonly datasource: typeof LIVE_DATASOURCE;
  readonly queryType: 'measurements';
  readonly channel: string;
  /** How much of the past is kept, ms. */
  readonly buffer: number;
}

export interface PanelOf<D, T> {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: D;
  readonly targets: readonly T[];
  readonly options: object;
  readonly fieldConfig: { readonly defaults: FieldDefaults; readonly overrides: readonly Override[] };
  readonly transformations?: readonly { readonly id: string; readonly options: object }[];
  /** Of a stream: the most rows that are kept, half of them. */
  readonly maxDataPoints?: number;
}

/** A panel that has no place yet. */
export type Draft = PanelOf<typeof DATASOURCE, Target>;
export type LiveDraft = PanelOf<typeof LIVE_DATASOURCE, LiveTarget>;

export interface Row {
  readonly type: 'row';
  readonly title: string;
  readonly collapsed: boolean;
  /** Those of a collapsed row; the panels of an open one stand beside it. */
  readonly panels: readonly Placed<Draft>[];
}

export interface Place {
  readonly id: number;
  readonly gridPos: GridPosition;
}
export type Placed<P> = P & Place;

/** Columns of Grafana's grid. */
export const GRID_WIDTH = 24;
/** Classic JSON of this version loads in Grafana 12.3 to 13. */
export const SCHEMA_VERSION = 42;
