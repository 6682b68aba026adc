// The crosses of failures, with a rim so that they read on their neighbours too. A few are drawn; of many the picture is
// made once and copied.

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

interface Picture {
  readonly key: string;
  readonly canvas: HTMLCanvasElement;
  /** Device pixels from its edge to its middle. */
  readonly middle: number;
}

const pictures = new Map<number, Picture>();

function pictureOf(arm: number, look: Look, scale: number): Picture {
  const key = `${look.color} ${look.rim} ${scale}`;
  const known = pictures.get(arm);
  if (known?.key === key) {
    return known;
  }
  const middle = Math.ceil((arm + RIM_WIDTH) * scale);
  const canvas = document.createElement('canvas');
  canvas.width = 2 * middle;
  canvas.height = 2 * middle;
  const context = canvas.getContext('2d');
  if (context !== null) {
    context.setTransform(scale, 0, 0, scale, middle, middle);
    strokeCrosses(context, [{ x: 0, y: 0, arm }], look);
  }
  const picture = { key, canvas, middle };
  pictures.set(arm, picture);
  return picture;
}

export function drawCrosses(ctx: CanvasRenderingContext2D, crosses: readonly Cross[], look: Look): void {
  if (crosses.length < FEW) {
    if (crosses.length > 0) {
      strokeCrosses(ctx, crosses, look);
    }
    return;
  }
  const scale = ctx.getTransform().a;
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  for (const { x, y, arm } of crosses) {
    const { canvas, middle } = pictureOf(arm, look, scale);
    // On whole device pixels: between them it would be blurred.
    ctx.drawImage(canvas, Math.round(x * scale) - middle, Math.round(y * scale) - middle);
  }
  ctx.restore();
}
