// The states of the range as a table that is read and copied: over the chart, a page at a time. Made only while it is open.
import React, { useEffect, useMemo, useRef, useState, type SyntheticEvent } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { IconButton, useStyles2 } from '@grafana/ui';
import type { Palette } from '../draw/palette.ts';
import { visibleNodes, type LaneTree } from '../model/lane-tree.ts';
import { listStates, type ListOrder } from '../model/listed-states.ts';
import type { StateSet } from '../model/state-filter.ts';
import type { Lane, ThreadGroup } from '../model/timeline.ts';
import { StateTablePager } from './StateTablePager.tsx';
import { StateTableRow } from './StateTableRow.tsx';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';

interface StateTableProps {
  readonly id: string;
  /** Lanes in the order of the timeline; those of collapsed groups too. */
  readonly tree: LaneTree;
  /** Whose runs end. */
  readonly threads: readonly ThreadGroup[];
  /** Epoch milliseconds. */
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly shown: StateSet;
  /** Of sampled states: how coarse they are, as text. Empty where they are exact. */
  readonly resolution: string;
  readonly showCost: boolean;
  readonly palette: Palette;
  readonly time: TimeFormat;
  /** CSS pixels. */
  readonly room: { readonly width: number; readonly height: number };
  readonly onClose: () => void;
}

const PAGE_ROWS = 100;
const ARROWS = { ascending: '\u2191', descending: '\u2193' };

interface Sorting {
  readonly order: ListOrder;
  /** The last come first. */
  readonly descending: boolean;
}

/** What happened first stands first. */
const USUAL_SORTING: Sorting = { order: 'start', descending: false };

function hasSpent({ spend }: Lane): boolean {
  return spend?.segments.some((ofTrack) => ofTrack.size > 0) ?? false;
}

export function StateTable(props: StateTableProps): React.ReactElement {
  const { tree, threads, range, shown, resolution, showCost, room, onClose } = props;
  const styles = useStyles2(getStyles);
  const scroller = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState(0);
  const [sorting, setSorting] = useState(USUAL_SORTING);
  const lanes = useMemo(
    () => visibleNodes(tree.roots, () => false).flatMap((node) => (node.kind === 'lane' ? [node.lane] : [])),
    [tree]
  );
  const list = useMemo(() => listStates({ lanes, threads, range, shown }), [lanes, threads, range, shown]);
  // What was the third page may be gone after a zoom.
  const page = Math.min(asked, Math.max(0, Math.ceil(list.count / PAGE_ROWS) - 1));
  const first = page * PAGE_ROWS;
  const rows = useMemo(() => {
    const { order, descending } = sorting;
    if (!descending) {
      return list.page(first, PAGE_ROWS, order);
    }
    const size = Math.min(PAGE_ROWS, list.count - first);
    return list.page(list.count - first - size, size, order).reverse();
  }, [list, first, sorting]);
  const goTo = (to: number) => {
    setAsked(to);
    scroller.current?.scrollTo?.({ top: 0 });
  };
  const sortBy = (order: ListOrder) => {
    setSorting({ order, descending: sorting.order === order && !sorting.descending });
    goTo(0);
  };
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
        <span aria-live="polite">{countText({ first, shown: rows.length, total: list.count })}</span>
        {resolution !== '' && <span>{resolution}</span>}
        <div className={styles.pages}>
          <StateTablePager page={page} pages={Math.ceil(list.count / PAGE_ROWS)} onPage={goTo} />
        </div>
        <IconButton name="times" aria-label={t('states.close', 'Close the table')} onClick={onClose} />
      </div>
      {/* Scrolled with the keyboard, so it can be focused. */}
      <div ref={scroller} className={styles.scroller} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <SortableHead order="lane" sorting={sorting} onSort={sortBy}>
                {t('states.agent', 'Agent')}
              </SortableHead>
              {hasThreads && <th scope="col">{t('states.thread', 'Thread')}</th>}
              <th scope="col">{t('states.state', 'State')}</th>
              <SortableHead order="start" sorting={sorting} onSort={sortBy}>
                {t('states.start', 'Start')}
              </SortableHead>
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
              <StateTableRow
                key={row.key}
                row={row}
                palette={props.palette}
                time={props.time}
                sampled={resolution !== ''}
                hasThreads={hasThreads}
                hasCost={hasCost}
              />
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

function countText({ first, shown, total }: { first: number; shown: number; total: number }): string {
  return total > PAGE_ROWS
    ? t('states.page', 'States {{first}} to {{last}} of {{total}}', {
        first: (first + 1).toLocaleString('en-US'),
        last: (first + shown).toLocaleString('en-US'),
        total: total.toLocaleString('en-US'),
      })
    : t('states.count', '{{count}} states', { count: total, defaultValue_one: '{{count}} state' });
}

interface SortableHeadProps {
  readonly order: ListOrder;
  readonly sorting: Sorting;
  readonly onSort: (order: ListOrder) => void;
  readonly children: React.ReactNode;
}

/** A second click turns the order round. */
function SortableHead({ order, sorting, onSort, children }: SortableHeadProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const isSorted = sorting.order === order;
  return (
    <th scope="col" aria-sort={isSorted ? (sorting.descending ? 'descending' : 'ascending') : undefined}>
      <button type="button" className={styles.sort} onClick={() => onSort(order)}>
        {children}
        <span aria-hidden="true" className={isSorted ? styles.arrow : styles.noArrow}>
          {isSorted && sorting.descending ? ARROWS.descending : ARROWS.ascending}
        </span>
      </button>
    </th>
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
  pages: css({ marginLeft: 'auto' }),
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
  sort: css({
    padding: 0,
    border: 0,
    background: 'none',
    color: 'inherit',
    font: 'inherit',
    '&:hover': { color: theme.colors.text.primary },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 2 },
  }),
  arrow: css({ marginLeft: 4, color: theme.colors.text.primary }),
  // Keeps its place, so that columns do not move.
  noArrow: css({ marginLeft: 4, visibility: 'hidden' }),
  figure: css({ '&&': { textAlign: 'right' }, fontVariantNumeric: 'tabular-nums' }),
  nothing: css({ padding: theme.spacing(1), color: theme.colors.text.secondary }),
});
