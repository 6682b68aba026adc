// The bars of one state: solid, hatched, outlined, with their glyphs. Batched: one path a colour.
import type { SegmentRect } from '../layout/lanes.ts';
import type { Palette } from './palette.ts';

/** A rectangle with the vertical place its row gives it. */
export interface Bar {
  readonly rect: SegmentRect;
  readonly y: number;
  readonly height: number;
  readonly tool: boolean;
}

const RADIUS = 2;
const ARROW = 6;
const HATCH_STEP = 6;

function barPath(path: CanvasRenderingContext2D, bar: Bar): void {
  const { x, width } = bar.rect;
  const radius = Math.min(RADIUS, width / 2);
  const left = bar.rect.open ? 0 : radius;
  if (bar.rect.arrow && bar.height >= 6) {
    const tip = Math.min(ARROW, bar.height / 2);
    path.moveTo(x + left, bar.y);
    path.lineTo(x + width, bar.y);
    path.lineTo(x + width + tip, bar.y + bar.height / 2);
    path.lineTo(x + width, bar.y + bar.height);
    path.lineTo(x + left, bar.y + bar.height);
    path.arcTo(x, bar.y + bar.height, x, bar.y + bar.height - left, left);
    path.lineTo(x, bar.y + left);
    path.arcTo(x, bar.y, x + left, bar.y, left);
    path.closePath();
  } else if (width < 3) {
    path.rect(x, bar.y, width, bar.height);
  } else {
    path.roundRect(x, bar.y, width, bar.height, [left, radius, radius, left]);
  }
}

function fillBars(ctx: CanvasRenderingContext2D, bars: readonly Bar[], color: string): void {
  if (bars.length === 0) {
    return;
  }
  ctx.fillStyle = color;
  ctx.beginPath();
  for (const bar of bars) {
    barPath(ctx, bar);
  }
  ctx.fill();
}

function drawRunning(ctx: CanvasRenderingContext2D, bars: readonly Bar[], palette: Palette): void {
  fillBars(
    ctx,
    bars.filter((bar) => !bar.tool),
    palette.state.running
  );
  fillBars(
    ctx,
    bars.filter((bar) => bar.tool),
    palette.toolRunning
  );
}

/** Amber ground with diagonal hatch and an edge: told apart without colour. */
function drawWaiting(ctx: CanvasRenderingContext2D, bars: readonly Bar[], palette: Palette): void {
  const wide = bars.filter((bar) => bar.rect.width >= 4 && bar.height >= 5);
  fillBars(
    ctx,
    bars.filter((bar) => !wide.includes(bar)),
    palette.state.waiting
  );
  if (wide.length === 0) {
    return;
  }
  fillBars(ctx, wide, palette.waitingGround);
  ctx.save();
  ctx.beginPath();
  for (const bar of wide) {
    barPath(ctx, bar);
  }
  ctx.clip();
  ctx.strokeStyle = palette.state.waiting;
  ctx.lineWidth = 2;
  ctx.beginPath();
  for (const { rect, y, height } of wide) {
    const end = rect.x + rect.width + ARROW;
    for (let x = Math.floor((rect.x - height) / HATCH_STEP) * HATCH_STEP; x < end; x += HATCH_STEP) {
      ctx.moveTo(x, y + height);
      ctx.lineTo(x + height, y);
    }
  }
  ctx.stroke();
  ctx.restore();
  ctx.strokeStyle = palette.state.waiting;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const bar of wide) {
    barPath(ctx, bar);
  }
  ctx.stroke();
}

/** Hollow, dashed: nothing is being done yet. */
function drawQueued(ctx: CanvasRenderingContext2D, bars: readonly Bar[], palette: Palette): void {
  ctx.strokeStyle = palette.state.queued;
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 2]);
  ctx.beginPath();
  for (const { rect, y, height } of bars) {
    ctx.rect(rect.x + 0.5, y + 0.5, Math.max(0.5, rect.width - 1), height - 1);
  }
  ctx.stroke();
  ctx.setLineDash([]);
}

/** A thin line in the lane's middle: known, but nothing is going on. */
function drawQuiet(
  ctx: CanvasRenderingContext2D,
  bars: readonly Bar[],
  style: { color: string; height: number }
): void {
  ctx.fillStyle = style.color;
  for (const { rect, y, height } of bars) {
    ctx.fillRect(rect.x, y + (height - style.height) / 2, rect.width, style.height);
  }
}

/** Red, with a cross where it failed; the cross has a rim so that it reads on its neighbours too. */
function drawFailed(ctx: CanvasRenderingContext2D, bars: readonly Bar[], palette: Palette): void {
  fillBars(ctx, bars, palette.state.failed);
  for (const { rect, y, height, tool } of bars) {
    const arm = tool ? 2 : 3;
    const x = rect.width >= 12 ? rect.x + 8 : rect.x + rect.width / 2;
    const middle = y + height / 2;
    for (const [color, lineWidth] of [
      [palette.state.failed, 5],
      [palette.onState.failed, 1.8],
    ] as const) {
      ctx.strokeStyle = color;
      ctx.lineWidth = lineWidth;
      ctx.lineCap = 'round';
      ctx.beginPath();
      ctx.moveTo(x - arm, middle - arm);
      ctx.lineTo(x + arm, middle + arm);
      ctx.moveTo(x + arm, middle - arm);
      ctx.lineTo(x - arm, middle + arm);
      ctx.stroke();
    }
  }
  ctx.lineCap = 'butt';
}

/** Bars of one state, in that state's look. */
export function drawBars(ctx: CanvasRenderingContext2D, bars: readonly Bar[], palette: Palette): void {
  const state = bars[0]?.rect.segment.state;
  switch (state) {
    case undefined:
      return;
    case 'idle':
      return drawQuiet(ctx, bars, { color: palette.state.idle, height: 1 });
    case 'completed':
      return drawQuiet(ctx, bars, { color: palette.state.completed, height: 2 });
    case 'queued':
      return drawQueued(ctx, bars, palette);
    case 'running':
      return drawRunning(ctx, bars, palette);
    case 'waiting':
      return drawWaiting(ctx, bars, palette);
    case 'paused':
      return fillBars(ctx, bars, palette.state.paused);
    case 'failed':
      return drawFailed(ctx, bars, palette);
  }
}
