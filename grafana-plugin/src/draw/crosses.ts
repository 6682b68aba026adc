// The crosses of failures, with a rim so that they read on their neighbours too. A few are drawn; of many the picture is
// made once and copied.
import { clearLine, sheetRoom } from './line-sheet.ts';
import type { PixelLine } from './pixel-line.ts';

/** CSS pixels; `x` and `y` are its middle. */
export interface Cross {
  readonly x: number;
  readonly y: number;
  /** Half its size. */
  readonly arm: number;
}

interface Look {
  readonly color: string;
  readonly rim: string;
}

const RIM_WIDTH = 5;
const LINE_WIDTH = 1.8;
/** Fewer are not worth a picture. */
const FEW = 8;

function strokeCrosses(ctx: CanvasRenderingContext2D, crosses: readonly Cross[], { color, rim }: Look): void {
  ctx.lineCap = 'round';
  for (const [style, lineWidth] of [
    [rim, RIM_WIDTH],
    [color, LINE_WIDTH],
  ] as const) {
    ctx.strokeStyle = style;
    ctx.lineWidth = lineWidth;
    ctx.beginPath();
    for (const { x, y, arm } of crosses) {
      ctx.moveTo(x - arm, y - arm);
      ctx.lineTo(x + arm, y + arm);
      ctx.moveTo(x + arm, y - arm);
      ctx.lineTo(x - arm, y + arm);
    }
    ctx.stroke();
  }
  ctx.lineCap = 'butt';
}

/** The pixels of one cross. */
interface Picture {
  readonly key: string;
  readonly words: Uint32Array;
  /** Device pixels from its edge to its middle; it is twice as wide and as high. */
  readonly middle: number;
}

const pictures = new Map<number, Picture>();

function pictureOf(arm: number, look: Look, scale: number): Picture | undefined {
  const key = `${look.color} ${look.rim} ${scale}`;
  const known = pictures.get(arm);
  if (known?.key === key) {
    return known;
  }
  const middle = Math.ceil((arm + RIM_WIDTH / 2 + 1) * scale);
  const canvas = document.createElement('canvas');
  canvas.width = 2 * middle;
  canvas.height = 2 * middle;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) {
    return undefined;
  }
  context.setTransform(scale, 0, 0, scale, middle, middle);
  strokeCrosses(context, [{ x: 0, y: 0, arm }], look);
  const { data } = context.getImageData(0, 0, 2 * middle, 2 * middle);
  const picture = { key, words: new Uint32Array(data.buffer), middle };
  pictures.set(arm, picture);
  return picture;
}

/** Copies a picture into lines of a sheet, its left edge at pixel `left`. Pictures of a row do not touch. */
function copyPicture({ words, middle }: Picture, lines: readonly PixelLine[], left: number): void {
  const size = 2 * middle;
  for (let y = 0; y < size; y++) {
    const line = lines[y]?.words;
    for (let x = Math.max(0, -left); line !== undefined && x < size && left + x < line.length; x++) {
      const word = words[y * size + x] ?? 0;
      if (word !== 0) {
        line[left + x] = word;
      }
    }
  }
}

const stripSheet = sheetRoom();

/** Crosses of one row, all with the same `y` and `arm`. */
type CrossRow = readonly [Cross, ...Cross[]];

function rowsOf(crosses: readonly Cross[]): CrossRow[] {
  const rows = new Map<string, [Cross, ...Cross[]]>();
  for (const cross of crosses) {
    const key = `${cross.y} ${cross.arm}`;
    const row = rows.get(key);
    if (row === undefined) {
      rows.set(key, [cross]);
    } else {
      row.push(cross);
    }
  }
  return [...rows.values()];
}

/** Each row as a strip of a sheet: a copy of the picture for each cross would cost an operation on the canvas for each. */
function copyCrosses(ctx: CanvasRenderingContext2D, crosses: readonly Cross[], look: Look): boolean {
  const scale = ctx.getTransform().a;
  const width = ctx.canvas instanceof HTMLCanvasElement ? ctx.canvas.width : 0;
  const rows = rowsOf(crosses).map((row) => ({ row, picture: pictureOf(row[0].arm, look, scale) }));
  const lines = rows.reduce((sum, { picture }) => sum + 2 * (picture?.middle ?? 0), 0);
  const sheet = width === 0 ? undefined : stripSheet(width, lines);
  if (sheet === undefined) {
    return false;
  }
  const strips: Array<{ first: number; height: number; top: number }> = [];
  let first = 0;
  for (const { row, picture } of rows) {
    if (picture === undefined) {
      return false;
    }
    const height = 2 * picture.middle;
    const strip = Array.from({ length: height }, (_, i) => clearLine(sheet, first + i, width));
    for (const { x } of row) {
      // On whole device pixels: between them it would be blurred.
      copyPicture(picture, strip, Math.round(x * scale) - picture.middle);
    }
    strips.push({ first, height, top: Math.round(row[0].y * scale) - picture.middle });
    first += height;
  }
  sheet.context.putImageData(sheet.image, 0, 0, 0, 0, width, lines);
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  for (const strip of strips) {
    ctx.drawImage(sheet.context.canvas, 0, strip.first, width, strip.height, 0, strip.top, width, strip.height);
  }
  ctx.restore();
  return true;
}

export function drawCrosses(ctx: CanvasRenderingContext2D, crosses: readonly Cross[], look: Look): void {
  if (crosses.length > 0 && (crosses.length < FEW || !copyCrosses(ctx, crosses, look))) {
    strokeCrosses(ctx, crosses, look);
  }
}
