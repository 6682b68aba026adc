// The timeline band on the canvas: separators, names, bars, checkpoints, scroll bar. Decides nothing; the layout has.
import { AGENT_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import type { GroupRow, LaneRow, Row } from '../layout/lanes.ts';
import type { NameLabel, PanelLayout, TimelineLayout } from '../layout/panel.ts';
import { BAR_FONT_PX } from '../layout/segment-rects.ts';
import { stateOfCode } from '../model/state-columns.ts';
import { drawStates, type StateBars, type StateRow } from './bars.ts';
import type { Palette } from './palette.ts';
import { drawRunEnds } from './run-ends.ts';
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

function drawRuns(ctx: CanvasRenderingContext2D, rows: readonly GroupRow[], color: string): void {
  ctx.fillStyle = color;
  for (const row of rows) {
    for (const run of row.runs) {
      ctx.fillRect(run.x, row.barY, run.width, row.barHeight);
    }
  }
}

/** A failure is often an instant; in the roll-up it must still be found. */
const MIN_FAILURE_WIDTH = 3;
const ROLL_UP_STATES = ['waiting', 'failed'] as const satisfies readonly AgentState[];

/** The thin bar of an open group: running is left to its lanes. A collapsed one is drawn as bars. */
function drawRollUps(ctx: CanvasRenderingContext2D, rows: readonly GroupRow[], palette: Palette): void {
  for (const state of ROLL_UP_STATES) {
    ctx.fillStyle = palette.state[state];
    for (const row of rows.filter((one) => !one.isCollapsed)) {
      for (const { state: own, x, width } of row.rollUp) {
        if (own === state) {
          const least = state === 'failed' ? MIN_FAILURE_WIDTH : 0;
          ctx.fillRect(x, row.barY, Math.max(least, width), row.barHeight);
        }
      }
    }
  }
}

function drawBarLabels(ctx: CanvasRenderingContext2D, rows: readonly LaneRow[], palette: Palette): void {
  const font = fontOf(BAR_FONT_PX, palette.fontFamily);
  for (const { tracks } of rows) {
    for (const { barY, barHeight, marks } of tracks) {
      for (const { mark, text, x, inside } of marks.labels) {
        const state = stateOfCode(marks.code[mark]);
        const color = inside && state !== undefined ? palette.onState[state] : palette.weakText;
        drawText(ctx, text, { x, y: barY + barHeight / 2 + 0.5, style: { color, font, align: 'left' } });
      }
    }
  }
}

const CHEVRON = 4;

function drawChevron(ctx: CanvasRenderingContext2D, name: NameLabel, color: string): void {
  if (name.chevron === undefined) {
    return;
  }
  const x = name.chevron.x + CHEVRON;
  const { y } = name;
  ctx.fillStyle = color;
  ctx.beginPath();
  if (name.chevron.isCollapsed) {
    ctx.moveTo(x - 2, y - CHEVRON);
    ctx.lineTo(x + 3, y);
    ctx.lineTo(x - 2, y + CHEVRON);
  } else {
    ctx.moveTo(x - CHEVRON, y - 2);
    ctx.lineTo(x, y + 3);
    ctx.lineTo(x + CHEVRON, y - 2);
  }
  ctx.closePath();
  ctx.fill();
}

function drawName(ctx: CanvasRenderingContext2D, name: NameLabel, at: { moneyRight: number; palette: Palette }): void {
  const { palette } = at;
  const isTool = name.kind === 'tool';
  const weight = name.kind === 'group' ? '500 ' : '';
  drawChevron(ctx, name, palette.weakText);
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
  at: { axisLeft: number; title: string; palette: Palette }
): void {
  if (band.rail === undefined) {
    return;
  }
  const { y, marks } = band.rail;
  const style = { color: at.palette.faintText, font: fontOf(10, at.palette.fontFamily), align: 'right' } as const;
  drawText(ctx, at.axisLeft > 90 ? at.title : '', { x: at.axisLeft - 12, y, style });
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

function rollUpBars(rollUp: GroupRow['rollUp']): StateBars {
  return {
    length: rollUp.length,
    code: rollUp.map(({ state }) => AGENT_STATE_CODE[state]),
    x: rollUp.map(({ x }) => x),
    width: rollUp.map(({ width }) => width),
    openTo: rollUp.length,
    goesOn: false,
  };
}

/** The bars of all tracks in view. A collapsed group stands for its lanes and looks like them. */
function stateRows(rows: readonly Row[]): StateRow[] {
  return rows.flatMap((row): StateRow[] => {
    if (row.kind !== 'group') {
      const tool = row.kind === 'tool';
      return row.tracks.map(({ barY, barHeight, marks }) => ({ y: barY, height: barHeight, tool, bars: marks }));
    }
    return row.isCollapsed ? [{ y: row.barY, height: row.barHeight, tool: false, bars: rollUpBars(row.rollUp) }] : [];
  });
}

/** Rows with their names, between two heights. */
function drawRows(
  ctx: CanvasRenderingContext2D,
  part: { rows: readonly Row[]; names: readonly NameLabel[]; top: number; bottom: number },
  at: { left: number; right: number; palette: Palette }
): void {
  const { rows, names, top } = part;
  const { left, right, palette } = at;
  const height = Math.max(0, part.bottom - top);
  withClip(ctx, { x: 0, y: top, width: left - 4, height }, () => {
    for (const name of names) {
      drawName(ctx, name, { moneyRight: left - 12, palette });
    }
  });
  withClip(ctx, { x: left - 1, y: top, width: right - left + OVERHANG, height }, () => {
    drawSeparators(ctx, rows, { left, right, color: palette.separator });
    const groups = rows.filter((row) => row.kind === 'group');
    const lanes = rows.filter((row) => row.kind !== 'group');
    drawRuns(ctx, groups, palette.run);
    drawRollUps(ctx, groups, palette);
    drawStates(ctx, stateRows(rows), palette);
    drawRunEnds(ctx, groups, palette);
    drawBarLabels(ctx, lanes, palette);
  });
}

/** The band with everything in it. The now line is not part of it: it runs through both bands. */
export function drawTimeline(ctx: CanvasRenderingContext2D, layout: PanelLayout, palette: Palette): void {
  const band = layout.timeline;
  if (band === undefined) {
    return;
  }
  const { left, right } = layout.axis;
  const { rows, names, sticky } = band;
  drawRail(ctx, band, { axisLeft: left, title: layout.words.checkpoints, palette });
  drawRows(ctx, { rows, names, top: sticky.bottom, bottom: band.bottom }, { left, right, palette });
  let top = band.top;
  for (const [i, row] of sticky.rows.entries()) {
    const bottom = row.y + row.height;
    drawRows(ctx, { rows: [row], names: sticky.names.slice(i, i + 1), top, bottom }, { left, right, palette });
    top = Math.max(top, bottom);
  }
}
