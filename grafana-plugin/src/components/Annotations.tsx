// Annotations over both bands: a line at an instant, a tint over a region, and below the plots a mark that tells its text
// and, clicked, offers what this viewer may do to it. Exemplars are marks alone.
import React, { useMemo, useState } from 'react';
import { css } from '@emotion/css';
import { colorManipulator, type GrafanaTheme2 } from '@grafana/data';
import { Tooltip, useStyles2, useTheme2 } from '@grafana/ui';
import { annotationMarks, type AnnotationMark } from '../layout/annotation-marks.ts';
import { plainText } from '../layout/label-fit.ts';
import type { PanelLayout } from '../layout/panel.ts';
import type { Annotation } from '../model/annotation.ts';
import { AnnotationList } from './AnnotationList.tsx';
import { AnnotationText, titleOf } from './AnnotationText.tsx';
import { knownColor } from './theme-palette.ts';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';
import type { Annotating } from './use-annotating.ts';

interface AnnotationsProps {
  readonly annotations: readonly Annotation[];
  readonly layout: PanelLayout;
  readonly time: TimeFormat;
  readonly annotating: Pick<Annotating, 'changeOf' | 'deleteOf'>;
}

/** Grafana's own for annotations that name none. */
const USUAL_COLOR = '#00d3ff';
const REGION_ALPHA = 0.1;
/** Of an instant's mark, CSS pixels. A region's is as wide as the region. */
const MARK_SIZES: Readonly<Record<Annotation['kind'], { readonly width: number; readonly height: number }>> = {
  annotation: { width: 10, height: 5 },
  exemplar: { width: 8, height: 8 },
};
/** More texts of one place are counted. */
const MAX_TEXTS = 5;

/** Its own colour; that of text for exemplars, the usual one where what is given is no colour. */
function colorOf({ annotations: [first], kind }: AnnotationMark, theme: GrafanaTheme2): string {
  const otherwise = kind === 'exemplar' ? theme.colors.text.secondary : USUAL_COLOR;
  return (
    (first.color === undefined ? undefined : knownColor(theme.visualization.getColorByName(first.color))) ?? otherwise
  );
}

export function Annotations(props: AnnotationsProps): React.ReactElement | null {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const { annotations, layout, time, annotating } = props;
  const [opened, setOpened] = useState<string>();
  const { axis, plotTop, plotBottom } = layout;
  const marks = useMemo(() => annotationMarks(annotations, axis), [annotations, axis]);
  if (marks.length === 0) {
    return null;
  }
  const box = { top: plotTop, height: plotBottom - plotTop };
  const mayChange = (one: Annotation) =>
    annotating.changeOf(one) !== undefined || annotating.deleteOf(one) !== undefined;
  const listed = marks.find((mark) => keyOf(mark) === opened);
  return (
    <>
      {marks.map((mark) => {
        const color = colorOf(mark, theme);
        const line = `1px dashed ${color}`;
        const key = keyOf(mark);
        const size = MARK_SIZES[mark.kind];
        const isOffered = mark.annotations.some(mayChange);
        return (
          <React.Fragment key={key}>
            {mark.kind === 'annotation' && (
              <div
                className={styles.region}
                data-testid="orchestrator-annotation"
                style={{
                  ...box,
                  left: mark.x,
                  width: mark.width,
                  backgroundColor: mark.width === 0 ? 'transparent' : colorManipulator.alpha(color, REGION_ALPHA),
                  ...(mark.hasStart ? { borderLeft: line } : {}),
                  ...(mark.width > 0 && mark.hasEnd ? { borderRight: line } : {}),
                }}
              />
            )}
            <Tooltip content={<Texts mark={mark} time={time} />} placement="top">
              <button
                type="button"
                className={styles.mark}
                data-testid={`orchestrator-${mark.kind}-mark`}
                aria-label={mark.annotations.map((one) => `${titleOf(one)} ${plainText(one.text)}`.trim()).join('; ')}
                style={{
                  top: plotBottom,
                  left: mark.width === 0 ? mark.x - size.width / 2 : mark.x,
                  height: size.height,
                  width: Math.max(mark.width, mark.width === 0 ? size.width : 1),
                  backgroundColor: color,
                  ...(mark.width > 0 ? {} : { clipPath: SHAPES[mark.kind] }),
                }}
                aria-haspopup={isOffered ? 'dialog' : undefined}
                onClick={() => setOpened(isOffered ? key : undefined)}
                onPointerDown={(event) => event.stopPropagation()}
                onDoubleClick={(event) => event.stopPropagation()}
              />
            </Tooltip>
          </React.Fragment>
        );
      })}
      {listed !== undefined && (
        <AnnotationList
          annotations={listed.annotations}
          annotating={annotating}
          time={time}
          onClose={() => setOpened(undefined)}
        />
      )}
    </>
  );
}

function keyOf({ kind, x, width }: AnnotationMark): string {
  return `${kind} ${x} ${width}`;
}

/** An instant's mark: a triangle that points at it, a diamond for an exemplar. */
const SHAPES: Readonly<Record<Annotation['kind'], string>> = {
  annotation: 'polygon(50% 0, 100% 100%, 0 100%)',
  exemplar: 'polygon(50% 0, 100% 50%, 50% 100%, 0 50%)',
};

function Texts({ mark, time }: { readonly mark: AnnotationMark; readonly time: TimeFormat }): React.ReactElement {
  const styles = useStyles2(getStyles);
  const { annotations } = mark;
  const more = annotations.length - MAX_TEXTS;
  return (
    <div data-testid="orchestrator-annotation-text" className={styles.texts}>
      {annotations.slice(0, MAX_TEXTS).map((annotation, i) => (
        <AnnotationText key={i} annotation={annotation} time={time} />
      ))}
      {more > 0 && <div className={styles.weak}>{t('annotation.more', 'and {{count}} more', { count: more })}</div>}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  region: css({ position: 'absolute', boxSizing: 'border-box', pointerEvents: 'none', minWidth: 1 }),
  mark: css({
    position: 'absolute',
    padding: 0,
    border: 0,
    cursor: 'pointer',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 1 },
  }),
  texts: css({ fontSize: 12, display: 'flex', flexDirection: 'column', gap: 6 }),
  weak: css({ color: theme.colors.text.secondary }),
});
