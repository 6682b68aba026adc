// Opens and closes the table of states.
import React, { forwardRef } from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { IconButton, useStyles2 } from '@grafana/ui';
import { t } from './translate.ts';

/** CSS pixels, with the space at its right. */
export const TOGGLE_WIDTH = 24;

interface StateTableToggleProps {
  readonly tableId: string;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}

export const StateTableToggle = forwardRef<HTMLButtonElement, StateTableToggleProps>(function StateTableToggle(
  { tableId, open, onToggle },
  ref
) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.place}>
      <IconButton
        ref={ref}
        name="table"
        variant={open ? 'primary' : 'secondary'}
        tooltip={open ? t('states.hide', 'Show the timeline') : t('states.show', 'Show the states as a table')}
        aria-expanded={open}
        aria-controls={open ? tableId : undefined}
        data-testid="orchestrator-state-table-toggle"
        onClick={() => onToggle(!open)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && open) {
            event.stopPropagation();
            onToggle(false);
          }
        }}
      />
    </div>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  place: css({
    display: 'flex',
    alignSelf: 'center',
    flexShrink: 0,
    paddingRight: theme.spacing(0.5),
  }),
});
