// The states of the range as a table that is read and copied: over the chart, a page at a time. Made only while it is open.
import React, { useEffect, useMemo, useRef, useState, type SyntheticEvent } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { IconButton, Pagination, useStyles2 } from '@grafana/ui';
import type { Palette } from '../draw/palette.ts';
import { plainText } from '../layout/label-fit.ts';
import { visibleNodes, type LaneTree } from '../model/lane-tree.ts';
import { listStates, type ListedState } from '../model/listed-states.ts';
import type { StateSet } from '../model/state-filter.ts';
import type { Lane } from '../model/timeline.ts';
import { durationText, spendText } from './hover-text.ts';
import { StateSwatch } from './StateSwatch.tsx';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';

interface StateTableProps {
  readonly id: string;
  /** Lanes in the order of the timeline; those of collapsed groups too. */
  readonly tree: LaneTree;
  /** Epoch milliseconds. */
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly shown: StateSet;
  readonly showCost: boolean;
  readonly palette: Palette;
  readonly time: TimeFormat;
  /** CSS pixels. */
  readonly room: { readonly width: number; readonly height: number };
  readonly onClose: () => void;
}

const PAGE_ROWS = 100;
/** Below this width the pages are told by previous and next alone, CSS pixels. */
const PAGES_MIN_WIDTH = 700;

function hasSpent({ spend }: Lane): boolean {
  return spend?.segments.some((ofTrack) => ofTrack.size > 0) ?? false;
}

export function StateTable(props: StateTableProps): React.ReactElement {
  const { tree, range, shown, showCost, room, onClose } = props;
  const styles = useStyles2(getStyles);
  const scroller = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState(1);
  const lanes = useMemo(
    () => visibleNodes(tree.roots, () => false).flatMap((node) => (node.kind === 'lane' ? [node.lane] : [])),
    [tree]
  );
  const list = useMemo(() => listStates(lanes, range, shown), [lanes, range, shown]);
  const pages = Math.max(1, Math.ceil(list.count / PAGE_ROWS));
  // What was the third page may be gone after a zoom.
  const page = Math.min(asked, pages);
  const first = (page - 1) * PAGE_ROWS;
  const rows = useMemo(() => list.page(first, PAGE_ROWS), [list, first]);
  const hasThreads = useMemo(() => new Set(lanes.map((lane) => lane.thread)).size > 1, [lanes]);
  const hasCost = useMemo(() => showCost && lanes.some(hasSpent), [lanes, showCost]);
  // The keys that scroll belong to what was opened.
  useEffect(() => scroller.current?.focus({ preventScroll: true }), []);
  // The chart and the dashboard around it have keys and wheels of their own.
  const stop = (event: SyntheticEvent) => event.stopPropagation();
  return (
    <div
      id={props.id}
      className={styles.box}
      role="dialog"
      aria-label={t('states.label', 'States as a table')}
      data-testid="orchestrator-state-table"
      style={room}
      onWheel={stop}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <div className={styles.head}>
        <span aria-live="polite">
          {list.count > PAGE_ROWS
            ? t('states.page', 'States {{first}} to {{last}} of {{total}}', {
                first: (first + 1).toLocaleString('en-US'),
                last: (first + rows.length).toLocaleString('en-US'),
                total: list.count.toLocaleString('en-US'),
              })
            : t('states.count', '{{count}} states', { count: list.count, defaultValue_one: '{{count}} state' })}
        </span>
        <div className={styles.pages}>
          <Pagination
            currentPage={page}
            numberOfPages={pages}
            hideWhenSinglePage={true}
            showSmallVersion={room.width < PAGES_MIN_WIDTH}
            onNavigate={(to) => {
              setAsked(to);
              scroller.current?.scrollTo?.({ top: 0 });
            }}
          />
        </div>
        <IconButton name="times" aria-label={t('states.close', 'Close the table')} onClick={onClose} />
      </div>
      {/* Scrolled with the keyboard, so it can be focused. */}
      <div ref={scroller} className={styles.scroller} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('states.agent', 'Agent')}</th>
              {hasThreads && <th scope="col">{t('states.thread', 'Thread')}</th>}
              <th scope="col">{t('states.state', 'State')}</th>
              <th scope="col">{t('states.start', 'Start')}</th>
              <th scope="col">{t('states.end', 'End')}</th>
              <th scope="col" className={styles.figure}>
                {t('states.duration', 'Duration')}
              </th>
              {hasCost && (
                <th scope="col" className={styles.figure}>
                  {t('states.cost', 'Cost')}
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <StateRow key={row.key} {...props} row={row} hasThreads={hasThreads} hasCost={hasCost} />
            ))}
          </tbody>
        </table>
        {list.count === 0 && (
          <div className={styles.nothing}>{t('states.nothing', 'No state of this range is shown')}</div>
        )}
      </div>
    </div>
  );
}

interface StateRowProps extends Pick<StateTableProps, 'palette' | 'time'> {
  readonly row: ListedState;
  readonly hasThreads: boolean;
  readonly hasCost: boolean;
}

function StateRow({ row, palette, time, hasThreads, hasCost }: StateRowProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const { lane, segment, spend } = row;
  const { state, startMs, endMs, beganBefore, ongoing } = segment;
  return (
    <tr>
      <td className={styles.name} title={plainText(lane.agent)}>
        {plainText(lane.agent)}
      </td>
      {hasThreads && (
        <td className={styles.name} title={plainText(lane.thread)}>
          {plainText(lane.thread)}
        </td>
      )}
      <td>
        <span className={styles.state}>
          <StateSwatch state={state} palette={palette} />
          {palette.stateName[state]}
        </span>
      </td>
      <td className={styles.time}>{`${beganBefore ? '\u2264 ' : ''}${time.exactTime(startMs)}`}</td>
      <td className={styles.time}>{ongoing ? t('states.ongoing', 'ongoing') : time.exactTime(endMs)}</td>
      <td className={styles.figure}>{durationText(segment)}</td>
      {hasCost && <td className={styles.figure}>{spend === undefined ? '' : spendText(spend)}</td>}
    </tr>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    position: 'absolute',
    top: 0,
    left: 0,
    zIndex: 1,
    display: 'flex',
    flexDirection: 'column',
    color: theme.colors.text.primary,
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    fontSize: 12,
  }),
  head: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    minHeight: 30,
    flexShrink: 0,
    padding: theme.spacing(0, 1),
    color: theme.colors.text.secondary,
    fontVariantNumeric: 'tabular-nums',
  }),
  // Grafana's own has a margin below for pages at the end of a table.
  pages: css({ marginLeft: 'auto', '& ul, & li': { marginBottom: 0 } }),
  scroller: css({
    flexGrow: 1,
    minHeight: 0,
    overflow: 'auto',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
  }),
  table: css({
    width: '100%',
    whiteSpace: 'nowrap',
    '& th': {
      position: 'sticky',
      top: 0,
      background: theme.colors.background.secondary,
      color: theme.colors.text.secondary,
      fontWeight: theme.typography.fontWeightMedium,
    },
    '& th, & td': { height: 26, padding: theme.spacing(0, 1), textAlign: 'left', verticalAlign: 'middle' },
    '& tbody tr': { borderBottom: `1px solid ${theme.colors.border.weak}` },
    '& tbody tr:hover': { background: theme.colors.action.hover },
  }),
  name: css({ maxWidth: 260, overflow: 'hidden', textOverflow: 'ellipsis' }),
  state: css({ display: 'inline-flex', alignItems: 'center', gap: 6, verticalAlign: 'middle' }),
  time: css({ fontVariantNumeric: 'tabular-nums' }),
  figure: css({ '&&': { textAlign: 'right' }, fontVariantNumeric: 'tabular-nums' }),
  nothing: css({ padding: theme.spacing(1), color: theme.colors.text.secondary }),
});
