// The panels that the dashboards use, each as a function of what differs. Grafana's own where they are right; ours for the
// timeline and the burn-down.
import type * as stats from '@grafana/grafana-foundation-sdk/stat';
import type * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { PLAIN, STATE_CODE_MAPPING, type Colours } from './colours.ts';
import {
  DATASOURCE,
  LIVE_DATASOURCE,
  type DataLink,
  type Draft,
  type FieldDefaults,
  type Legend,
  type LiveDraft,
  type Mapping,
  type Override,
  type Plain,
  type Step,
} from './schema.ts';

/** A query without its refId, which follows from its place in the panel. */
export interface Query {
  readonly expr: string;
  readonly instant: boolean;
  readonly format?: 'table';
  readonly legend?: string;
}

const query =
  (instant: boolean, format?: 'table') =>
  (expr: string, legend?: string): Query => ({
    expr,
    instant,
    ...(format === undefined ? {} : { format }),
    ...(legend === undefined ? {} : { legend }),
  });

export const instant = query(true);
export const range = query(false);
/** The present, one row per series. */
export const rows = query(true, 'table');

export interface Frame {
  readonly title: string;
  readonly description: string;
  readonly queries: readonly Query[];
}

export function panel(
  frame: Frame,
  type: string,
  body: Omit<Draft, keyof Frame | 'type' | 'datasource' | 'targets'>
): Draft {
  return {
    type,
    title: frame.title,
    description: frame.description,
    datasource: DATASOURCE,
    targets: frame.queries.map(({ expr, instant: present, format, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr,
      instant: present,
      range: !present,
      format: format ?? 'time_series',
      ...(legend === undefined ? {} : { legendFormat: legend }),
    })),
    ...body,
  };
}

export const PLUGIN = 'helix-orchestrator-panel';

/** Our panel. It reads series by metric name and labels, so its queries carry no legend. */
export function orchestratorPanel(frame: Frame, bands: 'both' | 'timeline' | 'burn-down'): Draft {
  return panel(frame, PLUGIN, { options: { bands }, fieldConfig: { defaults: {}, overrides: [] } });
}

interface LiveFrame extends Omit<Frame, 'queries'> {
  readonly channel: string;
}

const LIVE_BUFFER_MS = 3_600_000;
const LIVE_ROWS = 10_000;

/** Our panel over a stream. */
export function liveTimeline({ title, description, channel }: LiveFrame): LiveDraft {
  const target = { refId: 'A', datasource: LIVE_DATASOURCE, queryType: 'measurements', channel } as const;
  return {
    type: PLUGIN,
    title,
    description,
    datasource: LIVE_DATASOURCE,
    maxDataPoints: LIVE_ROWS,
    targets: [{ ...target, buffer: LIVE_BUFFER_MS }],
    options: { bands: 'timeline' },
    fieldConfig: { defaults: {}, overrides: [] },
  };
}

interface Values extends Frame {
  readonly unit: string;
  readonly decimals?: number;
  readonly links?: readonly DataLink[];
  readonly mappings?: readonly Mapping[];
  /** What stands there while there is no series: unknown is not zero. */
  readonly noValue?: string;
}

const defaultsOf = ({ unit, decimals, links, mappings, noValue }: Values): FieldDefaults => ({
  unit,
  ...(decimals === undefined ? {} : { decimals }),
  ...(links === undefined ? {} : { links }),
  ...(mappings === undefined ? {} : { mappings }),
  ...(noValue === undefined ? {} : { noValue }),
});

export const NO_EXPORTER = 'no exporter';

const steps = (all: readonly Step[]): Pick<FieldDefaults, 'color' | 'thresholds'> => ({
  color: { mode: 'thresholds' },
  thresholds: { mode: 'absolute', steps: all },
});

const NO_LEGEND: Legend = { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] };
const REDUCE = { calcs: ['lastNotNull'], fields: '', values: false };

interface Stat extends Values {
  readonly steps?: readonly Step[];
  readonly noValue: string;
  /** Which of several the figure is about. */
  readonly showName?: boolean;
  /** The name is what matters: a version. */
  readonly nameOnly?: boolean;
}

/** One figure; its colour follows the steps. */
export function stat({ steps: own = PLAIN, showName = false, nameOnly = false, ...values }: Stat): Draft {
  const options: Plain<stats.Options> = {
    colorMode: 'value',
    graphMode: 'none',
    justifyMode: 'auto',
    orientation: 'auto',
    percentChangeColorMode: 'standard',
    reduceOptions: REDUCE,
    showPercentChange: false,
    // One size for all, whatever the width of the text.
    text: { titleSize: 12, valueSize: 26 },
    textMode: nameOnly ? 'name' : showName ? 'value_and_name' : 'value',
    wideLayout: false,
  };
  return panel(values, 'stat', {
    options,
    fieldConfig: { defaults: { ...defaultsOf(values), ...steps(own) }, overrides: [] },
  });
}

interface Graph extends Values {
  readonly stacked?: boolean;
  /** Colour by series name; the others take the palette's. */
  readonly colours?: Colours;
  /** Names of series drawn as a dashed line without a ground: a limit, a pace. */
  readonly dashed?: readonly string[];
  readonly legend?: 'none' | 'list' | 'table';
  readonly max?: number;
  /** Horizontal lines. */
  readonly lines?: readonly Step[];
}

const byName = (name: string, properties: Override['properties']): Override => ({
  matcher: { id: 'byName', options: name },
  properties,
});

const COUNTS: ReadonlySet<string> = new Set(['none', 'short']);

/** Lines over time. Holes stay holes: a missing scrape is not drawn as a value. */
export function graph({
  stacked = false,
  colours = {},
  dashed = [],
  legend = 'list',
  max,
  lines,
  ...values
}: Graph): Draft {
  const options: Plain<timeseries.Options> = {
    legend:
      legend === 'table'
        ? { displayMode: 'table', placement: 'right', showLegend: true, calcs: ['lastNotNull', 'max'] }
        : { ...NO_LEGEND, showLegend: legend === 'list' },
    tooltip: { mode: 'multi', sort: 'desc' },
  };
  const custom: Plain<timeseries.FieldConfig> = {
    drawStyle: 'line',
    // Without lines, so that nothing of a state is not drawn as a line.
    lineWidth: stacked ? 0 : 1,
    fillOpacity: stacked ? 70 : 0,
    // A single sample is seen too.
    showPoints: stacked ? 'never' : 'auto',
    pointSize: 4,
    spanNulls: false,
    stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
    // Else nothing at all is drawn on an axis up to 100.
    ...(COUNTS.has(values.unit) ? { axisSoftMax: 1 } : {}),
    ...(lines === undefined ? {} : { thresholdsStyle: { mode: 'dashed' } }),
  };
  return panel(values, 'timeseries', {
    options,
    fieldConfig: {
      defaults: {
        ...defaultsOf(values),
        min: 0,
        ...(max === undefined ? {} : { max }),
        color: { mode: 'palette-classic' },
        ...(lines === undefined ? {} : { thresholds: { mode: 'absolute', steps: lines } }),
        custom,
      },
      overrides: [
        ...Object.entries(colours).map(([name, fixedColor]) =>
          byName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor } }])
        ),
        ...dashed.map((name) =>
          byName(name, [
            { id: 'custom.lineStyle', value: { fill: 'dash', dash: [6, 6] } },
            { id: 'custom.lineWidth', value: 1 },
            { id: 'custom.fillOpacity', value: 0 },
            { id: 'custom.stacking', value: { mode: 'none', group: 'A' } },
          ])
        ),
      ],
    },
  });
}

interface States extends Frame {
  readonly mappings?: readonly Mapping[];
  readonly links?: readonly DataLink[];
  readonly noValue: string;
  /** Series on a page, where there may be many. */
  readonly perPage?: number;
}

/** A row of states for each series. */
export function states({ mappings = [STATE_CODE_MAPPING], perPage, ...frame }: States): Draft {
  const options: Plain<statetimeline.Options> = {
    alignValue: 'left',
    legend: NO_LEGEND,
    mergeValues: true,
    ...(perPage === undefined ? {} : { perPage }),
    rowHeight: 0.8,
    showValue: 'auto',
    tooltip: { mode: 'single', sort: 'none' },
  };
  const custom: Plain<statetimeline.FieldConfig> = { fillOpacity: 80, lineWidth: 0, spanNulls: false };
  return panel(frame, 'state-timeline', {
    options,
    fieldConfig: {
      defaults: { ...defaultsOf({ ...frame, unit: 'none', mappings }), color: { mode: 'palette-classic' }, custom },
      overrides: [],
    },
  });
}
