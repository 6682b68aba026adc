// The data of one panel over time: runs its queries at every refresh and empties the arrays it handed out before.
import { LoadingState, type DataFrame, type DataQueryRequest, type PanelData } from '@grafana/data';
import { useEffect, useRef, useState } from 'react';
import type { PanelModel } from '../dashboard.ts';
import { runPanelQueries } from '../query-runner.ts';
import type { Session } from './use-session.ts';

export interface PanelDataRequest {
  readonly panel: PanelModel;
  readonly session: Session;
  readonly widthPx: number;
}

/** While a query runs the previous series stay, in state Loading, as in Grafana. */
export function usePanelData({ panel, session, widthPx }: PanelDataRequest): PanelData {
  const [data, setData] = useState<PanelData>({
    state: LoadingState.NotStarted,
    series: [],
    timeRange: session.timeRange,
  });
  const width = useRef(widthPx);
  width.current = widthPx;

  useEffect(() => {
    const abort = new AbortController();
    const startTime = Date.now();
    const { timeRange, bindings } = session;
    setData((previous) => ({ ...previous, state: LoadingState.Loading }));
    runPanelQueries({ panel, timeRange, bindings, widthPx: width.current, signal: abort.signal }).then(
      ({ series, annotations, errors }) => {
        if (abort.signal.aborted) return;
        const [error] = errors;
        setData(({ structureRev = 0 }) => ({
          state: error === undefined ? LoadingState.Done : LoadingState.Error,
          series: [...series],
          annotations: [...annotations],
          timeRange,
          structureRev: structureRev + 1,
          request: { startTime, endTime: Date.now(), targets: [] } as unknown as DataQueryRequest,
          // Panels written for older Grafana read `error`.
          // eslint-disable-next-line @typescript-eslint/no-deprecated
          ...(error === undefined ? {} : { errors: [...errors], error }),
        }));
      },
      () => undefined // Aborted: a newer refresh has taken over.
    );
    return () => {
      abort.abort();
    };
  }, [panel, session]);

  useEmptyPrevious(data.series);
  return data;
}

/** Grafana's scenes may do this to free memory; a panel that keeps references instead of copies shows it here. */
function useEmptyPrevious(series: readonly DataFrame[]): void {
  const previous = useRef(series);
  useEffect(() => {
    if (previous.current === series) return;
    for (const frame of previous.current) {
      for (const field of frame.fields) field.values.length = 0;
    }
    previous.current = series;
  }, [series]);
}
