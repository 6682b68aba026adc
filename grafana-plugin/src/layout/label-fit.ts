// Text in little room: all of it or none for bars, shortened in the middle for names.

export type MeasureText = (text: string, fontPx: number) => number;

const MAX_CHARS = 300;
/** Line breaks and other controls, and the marks that turn the direction of what follows them. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A name from outside as one line that cannot disturb its neighbours: controls become visible, endless ones end. */
export function plainText(text: string): string {
  const chars = text.length > MAX_CHARS ? [...text.slice(0, 2 * MAX_CHARS)] : undefined;
  const short =
    chars === undefined || chars.length <= MAX_CHARS
      ? text.slice(0, 2 * MAX_CHARS)
      : `${chars.slice(0, MAX_CHARS).join('')}\u2026`;
  return short.replace(CONTROLS, '\ufffd');
}

/** `text` if it fits into `width` CSS pixels with `padding` on both sides, else undefined. */
export function fitWhole(
  text: string,
  room: { width: number; padding: number; fontPx: number },
  measure: MeasureText
): string | undefined {
  return text !== '' && measure(text, room.fontPx) + 2 * room.padding <= room.width ? text : undefined;
}

/** The first of `texts` that fits as a whole. */
export function firstWhole(
  texts: readonly string[],
  room: Parameters<typeof fitWhole>[1],
  measure: MeasureText
): string | undefined {
  return texts.find((text) => fitWhole(text, room, measure) !== undefined);
}

/** `text`, shortened with an ellipsis in the middle (ids differ at their ends) until it fits; empty when nothing fits. */
export function fitShortened(text: string, room: { width: number; fontPx: number }, measure: MeasureText): string {
  const fits = (candidate: string) => measure(candidate, room.fontPx) <= room.width;
  if (fits(text)) {
    return text;
  }
  const chars = [...text];
  let low = 0;
  let high = chars.length - 1;
  const shortened = (kept: number) => {
    const head = Math.ceil(kept / 2);
    return `${chars.slice(0, head).join('')}\u2026${chars.slice(chars.length - (kept - head)).join('')}`;
  };
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(shortened(middle))) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low > 0 && fits(shortened(low)) ? shortened(low) : '';
}
