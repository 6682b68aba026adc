// Runs the queries of one panel for one time range, with the step and macro semantics of Grafana's Prometheus data source.
import {
  dataFrameFromJSON,
  rangeUtil,
  type DataFrame,
  type DataFrameJSON,
  type DataQueryError,
  type TimeRange,
} from '@grafana/data';
import type { PanelModel, QueryTarget } from './dashboard.ts';
import { exemplarFrame, framesOf } from './frames.ts';
import { interpolate, prometheusFormat, type Bindings } from './interpolate.ts';
import { exemplarQuery, instantQuery, rangeQuery, type QueryAnswer } from './prometheus-api.ts';
import { alignRange, promDuration, SCRAPE_INTERVAL_MS, stepOf, timeMacros } from './step.ts';

export interface PanelQueries {
  readonly panel: PanelModel;
  readonly timeRange: TimeRange;
  readonly bindings: Bindings;
  /** Panel width: the number of points asked for where the panel does not say. */
  readonly widthPx: number;
  readonly signal: AbortSignal;
}

export interface PanelAnswer {
  readonly series: readonly DataFrame[];
  /** Exemplars. */
  readonly annotations: readonly DataFrame[];
  readonly errors: readonly DataQueryError[];
}

/** All targets at once; the failure of one leaves the frames of the others. Rejects only when aborted. */
export async function runPanelQueries(queries: PanelQueries): Promise<PanelAnswer> {
  const targets = queries.panel.targets.filter(({ hide, expr }) => !hide && expr !== '');
  const answers = await Promise.all(
    targets.map(async (target): Promise<PanelAnswer> => {
      try {
        return { ...(await runTarget(target, queries)), errors: [] };
      } catch (error) {
        if (queries.signal.aborted) throw error;
        const message = error instanceof Error ? error.message : String(error);
        return { series: [], annotations: [], errors: [{ refId: target.refId, message }] };
      }
    })
  );
  return {
    series: answers.flatMap(({ series }) => series),
    annotations: answers.flatMap(({ annotations }) => annotations),
    errors: answers.flatMap(({ errors }) => errors),
  };
}

async function runTarget(target: QueryTarget, queries: PanelQueries): Promise<Omit<PanelAnswer, 'errors'>> {
  if (target.foreignDatasource !== undefined) {
    throw new Error(
      `query ${target.refId} is for a ${target.foreignDatasource} data source; the preview host has Prometheus only`
    );
  }
  const { panel, timeRange, bindings, widthPx, signal } = queries;
  const fromMs = timeRange.from.valueOf();
  const toMs = timeRange.to.valueOf();
  const floor =
    interpolate(target.interval || panel.interval, bindings, prometheusFormat) || promDuration(SCRAPE_INTERVAL_MS);
  const points = panel.maxDataPoints ?? (widthPx > 0 ? Math.round(widthPx) : 500);
  const { intervalMs } = rangeUtil.calculateInterval(timeRange, points, floor);
  const stepMs = stepOf({ fromMs, toMs, intervalMs, intervalFactor: target.intervalFactor });
  const expr = interpolate(
    target.expr,
    new Map([...bindings, ...timeMacros({ fromMs, toMs, stepMs })]),
    prometheusFormat
  );

  const frames = ({ data, notices }: QueryAnswer, refId: string): DataFrame[] => {
    const { legendFormat, format } = target;
    const request = { refId, expr, legendFormat, format, stepMs, stepText: promDuration(stepMs), notices };
    return framesOf(data, request).map((frame) => dataFrameFromJSON(frame as unknown as DataFrameJSON));
  };
  const answers: Promise<readonly DataFrame[]>[] = [];
  if (target.range) {
    const utcOffsetMs = timeRange.to.utcOffset() * 60_000;
    const aligned = alignRange({ fromMs, toMs, stepMs, utcOffsetMs });
    answers.push(rangeQuery({ expr, ...aligned, stepMs, signal }).then((answer) => frames(answer, target.refId)));
  }
  if (target.instant) {
    const refId = target.range ? `${target.refId}-Instant` : target.refId;
    answers.push(instantQuery({ expr, timeMs: toMs, signal }).then((answer) => frames(answer, refId)));
  }
  const exemplars = target.exemplar
    ? await exemplarQuery({ expr, startMs: fromMs, endMs: toMs, signal }).then((found) =>
        exemplarFrame(found, target.refId)
      )
    : undefined;
  return {
    series: (await Promise.all(answers)).flat(),
    annotations: exemplars === undefined ? [] : [dataFrameFromJSON(exemplars as unknown as DataFrameJSON)],
  };
}
