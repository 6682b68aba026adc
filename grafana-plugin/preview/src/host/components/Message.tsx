// A notice in place of, or above, the dashboard.
import { css } from '@emotion/css';
import { Alert, useStyles2 } from '@grafana/ui';

export interface MessageProps {
  readonly severity: 'error' | 'warning';
  readonly title: string;
  readonly text: string;
}

export function Message({ severity, title, text }: MessageProps): React.JSX.Element {
  const styles = useStyles2(() => ({ text: css({ whiteSpace: 'pre-line' }), frame: css({ margin: 16 }) }));
  return (
    <div className={styles.frame}>
      <Alert severity={severity} title={title}>
        <div className={styles.text}>{text}</div>
      </Alert>
    </div>
  );
}
