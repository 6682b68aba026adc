// Canvas state that cannot be left unbalanced.

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Runs `draw` clipped to `rect` and restores the context whatever happens. */
export function withClip(ctx: CanvasRenderingContext2D, rect: Rect, draw: () => void): void {
  ctx.save();
  try {
    ctx.beginPath();
    ctx.rect(rect.x, rect.y, rect.width, rect.height);
    ctx.clip();
    draw();
  } finally {
    ctx.restore();
  }
}
