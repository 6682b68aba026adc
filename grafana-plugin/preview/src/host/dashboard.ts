// The part of Grafana's classic dashboard JSON (schemaVersion 42) that the host runs, read leniently as Grafana does.
import type { FieldConfigSource } from '@grafana/data';

export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface QueryTarget {
  readonly refId: string;
  readonly expr: string;
  readonly instant: boolean;
  readonly range: boolean;
  readonly hide: boolean;
  /** Asks for the exemplars of the range too. */
  readonly exemplar: boolean;
  readonly format: 'time_series' | 'table';
  readonly legendFormat: string;
  /** Min step; empty when not set. */
  readonly interval: string;
  readonly intervalFactor: number;
  /** The data source's type when it is named and not Prometheus. */
  readonly foreignDatasource: string | undefined;
}

export interface PanelModel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly transparent: boolean;
  readonly gridPos: GridPosition;
  readonly options: Record<string, unknown>;
  readonly fieldConfig: FieldConfigSource;
  readonly pluginVersion: string;
  readonly targets: readonly QueryTarget[];
  readonly maxDataPoints: number | undefined;
  /** Min interval of the panel's queries; empty when not set. */
  readonly interval: string;
  /** Transformations are a part of Grafana that the host does not run; it says so on the panel. */
  readonly transformations: number;
}

export interface VariableModel {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly query: string;
  readonly regex: string;
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue: string;
  readonly hidden: boolean;
  readonly current: readonly string[];
}

export interface DashboardModel {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelModel[];
  readonly variables: readonly VariableModel[];
  readonly from: string;
  readonly to: string;
  readonly refresh: string;
  readonly timeZone: string;
  /** 0 off, 1 shared crosshair, 2 shared tooltip. */
  readonly graphTooltip: number;
}

type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(object) : []);
const text = (value: unknown, fallback = ''): string => (typeof value === 'string' ? value : fallback);
const number = (value: unknown, fallback: number): number => (typeof value === 'number' ? value : fallback);

/** Reads a dashboard; what is missing gets Grafana's default. Panels of collapsed rows follow their row. */
export function readDashboard(json: unknown): DashboardModel {
  const dashboard = object(json);
  const time = object(dashboard['time']);
  const templating = object(dashboard['templating']);
  return {
    uid: text(dashboard['uid']),
    title: text(dashboard['title'], 'Untitled'),
    panels: list(dashboard['panels']).flatMap((panel) => [readPanel(panel), ...collapsedPanels(panel)]),
    variables: list(templating['list']).map(readVariable),
    from: text(time['from'], 'now-6h'),
    to: text(time['to'], 'now'),
    refresh: text(dashboard['refresh']),
    timeZone: text(dashboard['timezone'], 'browser'),
    graphTooltip: number(dashboard['graphTooltip'], 0),
  };
}

function collapsedPanels(row: Json): readonly PanelModel[] {
  return row['type'] === 'row' && row['collapsed'] === true ? list(row['panels']).map(readPanel) : [];
}

function readPanel(panel: Json): PanelModel {
  const grid = object(panel['gridPos']);
  const fieldConfig = object(panel['fieldConfig']);
  return {
    id: number(panel['id'], 0),
    type: text(panel['type'], 'text'),
    title: text(panel['title']),
    description: text(panel['description']),
    transparent: panel['transparent'] === true,
    gridPos: { x: number(grid['x'], 0), y: number(grid['y'], 0), w: number(grid['w'], 12), h: number(grid['h'], 8) },
    options: { ...object(panel['options']) },
    fieldConfig: {
      defaults: { ...object(fieldConfig['defaults']) },
      overrides: list(fieldConfig['overrides']) as unknown as FieldConfigSource['overrides'],
    },
    pluginVersion: text(panel['pluginVersion']),
    targets: list(panel['targets']).map((target, index) => readTarget(target, { index, panel })),
    maxDataPoints: typeof panel['maxDataPoints'] === 'number' ? panel['maxDataPoints'] : undefined,
    interval: text(panel['interval']),
    transformations: list(panel['transformations']).length,
  };
}

function readTarget(target: Json, { index, panel }: { index: number; panel: Json }): QueryTarget {
  const datasource = object(target['datasource'] ?? panel['datasource']);
  const type = text(datasource['type'], 'prometheus');
  const instant = target['instant'] === true;
  return {
    refId: text(target['refId'], String.fromCharCode(65 + index)),
    expr: text(target['expr']),
    instant,
    // Without either flag Grafana runs a range query.
    range: target['range'] === true || !instant,
    hide: target['hide'] === true,
    exemplar: target['exemplar'] === true,
    format: target['format'] === 'table' ? 'table' : 'time_series',
    legendFormat: text(target['legendFormat']),
    interval: text(target['interval']),
    intervalFactor: number(target['intervalFactor'], 1),
    foreignDatasource: type === 'prometheus' ? undefined : type,
  };
}

function readVariable(variable: Json): VariableModel {
  const current = object(variable['current'])['value'];
  const query = variable['query'];
  const name = text(variable['name']);
  return {
    name,
    label: text(variable['label']) || name,
    type: text(variable['type']),
    query: typeof query === 'string' ? query : text(object(query)['query']),
    regex: text(variable['regex']),
    multi: variable['multi'] === true,
    includeAll: variable['includeAll'] === true,
    allValue: text(variable['allValue']),
    hidden: variable['hide'] === 2,
    current: (Array.isArray(current) ? current : [current]).filter(
      (value) => typeof value === 'string' && value !== ''
    ),
  };
}
