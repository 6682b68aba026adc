// The whole canvas, device pixel ratio aware: grid, bands, axis, now line.
import type { PanelLayout } from '../layout/panel.ts';
import { drawBurnDown } from './burn-down.ts';
import type { Palette } from './palette.ts';
import { drawText, fontOf } from './text.ts';
import { drawTimeline } from './timeline.ts';
import { roundedRect } from './rounded-rect.ts';

const AXIS_FONT_PX = 11;

function drawGrid(ctx: CanvasRenderingContext2D, layout: PanelLayout, palette: Palette): void {
  ctx.fillStyle = palette.grid;
  for (const { x } of layout.ticks) {
    ctx.fillRect(Math.round(x), layout.plotTop, 1, layout.plotBottom - layout.plotTop);
  }
}

function drawAxis(ctx: CanvasRenderingContext2D, layout: PanelLayout, palette: Palette): void {
  const font = fontOf(AXIS_FONT_PX, palette.fontFamily);
  ctx.font = font;
  for (const { x, text } of layout.ticks) {
    const half = ctx.measureText(text).width / 2;
    // A label that would leave the canvas is moved in, not cut.
    const inside = Math.min(layout.width - half, Math.max(half, x));
    drawText(ctx, text, {
      x: inside,
      y: layout.plotBottom + 13,
      style: { color: palette.weakText, font, align: 'center' },
    });
  }
}

function drawNow(ctx: CanvasRenderingContext2D, layout: PanelLayout, palette: Palette): void {
  if (layout.now === undefined) {
    return;
  }
  const x = Math.round(layout.now.x) + 0.5;
  ctx.strokeStyle = palette.now;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x, 14);
  ctx.lineTo(x, layout.plotBottom);
  ctx.stroke();
  const width = 30;
  const left = Math.min(layout.width - width, x - width / 2);
  ctx.fillStyle = palette.now;
  ctx.beginPath();
  roundedRect(ctx, { x: left, y: 0, width, height: 15 }, [2, 2]);
  ctx.fill();
  const style = { color: palette.onNow, font: fontOf(10, palette.fontFamily), align: 'center' } as const;
  drawText(ctx, layout.words.now, { x: left + width / 2, y: 8, style });
}

/** Draws `layout` onto a context whose canvas is `devicePixelRatio` times as large as the layout in each direction. */
export function drawPanel(
  ctx: CanvasRenderingContext2D,
  layout: PanelLayout,
  look: { palette: Palette; devicePixelRatio: number }
): void {
  const { palette, devicePixelRatio } = look;
  ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  ctx.clearRect(0, 0, layout.width, layout.height);
  drawGrid(ctx, layout, palette);
  drawBurnDown(ctx, layout, palette);
  drawTimeline(ctx, layout, palette);
  drawAxis(ctx, layout, palette);
  drawNow(ctx, layout, palette);
}
