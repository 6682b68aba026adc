// One line of device pixels in the making: bars are painted onto it one after the other, with their share of each pixel.
import type { Rgba } from './canvas-color.ts';

/** Positions in device pixels that are whole but for rounding. */
export const EPSILON = 1e-4;

/** Both arrays are views of the same memory. */
export interface PixelLine {
  /** Red, green, blue and opacity of each pixel, not multiplied. */
  readonly bytes: Uint8ClampedArray;
  /** A pixel each. */
  readonly words: Uint32Array;
}

/** Paints `part` (0..1) of a pixel over what is there. */
function paintPixel({ bytes, words }: PixelLine, pixel: number, part: number, color: Rgba): void {
  if (!(part > EPSILON) || pixel < 0 || pixel >= words.length) {
    return;
  }
  const own = part >= 1 - EPSILON ? color.opacity : color.opacity * part;
  if (own === 1 || (own === color.opacity && words[pixel] === 0)) {
    words[pixel] = color.word;
    return;
  }
  const at = 4 * pixel;
  const below = ((bytes[at + 3] ?? 0) / 255) * (1 - own);
  const opacity = own + below;
  if (opacity === 0) {
    return;
  }
  bytes[at] = (color.red * own + (bytes[at] ?? 0) * below) / opacity;
  bytes[at + 1] = (color.green * own + (bytes[at + 1] ?? 0) * below) / opacity;
  bytes[at + 2] = (color.blue * own + (bytes[at + 2] ?? 0) * below) / opacity;
  bytes[at + 3] = 255 * opacity;
}

/** Paints [start, end), in pixels of the line, over what is there; pixels that it covers in part, in part. */
export function paintSpan(line: PixelLine, start: number, end: number, color: Rgba): void {
  if (!(end > start)) {
    return;
  }
  const first = Math.floor(start + EPSILON);
  const last = Math.ceil(end - EPSILON) - 1;
  if (first >= last) {
    paintPixel(line, first, end - start, color);
    return;
  }
  paintPixel(line, first, first + 1 - start, color);
  if (color.opacity === 1) {
    line.words.fill(color.word, Math.max(0, first + 1), Math.max(0, last));
  } else {
    for (let pixel = first + 1; pixel < last; pixel++) {
      paintPixel(line, pixel, 1, color);
    }
  }
  paintPixel(line, last, end - last, color);
}
