// The burn-down band on the canvas: area, step line, ideal, thresholds, forecast.
import { area, line } from 'd3-shape';
import type { BudgetLine, BurnDownLayout, Point, Severity } from '../layout/burn-down.ts';
import type { PanelLayout } from '../layout/panel.ts';
import type { Palette } from './palette.ts';
import { drawText, fontOf } from './text.ts';
import { withClip } from './with-clip.ts';

const LABEL_FONT_PX = 11;

function stroke(
  ctx: CanvasRenderingContext2D,
  points: readonly Point[],
  style: { color: string | CanvasGradient; width: number; dash?: number[] }
): void {
  ctx.strokeStyle = style.color;
  ctx.lineWidth = style.width;
  ctx.setLineDash(style.dash ?? []);
  ctx.beginPath();
  line<Point>(
    (p) => p.x,
    (p) => p.y
  ).context(ctx)([...points]);
  ctx.stroke();
  ctx.setLineDash([]);
}

function severityColor(severity: Severity, palette: Palette): string {
  switch (severity) {
    case 'calm':
      return palette.faintText;
    case 'warning':
      return palette.warning;
    case 'critical':
      return palette.critical;
  }
}

/** Green down to zero, red below it; `stops` are the colours at the top, above zero, below zero and at the bottom. */
function splitAtZero(
  ctx: CanvasRenderingContext2D,
  band: BurnDownLayout,
  stops: readonly [string, string, string, string]
): CanvasGradient {
  const gradient = ctx.createLinearGradient(0, band.top, 0, band.bottom);
  const zero = Math.min(1, Math.max(0, (band.zeroY - band.top) / (band.bottom - band.top)));
  gradient.addColorStop(0, stops[0]);
  gradient.addColorStop(zero, stops[1]);
  gradient.addColorStop(zero, stops[2]);
  gradient.addColorStop(1, stops[3]);
  return gradient;
}

function drawPrimary(
  ctx: CanvasRenderingContext2D,
  budget: BudgetLine,
  at: { band: BurnDownLayout; palette: Palette }
): void {
  const { band, palette } = at;
  ctx.fillStyle = splitAtZero(ctx, band, [
    palette.moneyTop,
    palette.moneyBottom,
    palette.overspentTop,
    palette.overspentBottom,
  ]);
  ctx.beginPath();
  area<Point>()
    .x((p) => p.x)
    .y0(band.zeroY)
    .y1((p) => p.y)
    .context(ctx)([...budget.line]);
  ctx.fill();
  const color = splitAtZero(ctx, band, [palette.money, palette.money, palette.critical, palette.critical]);
  stroke(ctx, budget.line, { color, width: 1.6 });
}

function drawForecast(ctx: CanvasRenderingContext2D, band: BurnDownLayout, palette: Palette): void {
  if (band.forecast === undefined) {
    return;
  }
  ctx.fillStyle = palette.cone;
  ctx.beginPath();
  for (const [i, point] of band.forecast.cone.entries()) {
    if (i === 0) {
      ctx.moveTo(point.x, point.y);
    } else {
      ctx.lineTo(point.x, point.y);
    }
  }
  ctx.closePath();
  ctx.fill();
  stroke(ctx, band.forecast.line, { color: palette.forecast, width: 1.8, dash: [5, 3] });
  const { exhaustedX: x } = band.forecast;
  if (x !== undefined) {
    const ends = [
      { x, y: band.top },
      { x, y: band.bottom },
    ];
    stroke(ctx, ends, { color: palette.forecast, width: 1 });
  }
}

function drawScale(
  ctx: CanvasRenderingContext2D,
  layout: PanelLayout,
  at: { band: BurnDownLayout; palette: Palette }
): void {
  const { left, right } = layout.axis;
  const { band, palette } = at;
  for (const tick of band.yTicks) {
    const y = Math.round(tick.y);
    ctx.fillStyle = Math.abs(tick.y - band.zeroY) < 0.5 ? palette.separator : palette.grid;
    ctx.fillRect(left, y, right - left, 1);
    const style = { color: palette.weakText, font: fontOf(LABEL_FONT_PX, palette.fontFamily), align: 'right' } as const;
    drawText(ctx, tick.text, { x: left - 12, y: y + 0.5, style });
  }
}

const MARK_SIZE = 4;

/** A new period is a dashed line through the band, a change of the limit an arrow head at the curve. */
function drawMarks(ctx: CanvasRenderingContext2D, band: BurnDownLayout, palette: Palette): void {
  const style = { color: palette.weakText, font: fontOf(10, palette.fontFamily), align: 'left' } as const;
  for (const { kind, x, y, text } of band.marks) {
    let textY = band.top + 8;
    if (kind === 'reset') {
      const ends = [
        { x, y: band.top },
        { x, y: band.bottom },
      ];
      stroke(ctx, ends, { color: palette.weakText, width: 1, dash: [3, 3] });
    } else {
      const tip = kind === 'top-up' ? y - 2 * MARK_SIZE : y + 2 * MARK_SIZE;
      ctx.fillStyle = kind === 'top-up' ? palette.money : palette.warning;
      ctx.beginPath();
      ctx.moveTo(x - MARK_SIZE, y);
      ctx.lineTo(x + MARK_SIZE, y);
      ctx.lineTo(x, tip);
      ctx.closePath();
      ctx.fill();
      textY = tip;
    }
    ctx.strokeStyle = palette.background;
    ctx.lineWidth = 3;
    drawText(ctx, text, { x: x + MARK_SIZE + 2, y: textY, style, rim: true });
  }
}

/** Names of lines stand right of the axis, over nothing else. */
function drawLineNames(
  ctx: CanvasRenderingContext2D,
  layout: PanelLayout,
  at: { band: BurnDownLayout; palette: Palette }
): void {
  const { band, palette } = at;
  const { right } = layout.axis;
  for (const { y, text, severity } of band.thresholds) {
    if (text !== undefined) {
      const style = {
        color: severityColor(severity, palette),
        font: fontOf(10, palette.fontFamily),
        align: 'left',
      } as const;
      drawText(ctx, text, { x: right + 6, y, style });
    }
  }
  const name = { color: palette.weakText, font: fontOf(10, palette.fontFamily) };
  if (band.idealLabel !== undefined) {
    const { x, y } = band.idealLabel;
    const atEdge = x > right - 40;
    const style = { ...name, align: atEdge ? 'right' : 'left' } as const;
    ctx.strokeStyle = palette.background;
    ctx.lineWidth = 3;
    drawText(ctx, layout.words.ideal, { x: atEdge ? x - 4 : x + 4, y: y - 9, style });
  }
  if (band.forecast?.exhaustedX !== undefined) {
    const x = band.forecast.exhaustedX;
    const atEdge = x > right - 70;
    const style = { ...name, color: palette.forecast, align: atEdge ? 'right' : 'left' } as const;
    drawText(ctx, layout.words.exhausted, { x: x + (atEdge ? -6 : 6), y: (band.limitY ?? band.top) + 12, style });
  }
  for (const { label } of band.budgets) {
    if (label !== undefined) {
      const atEdge = label.x > right - 60;
      const style = { ...name, align: atEdge ? 'right' : 'left' } as const;
      // A rim of background keeps the name readable over its neighbours' lines.
      ctx.strokeStyle = palette.background;
      ctx.lineWidth = 3;
      drawText(ctx, label.text, { x: atEdge ? right - 4 : label.x, y: label.y - 8, style, rim: true });
    }
  }
}

const TITLE_ROOM = 20;

function drawTitle(
  ctx: CanvasRenderingContext2D,
  layout: PanelLayout,
  { band, palette }: { band: BurnDownLayout; palette: Palette }
): void {
  const style = { color: palette.weakText, font: fontOf(LABEL_FONT_PX, palette.fontFamily), align: 'left' } as const;
  drawText(ctx, layout.words.remaining(band.title), { x: 0, y: band.top - 12, style });
}

/** The band with everything in it, now line excepted; its title where there is room between the bands. */
export function drawBurnDown(ctx: CanvasRenderingContext2D, layout: PanelLayout, palette: Palette): void {
  const band = layout.burnDown;
  if (band === undefined) {
    return;
  }
  const { left, right } = layout.axis;
  if (band.top - (layout.timeline?.bottom ?? layout.plotTop) > TITLE_ROOM) {
    drawTitle(ctx, layout, { band, palette });
  }
  drawScale(ctx, layout, { band, palette });
  withClip(ctx, { x: left, y: band.top - 2, width: right - left, height: band.bottom - band.top + 2 }, () => {
    const [primary, ...others] = band.budgets;
    if (primary !== undefined) {
      drawPrimary(ctx, primary, { band, palette });
    }
    for (const budget of others) {
      stroke(ctx, budget.line, { color: palette.faintText, width: 1 });
    }
    if (band.limitY !== undefined) {
      stroke(
        ctx,
        [
          { x: left, y: band.limitY },
          { x: right, y: band.limitY },
        ],
        { color: palette.faintText, width: 1 }
      );
    }
    for (const ideal of band.ideal) {
      stroke(ctx, ideal, { color: palette.weakText, width: 1.2, dash: [2, 4] });
    }
    for (const { y, severity } of band.thresholds) {
      stroke(
        ctx,
        [
          { x: left, y },
          { x: right, y },
        ],
        { color: severityColor(severity, palette), width: 1 }
      );
    }
    drawForecast(ctx, band, palette);
    drawMarks(ctx, band, palette);
  });
  drawLineNames(ctx, layout, { band, palette });
}
