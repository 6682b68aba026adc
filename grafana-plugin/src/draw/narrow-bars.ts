// Thousands of narrow upright bars of one colour. Those of a row become one line of pixels, which is stretched to the bars'
// height: one operation on the canvas for each row and not one for each bar.

/** CSS pixels. */
export interface UprightBar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Fewer bars are drawn one by one: a line costs about as much. */
const FEW = 24;
/** Positions in device pixels that are whole but for rounding. */
const EPSILON = 1e-4;

/**
 * How much of each device pixel of a line the bars [x, x + width) let through, 0..1, as if painted one after the other
 * with `opacity`; from device pixel `from` on. `scale` is device pixels for each pixel of the bars.
 */
export function lineTransparency(
  bars: ReadonlyArray<{ readonly x: number; readonly width: number }>,
  line: { readonly from: number; readonly length: number; readonly scale: number; readonly opacity: number }
): Float32Array {
  const { from, length, scale, opacity } = line;
  const through = new Float32Array(length).fill(1);
  const cover = (pixel: number, part: number) => {
    if (part > EPSILON && pixel >= 0 && pixel < length) {
      through[pixel] = (through[pixel] ?? 1) * (1 - opacity * Math.min(1, part));
    }
  };
  for (const { x, width } of bars) {
    const start = x * scale - from;
    const end = start + width * scale;
    if (!(end > start)) {
      continue;
    }
    const first = Math.floor(start + EPSILON);
    const last = Math.ceil(end - EPSILON) - 1;
    if (first >= last) {
      cover(first, end - start);
      continue;
    }
    cover(first, first + 1 - start);
    for (let pixel = first + 1; pixel < last; pixel++) {
      cover(pixel, 1);
    }
    cover(last, end - last);
  }
  return through;
}

interface Rgba {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly opacity: number;
}

/** A colour as the canvas gives it back: `#rrggbb` where it is opaque, else `rgba(r, g, b, a)`; undefined otherwise. */
export function parseCanvasColor(color: string): Rgba | undefined {
  if (/^#[0-9a-f]{6}$/i.test(color)) {
    const at = (i: number) => parseInt(color.slice(i, i + 2), 16);
    return { red: at(1), green: at(3), blue: at(5), opacity: 1 };
  }
  const parts = /^rgba\((\d+), (\d+), (\d+), ([\d.e-]+)\)$/.exec(color)?.slice(1).map(Number);
  const [red, green, blue, opacity] = parts ?? [];
  return red === undefined || green === undefined || blue === undefined || opacity === undefined
    ? undefined
    : { red, green, blue, opacity };
}

interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly image: ImageData;
}

let sheet: Sheet | undefined;

/** Room for `lines` lines of `width` device pixels, used again by every call; undefined where there is no canvas. */
function sheetOf(width: number, lines: number): Sheet | undefined {
  if (sheet === undefined || sheet.image.width < width || sheet.image.height < lines) {
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(width, sheet?.image.width ?? 0);
    canvas.height = Math.max(lines, sheet?.image.height ?? 0);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    sheet = context === null ? undefined : { context, image: context.createImageData(canvas.width, canvas.height) };
  }
  return sheet;
}

interface Row {
  readonly y: number;
  readonly height: number;
  readonly bars: UprightBar[];
}

/** The bars by row; those of one row stand together in `bars`. */
function rowsOf(bars: readonly UprightBar[]): Row[] {
  const rows: Row[] = [];
  for (const bar of bars) {
    const row = rows.at(-1);
    if (row !== undefined && row.y === bar.y && row.height === bar.height) {
      row.bars.push(bar);
    } else {
      rows.push({ y: bar.y, height: bar.height, bars: [bar] });
    }
  }
  return rows;
}

/** Draws one line of the sheet over device pixels [top, bottom); rows that it covers in part, in part. */
function stretch(
  ctx: CanvasRenderingContext2D,
  line: { canvas: HTMLCanvasElement; index: number; width: number; x: number },
  at: { top: number; bottom: number }
): void {
  const { canvas, index, width, x } = line;
  const piece = (y: number, height: number, part: number) => {
    if (height > 0 && part > EPSILON) {
      ctx.globalAlpha = Math.min(1, part);
      ctx.drawImage(canvas, 0, index, width, 1, x, y, width, height);
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

/** Fills the bars, of which those of one row stand together, in the given colour: what `fillRect` for each would draw. */
export function fillNarrowBars(ctx: CanvasRenderingContext2D, bars: readonly UprightBar[], color: string): void {
  ctx.fillStyle = color;
  const rows = bars.length < FEW ? [] : rowsOf(bars);
  const rgba =
    rows.length === 0 || bars.length < FEW * rows.length ? undefined : parseCanvasColor(String(ctx.fillStyle));
  const width = ctx.canvas instanceof HTMLCanvasElement ? ctx.canvas.width : 0;
  const target = rgba === undefined || width === 0 ? undefined : sheetOf(width, rows.length);
  if (rgba === undefined || target === undefined) {
    for (const { x, y, width: barWidth, height } of bars) {
      ctx.fillRect(x, y, barWidth, height);
    }
    return;
  }
  const { context, image } = target;
  const scale = ctx.getTransform().a;
  for (const [index, row] of rows.entries()) {
    const through = lineTransparency(row.bars, { from: 0, length: width, scale, opacity: rgba.opacity });
    let at = index * image.width * 4;
    for (let pixel = 0; pixel < width; pixel++, at += 4) {
      image.data[at] = rgba.red;
      image.data[at + 1] = rgba.green;
      image.data[at + 2] = rgba.blue;
      image.data[at + 3] = 255 * (1 - (through[pixel] ?? 1));
    }
  }
  context.putImageData(image, 0, 0, 0, 0, width, rows.length);
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.imageSmoothingEnabled = false;
  for (const [index, { y, height }] of rows.entries()) {
    stretch(ctx, { canvas: context.canvas, index, width, x: 0 }, { top: y * scale, bottom: (y + height) * scale });
  }
  ctx.restore();
}
