// The marks of ended runs in view as a table, beside that of states.
import React from 'react';
import { plainText } from '../layout/label-fit.ts';
import type { TimelineLayout } from '../layout/panel.ts';
import { stateWord } from './state-words.ts';
import { t } from './translate.ts';

const columns = (): string[] => [
  t('table.thread', 'thread'),
  t('table.state', 'state'),
  t('table.end', 'end ms'),
  'x',
  'y',
];

/** One row a run; runs that share a mark share its place. Nothing where no run ended. */
export function RunEndTable({ timeline }: { timeline: TimelineLayout }): React.ReactElement | null {
  const { rows, sticky } = timeline;
  const stuck = new Set(sticky.rows.map((row) => row.key));
  const ends = [...sticky.rows, ...rows.filter((row) => !stuck.has(row.key))].flatMap((row) =>
    row.kind === 'group'
      ? row.ends.flatMap(({ x, runs }) => runs.map((run) => ({ run, x, y: row.barY + row.barHeight / 2 })))
      : []
  );
  if (ends.length === 0) {
    return null;
  }
  return (
    <table data-testid="orchestrator-run-ends">
      <caption>{t('table.run-ends', 'Runs that ended')}</caption>
      <thead>
        <tr>
          {columns().map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {ends.map(({ run, x, y }, i) => (
          <tr key={i}>
            <td>{plainText(run.thread)}</td>
            <td>{stateWord(run.outcome)}</td>
            <td>{run.atMs}</td>
            <td>{Math.round(x * 100) / 100}</td>
            <td>{Math.round(y * 100) / 100}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
