// Text widths for the layout, from a context of its own: the layout does not depend on the canvas being there yet.
import type { MeasureText } from '../layout/label-fit.ts';
import { fontOf } from './text.ts';

/** Average width of a character in em, for where there is no canvas. */
const GUESSED_EM = 0.55;
/** Names and labels repeat from one layout to the next; durations of running bars do not, and must not pile up. */
const MAX_KNOWN = 5_000;

/** One for all: each costs a canvas. */
let own: CanvasRenderingContext2D | null | undefined;

/** A measurer with a cache of its own; another one for each number of fonts that have come, since those change widths. */
export function createMeasure(fontFamily: string, _fontLoads = 0): MeasureText {
  own ??= document.createElement('canvas').getContext('2d');
  const context = own;
  const known = new Map<string, number>();
  return (text, fontPx) => {
    const key = `${fontPx} ${text}`;
    const before = known.get(key);
    if (before !== undefined) {
      return before;
    }
    if (!context) {
      return text.length * fontPx * GUESSED_EM;
    }
    context.font = fontOf(fontPx, fontFamily);
    const { width } = context.measureText(text);
    if (known.size >= MAX_KNOWN) {
      known.clear();
    }
    known.set(key, width);
    return width;
  };
}
