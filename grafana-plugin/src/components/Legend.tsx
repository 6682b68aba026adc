// One legend for the timeline: each state with its totals, as a list or a table in the look of Grafana's own, and the
// resolution of what is drawn. A click leaves one state in the timeline.
import React, { useState } from 'react';
import { css, cx } from '@emotion/css';
import { AGENT_STATES, type AgentState } from 'orchestrator-exporter/contract/states';
import type { DisplayValue, GrafanaTheme2 } from '@grafana/data';
import { LegendDisplayMode } from '@grafana/schema';
import { useStyles2, VizLegend, type VizLegendItem } from '@grafana/ui';
import type { Palette } from '../draw/palette.ts';
import { shortDuration } from '../layout/duration-text.ts';
import { ALL_STATES, clickState, hasState, type StateSet } from '../model/state-filter.ts';
import type { StateTotal } from '../model/totals.ts';
import { LIST_HEIGHT, type LegendRoom } from './legend-room.ts';
import { StateSwatch } from './StateSwatch.tsx';
import { t } from './translate.ts';

interface LegendProps {
  readonly room: LegendRoom;
  readonly totals: readonly StateTotal[];
  readonly resolution: string;
  readonly palette: Palette;
  readonly showTotals: boolean;
  readonly shown: StateSet;
  readonly onShow: (shown: StateSet) => void;
}

function shareText(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
}

/** Failures are counted: how long an agent stayed failed says little, how often it failed a lot. */
function totalText(total: StateTotal): string {
  const share = total.state === 'failed' ? `${total.count.toLocaleString('en-US')}\u00d7` : shareText(total.share);
  return `${shortDuration(total.totalMs)} \u00b7 ${share}`;
}

/** What must not be missed comes first: where room is scarce the last ones go. */
const READING_ORDER: readonly AgentState[] = ['running', 'waiting', 'failed', 'queued', 'paused', 'completed', 'idle'];

/** The states that occur, and those that a filter asks for: it must be seen, and undone, where none of them occurs. */
export function legendTotals(totals: readonly StateTotal[], shown: StateSet): StateTotal[] {
  const occurring = new Set(totals.map(({ state }) => state));
  const asked = shown === ALL_STATES ? [] : AGENT_STATES.filter((s) => hasState(shown, s) && !occurring.has(s));
  return [...totals, ...asked.map((state) => ({ state, totalMs: 0, count: 0, share: 0 }))].sort(
    (a, b) => READING_ORDER.indexOf(a.state) - READING_ORDER.indexOf(b.state)
  );
}

export const Legend = React.memo(function Legend(props: LegendProps): React.ReactElement {
  const { room, resolution } = props;
  const styles = useStyles2(getStyles);
  const isLine = room.mode === 'list' && room.placement === 'bottom';
  const size = room.placement === 'right' ? { width: room.size } : { height: room.size };
  return (
    <div
      className={isLine ? styles.line : styles.box}
      style={size}
      role="group"
      aria-label={t('legend.label', 'States shown')}
      data-testid="orchestrator-legend"
    >
      {room.mode === 'table' ? <StateTable {...props} /> : <StateList {...props} isLine={isLine} />}
      <span className={styles.resolution} data-testid="orchestrator-resolution">
        {resolution}
      </span>
    </div>
  );
});

/** A state's mark and name; its name is the button. */
function StateLabel(props: LegendProps & { readonly state: AgentState }): React.ReactElement {
  const { state, palette, shown, onShow } = props;
  const styles = useStyles2(getStyles);
  const isShown = hasState(shown, state);
  return (
    <span className={cx(styles.label, !isShown && styles.disabled)}>
      <StateSwatch state={state} palette={palette} />
      <button
        type="button"
        className={styles.button}
        aria-pressed={isShown}
        title={t('legend.hint', 'Click: only this state. Ctrl or Cmd and click: with or without it.')}
        onClick={(event) => onShow(clickState(shown, state, { additive: event.ctrlKey || event.metaKey }))}
      >
        {palette.stateName[state]}
      </button>
    </span>
  );
}

function StateList(props: LegendProps & { readonly isLine: boolean }): React.ReactElement {
  const styles = useStyles2(getStyles);
  return (
    <ul className={props.isLine ? styles.list : styles.column}>
      {props.totals.map((total) => (
        <li key={total.state} className={styles.item}>
          <StateLabel {...props} state={total.state} />
          {props.showTotals && <span className={styles.total}>{totalText(total)}</span>}
        </li>
      ))}
    </ul>
  );
}

const columnTitles = (): string[] => [
  t('legend.total', 'Total'),
  t('legend.share', 'Share'),
  t('legend.count', 'Count'),
];

function columnValues(total: StateTotal): DisplayValue[] {
  const texts = [shortDuration(total.totalMs), shareText(total.share), String(total.count)];
  const numbers = [total.totalMs, total.share, total.count];
  return columnTitles().map((title, i) => ({ title, text: texts[i] ?? '', numeric: numbers[i] ?? NaN }));
}

interface Sort {
  readonly by: string;
  readonly desc: boolean;
}

/** By a column's values falling, then rising, then in reading order again, as Grafana's table legend does. */
function nextSort(before: Sort | undefined, by: string): Sort | undefined {
  return before?.by !== by ? { by, desc: true } : before.desc ? { by, desc: false } : undefined;
}

function StateTable(props: LegendProps): React.ReactElement {
  const { totals, palette, shown } = props;
  const styles = useStyles2(getStyles);
  const [sort, setSort] = useState<Sort>();
  // Grafana's table sorts the very array that it is given.
  const items = totals.map((total): VizLegendItem<StateTotal> => ({
    label: palette.stateName[total.state],
    yAxis: 1,
    disabled: !hasState(shown, total.state),
    data: total,
    getDisplayValues: () => columnValues(total),
  }));
  return (
    <div className={styles.table}>
      <VizLegend<StateTotal>
        displayMode={LegendDisplayMode.Table}
        placement={props.room.placement}
        items={items}
        isSortable={true}
        {...(sort === undefined ? {} : { sortBy: sort.by, sortDesc: sort.desc })}
        onToggleSort={(by) => setSort((before) => nextSort(before, by))}
        itemRenderer={({ data }) =>
          data === undefined ? <></> : <StateRow key={data.state} {...props} total={data} />
        }
      />
    </div>
  );
}

function StateRow(props: LegendProps & { readonly total: StateTotal }): React.ReactElement {
  const styles = useStyles2(getStyles);
  return (
    <tr className={styles.row}>
      <td>
        <StateLabel {...props} state={props.total.state} />
      </td>
      {columnValues(props.total).map((value) => (
        <td key={value.title} className={styles.value}>
          {value.text}
        </td>
      ))}
    </tr>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  line: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(2),
    flexShrink: 0,
    overflow: 'hidden',
    fontSize: 12,
    color: theme.colors.text.primary,
  }),
  box: css({
    display: 'flex',
    flexDirection: 'column',
    gap: 2,
    flexShrink: 0,
    overflow: 'hidden',
    paddingLeft: theme.spacing(1),
    fontSize: 12,
    color: theme.colors.text.primary,
  }),
  // What does not fit wraps out of sight as a whole item: no total is ever cut in the middle.
  list: css({
    display: 'flex',
    flexWrap: 'wrap',
    height: LIST_HEIGHT - 4,
    lineHeight: '20px',
    columnGap: theme.spacing(2),
    rowGap: theme.spacing(1),
    listStyle: 'none',
    overflow: 'hidden',
    flexGrow: 1,
    margin: 0,
    padding: 0,
  }),
  column: css({ listStyle: 'none', margin: 0, padding: 0, overflowY: 'auto', minHeight: 0, lineHeight: '22px' }),
  item: css({ display: 'flex', alignItems: 'center', gap: 6, whiteSpace: 'nowrap' }),
  label: css({ display: 'inline-flex', verticalAlign: 'middle', alignItems: 'center', gap: 6, whiteSpace: 'nowrap' }),
  button: css({
    background: 'none',
    border: 'none',
    padding: 0,
    color: 'inherit',
    fontSize: 'inherit',
    lineHeight: 'inherit',
    whiteSpace: 'nowrap',
  }),
  disabled: css({ color: theme.colors.text.disabled, '& > span': { opacity: 0.35 } }),
  total: css({ color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums' }),
  // Grafana indents every head of a sortable table as it does the first: figures stand below heads at their right.
  table: css({
    overflowY: 'auto',
    minHeight: 0,
    flexShrink: 1,
    '& th:not(:first-of-type)': { textAlign: 'right', paddingLeft: theme.spacing(1) },
  }),
  row: css({
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    '& td': { padding: theme.spacing(0.25, 1), whiteSpace: 'nowrap' },
    '&:hover': { background: theme.colors.action.hover },
  }),
  value: css({ textAlign: 'right', fontVariantNumeric: 'tabular-nums' }),
  resolution: css({
    lineHeight: '20px',
    color: theme.colors.text.secondary,
    fontSize: 11,
    whiteSpace: 'nowrap',
    opacity: 0.8,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    flexShrink: 0,
  }),
});
