// What is in view as tables off-screen: what screen readers read, and where tests read geometry. They follow the canvas
// once it rests: hundreds of cells anew at every frame of a scroll would make it stutter.
import React, { startTransition, useEffect, useState } from 'react';
import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import { plainText } from '../layout/label-fit.ts';
import type { Row } from '../layout/lanes.ts';
import type { NameLabel, TimelineLayout } from '../layout/panel.ts';
import { countStates, endOf, startOf } from '../model/state-columns.ts';
import { t } from './translate.ts';

interface SegmentTableProps {
  readonly timeline: TimelineLayout;
}

const MAX_ROWS = 500;
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

function segmentRows(timeline: TimelineLayout): { cells: string[][]; total: number } {
  const cells: string[][] = [];
  let total = 0;
  for (const row of timeline.rows.filter((one) => one.kind !== 'group')) {
    for (const { columns, rects, barY, barHeight } of row.tracks) {
      total += rects.length;
      for (const rect of rects.slice(0, Math.max(0, MAX_ROWS - cells.length))) {
        const states = countStates(columns, [rect.first, rect.end], timeline.shown).reduce(
          (sum, one) => sum + one.count,
          0
        );
        cells.push([
          plainText(row.lane.thread),
          plainText(row.lane.agent),
          rect.state,
          String(startOf(columns, rect.first)),
          String(endOf(columns, rect.end - 1)),
          px(rect.x),
          px(rect.width),
          px(barY),
          px(barHeight),
          String(states),
          rect.label?.text ?? '',
        ]);
      }
    }
  }
  return { cells, total };
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

export const SegmentTable = React.memo(function SegmentTable({
  timeline: drawn,
}: SegmentTableProps): React.ReactElement | null {
  const styles = useStyles2(getStyles);
  const timeline = useRested(drawn);
  if (timeline === undefined) {
    return null;
  }
  const { cells, total } = segmentRows(timeline);
  const { sticky } = timeline;
  const stuck = new Set(sticky.rows.map((row) => row.key));
  const named = (all: readonly Row[], names: readonly NameLabel[]) => all.map((row, i) => ({ row, name: names[i] }));
  const scrolled = named(timeline.rows, timeline.names).filter(({ row }) => !stuck.has(row.key));
  const rows = [...named(sticky.rows, sticky.names), ...scrolled].map(({ row, name }) => [
    row.kind,
    plainText(row.name),
    String(row.depth),
    px(row.y),
    px(row.height),
    row.kind === 'group' ? String(!row.isCollapsed) : '',
    name?.money ?? '',
  ]);
  return (
    <div className={styles.hidden}>
      <table data-testid="orchestrator-segments">
        <caption>
          {total > MAX_ROWS
            ? t('table.first', 'The first {{shown}} of {{total}} visible states', { shown: MAX_ROWS, total })
            : t('table.all', 'Visible states of agents')}
        </caption>
        <Head names={segmentColumns()} />
        <Body rows={cells} />
      </table>
      <table data-testid="orchestrator-rows">
        <caption>{t('table.rows', 'Visible lanes and groups')}</caption>
        <Head names={rowColumns()} />
        <Body rows={rows} />
      </table>
    </div>
  );
});

const getStyles = () => ({
  hidden: css({
    position: 'absolute',
    width: 1,
    height: 1,
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
    pointerEvents: 'none',
  }),
});
