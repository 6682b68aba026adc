// The names of groups in view as buttons over the canvas: collapse by click, Enter or Space.
import React, { useMemo } from 'react';
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
        <GroupButton
          key={row.key}
          rowKey={row.key}
          level={row.group.level}
          name={row.name}
          lanes={row.group.lanes.length}
          isCollapsed={row.isCollapsed}
          top={row.y - band.top}
          height={row.height}
          // Sticky ones lie over what scrolls below them, outer ones over inner ones.
          zIndex={Math.max(0, stuck.length - i)}
          onToggle={onToggle}
        />
      ))}
    </div>
  );
});

interface GroupButtonProps {
  readonly rowKey: string;
  readonly level: string;
  readonly name: string;
  readonly lanes: number;
  readonly isCollapsed: boolean;
  readonly top: number;
  readonly height: number;
  readonly zIndex: number;
  readonly onToggle: (key: string) => void;
}

const GroupButton = React.memo(function GroupButton(props: GroupButtonProps): React.ReactElement {
  const { rowKey, level, name, lanes, isCollapsed, top, height, zIndex, onToggle } = props;
  const styles = useStyles2(getStyles);
  // Scrolling moves it at every frame, and says nothing else.
  const label = useMemo(
    () =>
      t('group.label', '{{level}} {{name}}, {{count}} lanes', {
        level,
        name: plainText(name),
        count: lanes,
        defaultValue_one: '{{level}} {{name}}, {{count}} lane',
      }),
    [level, name, lanes]
  );
  return (
    <button
      type="button"
      className={styles.button}
      style={{ top, height, zIndex }}
      aria-expanded={!isCollapsed}
      aria-label={label}
      title={plainText(name)}
      data-testid="orchestrator-group"
      onClick={() => onToggle(rowKey)}
      onDoubleClick={(event) => event.stopPropagation()}
    />
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
