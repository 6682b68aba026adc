// What is in view as tables: what screen readers read, what the keyboard brings into sight, and where tests read geometry.
// They follow the canvas once it rests, a page at a time: hundreds of cells anew at every frame would make it stutter.
import React, { startTransition, useEffect, useState } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { plainText } from '../layout/label-fit.ts';
import type { Row, RowTrack } from '../layout/lanes.ts';
import type { NameLabel, TimelineLayout } from '../layout/panel.ts';
import type { SegmentRect } from '../layout/segment-rects.ts';
import { countStates, endOf, startOf } from '../model/state-columns.ts';
import type { Lane } from '../model/timeline.ts';
import { RunEndTable } from './RunEndTable.tsx';
import { t } from './translate.ts';

interface SegmentTableProps {
  readonly timeline: TimelineLayout;
}

const PAGE_ROWS = 100;
const REST_MS = 120;

/** Two decimals of a pixel are enough for any device. */
function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function useRested<T>(value: T): T | undefined {
  const [rested, setRested] = useState<T>();
  useEffect(() => {
    // Interruptible: a pointer that moves on meanwhile does not wait for it.
    const timer = setTimeout(() => startTransition(() => setRested(value)), REST_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

const segmentColumns = (): string[] => [
  t('table.thread', 'thread'),
  t('table.agent', 'agent'),
  t('table.state', 'state'),
  t('table.start', 'start ms'),
  t('table.end', 'end ms'),
  'x',
  t('table.width', 'width'),
  'y',
  t('table.height', 'height'),
  t('table.states', 'states'),
  t('table.text', 'text'),
];
const rowColumns = (): string[] => [
  t('table.kind', 'kind'),
  t('table.name', 'name'),
  t('table.depth', 'depth'),
  'y',
  t('table.height', 'height'),
  t('table.expanded', 'expanded'),
  t('table.spent', 'spent'),
];

interface Shown {
  readonly lane: Lane;
  readonly track: RowTrack;
  readonly rect: SegmentRect;
}

/** Marks [first, first + PAGE_ROWS) in reading order, and how many there are. */
function pageOf(timeline: TimelineLayout, first: number): { marks: Shown[]; total: number } {
  const marks: Shown[] = [];
  let total = 0;
  for (const row of timeline.rows) {
    if (row.kind === 'group') {
      continue;
    }
    const { lane } = row;
    for (const track of row.tracks) {
      const from = Math.max(0, first - total);
      marks.push(...track.rects.slice(from, from + PAGE_ROWS - marks.length).map((rect) => ({ lane, track, rect })));
      total += track.rects.length;
    }
  }
  return { marks, total };
}

function cellsOf({ lane, track, rect }: Shown, timeline: TimelineLayout): string[] {
  const { columns, barY, barHeight } = track;
  const counted = countStates(columns, [rect.first, rect.end], timeline.shown);
  return [
    plainText(lane.thread),
    plainText(lane.agent),
    rect.state,
    String(startOf(columns, rect.first)),
    String(endOf(columns, rect.end - 1)),
    px(rect.x),
    px(rect.width),
    px(barY),
    px(barHeight),
    String(counted.reduce((sum, one) => sum + one.count, 0)),
    rect.label?.text ?? '',
  ];
}

function Head({ names }: { names: readonly string[] }): React.ReactElement {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Body({ rows }: { rows: readonly string[][] }): React.ReactElement {
  return (
    <tbody>
      {rows.map((cells, i) => (
        <tr key={i}>
          {cells.map((cell, column) => (
            <td key={column}>{cell}</td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

interface PagerProps {
  readonly first: number;
  readonly total: number;
  readonly onPage: (first: number) => void;
}

function Pager({ first, total, onPage }: PagerProps): React.ReactElement {
  // Disabled only in name: a button that takes its focus away would close the table below it.
  const turn = (to: number) => ({
    'aria-disabled': to < 0 || to >= total,
    onClick: () => {
      if (to >= 0 && to < total) {
        onPage(to);
      }
    },
  });
  return (
    <div role="group" aria-label={t('table.pages', 'Pages of visible states')}>
      <button type="button" {...turn(first - PAGE_ROWS)}>
        {t('table.previous', 'Previous states')}
      </button>
      <button type="button" {...turn(first + PAGE_ROWS)}>
        {t('table.next', 'Next states')}
      </button>
    </div>
  );
}

function rowCells({ rows, names, sticky }: TimelineLayout): string[][] {
  const stuck = new Set(sticky.rows.map((row) => row.key));
  const named = (all: readonly Row[], labels: readonly NameLabel[]) => all.map((row, i) => ({ row, name: labels[i] }));
  const scrolled = named(rows, names).filter(({ row }) => !stuck.has(row.key));
  return [...named(sticky.rows, sticky.names), ...scrolled].map(({ row, name }) => [
    row.kind,
    plainText(row.name),
    String(row.depth),
    px(row.y),
    px(row.height),
    row.kind === 'group' ? String(!row.isCollapsed) : '',
    name?.money ?? '',
  ]);
}

export const SegmentTable = React.memo(function SegmentTable({
  timeline: drawn,
}: SegmentTableProps): React.ReactElement | null {
  const styles = useStyles2(getStyles);
  const timeline = useRested(drawn);
  const [asked, setAsked] = useState(0);
  if (timeline === undefined) {
    return null;
  }
  const { total } = pageOf(timeline, 0);
  // What was the third page may be gone after a zoom.
  const first = asked < total ? asked : 0;
  const { marks } = pageOf(timeline, first);
  return (
    <div
      className={styles.hidden}
      role="region"
      aria-label={t('table.label', 'What is in view, as tables')}
      // The keyboard brings it into sight and scrolls it.
      tabIndex={0}
      onWheel={(event) => event.stopPropagation()}
    >
      {total > PAGE_ROWS && <Pager first={first} total={total} onPage={setAsked} />}
      <table data-testid="orchestrator-segments">
        <caption>
          {total > PAGE_ROWS
            ? t('table.page', 'Visible states {{first}} to {{last}} of {{total}}', {
                first: first + 1,
                last: first + marks.length,
                total,
              })
            : t('table.all', 'Visible states of agents')}
        </caption>
        <Head names={segmentColumns()} />
        <Body rows={marks.map((mark) => cellsOf(mark, timeline))} />
      </table>
      <table data-testid="orchestrator-rows">
        <caption>{t('table.rows', 'Visible lanes and groups')}</caption>
        <Head names={rowColumns()} />
        <Body rows={rowCells(timeline)} />
      </table>
      <RunEndTable timeline={timeline} />
    </div>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  hidden: css({
    position: 'absolute',
    width: 1,
    height: 1,
    overflow: 'hidden',
    whiteSpace: 'nowrap',
    '&:not(:focus):not(:focus-within)': { clipPath: 'inset(50%)', pointerEvents: 'none' },
    '&:focus, &:focus-within': {
      inset: 0,
      width: 'auto',
      height: 'auto',
      overflow: 'auto',
      cursor: 'default',
      userSelect: 'text',
      zIndex: 1,
      padding: theme.spacing(1),
      background: theme.colors.background.primary,
      border: `1px solid ${theme.colors.border.medium}`,
    },
    '& td, & th': { padding: theme.spacing(0, 1), textAlign: 'left' },
    '& caption': { captionSide: 'top', textAlign: 'left' },
  }),
});
