// What the pointer does on the chart: hover, drag to zoom, shift-drag to ask for the spend, ctrl-drag to annotate,
// double-click to zoom out, wheel over lanes.
import { useCallback, useEffect, useState, type PointerEvent } from 'react';
import { hitTest, type Hit } from '../layout/hit-test.ts';
import type { PanelLayout } from '../layout/panel.ts';
import { timeOfX, zoomedOut } from '../layout/time-axis.ts';

export interface Pointer {
  readonly hit: Hit;
  /** Position in the chart, CSS pixels. */
  readonly x: number;
  readonly y: number;
  /** Position in the viewport, for the tooltip. */
  readonly clientX: number;
  readonly clientY: number;
}

export interface Selection {
  /** With shift held at its beginning the range is asked about, with ctrl or cmd annotated, else zoomed to. */
  readonly kind: 'zoom' | 'spend' | 'annotate';
  readonly fromX: number;
  readonly toX: number;
}

interface ChartPointerInput {
  readonly surface: HTMLElement | null;
  readonly layout: PanelLayout;
  readonly onHover: (atMs: number | undefined) => void;
  readonly onZoom: (range: { from: number; to: number }) => void;
  readonly onBrush: (range: { fromMs: number; toMs: number }) => void;
  /** A drag or, of no length, a click with ctrl or cmd held. Undefined: that does nothing. */
  readonly onAnnotate: ((range: { fromMs: number; toMs: number }) => void) | undefined;
  /** A press that was no drag, without a modifier key. */
  readonly onClick: (at: Pointer) => void;
  readonly onScroll: (scrollTop: number) => void;
}

/** A shorter drag is a click. */
const MIN_DRAG = 5;

export function useChartPointer(input: ChartPointerInput) {
  const { surface, layout, onHover, onZoom, onBrush, onAnnotate, onClick, onScroll } = input;
  const [pointer, setPointer] = useState<Pointer>();
  const [selection, setSelection] = useState<Selection>();

  const positionOf = useCallback((event: { clientX: number; clientY: number; currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }, []);

  const leave = useCallback(() => {
    setPointer(undefined);
    onHover(undefined);
  }, [onHover]);

  const withinAxis = (x: number) => Math.min(layout.axis.right, Math.max(layout.axis.left, x));

  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const at = positionOf(event);
    if (selection !== undefined) {
      setSelection({ ...selection, toX: withinAxis(at.x) });
    }
    const hit = hitTest(layout, at);
    if (hit === undefined) {
      leave();
      return;
    }
    setPointer({ hit, ...at, clientX: event.clientX, clientY: event.clientY });
    onHover(hit.atMs);
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const at = positionOf(event);
    const kind = event.ctrlKey || event.metaKey ? 'annotate' : event.shiftKey ? 'spend' : 'zoom';
    if (kind === 'annotate' && onAnnotate === undefined) {
      return;
    }
    if (event.button === 0 && hitTest(layout, at) !== undefined) {
      // Without capture a drag that leaves the panel would never end. jsdom has none.
      event.currentTarget.setPointerCapture?.(event.pointerId);
      setSelection({ kind, fromX: at.x, toX: at.x });
    }
  };

  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    if (selection !== undefined) {
      setSelection(undefined);
      // Where it is let go, not where the last move was drawn: a busy browser has not drawn it yet.
      const [left = 0, right = 0] = [selection.fromX, withinAxis(positionOf(event).x)].sort((a, b) => a - b);
      const [fromMs, toMs] = [timeOfX(layout.axis, left), timeOfX(layout.axis, right)];
      // Nobody points more finely than to the millisecond.
      const rounded = { fromMs: Math.round(fromMs), toMs: Math.round(toMs) };
      if (selection.kind === 'annotate') {
        onAnnotate?.(right - left >= MIN_DRAG ? rounded : { fromMs: rounded.fromMs, toMs: rounded.fromMs });
      } else if (right - left >= MIN_DRAG) {
        if (selection.kind === 'spend') {
          onBrush(rounded);
        } else {
          onZoom({ from: fromMs, to: toMs });
        }
      } else if (!(event.shiftKey || event.ctrlKey || event.metaKey || event.altKey)) {
        const at = positionOf(event);
        const hit = hitTest(layout, at);
        if (hit !== undefined) {
          onClick({ hit, ...at, clientX: event.clientX, clientY: event.clientY });
        }
      }
    }
  };

  const onDoubleClick = () => {
    const { fromMs, toMs } = zoomedOut(layout.axis);
    onZoom({ from: fromMs, to: toMs });
  };

  // React's own wheel listeners are passive: they cannot keep the page from scrolling along.
  useEffect(() => {
    const element = surface;
    const band = layout.timeline;
    if (element === null || band === undefined) {
      return undefined;
    }
    // Several wheel events may come before the next layout: each goes on from where the one before it wanted to be.
    let wanted = band.scrollTop;
    const onWheel = (event: WheelEvent) => {
      const y = event.clientY - element.getBoundingClientRect().top;
      const most = band.contentHeight - (band.bottom - band.top);
      const next = Math.max(0, Math.min(most, wanted + event.deltaY));
      if (most > 0 && y >= band.top && y < band.bottom && next !== wanted) {
        event.preventDefault();
        wanted = next;
        onScroll(next);
      }
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [surface, layout, onScroll]);

  const cancel = () => setSelection(undefined);
  return {
    pointer,
    selection,
    handlers: {
      onPointerMove,
      onPointerDown,
      onPointerUp,
      onPointerCancel: cancel,
      onPointerLeave: leave,
      onDoubleClick,
    },
  };
}
