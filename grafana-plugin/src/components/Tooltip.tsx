// The tooltip at the pointer: time to the millisecond, states with exact durations, money left. Pinned by a click it stays,
// takes the focus and shows the data links.
import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Portal, useStyles2, VizTooltipContainer } from '@grafana/ui';
import type { Palette } from '../draw/palette.ts';
import type { HoverText } from './hover-text.ts';
import { PinnedLinks, usePinnedBox, type Pin } from './PinnedLinks.tsx';
import { StateSwatch } from './StateSwatch.tsx';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';

interface TooltipProps {
  readonly hover: HoverText;
  /** Viewport position of the pointer. */
  readonly at: { readonly x: number; readonly y: number };
  readonly palette: Palette;
  readonly time: TimeFormat;
  /** Undefined: it follows the pointer. */
  readonly pin?: Pin | undefined;
}

const END_SIGN = { completed: '\u2713', failed: '\u2715' } as const;
const OFFSET = { x: 14, y: 12 };

export const Tooltip = React.memo(function Tooltip({
  hover,
  at,
  palette,
  time,
  pin,
}: TooltipProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  const pinned = usePinnedBox(pin, time.exactTime(hover.atMs));
  return (
    <Portal>
      <VizTooltipContainer
        position={{ x: at.x, y: at.y }}
        offset={OFFSET}
        className={styles.container}
        {...(pin === undefined ? {} : { allowPointerEvents: true, 'aria-live': 'off' })}
      >
        <div className={styles.box} data-testid="orchestrator-tooltip" {...pinned}>
          <div className={styles.time}>{time.exactTime(hover.atMs)}</div>
          {hover.checkpoint !== undefined && (
            <div className={styles.note}>
              {'\u25c7'} {t('tooltip.checkpoint', 'checkpoint {{index}}', { index: hover.checkpoint.index })}
              {hover.checkpoint.count > 1 &&
                ` ${t('tooltip.checkpoints', 'and {{count}} more in this pixel', { count: hover.checkpoint.count - 1 })}`}
            </div>
          )}
          {hover.ends.length > 0 && (
            <div className={styles.note} data-testid="orchestrator-run-ends-told">
              {hover.ends.map((end, i) => (
                <div key={i} className={end.failed ? styles.failed : ''}>
                  {`${END_SIGN[end.failed ? 'failed' : 'completed']} ${end.text} \u00b7 ${time.exactTime(end.atMs)}`}
                </div>
              ))}
              {hover.moreEnds > 0 && t('tooltip.more-ends', 'and {{count}} more ended', { count: hover.moreEnds })}
            </div>
          )}
          {(hover.rows.length > 0 || hover.remaining.length > 0) && (
            <table className={styles.table}>
              <tbody>
                {hover.rows.map((row) => (
                  <tr key={row.key} className={row.pointed ? styles.pointed : ''}>
                    <td className={styles.mark}>
                      <StateSwatch state={row.state} palette={palette} />
                    </td>
                    <td className={styles.name}>{row.name}</td>
                    <td className={styles.state}>{palette.stateName[row.state]}</td>
                    <td className={styles.value}>{row.duration}</td>
                  </tr>
                ))}
                {hover.remaining.map((budget) => (
                  <tr key={`remaining ${budget.name}`}>
                    <td className={styles.mark}>
                      <span className={styles.moneyMark} style={{ background: palette.money }} aria-hidden="true" />
                    </td>
                    <td className={styles.name}>{t('tooltip.remaining', 'Remaining')}</td>
                    <td className={styles.state}>{budget.name}</td>
                    <td className={styles.value}>{budget.text}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {hover.more > 0 && (
            <div className={styles.note}>{t('tooltip.more', 'and {{count}} more active', { count: hover.more })}</div>
          )}
          {hover.folded !== '' && (
            <div className={styles.note} data-testid="orchestrator-folded">
              {hover.folded}
            </div>
          )}
          {hover.pointed !== undefined && (
            <div className={styles.note}>
              {hover.pointed.beganBefore && `${t('tooltip.by', 'by')} `}
              {time.exactTime(hover.pointed.startMs)} {'\u2013'}{' '}
              {hover.pointed.endMs === undefined ? t('tooltip.now', 'now') : time.exactTime(hover.pointed.endMs)}
            </div>
          )}
          {hover.spend.length > 0 && (
            <div className={styles.note} data-testid="orchestrator-hover-spend">
              {hover.spend.map((line) => (
                <div key={line}>{line}</div>
              ))}
            </div>
          )}
          {pin !== undefined && <PinnedLinks pin={pin} />}
        </div>
      </VizTooltipContainer>
    </Portal>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  // Grafana's container glides after the pointer, by an inline style.
  container: css({ '@media (prefers-reduced-motion: reduce)': { transition: 'none !important' } }),
  box: css({
    position: 'relative',
    fontSize: 12,
    color: theme.colors.text.primary,
    minWidth: 160,
    '&:focus-visible': { outline: 'none' },
  }),
  time: css({
    fontFamily: theme.typography.fontFamilyMonospace,
    paddingBottom: 4,
    marginBottom: 4,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
  table: css({ width: '100%', '& td': { paddingTop: 2, paddingBottom: 2 } }),
  failed: css({ color: theme.colors.error.text }),
  pointed: css({ fontWeight: theme.typography.fontWeightMedium }),
  mark: css({ paddingRight: 8, verticalAlign: 'middle', lineHeight: 1 }),
  moneyMark: css({ display: 'inline-block', width: 12, height: 10, borderRadius: 1 }),
  name: css({ paddingRight: 12, maxWidth: 240, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
  state: css({
    color: theme.colors.text.secondary,
    paddingRight: 12,
    maxWidth: 180,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
  }),
  value: css({ fontFamily: theme.typography.fontFamilyMonospace, textAlign: 'right', whiteSpace: 'nowrap' }),
  note: css({ color: theme.colors.text.secondary, fontSize: 11, paddingTop: 4, fontVariantNumeric: 'tabular-nums' }),
});
