// What the canvas shows as tables off-screen: what screen readers find where others see the plots, and where tests read
// geometry. Whoever sees reads the table of states instead. They follow the canvas once it rests: hundreds of cells anew at
// every frame would make it stutter.
import React, { startTransition, useEffect, useState } from 'react';
import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import type { PanelLayout } from '../layout/panel.ts';
import { markRows, runEndRows, segmentRows, treeRows } from './chart-rows.ts';
import { t } from './translate.ts';

interface ChartTablesProps {
  readonly layout: PanelLayout;
}

/** States beyond are in the table of states, page by page. */
const MOST_SEGMENTS = 100;
const REST_MS = 120;

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
const runEndColumns = (): string[] => [
  t('table.thread', 'thread'),
  t('table.state', 'state'),
  t('table.end', 'end ms'),
  'x',
  'y',
];
const markColumns = (): string[] => [t('table.kind', 'kind'), t('table.text', 'text'), 'x', 'y'];

interface TableProps {
  readonly testId: string;
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
}

function Table({ testId, caption, columns, rows }: TableProps): React.ReactElement {
  return (
    <table data-testid={testId}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cells, i) => (
          <tr key={i}>
            {cells.map((cell, column) => (
              <td key={column}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function captionOf({ shown, total }: { readonly shown: number; readonly total: number }): string {
  return shown < total
    ? t('table.first', 'The first {{shown}} of {{total}} visible states; the table of states has all', { shown, total })
    : t('table.all', 'Visible states of agents');
}

/** Apart from what waits for the canvas to rest: that is asked at every frame. */
const RestedTables = React.memo(function RestedTables({ layout }: ChartTablesProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const { timeline } = layout;
  const runEnds = timeline === undefined ? [] : runEndRows(timeline);
  const segments = timeline === undefined ? undefined : segmentRows(timeline, MOST_SEGMENTS);
  return (
    <div className={styles.hidden} role="region" aria-label={t('table.label', 'What is in view, as tables')}>
      {timeline !== undefined && segments !== undefined && (
        <>
          <Table
            testId="orchestrator-segments"
            caption={captionOf({ shown: segments.rows.length, total: segments.total })}
            columns={segmentColumns()}
            rows={segments.rows}
          />
          <Table
            testId="orchestrator-rows"
            caption={t('table.rows', 'Visible lanes and groups')}
            columns={rowColumns()}
            rows={treeRows(timeline)}
          />
        </>
      )}
      {runEnds.length > 0 && (
        <Table
          testId="orchestrator-run-ends"
          caption={t('table.run-ends', 'Runs that ended')}
          columns={runEndColumns()}
          rows={runEnds}
        />
      )}
      <Table
        testId="orchestrator-marks"
        caption={t('table.marks', 'Times, amounts, budgets and what is marked')}
        columns={markColumns()}
        rows={markRows(layout)}
      />
    </div>
  );
});

export const ChartTables = React.memo(function ChartTables({ layout }: ChartTablesProps): React.ReactElement | null {
  const rested = useRested(layout);
  return rested === undefined ? null : <RestedTables layout={rested} />;
});

const getStyles = () => ({
  hidden: css({
    position: 'absolute',
    width: 1,
    height: 1,
    overflow: 'hidden',
    whiteSpace: 'nowrap',
    clipPath: 'inset(50%)',
    pointerEvents: 'none',
  }),
});
