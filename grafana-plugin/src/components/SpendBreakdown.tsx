// Who spent what in the brushed range: a sorted list with shares, over the chart until it is closed.
import React, { useEffect, useMemo, useRef } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, IconButton, useStyles2 } from '@grafana/ui';
import { PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import { exactDuration } from '../layout/duration-text.ts';
import { plainText } from '../layout/label-fit.ts';
import { moneyText } from '../layout/money-text.ts';
import { spendBetween, type SpenderTotal, type SpendBreakdown as Breakdown } from '../model/spend.ts';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';

interface SpendBreakdownProps {
  readonly spenders: readonly SpenderTotal[];
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly time: TimeFormat;
  /** Width of the chart and the height that the list may take, CSS pixels. */
  readonly room: { readonly width: number; readonly height: number };
  readonly onZoom: () => void;
  readonly onClose: () => void;
}

/** More spenders are summed up in one line. */
const MAX_ROWS = 8;
const titleOf = (kind: Breakdown['kind']): string =>
  kind === 'agent' ? t('spend.agents', 'Agents') : t('spend.models', 'Models');

function percent(share: number): string {
  return share > 0 && share < 0.001 ? '< 0.1 %' : `${(share * 100).toFixed(1)} %`;
}

export function SpendBreakdown(props: SpendBreakdownProps): React.ReactElement {
  const { spenders, range, time, room, onZoom, onClose } = props;
  const styles = useStyles2(getStyles);
  const breakdowns = useMemo(() => spendBetween(spenders, range), [spenders, range]);
  const close = useRef<HTMLButtonElement>(null);
  // Reachable without a pointer: the dialog takes the focus that it gives back when it closes.
  useEffect(() => {
    const before = document.activeElement;
    close.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement) {
        before.focus({ preventScroll: true });
      }
    };
  }, []);
  const title = `${time.exactTime(range.fromMs)} \u2013 ${time.exactTime(range.toMs)}`;
  return (
    <div
      className={styles.box}
      role="dialog"
      aria-label={t('spend.label', 'Spend from {{range}}', { range: title })}
      data-testid="orchestrator-spend"
      style={{ maxWidth: Math.max(180, Math.min(340, room.width - 16)), maxHeight: Math.max(80, room.height - 16) }}
      // The chart below would take a press for the beginning of a drag.
      onPointerDown={(event) => event.stopPropagation()}
      onPointerMove={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <div className={styles.head}>
        <div>
          <div className={styles.range}>{title}</div>
          <div className={styles.duration}>{exactDuration(range.toMs - range.fromMs)}</div>
        </div>
        <IconButton
          ref={close}
          name="times"
          aria-label={t('spend.close', 'Close the spend of this range')}
          onClick={onClose}
        />
      </div>
      {breakdowns.length === 0 && (
        <div className={styles.nothing}>
          {t('spend.missing', 'No running totals were read: add a range query for {{metric}}.', {
            metric: PER_THREAD.threadCost.name,
          })}
        </div>
      )}
      {breakdowns.map((breakdown) => (
        <Spenders key={breakdown.kind} breakdown={breakdown} />
      ))}
      <div className={styles.foot}>
        <Button size="sm" variant="secondary" fill="outline" icon="search-plus" onClick={onZoom}>
          {t('spend.zoom', 'Zoom to this range')}
        </Button>
      </div>
    </div>
  );
}

function Spenders({ breakdown }: { readonly breakdown: Breakdown }): React.ReactElement {
  const styles = useStyles2(getStyles);
  const { kind, rows, totalUsd } = breakdown;
  const shown = rows.length > MAX_ROWS ? rows.slice(0, MAX_ROWS - 1) : rows;
  const rest = rows.slice(shown.length);
  const restUsd = rest.reduce((sum, { usd }) => sum + usd, 0);
  const lines = [
    ...shown.map((row) => ({ ...row, name: plainText(row.name) })),
    ...(rest.length === 0
      ? []
      : [
          {
            name: t('spend.others', '{{count}} others', { count: rest.length, defaultValue_one: '{{count}} other' }),
            usd: restUsd,
            share: restUsd / totalUsd,
          },
        ]),
  ];
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{titleOf(kind)}</th>
          <th scope="col">{moneyText(totalUsd)}</th>
          <th scope="col" aria-label={t('spend.share', 'Share')} />
        </tr>
      </thead>
      <tbody>
        {lines.length === 0 && (
          <tr>
            <td colSpan={3} className={styles.nothing}>
              {t('spend.nothing', 'Nothing was spent here')}
            </td>
          </tr>
        )}
        {lines.map((line, i) => (
          <tr key={i}>
            <td title={line.name}>
              <span className={styles.bar} style={{ width: `${line.share * 100}%` }} aria-hidden="true" />
              <span className={styles.name}>{line.name}</span>
            </td>
            <td>{moneyText(line.usd)}</td>
            <td>{percent(line.share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    position: 'absolute',
    top: 8,
    right: 8,
    overflow: 'auto',
    padding: theme.spacing(1, 1.5),
    cursor: 'default',
    userSelect: 'text',
    fontSize: 12,
    color: theme.colors.text.primary,
    background: theme.colors.background.elevated ?? theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z2,
  }),
  head: css({ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(2), alignItems: 'flex-start' }),
  range: css({ fontFamily: theme.typography.fontFamilyMonospace, whiteSpace: 'nowrap' }),
  duration: css({ color: theme.colors.text.secondary, fontSize: 11, fontVariantNumeric: 'tabular-nums' }),
  table: css({
    width: '100%',
    marginTop: theme.spacing(1),
    tableLayout: 'fixed',
    '& th': { fontWeight: theme.typography.fontWeightMedium, paddingBottom: 3 },
    '& td': { position: 'relative', paddingTop: 3, paddingBottom: 3 },
    '& th:not(:first-of-type), & td:not(:first-of-type)': {
      textAlign: 'right',
      width: 74,
      fontVariantNumeric: 'tabular-nums',
    },
    '& th:last-of-type, & td:last-of-type': { width: 58, color: theme.colors.text.secondary },
  }),
  bar: css({
    position: 'absolute',
    left: 0,
    top: 2,
    bottom: 2,
    background: theme.colors.action.selected,
    borderRadius: 2,
  }),
  name: css({
    position: 'relative',
    display: 'block',
    paddingLeft: 5,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  }),
  nothing: css({ color: theme.colors.text.secondary, padding: theme.spacing(0.5, 0) }),
  foot: css({ marginTop: theme.spacing(1) }),
});
