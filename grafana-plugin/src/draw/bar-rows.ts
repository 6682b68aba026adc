// Filled bars, thousands of them. Those of a row become a few lines of pixels (its edges with the corners cut off, and its
// middle), which are stretched to the bars' height: a few operations on the canvas for each row and not one for each bar.
import { colorOf, type Rgba } from './canvas-color.ts';
import { clearLine, sheetRoom, stretchLine, type LineSheet } from './line-sheet.ts';
import { paintSpan, type PixelLine } from './pixel-line.ts';
import { roundedRect } from './rounded-rect.ts';

/** Bars from left to right, none over another, as columns. CSS pixels. */
export interface Bars {
  readonly length: number;
  readonly x: ArrayLike<number>;
  readonly width: ArrayLike<number>;
  /** The left corners of those before this index are sharp. */
  readonly openTo: number;
}

/** One object for all bars that look the same. */
export interface BarStyle {
  readonly fill: string;
  /** Colour of a rim of one CSS pixel along the inside. */
  readonly rim?: string | undefined;
}

/** Bars at one height. */
export interface BarRow {
  readonly y: number;
  readonly height: number;
  readonly bars: Bars;
  /** Which of them, ascending. */
  readonly at: Int32Array;
  /** Undefined: bar `i` is not among them. */
  readonly styleOf: (i: number) => BarStyle | undefined;
}

const RADIUS = 2;
/** Narrower bars are rectangles without corners and without a rim. */
export const ROUND_FROM = 4;
/** Fewer bars are drawn one by one: lines cost about as much. */
const FEW = 12;
/** Device pixels: corners that cut off less are left. */
const LEAST_CUT = 0.1;

function fillOneByOne(ctx: CanvasRenderingContext2D, { y, height, bars, at, styleOf }: BarRow): void {
  for (const i of at) {
    const style = styleOf(i);
    if (style === undefined) {
      continue;
    }
    const [x, width] = [bars.x[i] ?? 0, bars.width[i] ?? 0];
    if (width < ROUND_FROM || height < 2 * RADIUS) {
      ctx.fillStyle = style.fill;
      ctx.fillRect(x, y, width, height);
      continue;
    }
    ctx.fillStyle = style.rim ?? style.fill;
    ctx.beginPath();
    roundedRect(ctx, { x, y, width, height }, [i < bars.openTo ? 0 : RADIUS, RADIUS]);
    ctx.fill();
    if (style.rim !== undefined) {
      ctx.fillStyle = style.fill;
      ctx.fillRect(x + 1, y + 1, width - 2, height - 2);
    }
  }
}

/** What lines are made with. */
interface Making {
  readonly ctx: CanvasRenderingContext2D;
  readonly sheet: LineSheet;
  /** Device pixels of a CSS pixel. */
  readonly scale: number;
  /** Device pixels of the canvas. */
  readonly width: number;
  /** How far corners reach into each line from the edge inwards, device pixels. */
  readonly cuts: readonly number[];
  /** Thickness of a rim, device pixels. */
  readonly rim: number;
  readonly paints: Map<BarStyle, Paint | undefined>;
}

interface Paint {
  readonly fill: Rgba;
  readonly rim: Rgba | undefined;
}

function cutsOf(scale: number): number[] {
  const radius = RADIUS * scale;
  const cuts = Array.from({ length: Math.ceil(radius) }, (_, line) => {
    const up = Math.max(0, radius - line - 0.5);
    return radius - Math.sqrt(radius * radius - up * up);
  });
  return cuts.filter((cut) => cut >= LEAST_CUT);
}

/** Undefined where a colour cannot be mixed here. */
function paintOf(style: BarStyle, { ctx, paints }: Making): Paint | undefined {
  if (paints.has(style)) {
    return paints.get(style);
  }
  const fill = colorOf(ctx, style.fill);
  const rim = style.rim === undefined ? undefined : colorOf(ctx, style.rim);
  const paint = fill === undefined || (style.rim !== undefined && rim === undefined) ? undefined : { fill, rim };
  paints.set(style, paint);
  return paint;
}

/** The lines of a row in the making: those from the edge inwards and, last, the middle. */
interface Target {
  readonly bars: Bars;
  /** Device pixels. */
  readonly from: number;
  readonly lines: readonly PixelLine[];
  readonly making: Making;
}

function paintBar({ bars, from, lines, making }: Target, bar: number, paint: Paint): void {
  const { scale, cuts, rim } = making;
  const width = bars.width[bar] ?? 0;
  const start = (bars.x[bar] ?? 0) * scale - from;
  const end = start + width * scale;
  const shaped = width >= ROUND_FROM;
  const outside = (shaped ? paint.rim : undefined) ?? paint.fill;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const cut = shaped && i < lines.length - 1 ? (cuts[i] ?? 0) : 0;
    if (line !== undefined) {
      paintSpan(line, bar < bars.openTo ? start : start + cut, end - cut, outside);
      if (outside !== paint.fill && i >= rim) {
        paintSpan(line, Math.round(start) + rim, Math.round(end) - rim, paint.fill);
      }
    }
  }
}

/** A row as lines [index, index + count) of the sheet. */
interface MadeRow {
  readonly y: number;
  readonly height: number;
  readonly index: number;
  readonly count: number;
  /** Device pixels. */
  readonly from: number;
  readonly length: number;
}

function linesPerRow({ cuts, rim }: Pick<Making, 'cuts' | 'rim'>): number {
  return Math.max(cuts.length, rim) + 1;
}

const NOTHING: MadeRow = { y: 0, height: 0, index: 0, count: 0, from: 0, length: 0 };

/** Undefined where a row cannot be made of lines. */
function makeRow({ y, height, bars, at, styleOf }: BarRow, index: number, making: Making): MadeRow | undefined {
  const { scale, width } = making;
  const [first, last] = [at[0] ?? -1, at.at(-1) ?? -1];
  const end = (bars.x[last] ?? 0) + (bars.width[last] ?? 0);
  const from = Math.min(width, Math.max(0, Math.floor((bars.x[first] ?? 0) * scale)));
  const length = Math.max(0, Math.min(width, Math.ceil(end * scale)) - from);
  const most = linesPerRow(making);
  const isRound = height * scale >= 2 * most && at.some((i) => (bars.width[i] ?? 0) >= ROUND_FROM);
  const count = isRound ? most : 1;
  const lines = Array.from({ length: count }, (_, i) => clearLine(making.sheet, index + i, length));
  const target = { bars, from, lines, making };
  let painted = false;
  for (const i of at) {
    const style = styleOf(i);
    const paint = style === undefined ? undefined : paintOf(style, making);
    if (paint !== undefined) {
      paintBar(target, i, paint);
      painted = true;
    } else if (style !== undefined) {
      return undefined;
    }
  }
  return painted ? { y, height, index, count, from, length } : NOTHING;
}

function stretchRow({ y, height, index, count, from: x, length }: MadeRow, { ctx, sheet, scale }: Making): void {
  const [top, bottom] = [y * scale, (y + height) * scale];
  const line = (i: number) => ({ sheet, index: index + i, length, x });
  for (let i = 0; i < count - 1; i++) {
    stretchLine(ctx, line(i), { top: top + i, bottom: top + i + 1 });
    stretchLine(ctx, line(i), { top: bottom - i - 1, bottom: bottom - i });
  }
  stretchLine(ctx, line(count - 1), { top: top + count - 1, bottom: bottom - count + 1 });
}

const lineSheet = sheetRoom();

function makingOf(ctx: CanvasRenderingContext2D, rows: number): Making | undefined {
  const width = ctx.canvas instanceof HTMLCanvasElement ? ctx.canvas.width : 0;
  if (width === 0 || rows === 0) {
    return undefined;
  }
  const scale = ctx.getTransform().a;
  const look = { cuts: cutsOf(scale), rim: Math.max(1, Math.round(scale)) };
  const sheet = lineSheet(width, linesPerRow(look) * rows);
  return sheet === undefined ? undefined : { ctx, sheet, scale, width, ...look, paints: new Map() };
}

/** Fills the bars of all rows: what filling each on its own would draw. */
export function fillBarRows(ctx: CanvasRenderingContext2D, rows: readonly BarRow[]): void {
  const isCrowded = ({ at }: BarRow) => at.length >= FEW;
  const making = makingOf(ctx, rows.filter(isCrowded).length);
  const made: MadeRow[] = [];
  let lines = 0;
  for (const row of rows) {
    const own = making === undefined || !isCrowded(row) ? undefined : makeRow(row, lines, making);
    if (own === undefined) {
      fillOneByOne(ctx, row);
    } else if (own.count > 0) {
      made.push(own);
      lines += own.count;
    }
  }
  if (making === undefined || lines === 0) {
    return;
  }
  const { sheet, width } = making;
  sheet.context.putImageData(sheet.image, 0, 0, 0, 0, width, lines);
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.imageSmoothingEnabled = false;
  for (const row of made) {
    stretchRow(row, making);
  }
  ctx.restore();
}
