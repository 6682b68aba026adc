// The visible segments as a table off-screen: what screen readers read, and where tests read geometry.
import React from 'react';
import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import type { TimelineLayout } from '../layout/panel.ts';

interface SegmentTableProps {
  readonly timeline: TimelineLayout;
}

const MAX_ROWS = 500;

/** Two decimals of a pixel are enough for any device. */
function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function SegmentTable({ timeline }: SegmentTableProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const rects = timeline.rows.flatMap((row) =>
    row.kind === 'thread'
      ? []
      : row.rects.toSorted((a, b) => a.segment.startMs - b.segment.startMs).map((rect) => ({ row, rect }))
  );
  return (
    <table className={styles.hidden} data-testid="orchestrator-segments">
      <caption>
        {rects.length > MAX_ROWS
          ? `The first ${MAX_ROWS} of ${rects.length} visible states`
          : 'Visible states of agents'}
      </caption>
      <thead>
        <tr>
          {['thread', 'agent', 'state', 'start ms', 'end ms', 'x', 'width'].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rects.slice(0, MAX_ROWS).map(({ row, rect }) => (
          <tr key={`${row.thread}\n${row.name}\n${rect.segment.startMs}`}>
            <td>{row.thread}</td>
            <td>{row.name}</td>
            <td>{rect.segment.state}</td>
            <td>{rect.segment.startMs}</td>
            <td>{rect.segment.endMs}</td>
            <td>{px(rect.x)}</td>
            <td>{px(rect.width)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

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
