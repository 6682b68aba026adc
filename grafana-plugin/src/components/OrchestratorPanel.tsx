// The panel: reads what Grafana hands over, and puts figures, chart and legend (or what is missing) into its room.
import React, { useCallback, useId, useMemo, useRef, useState } from 'react';
import { css } from '@emotion/css';
import type { PanelProps } from '@grafana/data';
import { PanelDataErrorView } from '@grafana/runtime';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { zoomedOut } from '../layout/time-axis.ts';
import { forecast as forecastOf, lookbackFor } from '../model/forecast.ts';
import { burnDownAt } from '../model/replay.ts';
import { ALL_STATES } from '../model/state-filter.ts';
import { spentByThreads } from '../model/spent-in-range.ts';
import { totalsPerState } from '../model/totals.ts';
import { completeOptions, type PanelOptions } from '../options.ts';
import { readAnnotations } from '../read/annotations.ts';
import { createReadMemory, readPanelData, type Lack, type PanelData } from '../read/panel-data.ts';
import { AfterPaint } from './AfterPaint.tsx';
import { Chart } from './Chart.tsx';
import { COMPACT_FIGURES_HEIGHT, Figures, FIGURES_HEIGHT } from './Figures.tsx';
import { figuresOf } from './figures-text.ts';
import { FILTER_HEIGHT, LaneFilter } from './LaneFilter.tsx';
import { Legend, legendTotals } from './Legend.tsx';
import { legendRoom } from './legend-room.ts';
import { Message, Notice, NOTICE_HEIGHT } from './Message.tsx';
import { lackText, queryProblem } from './problem-text.ts';
import { createRangeMemory, drawnRange } from './drawn-range.ts';
import { REPLAY_WIDTH, ReplayControls } from './ReplayControls.tsx';
import { StateTable } from './StateTable.tsx';
import { StateTableToggle, TOGGLE_WIDTH } from './StateTableToggle.tsx';
import { resolutionText, summaryText } from './summary-text.ts';
import { themePalette } from './theme-palette.ts';
import { timeFormat } from './time-format.ts';
import { useFolds } from './use-folds.ts';
import { useReplay } from './use-replay.ts';
import { useSharedCrosshair } from './use-shared-crosshair.ts';
import { useLaneView } from './use-lane-view.ts';

/** Below this size the figures collapse to remaining and exhaustion, on one line. */
const ROOMY = { width: 600, height: 300 };
const LEGEND_TOTALS_MIN_WIDTH = 700;
/** Below this width the replay is one button, below this size there are no controls. */
const REPLAY_FULL_WIDTH = 900;
const CONTROLS_MIN = { width: 420, height: 240 };
/** What leaves nothing to draw, given which bands are asked for. */
function blockingLacks(data: PanelData, bands: PanelOptions['bands']): Lack[] {
  const timeline = bands === 'burn-down' ? undefined : data.timelineLack;
  const budget = bands === 'timeline' ? undefined : data.budgetLack;
  const all = [timeline, budget].filter((lack) => lack !== undefined);
  return all.length === (bands === 'both' ? 2 : 1) ? all : [];
}

export function OrchestratorPanel(props: PanelProps<PanelOptions>): React.ReactElement | null {
  const { data, width, height, timeRange, timeZone, onChangeTimeRange } = props;
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const options = useMemo(() => completeOptions(props.options), [props.options]);
  // Streaming frames change in place and keep their identity: `data` itself is new with every change.
  const [steady] = useState(createRangeMemory);
  const range = useMemo(() => steady(drawnRange(timeRange, data)), [timeRange, data, steady]);
  const [memory] = useState(createReadMemory);
  const { stalenessSeconds } = options;
  // What was read is read for the range of the data: a zoom redraws at once and reads when its data arrives.
  const [steadyData] = useState(createRangeMemory);
  const dataRange = useMemo(() => steadyData(drawnRange(data.timeRange, data)), [data, steadyData]);
  const read = useMemo(
    () => readPanelData(data.series, { ...dataRange, stalenessSeconds }, memory),
    [data, dataRange, stalenessSeconds, memory]
  );
  // `data` itself is new with every change.
  const annotations = useMemo(() => readAnnotations(data.annotations ?? []), [data]);
  const primary = options.bands === 'timeline' ? undefined : read.burnDowns[0];
  const oneOfMany = read.burnDowns.length > 1;
  const lookbackMs =
    options.forecastLookback > 0 || primary === undefined ? options.forecastLookback * 60_000 : lookbackFor(primary);
  const forecast = useMemo(
    () => (primary === undefined ? undefined : forecastOf(primary, lookbackMs)),
    [primary, lookbackMs]
  );
  const time = useMemo(() => timeFormat(timeZone, range.toMs - range.fromMs), [timeZone, range]);
  const palette = useMemo(
    () => themePalette(theme, read.looks, props.transparent),
    [theme, read.looks, props.transparent]
  );
  const timeline = options.bands === 'burn-down' ? undefined : read.timeline;
  const shared = useSharedCrosshair();
  const lanes = useLaneView({ timeline, options, range, panelHeight: height });
  const { tree } = lanes;
  const folds = useFolds({ lanes: tree?.lanes, options, range: dataRange });
  const replay = useReplay({ timeline, range, skipped: folds.idle, onMove: shared.publish });
  const replayMs = replay.atMs;
  const showCost = options.showCost !== 'off';
  const figures = useMemo(() => {
    const atMs = replayMs ?? Math.min(range.nowMs, range.toMs);
    const groups = showCost ? (timeline?.groups ?? []) : [];
    const then = primary === undefined || replayMs === undefined ? primary : burnDownAt(primary, replayMs);
    return figuresOf({
      burnDown: then,
      oneOfMany,
      forecast: then === primary || then === undefined ? forecast : forecastOf(then, lookbackMs),
      timeline,
      spent: spentByThreads(groups, { fromMs: range.fromMs, toMs: atMs }),
      lookbackMs,
      atMs,
      live: replayMs === undefined,
      time,
    });
  }, [primary, oneOfMany, forecast, timeline, showCost, lookbackMs, replayMs, range, time]);
  const [shownStates, setShownStates] = useState(ALL_STATES);
  const [tableOpen, setTableOpen] = useState(false);
  const tableId = useId();
  const tableToggle = useRef<HTMLButtonElement>(null);
  const closeTable = useCallback(() => {
    setTableOpen(false);
    tableToggle.current?.focus({ preventScroll: true });
  }, []);
  const totals = useMemo(
    () => legendTotals(tree === undefined ? [] : totalsPerState(tree.lanes, range), shownStates),
    [tree, range, shownStates]
  );

  if (width <= 0 || height <= 0) {
    return null;
  }
  const blocking = blockingLacks(read, options.bands).map(lackText);
  if (blocking.length > 0) {
    const failed = queryProblem(data);
    const isOtherData =
      read.timelineLack !== undefined && read.budgetLack !== undefined && data.series.some((frame) => frame.length > 0);
    // Whoever zoomed to where nothing is gets out of it as they do everywhere else.
    const zoomOut = () => {
      const { fromMs, toMs } = zoomedOut(range);
      onChangeTimeRange({ from: fromMs, to: toMs });
    };
    // Grafana's own view offers other visualizations for data of another kind, where the panel is edited.
    return failed === undefined && isOtherData ? (
      <PanelDataErrorView
        panelId={props.id}
        fieldConfig={props.fieldConfig}
        data={data}
        message={blocking.map((one) => `${one.title}. ${one.advice}\n${one.query}`).join('\n')}
      />
    ) : (
      <Message
        problems={failed === undefined ? blocking : [failed]}
        width={width}
        height={height}
        onDoubleClick={zoomOut}
      />
    );
  }

  const compact = width < ROOMY.width || height < ROOMY.height;
  const showFigures = options.showFigures && height >= 120;
  const hasControls = timeline !== undefined && width >= CONTROLS_MIN.width && height >= CONTROLS_MIN.height;
  const showReplay = options.showReplay && hasControls;
  const isReplayFull = width >= REPLAY_FULL_WIDTH;
  const summary = summaryText(read, figures);
  const legend =
    timeline === undefined ? undefined : legendRoom(options.legend, { width, height, items: totals.length });
  const legendSize = { bottom: 0, right: 0, ...(legend === undefined ? {} : { [legend.placement]: legend.size }) };
  const lack = options.bands === 'both' && !compact ? (read.timelineLack ?? read.budgetLack) : undefined;
  const notice = lack === undefined ? undefined : lackText(lack);
  const figuresHeight = showFigures ? (compact ? COMPACT_FIGURES_HEIGHT : FIGURES_HEIGHT) : 0;
  const showFilter =
    !compact &&
    tree !== undefined &&
    (tree.lanes.length + tree.hidden > options.filterBoxFrom || lanes.filter !== '' || tree.lanes.length === 0);
  const chartHeight =
    height -
    figuresHeight -
    legendSize.bottom -
    (showFilter ? FILTER_HEIGHT : 0) -
    (notice === undefined ? 0 : NOTICE_HEIGHT);
  return (
    <div className={styles.panel} style={{ width, height }}>
      {showFigures && (
        <Figures figures={figures} compact={compact} width={width}>
          {hasControls && (
            <>
              {showReplay && (
                <AfterPaint width={isReplayFull ? REPLAY_WIDTH.full : REPLAY_WIDTH.compact}>
                  <ReplayControls replay={replay.actions} compact={!isReplayFull} />
                </AfterPaint>
              )}
              <AfterPaint width={TOGGLE_WIDTH}>
                <StateTableToggle ref={tableToggle} tableId={tableId} open={tableOpen} onToggle={setTableOpen} />
              </AfterPaint>
            </>
          )}
        </Figures>
      )}
      {notice !== undefined && <Notice problem={notice} />}
      {showFilter && tree !== undefined && (
        <LaneFilter value={lanes.filter} onChange={lanes.setFilter} shown={tree.lanes.length} hidden={tree.hidden} />
      )}
      <div className={legend?.placement === 'right' ? styles.beside : styles.below}>
        <Chart
          data={read}
          frames={data.series}
          annotations={annotations}
          replaceVariables={props.replaceVariables}
          palette={palette}
          lanes={lanes}
          shownStates={shownStates}
          forecast={forecast}
          folds={folds}
          options={options}
          width={width - legendSize.right}
          height={Math.max(0, chartHeight)}
          range={range}
          timeZone={timeZone}
          summary={replayMs === undefined ? summary : `${time.exactTime(replayMs)}. ${summary}`}
          replay={showReplay ? replay : undefined}
          shared={shared}
          onZoom={onChangeTimeRange}
        />
        {tableOpen && hasControls && showFigures && tree !== undefined && (
          <StateTable
            id={tableId}
            tree={tree}
            threads={timeline?.groups ?? []}
            range={range}
            shown={shownStates}
            resolution={read.resolution?.kind === 'sampled' ? resolutionText(read, range) : ''}
            showCost={showCost}
            palette={palette}
            time={time}
            room={{ width: width - legendSize.right, height: Math.max(0, chartHeight) }}
            onClose={closeTable}
          />
        )}
        {legend !== undefined && (
          <AfterPaint>
            <Legend
              room={legend}
              totals={totals}
              resolution={options.bands === 'burn-down' ? '' : resolutionText(read, range)}
              palette={palette}
              showTotals={legend.placement === 'right' || width >= LEGEND_TOTALS_MIN_WIDTH}
              shown={shownStates}
              onShow={setShownStates}
            />
          </AfterPaint>
        )}
      </div>
    </div>
  );
}

const getStyles = () => ({
  panel: css({ position: 'relative', display: 'flex', flexDirection: 'column', overflow: 'hidden' }),
  below: css({ position: 'relative', display: 'flex', flexDirection: 'column', minHeight: 0 }),
  beside: css({ position: 'relative', display: 'flex', minHeight: 0 }),
});
