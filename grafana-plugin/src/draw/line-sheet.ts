// Lines of pixels on a canvas of their own, from where they are stretched over the panel's.
import { EPSILON, type PixelLine } from './pixel-line.ts';

export interface LineSheet {
  readonly context: CanvasRenderingContext2D;
  readonly image: ImageData;
  readonly words: Uint32Array;
}

/** Makes a sheet with room for `lines` lines of `width` device pixels; undefined where there is no canvas. */
export type SheetRoom = (width: number, lines: number) => LineSheet | undefined;

/** One sheet that grows with what is asked for, used again by every call. */
export function sheetRoom(): SheetRoom {
  let sheet: LineSheet | undefined;
  return (width, lines) => {
    if (sheet === undefined || sheet.image.width < width || sheet.image.height < lines) {
      const canvas = document.createElement('canvas');
      canvas.width = Math.max(width, sheet?.image.width ?? 0);
      canvas.height = Math.max(Math.ceil(1.5 * lines), sheet?.image.height ?? 0);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      const image = context?.createImageData(canvas.width, canvas.height);
      sheet =
        context === null || image === undefined
          ? undefined
          : { context, image, words: new Uint32Array(image.data.buffer) };
    }
    return sheet;
  };
}

/** Line `index` of the sheet, `length` pixels of it, cleared. */
export function clearLine({ image, words }: LineSheet, index: number, length: number): PixelLine {
  const begin = index * image.width;
  return {
    bytes: image.data.subarray(4 * begin, 4 * (begin + length)),
    words: words.subarray(begin, begin + length).fill(0),
  };
}

/**
 * Draws line `index` of the sheet from device pixel `x` on over device pixels [top, bottom) of `ctx`, which has no
 * transform; rows that it covers in part, in part.
 */
export function stretchLine(
  ctx: CanvasRenderingContext2D,
  line: { sheet: LineSheet; index: number; length: number; x: number },
  at: { top: number; bottom: number }
): void {
  const { index, length, x } = line;
  const { canvas } = line.sheet.context;
  const piece = (y: number, height: number, part: number) => {
    if (length > 0 && height > 0 && part > EPSILON) {
      ctx.globalAlpha = Math.min(1, part);
      ctx.drawImage(canvas, 0, index, length, 1, x, y, length, height);
    }
  };
  const first = Math.ceil(at.top - EPSILON);
  const last = Math.floor(at.bottom + EPSILON);
  if (first > last) {
    piece(last, 1, at.bottom - at.top);
    return;
  }
  piece(first - 1, 1, first - at.top);
  piece(first, last - first, 1);
  piece(last, 1, at.bottom - last);
}
