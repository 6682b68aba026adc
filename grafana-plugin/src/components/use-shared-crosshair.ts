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
  /** Runs after a cursor was told; the newest of those that came meanwhile. */
  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const held = useRef<number | undefined>(undefined);
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

  const rest = useCallback(() => {
    clearTimeout(resting.current);
    resting.current = undefined;
    held.current = undefined;
  }, []);
  useEffect(() => rest, [rest]);

  const publish = useCallback(
    (ms: number | undefined) => {
      if (mode() === DashboardCursorSync.Off) {
        return;
      }
      if (ms === undefined) {
        rest();
        eventBus.publish(new DataHoverClearEvent());
        return;
      }
      if (resting.current !== undefined) {
        held.current = ms;
        return;
      }
      const tell = (time: number) => {
        eventBus.publish(new DataHoverEvent({ point: { time } }));
        resting.current = setTimeout(() => {
          const last = held.current;
          rest();
          // Where the cursor stopped is told too, or it would stand elsewhere in other panels.
          if (last !== undefined) {
            tell(last);
          }
        }, PUBLISH_EVERY_MS);
      };
      tell(ms);
    },
    [eventBus, mode, rest]
  );
  return { atMs, showTooltip: atMs !== undefined && mode() === DashboardCursorSync.Tooltip, publish };
}
