// Thousands of narrow upright bars. Those of a row become one line of pixels, which is stretched to the bars' height: one
// operation on the canvas for each row and not one for each bar.

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

/** Bars of one colour; of several layers the later ones lie on top. */
export interface BarLayer {
  /** Those of one row stand together. */
  readonly bars: readonly UprightBar[];
  readonly color: string;
}

interface Row {
  readonly y: number;
  readonly height: number;
  /** By layer. */
  readonly bars: UprightBar[][];
}

function rowsOf(layers: readonly BarLayer[]): Row[] {
  const rows = new Map<string, Row>();
  for (const [layer, { bars }] of layers.entries()) {
    let row: Row | undefined;
    for (const bar of bars) {
      if (row?.y !== bar.y || row.height !== bar.height) {
        const key = `${bar.y} ${bar.height}`;
        row = rows.get(key) ?? { y: bar.y, height: bar.height, bars: layers.map(() => []) };
        rows.set(key, row);
      }
      row.bars[layer]?.push(bar);
    }
  }
  return [...rows.values()];
}

/** The device pixels that a row's bars touch, as [from, to). */
function extentOf({ bars }: Row, scale: number, width: number): { from: number; length: number } {
  let left = Infinity;
  let right = -Infinity;
  for (const bar of bars.flat()) {
    left = Math.min(left, bar.x);
    right = Math.max(right, bar.x + bar.width);
  }
  const from = Math.min(width, Math.max(0, Math.floor(left * scale)));
  return { from, length: Math.max(0, Math.min(width, Math.ceil(right * scale)) - from) };
}

/** Paints one layer over a line of pixels: red, green, blue and opacity, not multiplied. */
function paintOver(pixels: Uint8ClampedArray, through: Float32Array, { red, green, blue }: Rgba): void {
  for (let pixel = 0, at = 0; pixel < through.length; pixel++, at += 4) {
    const own = 1 - (through[pixel] ?? 1);
    if (own <= 0) {
      continue;
    }
    const below = ((pixels[at + 3] ?? 0) / 255) * (1 - own);
    const opacity = own + below;
    pixels[at] = (red * own + (pixels[at] ?? 0) * below) / opacity;
    pixels[at + 1] = (green * own + (pixels[at + 1] ?? 0) * below) / opacity;
    pixels[at + 2] = (blue * own + (pixels[at + 2] ?? 0) * below) / opacity;
    pixels[at + 3] = 255 * opacity;
  }
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

function fillOneByOne(ctx: CanvasRenderingContext2D, layers: readonly BarLayer[]): void {
  for (const { bars, color } of layers) {
    ctx.fillStyle = color;
    for (const { x, y, width, height } of bars) {
      ctx.fillRect(x, y, width, height);
    }
  }
}

/** The colours as numbers; undefined where one of them is none that can be mixed here. */
function colorsOf(ctx: CanvasRenderingContext2D, layers: readonly BarLayer[]): Rgba[] | undefined {
  const colors = layers.flatMap(({ color }) => {
    ctx.fillStyle = color;
    return parseCanvasColor(String(ctx.fillStyle)) ?? [];
  });
  return colors.length === layers.length ? colors : undefined;
}

/** Fills the bars in the colours of their layers: what `fillRect` for each would draw. */
export function fillNarrowBars(ctx: CanvasRenderingContext2D, layers: readonly BarLayer[]): void {
  const filled = layers.filter(({ bars }) => bars.length > 0);
  const count = filled.reduce((sum, { bars }) => sum + bars.length, 0);
  const rows = count < FEW ? [] : rowsOf(filled);
  const colors = rows.length === 0 || count < FEW * rows.length ? undefined : colorsOf(ctx, filled);
  const width = ctx.canvas instanceof HTMLCanvasElement ? ctx.canvas.width : 0;
  const target = colors === undefined || width === 0 ? undefined : sheetOf(width, rows.length);
  if (colors === undefined || target === undefined) {
    fillOneByOne(ctx, filled);
    return;
  }
  const { context, image } = target;
  const scale = ctx.getTransform().a;
  const lines = rows.map((row, index) => {
    const extent = extentOf(row, scale, width);
    const begin = index * image.width * 4;
    const pixels = image.data.subarray(begin, begin + extent.length * 4).fill(0);
    for (const [layer, bars] of row.bars.entries()) {
      const color = colors[layer];
      if (color !== undefined && bars.length > 0) {
        paintOver(pixels, lineTransparency(bars, { ...extent, scale, opacity: color.opacity }), color);
      }
    }
    return { canvas: context.canvas, index, x: extent.from, width: extent.length };
  });
  context.putImageData(image, 0, 0, 0, 0, width, rows.length);
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.imageSmoothingEnabled = false;
  for (const line of lines) {
    const { y, height } = rows[line.index] ?? { y: 0, height: 0 };
    if (line.width > 0) {
      stretch(ctx, line, { top: y * scale, bottom: (y + height) * scale });
    }
  }
  ctx.restore();
}
