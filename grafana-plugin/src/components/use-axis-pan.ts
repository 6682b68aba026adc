// Dragging the time axis moves the range along, as in Grafana's own panels: drawn at once, asked for when let go.
import { useRef, useState, type PointerEvent } from 'react';
import { pannedRange, type TimeAxis } from '../layout/time-axis.ts';

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
}

/** A shorter drag is a click (as in Grafana). */
const MIN_PAN = 5;

export interface AxisPan {
  /** What is drawn: the panel's range, moved by the drag. */
  readonly range: Range;
  readonly isPanning: boolean;
  readonly handlersOn: (axis: TimeAxis) => {
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerCancel: () => void;
  };
}

/** The moved range stays until the panel is given another one: until then the data for it is on its way. */
export function useAxisPan(range: Range, onZoom: (range: { from: number; to: number }) => void): AxisPan {
  const [moved, setMoved] = useState<{ readonly from: Range; readonly to: Range }>();
  const [isPanning, setIsPanning] = useState(false);
  const begun = useRef<{ readonly x: number; readonly axis: TimeAxis } | undefined>(undefined);
  const isMoved = moved !== undefined && (isPanning || moved.from === range);

  const movedTo = (event: PointerEvent<HTMLElement>) => {
    const start = begun.current;
    return start === undefined ? undefined : pannedRange(start.axis, event.clientX - start.x);
  };
  const end = () => {
    begun.current = undefined;
    setIsPanning(false);
  };
  return {
    range: isMoved ? moved.to : range,
    isPanning,
    handlersOn: (axis) => ({
      onPointerDown: (event) => {
        event.stopPropagation();
        if (event.button === 0) {
          event.currentTarget.setPointerCapture?.(event.pointerId);
          begun.current = { x: event.clientX, axis };
          setIsPanning(true);
        }
      },
      onPointerMove: (event) => {
        const to = movedTo(event);
        if (to !== undefined) {
          setMoved({ from: range, to: { ...to, nowMs: range.nowMs } });
        }
      },
      onPointerUp: (event) => {
        const to = movedTo(event);
        const isClick = Math.abs(event.clientX - (begun.current?.x ?? event.clientX)) < MIN_PAN;
        end();
        if (to === undefined || isClick) {
          setMoved(undefined);
        } else {
          onZoom({ from: to.fromMs, to: to.toMs });
        }
      },
      onPointerCancel: () => {
        setMoved(undefined);
        end();
      },
    }),
  };
}
