// Diagonal lines as a pattern, made once for a colour and a scale: clipping lines to thousands of bars is slow.

const STEP = 6;
const LINE_WIDTH = 2;

interface Hatch {
  readonly color: string;
  readonly scale: number;
  readonly tile: HTMLCanvasElement;
}

let made: Hatch | undefined;

/** One period of the lines, whole device pixels wide and high. */
function tileOf(color: string, scale: number): HTMLCanvasElement {
  if (made?.color === color && made.scale === scale) {
    return made.tile;
  }
  const tile = document.createElement('canvas');
  const size = Math.max(1, Math.round(STEP * scale));
  tile.width = size;
  tile.height = size;
  const context = tile.getContext('2d');
  if (context !== null) {
    context.strokeStyle = color;
    context.lineWidth = (LINE_WIDTH * size) / STEP;
    context.beginPath();
    for (const corner of [0, size, 2 * size]) {
      context.moveTo(corner - 2 * size, 2 * size);
      context.lineTo(corner + size, -size);
    }
    context.stroke();
  }
  made = { color, scale, tile };
  return tile;
}

/** CSS pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Fills boxes with lines of `color` that rise to the right and begin at each box's bottom. */
export function fillHatched(ctx: CanvasRenderingContext2D, boxes: readonly Box[], color: string): void {
  if (boxes.length === 0) {
    return;
  }
  const tile = tileOf(color, ctx.getTransform().a);
  const pattern = ctx.createPattern(tile, 'repeat');
  if (pattern === null) {
    return;
  }
  ctx.save();
  ctx.fillStyle = pattern;
  // The pattern is as fine as the device, and begins where the context does.
  const fine = tile.width / STEP;
  ctx.scale(1 / fine, 1 / fine);
  let origin = 0;
  for (const { x, y, width, height } of boxes) {
    const bottom = Math.round((y + height) * fine);
    if (bottom !== origin) {
      ctx.translate(0, bottom - origin);
      origin = bottom;
    }
    ctx.fillRect(x * fine, -height * fine, width * fine, height * fine);
  }
  ctx.restore();
}
