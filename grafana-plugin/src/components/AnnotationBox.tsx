// The box over the chart in which annotations are written, changed and deleted: a dialog that Escape closes.
import React from 'react';
import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';

interface AnnotationBoxProps {
  readonly label: string;
  readonly testId: string;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}

/** The chart below would take a press for the beginning of a drag. */
const stop = (event: React.SyntheticEvent) => event.stopPropagation();

export function AnnotationBox({ label, testId, onClose, children }: AnnotationBoxProps): React.ReactElement {
  const styles = useStyles2(getStyles);
  return (
    <div
      className={styles.box}
      role="dialog"
      aria-label={label}
      data-testid={testId}
      onPointerDown={stop}
      onPointerMove={stop}
      onPointerUp={stop}
      onDoubleClick={stop}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      {children}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  box: css({
    position: 'absolute',
    top: 8,
    right: 8,
    width: 320,
    maxWidth: 'calc(100% - 16px)',
    maxHeight: 'calc(100% - 16px)',
    overflow: 'auto',
    padding: theme.spacing(1, 1.5),
    cursor: 'default',
    userSelect: 'text',
    fontSize: 12,
    background: theme.colors.background.elevated ?? theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    boxShadow: theme.shadows.z2,
  }),
});
