// Compact renderings of the core panels that provisioned dashboards use beside the plugin; others are named, not imitated.
import {
  getFieldDisplayValues,
  PanelPlugin,
  renderMarkdown,
  type Field,
  type PanelProps,
  type ReduceDataOptions,
} from '@grafana/data';
import { LegendDisplayMode } from '@grafana/schema';
import {
  BigValue,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  Table,
  TimeSeries,
  useTheme2,
} from '@grafana/ui';

/** A stand-in for the core panel of a type; of a type not known here, one that says so. */
export function corePanel(type: string): PanelPlugin {
  return CORE[type] ?? new PanelPlugin(() => <Note text={`A ${type} panel: drawn by Grafana itself.`} />);
}

function Note({ text }: { text: string }): React.JSX.Element {
  const theme = useTheme2();
  return (
    <div style={{ display: 'grid', placeItems: 'center', height: '100%', color: theme.colors.text.secondary }}>
      {text}
    </div>
  );
}

const hasValues = ({ data }: PanelProps): boolean => data.series.some(({ length }) => length > 0);

interface StatOptions {
  readonly reduceOptions?: ReduceDataOptions;
  readonly colorMode?: BigValueColorMode;
  readonly graphMode?: BigValueGraphMode;
  readonly textMode?: BigValueTextMode;
}

function StatPanel(props: PanelProps<StatOptions>): React.JSX.Element {
  const theme = useTheme2();
  const { data, options, fieldConfig, timeZone, width, height } = props;
  if (!hasValues(props)) return <Note text={fieldConfig.defaults.noValue ?? 'No data'} />;
  const graphMode = options.graphMode ?? BigValueGraphMode.None;
  const values = getFieldDisplayValues({
    fieldConfig,
    reduceOptions: options.reduceOptions ?? { calcs: ['lastNotNull'] },
    replaceVariables: props.replaceVariables,
    theme,
    data: data.series,
    sparkline: graphMode !== BigValueGraphMode.None,
    timeZone,
  });
  const gap = 8;
  const columns = width >= height ? values.length : 1;
  const rows = Math.ceil(values.length / columns);
  return (
    <div style={{ display: 'grid', gap, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
      {values.map(({ display, sparkline, name }, index) => (
        <BigValue
          key={`${index} ${name}`}
          value={display}
          {...(sparkline === undefined ? {} : { sparkline })}
          width={(width - gap * (columns - 1)) / columns}
          height={(height - gap * (rows - 1)) / rows}
          colorMode={options.colorMode ?? BigValueColorMode.Value}
          graphMode={graphMode}
          textMode={options.textMode ?? BigValueTextMode.Auto}
          count={values.length}
          theme={theme}
        />
      ))}
    </div>
  );
}

const LINE = {
  drawStyle: 'line',
  lineInterpolation: 'linear',
  lineWidth: 1,
  fillOpacity: 0,
  showPoints: 'auto',
  spanNulls: false,
};

function TimeSeriesPanel(props: PanelProps): React.JSX.Element {
  const { data, fieldConfig, timeRange, timeZone, width, height } = props;
  if (!hasValues(props)) return <Note text="No data" />;
  const custom = { ...LINE, ...(fieldConfig.defaults.custom as object | undefined) };
  const frames = data.series
    .filter(({ length }) => length > 0)
    .map((frame) => ({
      ...frame,
      fields: frame.fields.map((field): Field => ({ ...field, config: { ...field.config, custom } })),
    }));
  const legend = { showLegend: true, displayMode: LegendDisplayMode.List, placement: 'bottom' as const, calcs: [] };
  return <TimeSeries {...{ frames, timeRange, timeZone, width, height, legend }} />;
}

function TablePanel(props: PanelProps): React.JSX.Element {
  const [frame] = props.data.series;
  if (frame === undefined || !hasValues(props)) return <Note text="No data" />;
  return <Table data={frame} width={props.width} height={props.height} ariaLabel={props.title} />;
}

/** HTML of a dashboard is not drawn: only markdown, which @grafana/data sanitises, and plain text. */
function TextPanel({ options, replaceVariables }: PanelProps<{ content?: string; mode?: string }>): React.JSX.Element {
  const content = replaceVariables(options.content ?? '');
  if (options.mode === 'markdown') {
    return <div className="markdown-html" dangerouslySetInnerHTML={{ __html: renderMarkdown(content) }} />;
  }
  return <div style={{ whiteSpace: 'pre-wrap' }}>{content}</div>;
}

const CORE: Readonly<Record<string, PanelPlugin>> = {
  stat: new PanelPlugin(StatPanel).useFieldConfig(),
  timeseries: new PanelPlugin(TimeSeriesPanel).useFieldConfig(),
  table: new PanelPlugin(TablePanel).useFieldConfig(),
  text: new PanelPlugin(TextPanel),
};
