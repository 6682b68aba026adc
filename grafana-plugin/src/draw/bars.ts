// The bars of one state: solid, hatched, outlined, with their glyphs, so that each is told apart without colour. Batched:
// one path a colour; bars of a few pixels, which may be thousands, are plain rectangles.
import type { AgentState } from 'orchestrator-exporter/contract/states';
import type { SegmentRect } from '../layout/segment-rects.ts';
import { fillNarrowBars, type UprightBar } from './narrow-bars.ts';
import type { Palette } from './palette.ts';
import { roundedRect } from './rounded-rect.ts';

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
/** Narrower bars are rectangles without corners. */
const ROUND_FROM = 4;

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
  } else {
    roundedRect(path, { x, y: bar.y, width, height: bar.height }, [left, radius]);
  }
}

function isPlain({ rect, height }: Bar): boolean {
  return rect.width < ROUND_FROM && !(rect.arrow && height >= 6);
}

/** A bar's rectangle, `more` pixels higher above and below. */
function upright({ rect, y, height }: Bar, more = 0): UprightBar {
  return { x: rect.x, y: y - more, width: rect.width, height: height + 2 * more };
}

/** Bars with their corners and arrows; narrow ones are not among them. */
function fillShaped(ctx: CanvasRenderingContext2D, bars: readonly Bar[], color: string): void {
  const shaped = bars.filter((bar) => !isPlain(bar));
  if (shaped.length === 0) {
    return;
  }
  ctx.fillStyle = color;
  ctx.beginPath();
  for (const bar of shaped) {
    barPath(ctx, bar);
  }
  ctx.fill();
}

function drawRunning(ctx: CanvasRenderingContext2D, bars: readonly Bar[], palette: Palette): void {
  for (const [tool, color] of [
    [false, palette.state.running],
    [true, palette.toolRunning],
  ] as const) {
    const own = bars.filter((bar) => bar.tool === tool);
    fillShaped(ctx, own, color);
  }
}

/** Amber ground with diagonal hatch and an edge. */
function drawWaiting(ctx: CanvasRenderingContext2D, bars: readonly Bar[], palette: Palette): void {
  const isWide = (bar: Bar) => bar.rect.width >= 4 && bar.height >= 5;
  const wide = bars.filter(isWide);
  fillShaped(
    ctx,
    bars.filter((bar) => !isWide(bar)),
    palette.state.waiting
  );
  if (wide.length === 0) {
    return;
  }
  fillShaped(ctx, wide, palette.waitingGround);
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
  if (bars.length === 0) {
    return;
  }
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

const PAUSE_FROM = 12;

/** Violet, with the two bars of a pause where there is room. */
function drawPaused(ctx: CanvasRenderingContext2D, bars: readonly Bar[], palette: Palette): void {
  fillShaped(ctx, bars, palette.state.paused);
  ctx.fillStyle = palette.onState.paused;
  for (const { rect, y, height } of bars) {
    if (rect.width >= PAUSE_FROM) {
      const arm = Math.max(2, Math.min(7, height - 4));
      const top = y + (height - arm) / 2;
      ctx.fillRect(rect.x + 5, top, 2, arm);
      ctx.fillRect(rect.x + 9, top, 2, arm);
    }
  }
}

/** A thin line in the lane's middle: known, but nothing is going on. */
function drawQuiet(
  ctx: CanvasRenderingContext2D,
  bars: readonly Bar[],
  style: { color: string; height: number }
): void {
  const lines = bars.map(({ rect, y, height }) => ({
    x: rect.x,
    y: y + (height - style.height) / 2,
    width: rect.width,
    height: style.height,
  }));
  fillNarrowBars(ctx, [{ bars: lines, color: style.color }]);
}

/** A cross needs this much of its lane for itself: nearer ones would hide what is between them. */
const CROSS_ROOM = 14;
const SPIKE = 2;

/** Failures in drawing order: which of them carry a cross, so that crosses do not touch. */
function withCrosses(bars: readonly Bar[]): Bar[] {
  return bars.filter((bar, i) => {
    const near = (other: Bar | undefined) =>
      other !== undefined && other.y === bar.y && Math.abs(other.rect.x - bar.rect.x) < CROSS_ROOM;
    return bar.rect.width >= CROSS_ROOM || !(near(bars[i - 1]) || near(bars[i + 1]));
  });
}

function crossPath(ctx: CanvasRenderingContext2D, { rect, y, height, tool }: Bar): void {
  const arm = tool ? 2 : 3;
  const x = rect.width >= 12 ? rect.x + 8 : rect.x + rect.width / 2;
  const middle = y + height / 2;
  ctx.moveTo(x - arm, middle - arm);
  ctx.lineTo(x + arm, middle + arm);
  ctx.moveTo(x + arm, middle - arm);
  ctx.lineTo(x - arm, middle + arm);
}

/**
 * Red, higher than its neighbours, with a cross where it failed; the cross has a rim so that it reads on its neighbours
 * too. Where failures crowd, their height alone tells them.
 */
function drawFailed(ctx: CanvasRenderingContext2D, bars: readonly Bar[], palette: Palette): void {
  if (bars.length === 0) {
    return;
  }
  fillShaped(ctx, bars, palette.state.failed);
  const spikes = bars.filter(({ rect }) => rect.width < ROUND_FROM).map((bar) => upright(bar, SPIKE));
  fillNarrowBars(ctx, [{ bars: spikes, color: palette.state.failed }]);
  const crossed = withCrosses(bars);
  ctx.lineCap = 'round';
  for (const [color, lineWidth] of [
    [palette.state.failed, 5],
    [palette.onState.failed, 1.8],
  ] as const) {
    ctx.strokeStyle = color;
    ctx.lineWidth = lineWidth;
    ctx.beginPath();
    for (const bar of crossed) {
      crossPath(ctx, bar);
    }
    ctx.stroke();
  }
  ctx.lineCap = 'butt';
}

/** Narrow bars of every state that fills its bars, less important ones first. */
function drawNarrow(
  ctx: CanvasRenderingContext2D,
  barsOf: (state: AgentState) => readonly Bar[],
  palette: Palette
): void {
  const layer = (state: AgentState, color: string, isOwn: (bar: Bar) => boolean = () => true) => ({
    bars: barsOf(state)
      .filter((bar) => isPlain(bar) && isOwn(bar))
      .map((bar) => upright(bar)),
    color,
  });
  fillNarrowBars(ctx, [
    layer('paused', palette.state.paused),
    layer('running', palette.state.running, (bar) => !bar.tool),
    layer('running', palette.toolRunning, (bar) => bar.tool),
    layer('waiting', palette.state.waiting),
    layer('failed', palette.state.failed),
  ]);
}

/**
 * The bars of each state in that state's look, those of one lane from left to right: the less important ones first, narrow
 * ones of all states together before what waiting and failing look like where there is room.
 */
export function drawStates(
  ctx: CanvasRenderingContext2D,
  bars: ReadonlyMap<AgentState, readonly Bar[]>,
  palette: Palette
): void {
  const barsOf = (state: AgentState) => bars.get(state) ?? [];
  drawQuiet(ctx, barsOf('idle'), { color: palette.state.idle, height: 1 });
  drawQuiet(ctx, barsOf('completed'), { color: palette.state.completed, height: 2 });
  drawQueued(ctx, barsOf('queued'), palette);
  drawPaused(ctx, barsOf('paused'), palette);
  drawRunning(ctx, barsOf('running'), palette);
  drawNarrow(ctx, barsOf, palette);
  drawWaiting(ctx, barsOf('waiting'), palette);
  drawFailed(ctx, barsOf('failed'), palette);
}
