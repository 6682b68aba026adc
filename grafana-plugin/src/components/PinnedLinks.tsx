// What a pinned tooltip has besides its text: a button that closes it, and the data links of what was clicked.
import React, { useEffect, useRef, type HTMLAttributes, type RefAttributes, type SyntheticEvent } from 'react';
import { css } from '@emotion/css';
import type { Field, GrafanaTheme2, LinkModel } from '@grafana/data';
import { DataLinkButton, IconButton, useStyles2 } from '@grafana/ui';
import { plainText } from '../layout/label-fit.ts';
import { t } from './translate.ts';

export interface Pin {
  readonly links: ReadonlyArray<LinkModel<Field>>;
  readonly onClose: () => void;
}

type BoxProps = HTMLAttributes<HTMLDivElement> & RefAttributes<HTMLDivElement>;

/**
 * What makes the tooltip's box a dialog while it is pinned: it takes the focus and gives it back, Escape or a press
 * elsewhere closes it.
 */
export function usePinnedBox(pin: Pin | undefined, label: string): BoxProps {
  const box = useRef<HTMLDivElement>(null);
  const onClose = pin?.onClose;
  useEffect(() => {
    if (onClose === undefined) {
      return undefined;
    }
    const before = document.activeElement;
    box.current?.focus({ preventScroll: true });
    const onPress = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target) === false) {
        onClose();
      }
    };
    document.addEventListener('pointerdown', onPress, true);
    return () => {
      document.removeEventListener('pointerdown', onPress, true);
      if (before instanceof HTMLElement) {
        before.focus({ preventScroll: true });
      }
    };
  }, [onClose]);
  if (onClose === undefined) {
    return {};
  }
  // React hands events of a portal to the chart too, which would take a press for the beginning of a drag.
  const stop = (event: SyntheticEvent) => event.stopPropagation();
  return {
    ref: box,
    role: 'dialog',
    'aria-label': label,
    tabIndex: -1,
    onPointerDown: stop,
    onPointerMove: stop,
    onPointerUp: stop,
    onDoubleClick: stop,
    onKeyDown: (event) => {
      event.stopPropagation();
      if (event.key === 'Escape') {
        onClose();
      }
    },
  };
}

export function PinnedLinks({ pin }: { readonly pin: Pin }): React.ReactElement {
  const styles = useStyles2(getStyles);
  return (
    <>
      <IconButton
        name="times"
        className={styles.close}
        aria-label={t('tooltip.close', 'Close the tooltip')}
        data-testid="orchestrator-tooltip-close"
        onClick={pin.onClose}
      />
      {pin.links.length > 0 && (
        <ul className={styles.links} data-testid="orchestrator-links">
          {pin.links.map((link) => (
            <li key={`${link.title} ${link.href}`}>
              <DataLinkButton
                link={{ ...link, title: plainText(link.title === '' ? link.href : link.title) }}
                buttonProps={{ variant: 'primary', fill: 'text', size: 'sm', className: styles.link }}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  close: css({ position: 'absolute', top: 0, right: -2, margin: 0 }),
  links: css({
    listStyle: 'none',
    margin: theme.spacing(1, 0, 0),
    padding: theme.spacing(0.75, 0, 0),
    borderTop: `1px solid ${theme.colors.border.weak}`,
    maxWidth: 420,
    maxHeight: 240,
    overflow: 'auto',
  }),
  link: css({
    maxWidth: '100%',
    height: 'auto',
    padding: 0,
    '&:hover': { textDecoration: 'underline', background: 'none' },
    '& span': { whiteSpace: 'normal', textAlign: 'left', overflowWrap: 'anywhere' },
  }),
});
