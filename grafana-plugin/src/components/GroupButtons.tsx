// The names of groups in view as buttons over the canvas: collapse by click, Enter or Space.
import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { plainText } from '../layout/label-fit.ts';
import type { PanelLayout } from '../layout/panel.ts';
import { t } from './translate.ts';

interface GroupButtonsProps {
  readonly layout: PanelLayout;
  readonly onToggle: (key: string) => void;
}

export const GroupButtons = React.memo(function GroupButtons({
  layout,
  onToggle,
}: GroupButtonsProps): React.ReactElement | null {
  const styles = useStyles2(getStyles);
  const band = layout.timeline;
  if (band === undefined) {
    return null;
  }
  const stuck = band.sticky.rows;
  const isStuck = new Set(stuck.map((row) => row.key));
  const groups = [...stuck, ...band.rows.filter((row) => !isStuck.has(row.key))].filter((row) => row.kind === 'group');
  return (
    <div
      className={styles.gutter}
      style={{ top: band.top, height: band.bottom - band.top, width: layout.axis.left - 4 }}
    >
      {groups.map((row, i) => (
        <button
          key={row.key}
          type="button"
          className={styles.button}
          // Sticky ones lie over what scrolls below them, outer ones over inner ones.
          style={{ top: row.y - band.top, height: row.height, zIndex: Math.max(0, stuck.length - i) }}
          aria-expanded={!row.isCollapsed}
          aria-label={t('group.label', '{{level}} {{name}}, {{count}} lanes', {
            level: row.group.level,
            name: plainText(row.name),
            count: row.group.lanes.length,
            defaultValue_one: '{{level}} {{name}}, {{count}} lane',
          })}
          title={plainText(row.name)}
          data-testid="orchestrator-group"
          onClick={() => onToggle(row.key)}
          onDoubleClick={(event) => event.stopPropagation()}
        />
      ))}
    </div>
  );
});

const getStyles = (theme: GrafanaTheme2) => ({
  gutter: css({ position: 'absolute', left: 0, overflow: 'hidden', pointerEvents: 'none' }),
  button: css({
    position: 'absolute',
    left: 0,
    width: '100%',
    padding: 0,
    border: 0,
    background: 'transparent',
    cursor: 'pointer',
    pointerEvents: 'auto',
    '&:hover': { background: theme.colors.action.hover },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: -2 },
  }),
});
