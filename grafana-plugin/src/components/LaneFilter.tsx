// The quick filter above many lanes: what is typed narrows them at once, and how many it hides is said.
import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import { t } from './translate.ts';

interface LaneFilterProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly shown: number;
  readonly hidden: number;
}

export const FILTER_HEIGHT = 30;

export function LaneFilter({ value, onChange, shown, hidden }: LaneFilterProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.row}>
      <label className={styles.box}>
        <Icon name="search" size="sm" />
        <input
          className={styles.input}
          type="text"
          value={value}
          placeholder={t('filter.placeholder', 'Filter lanes')}
          aria-label={t('filter.label', 'Filter lanes by agent, thread or workflow')}
          spellCheck={false}
          autoComplete="off"
          data-testid="orchestrator-filter"
          onChange={(event) => onChange(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && value !== '') {
              event.stopPropagation();
              onChange('');
            }
          }}
        />
      </label>
      <span className={styles.count} aria-live="polite" data-testid="orchestrator-filter-count">
        {hidden === 0
          ? t('filter.all', '{{count}} lanes', { count: shown, defaultValue_one: '{{count}} lane' })
          : t('filter.some', '{{shown}} of {{total}} lanes', { shown, total: shown + hidden })}
      </span>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({ display: 'flex', alignItems: 'center', gap: 10, height: FILTER_HEIGHT, flexShrink: 0, paddingBottom: 6 }),
  box: css({
    display: 'flex',
    alignItems: 'center',
    gap: 6,
    height: 24,
    width: 220,
    margin: 0,
    padding: '0 8px',
    borderRadius: theme.shape.radius.default,
    border: `1px solid ${theme.colors.border.weak}`,
    background: theme.colors.background.secondary,
    color: theme.colors.text.secondary,
    '&:focus-within': { borderColor: theme.colors.primary.border },
  }),
  input: css({
    flexGrow: 1,
    minWidth: 0,
    border: 0,
    outline: 'none',
    padding: 0,
    background: 'transparent',
    color: theme.colors.text.primary,
    fontSize: 12,
  }),
  count: css({ color: theme.colors.text.secondary, fontSize: 11, fontVariantNumeric: 'tabular-nums' }),
});
