// The canvas with both bands, and what lies over it: crosshair, selection, tooltip. Hovering never redraws the canvas.
import React, { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { css } from '@emotion/css';
import type { DataFrame, GrafanaTheme2, PanelProps } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { createMeasure } from '../draw/measure.ts';
import type { Palette } from '../draw/palette.ts';
import { drawPanel } from '../draw/panel.ts';
import type { Hit } from '../layout/hit-test.ts';
import { layoutPanel } from '../layout/panel.ts';
import { xOfTime, type TimeAxis } from '../layout/time-axis.ts';
import type { Annotation } from '../model/annotation.ts';
import type { Forecast } from '../model/forecast.ts';
import { spentPerRow } from '../model/row-spend.ts';
import type { StateSet } from '../model/state-filter.ts';
import type { PanelOptions } from '../options.ts';
import type { PanelData } from '../read/panel-data.ts';
import { AfterPaint } from './AfterPaint.tsx';
import { AnnotationEditor } from './AnnotationEditor.tsx';
import { Annotations } from './Annotations.tsx';
import { canvasWords } from './canvas-words.ts';
import { ChartTables } from './ChartTables.tsx';
import { FoldMarks } from './FoldMarks.tsx';
import { GroupButtons } from './GroupButtons.tsx';
import { hoverText, shortened } from './hover-text.ts';
import { LaneScrollbar } from './LaneScrollbar.tsx';
import { ReplayScrubber } from './ReplayScrubber.tsx';
import { SpendBreakdown } from './SpendBreakdown.tsx';
import { timeFormat } from './time-format.ts';
import { Tooltip } from './Tooltip.tsx';
import type { LaneViewState } from './use-lane-view.ts';
import { useAxisPan } from './use-axis-pan.ts';
import { useAnnotating } from './use-annotating.ts';
import { useChartPointer } from './use-chart-pointer.ts';
import { usePinnedTooltip } from './use-pinned-tooltip.ts';
import type { Folds } from './use-folds.ts';
import { useFontLoads } from './use-font-loads.ts';
import type { Replay } from './use-replay.ts';
import type { SharedCrosshair } from './use-shared-crosshair.ts';

export interface ChartProps {
  readonly data: PanelData;
  /** What `data` was read from: fields carry data links. */
  readonly frames: readonly DataFrame[];
  readonly annotations: readonly Annotation[];
  readonly lanes: LaneViewState;
  /** The others are as if they were not. */
  readonly shownStates: StateSet;
  readonly forecast: Forecast | undefined;
  readonly folds: Folds;
  readonly options: PanelOptions;
  readonly width: number;
  readonly height: number;
  readonly range: { readonly fromMs: number; readonly toMs: number; readonly nowMs: number };
  readonly timeZone: string;
  readonly summary: string;
  /** Undefined: there is no replay in this panel. */
  readonly replay: Replay | undefined;
  readonly shared: SharedCrosshair;
  readonly onZoom: (range: { from: number; to: number }) => void;
  readonly replaceVariables: PanelProps['replaceVariables'];
  readonly palette: Palette;
}

export function Chart(props: ChartProps): React.ReactElement {
  const {
    data,
    lanes,
    shownStates,
    forecast,
    folds,
    options,
    width,
    height,
    timeZone,
    summary,
    replay,
    shared,
    onZoom,
    palette,
  } = props;
  const pan = useAxisPan(props.range, onZoom);
  const { range } = pan;
  const styles = useStyles2(getStyles);
  const [surface, setSurface] = useState<HTMLDivElement | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const fontLoads = useFontLoads();
  const measure = useMemo(() => createMeasure(palette.fontFamily, fontLoads), [palette.fontFamily, fontLoads]);
  const rangeMs = range.toMs - range.fromMs;
  const time = useMemo(() => timeFormat(timeZone, rangeMs), [timeZone, rangeMs]);
  const sampled = data.resolution?.kind === 'sampled';
  const words = useMemo(() => canvasWords(sampled), [sampled]);
  const devicePixelRatio = window.devicePixelRatio || 1;

  const { rows } = lanes;
  const roots = lanes.tree?.roots;
  const showCost = options.showCost !== 'off';
  const spent = useMemo(
    () => (showCost && roots !== undefined ? spentPerRow(roots, range) : undefined),
    [showCost, roots, range]
  );
  const layout = useMemo(
    () =>
      layoutPanel({
        width,
        height,
        devicePixelRatio,
        ...range,
        idle: folds.idle,
        timeline: rows === undefined ? undefined : { rows, threads: data.timeline?.groups ?? [] },
        burnDowns: options.bands === 'timeline' ? [] : data.burnDowns,
        forecast: options.showForecast ? forecast : undefined,
        timelineShare: options.timelineShare,
        showCheckpoints: options.showCheckpoints,
        showIdealLine: options.showIdealLine,
        budgetScale: options.budgetScale,
        scrollTop,
        measure,
        showCost: options.showCost,
        spent,
        shown: shownStates,
        stateName: palette.stateName,
        words,
        ticks: time,
      }),
    [
      width,
      height,
      devicePixelRatio,
      range,
      folds.idle,
      rows,
      options,
      data,
      forecast,
      scrollTop,
      measure,
      spent,
      shownStates,
      palette,
      words,
      time,
    ]
  );

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element && context) {
      const [deviceWidth, deviceHeight] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
      // Setting a size, even the same, gives the canvas new memory.
      if (element.width !== deviceWidth || element.height !== deviceHeight) {
        element.width = deviceWidth;
        element.height = deviceHeight;
      }
      drawPanel(context, layout, { palette, devicePixelRatio });
    }
  }, [layout, palette, width, height, devicePixelRatio]);

  const onHover = shared.publish;
  const onScroll = useCallback((next: number) => setScrollTop(next), []);
  const { toggle } = lanes;
  const onToggle = useCallback(
    (key: string) => {
      const band = layout.timeline;
      const stuck = band?.sticky.rows.find((row) => row.key === key);
      const own = rows?.nodes.findIndex((node) => node.key === key) ?? -1;
      if (band !== undefined && stuck !== undefined) {
        // A header that stays at the top while its lanes go stays where it was clicked.
        setScrollTop((rows?.tops[own] ?? 0) - (stuck.y - band.top));
      }
      toggle(key);
    },
    [layout, rows, toggle]
  );
  const [brushed, setBrushed] = useState<{ fromMs: number; toMs: number }>();
  const onBrush = setBrushed;
  const drawn = useMemo(
    () => ({
      timeline: options.bands === 'burn-down' ? undefined : data.timeline,
      burnDowns: options.bands === 'timeline' ? [] : data.burnDowns,
      stateName: palette.stateName,
      sampled,
      shown: shownStates,
      range: options.showCost === 'off' ? undefined : range,
    }),
    [data, sampled, options.bands, options.showCost, palette, shownStates, range]
  );
  const { pinned, onClick } = usePinnedTooltip({
    frames: props.frames,
    timeline: drawn.timeline,
    replaceVariables: props.replaceVariables,
    timeZone,
    textOf: (hit: Hit) => shortened(hoverText(hit, drawn), options.tooltip),
    enabled: options.tooltip !== 'none',
  });
  const annotating = useAnnotating();
  const actions = { onHover, onZoom, onBrush, onAnnotate: annotating.begin, onClick, onScroll };
  const { pointer, selection, handlers } = useChartPointer({ surface, layout, ...actions });
  const asked = annotating.draft?.range ?? brushed;
  const marked = selection ?? (asked === undefined ? undefined : brushedPixels(layout.axis, asked));

  const replayMs = replay?.atMs;
  const hoverMs = pointer?.hit.atMs ?? replayMs ?? shared.atMs;
  const inRange = hoverMs !== undefined && hoverMs >= range.fromMs && hoverMs <= range.toMs;
  const crosshairX = hoverMs === undefined ? 0 : xOfTime(layout.axis, hoverMs);
  const hover = useMemo(() => {
    const atMs = replayMs ?? (shared.showTooltip ? shared.atMs : undefined);
    const hit =
      pointer?.hit ??
      (atMs !== undefined
        ? { atMs, lane: undefined, segment: undefined, folded: [], checkpoint: undefined, ended: [] }
        : undefined);
    if (hit === undefined || options.tooltip === 'none') {
      return undefined;
    }
    return pointer === undefined ? hoverText(hit, drawn) : shortened(hoverText(hit, drawn), options.tooltip);
  }, [pointer, replayMs, shared.showTooltip, shared.atMs, drawn, options.tooltip]);
  // The same object while the pointer rests: what scrolls below it does not draw the tooltip anew.
  const pointerAt = useMemo(
    () => (pointer === undefined ? undefined : { x: pointer.clientX, y: pointer.clientY }),
    [pointer]
  );
  const showsHover = pinned === undefined && inRange && selection === undefined && annotating.draft === undefined;
  // Where the panel stands is asked only for a tooltip that is shown: asking makes the browser lay the page out.
  const tooltipAt =
    hover === undefined || !showsHover
      ? undefined
      : pointer === undefined
        ? sharedPosition(surface, crosshairX)
        : pointerAt;

  return (
    <div
      ref={setSurface}
      className={styles.surface}
      style={{ width, height }}
      data-testid="orchestrator-chart"
      {...handlers}
    >
      <canvas ref={canvas} role="img" aria-label={summary} style={{ width, height, display: 'block' }} />
      {inRange && (pointer !== undefined || replayMs === undefined) && (
        <div
          className={styles.crosshair}
          data-testid="orchestrator-crosshair"
          style={{
            transform: `translateX(${crosshairX}px)`,
            top: layout.plotTop,
            height: layout.plotBottom - layout.plotTop,
          }}
        />
      )}
      {marked !== undefined && Math.abs(marked.toX - marked.fromX) >= 1 && (
        <div
          className={styles.selection}
          data-testid="orchestrator-selection"
          style={{
            left: Math.min(marked.fromX, marked.toX),
            width: Math.abs(marked.toX - marked.fromX),
            top: layout.plotTop,
            height: layout.plotBottom - layout.plotTop,
          }}
        />
      )}
      {pinned !== undefined && <Tooltip {...pinned} palette={palette} time={time} />}
      {hover !== undefined && tooltipAt !== undefined && (
        <Tooltip hover={hover} at={tooltipAt} palette={palette} time={time} />
      )}
      {replay !== undefined && (
        <AfterPaint>
          <ReplayScrubber replay={replay} layout={layout} time={time} valueText={summary} />
        </AfterPaint>
      )}
      <div
        className={styles.axis}
        data-testid="orchestrator-axis"
        style={{
          left: layout.axis.left,
          width: layout.axis.right - layout.axis.left,
          top: layout.plotBottom,
          height: Math.max(0, height - layout.plotBottom),
          cursor: pan.isPanning ? 'grabbing' : 'grab',
        }}
        {...pan.handlersOn(layout.axis)}
      />
      <AfterPaint>
        <GroupButtons layout={layout} onToggle={onToggle} />
        {layout.timeline !== undefined && (
          <LaneScrollbar
            band={layout.timeline}
            left={layout.axis.right + 2}
            laneHeight={options.laneHeight}
            onScroll={onScroll}
          />
        )}
      </AfterPaint>
      <FoldMarks folds={folds} layout={layout} time={time} />
      <Annotations annotations={props.annotations} layout={layout} time={time} annotating={annotating} />
      {brushed !== undefined && (
        <SpendBreakdown
          spenders={data.spenders}
          range={brushed}
          time={time}
          room={{ width, height }}
          onZoom={() => {
            setBrushed(undefined);
            onZoom({ from: brushed.fromMs, to: brushed.toMs });
          }}
          onClose={() => setBrushed(undefined)}
        />
      )}
      {annotating.draft !== undefined && (
        <AnnotationEditor draft={annotating.draft} time={time} onClose={annotating.close} />
      )}
      <ChartTables layout={layout} />
    </div>
  );
}

/** The brushed range where it is in view. */
function brushedPixels(axis: TimeAxis, range: { fromMs: number; toMs: number }): { fromX: number; toX: number } {
  const within = (ms: number) => Math.min(axis.right, Math.max(axis.left, xOfTime(axis, ms)));
  return { fromX: within(range.fromMs), toX: within(range.toMs) };
}

/** Where another panel's tooltip stands in this one: at the crosshair, half-way down. */
function sharedPosition(element: HTMLDivElement | null, crosshairX: number): { x: number; y: number } | undefined {
  const box = element?.getBoundingClientRect();
  return box === undefined ? undefined : { x: box.left + crosshairX, y: box.top + box.height / 2 };
}

const getStyles = (theme: GrafanaTheme2) => ({
  surface: css({
    position: 'relative',
    // What lies above the canvas lies below the table of states.
    isolation: 'isolate',
    touchAction: 'pan-y',
    cursor: 'crosshair',
    userSelect: 'none',
    flexShrink: 0,
  }),
  crosshair: css({
    position: 'absolute',
    left: 0,
    width: 0,
    borderLeft: `1px dashed ${theme.colors.text.secondary}`,
    pointerEvents: 'none',
  }),
  axis: css({ position: 'absolute', touchAction: 'none' }),
  selection: css({
    position: 'absolute',
    background: theme.colors.action.selected,
    border: `1px solid ${theme.colors.border.strong}`,
    borderWidth: '0 1px',
    pointerEvents: 'none',
  }),
});
