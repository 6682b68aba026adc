// The dashboard's shared crosshair, both ways. Our events are untagged: core panels follow those, and sync natively only
// among themselves.
import { useCallback, useEffect, useRef, useState } from 'react';
import { DashboardCursorSync, DataHoverClearEvent, DataHoverEvent } from '@grafana/data';
import { usePanelContext } from '@grafana/ui';

const PUBLISH_EVERY_MS = 100;

export interface SharedCrosshair {
  /** Where another panel's cursor is. */
  readonly atMs: number | undefined;
  /** The dashboard also shares tooltips. */
  readonly showTooltip: boolean;
  /** Tell others where our cursor is; undefined: it left. At most ten times a second. */
  readonly publish: (atMs: number | undefined) => void;
}

/** The bus delivers whatever the dashboard's mode is, so the mode is checked here. */
export function useSharedCrosshair(): SharedCrosshair {
  const { eventBus, sync } = usePanelContext();
  const [atMs, setAtMs] = useState<number>();
  const lastPublished = useRef(0);
  const mode = useCallback(() => sync?.() ?? DashboardCursorSync.Off, [sync]);

  useEffect(() => {
    const hover = eventBus.getStream(DataHoverEvent).subscribe((event) => {
      const time = event.payload.point?.['time'];
      if (event.origin !== eventBus && mode() !== DashboardCursorSync.Off) {
        setAtMs(typeof time === 'number' ? time : undefined);
      }
    });
    const clear = eventBus.getStream(DataHoverClearEvent).subscribe((event) => {
      if (event.origin !== eventBus) {
        setAtMs(undefined);
      }
    });
    return () => {
      hover.unsubscribe();
      clear.unsubscribe();
    };
  }, [eventBus, mode]);

  const publish = useCallback(
    (ms: number | undefined) => {
      if (mode() === DashboardCursorSync.Off) {
        return;
      }
      if (ms === undefined) {
        lastPublished.current = 0;
        eventBus.publish(new DataHoverClearEvent());
        return;
      }
      const now = performance.now();
      if (now - lastPublished.current >= PUBLISH_EVERY_MS) {
        lastPublished.current = now;
        eventBus.publish(new DataHoverEvent({ point: { time: ms } }));
      }
    },
    [eventBus, mode]
  );
  return { atMs, showTooltip: atMs !== undefined && mode() === DashboardCursorSync.Tooltip, publish };
}
