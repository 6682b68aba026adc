// The timeline band on the canvas: separators, names, bars, checkpoints, scroll bar. Decides nothing; the layout has.
import { BAR_FONT_PX, PAINT_ORDER, type Row } from '../layout/lanes.ts';
import type { NameLabel, PanelLayout, TimelineLayout } from '../layout/panel.ts';
import { drawBars, type Bar } from './bars.ts';
import type { Palette } from './palette.ts';
import { drawText, fontOf } from './text.ts';
import { withClip } from './with-clip.ts';

const DIAMOND = 4;
/** Room that bars' arrows and markers may take beyond the axis. */
const OVERHANG = 8;

function drawSeparators(
  ctx: CanvasRenderingContext2D,
  rows: readonly Row[],
  at: { left: number; right: number; color: string }
): void {
  ctx.fillStyle = at.color;
  for (const row of rows) {
    if (row.kind !== 'tool') {
      ctx.fillRect(at.left, Math.round(row.y + row.height) - 1, at.right - at.left, 1);
    }
  }
}

function drawRuns(ctx: CanvasRenderingContext2D, rows: readonly Row[], color: string): void {
  ctx.fillStyle = color;
  for (const row of rows) {
    for (const run of row.runs) {
      ctx.fillRect(run.x, row.barY, run.width, row.barHeight);
    }
  }
}

function drawRollUps(ctx: CanvasRenderingContext2D, rows: readonly Row[], palette: Palette): void {
  for (const row of rows.filter((one) => one.kind === 'thread')) {
    for (const { segment, x, width } of row.rects) {
      ctx.fillStyle = palette.state[segment.state];
      // A failure is often an instant; in the roll-up it must still be found.
      ctx.fillRect(x, row.barY, Math.max(segment.state === 'failed' ? 3 : 1, width), row.barHeight);
    }
  }
}

function drawBarLabels(ctx: CanvasRenderingContext2D, rows: readonly Row[], palette: Palette): void {
  for (const row of rows) {
    for (const { label, segment } of row.rects) {
      if (label !== undefined) {
        const color = label.inside ? palette.onState[segment.state] : palette.weakText;
        const style = { color, font: fontOf(BAR_FONT_PX, palette.fontFamily), align: 'left' } as const;
        drawText(ctx, label.text, { x: label.x, y: row.barY + row.barHeight / 2 + 0.5, style });
      }
    }
  }
}

function drawName(ctx: CanvasRenderingContext2D, name: NameLabel, at: { moneyRight: number; palette: Palette }): void {
  const { palette } = at;
  const isTool = name.kind === 'tool';
  const weight = name.kind === 'thread' ? '500 ' : '';
  drawText(ctx, name.text, {
    x: name.x,
    y: name.y,
    style: {
      color: isTool ? palette.faintText : palette.text,
      font: `${weight}${fontOf(isTool ? 11 : 12, palette.fontFamily)}`,
      align: 'left',
    },
  });
  if (name.money !== undefined) {
    const style = { color: palette.weakText, font: fontOf(11, palette.monoFamily), align: 'right' } as const;
    drawText(ctx, name.money, { x: at.moneyRight, y: name.y, style });
  }
}

function drawRail(
  ctx: CanvasRenderingContext2D,
  band: TimelineLayout,
  at: { axisLeft: number; palette: Palette }
): void {
  if (band.rail === undefined) {
    return;
  }
  const { y, marks } = band.rail;
  const style = { color: at.palette.faintText, font: fontOf(10, at.palette.fontFamily), align: 'right' } as const;
  drawText(ctx, at.axisLeft > 90 ? 'checkpoints' : '', { x: at.axisLeft - 12, y, style });
  ctx.strokeStyle = at.palette.weakText;
  ctx.fillStyle = at.palette.background;
  ctx.lineWidth = 1.2;
  ctx.beginPath();
  for (const { x } of marks) {
    ctx.moveTo(x, y - DIAMOND);
    ctx.lineTo(x + DIAMOND, y);
    ctx.lineTo(x, y + DIAMOND);
    ctx.lineTo(x - DIAMOND, y);
    ctx.closePath();
  }
  ctx.stroke();
}

function drawScrollBar(
  ctx: CanvasRenderingContext2D,
  band: TimelineLayout,
  at: { right: number; color: string }
): void {
  const visible = band.bottom - band.top;
  if (band.contentHeight <= visible) {
    return;
  }
  const height = Math.max(16, (visible * visible) / band.contentHeight);
  const part = band.scrollTop / (band.contentHeight - visible);
  ctx.fillStyle = at.color;
  ctx.beginPath();
  ctx.roundRect(at.right, band.top + part * (visible - height), 4, height, 2);
  ctx.fill();
}

/** The band with everything in it. The now line is not part of it: it runs through both bands. */
export function drawTimeline(ctx: CanvasRenderingContext2D, layout: PanelLayout, palette: Palette): void {
  const band = layout.timeline;
  if (band === undefined) {
    return;
  }
  const { left, right } = layout.axis;
  const height = band.bottom - band.top;
  drawRail(ctx, band, { axisLeft: left, palette });
  withClip(ctx, { x: 0, y: band.top, width: left - 4, height }, () => {
    for (const name of band.names) {
      drawName(ctx, name, { moneyRight: left - 12, palette });
    }
  });
  withClip(ctx, { x: left - 1, y: band.top, width: right - left + OVERHANG, height }, () => {
    drawSeparators(ctx, band.rows, { left, right, color: palette.separator });
    drawRuns(ctx, band.rows, palette.run);
    drawRollUps(ctx, band.rows, palette);
    const bars = band.rows
      .filter((row) => row.kind !== 'thread')
      .flatMap((row) =>
        row.rects.map((rect): Bar => ({ rect, y: row.barY, height: row.barHeight, tool: row.kind === 'tool' }))
      );
    for (const state of PAINT_ORDER) {
      drawBars(
        ctx,
        bars.filter((bar) => bar.rect.segment.state === state),
        palette
      );
    }
    drawBarLabels(ctx, band.rows, palette);
  });
  drawScrollBar(ctx, band, { right: right + 4, color: palette.faintText });
}
