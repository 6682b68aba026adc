// The buttons that turn the pages of the table of states. At either end they are disabled in name alone: a button that is
// disabled while it has the focus loses it, and the keys of whoever reads end up at the dashboard.
import React from 'react';
import { css } from '@emotion/css';
import { IconButton, useStyles2 } from '@grafana/ui';
import { t } from './translate.ts';

interface StateTablePagerProps {
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  readonly onPage: (page: number) => void;
}

/** Nothing where there is one page. */
export function StateTablePager({ page, pages, onPage }: StateTablePagerProps): React.ReactElement | null {
  const styles = useStyles2(getStyles);
  if (pages <= 1) {
    return null;
  }
  const last = pages - 1;
  const turn = (to: number, tooltip: string) => ({
    tooltip,
    className: styles.button,
    'aria-disabled': to < 0 || to > last || to === page,
    onClick: () => {
      if (to >= 0 && to <= last) {
        onPage(to);
      }
    },
  });
  return (
    <div role="group" aria-label={t('states.pages', 'Pages')} className={styles.pager}>
      <IconButton name="angle-double-left" {...turn(0, t('states.first', 'First page'))} />
      <IconButton name="angle-left" {...turn(page - 1, t('states.previous', 'Previous page'))} />
      <span className={styles.told}>{t('states.page-of', '{{page}} of {{pages}}', { page: page + 1, pages })}</span>
      <IconButton name="angle-right" {...turn(page + 1, t('states.next', 'Next page'))} />
      <IconButton name="angle-double-right" {...turn(last, t('states.last', 'Last page'))} />
    </div>
  );
}

const getStyles = () => ({
  pager: css({ display: 'flex', alignItems: 'center', gap: 4 }),
  told: css({ padding: '0 4px', fontVariantNumeric: 'tabular-nums' }),
  button: css({ '&[aria-disabled=true]': { opacity: 0.4, cursor: 'default' } }),
});
