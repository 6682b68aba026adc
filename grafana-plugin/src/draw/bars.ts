// The bars of each state: solid, hatched, outlined, with their glyphs, so that each is told apart without colour.
import { AGENT_STATE_CODE, AGENT_STATES, type AgentState } from 'orchestrator-exporter/contract/states';
import { stateOfCode } from '../model/state-columns.ts';
import { fillBarRows, ROUND_FROM, type BarRow, type Bars, type BarStyle } from './bar-rows.ts';
import { drawCrosses, type Cross } from './crosses.ts';
import { fillHatched, type Box } from './hatch.ts';
import type { Palette } from './palette.ts';

/** Bars of segments and of roll-ups alike. */
export interface StateBars extends Bars {
  /** `AGENT_STATE_CODE`. */
  readonly code: ArrayLike<number>;
  /** The last one goes on at the now line. */
  readonly goesOn: boolean;
}

/** The bars of one track. CSS pixels. */
export interface StateRow {
  readonly y: number;
  readonly height: number;
  readonly tool: boolean;
  readonly bars: StateBars;
}

const ARROW = 6;
/** Lower bars have no arrow, and no hatch. */
const ARROW_MIN_HEIGHT = 6;
const HATCH_MIN_HEIGHT = 5;

type Filled = Exclude<AgentState, 'idle' | 'completed' | 'queued'>;

/** What a pass over the bars paints: those of one state, or all that fill their rows. */
type Pass = AgentState | 'filled';

/** The bars of a row that a pass is about. */
interface PassRow extends StateRow {
  /** Which of its bars, ascending. */
  readonly at: Int32Array;
}

const FILLED_CODES = AGENT_STATES.filter(
  (state) => state !== 'idle' && state !== 'completed' && state !== 'queued'
).reduce((bits, state) => bits | (1 << AGENT_STATE_CODE[state]), 0);

const STATES_BY_CODE = AGENT_STATES.map((state) => [AGENT_STATE_CODE[state], state] as const);

/** One for all frames: lists that grow bar by bar were more garbage than anything else that a frame leaves. */
let room = new Int32Array(0);

/**
 * For each pass the rows that it concerns, with its bars only: looking at all bars in every pass costs more than these. They
 * hold until the next call.
 */
function passesOf(rows: readonly StateRow[]): ReadonlyMap<Pass, readonly PassRow[]> {
  // Each bar is listed for its state and, maybe, among all that fill their rows.
  const most = rows.reduce((sum, { bars }) => sum + 2 * bars.length, 0);
  if (room.length < most) {
    room = new Int32Array(2 * most);
  }
  let listed = 0;
  const passes = new Map<Pass, PassRow[]>();
  const add = (pass: Pass, row: StateRow, codes: number): void => {
    const { code, length } = row.bars;
    const begin = listed;
    for (let i = 0; i < length; i++) {
      if ((codes & (1 << (code[i] ?? 0))) !== 0) {
        room[listed++] = i;
      }
    }
    if (listed > begin) {
      const own = passes.get(pass) ?? [];
      own.push({ ...row, at: room.subarray(begin, listed) });
      passes.set(pass, own);
    }
  };
  for (const row of rows) {
    for (const [code, state] of STATES_BY_CODE) {
      add(state, row, 1 << code);
    }
    add('filled', row, FILLED_CODES);
  }
  return passes;
}

/** Visits the bars of a pass: where each stands, and its row. */
function visitBars(rows: readonly PassRow[], visit: (x: number, width: number, row: PassRow) => void): void {
  for (const row of rows) {
    const { x, width } = row.bars;
    for (const i of row.at) {
      visit(x[i] ?? 0, width[i] ?? 0, row);
    }
  }
}

/** A thin line in the lane's middle: known, but nothing is going on. */
function drawQuiet(ctx: CanvasRenderingContext2D, rows: readonly PassRow[], color: string, height: number): void {
  const style = { fill: color };
  fillBarRows(
    ctx,
    rows.map((row) => ({ ...row, y: row.y + (row.height - height) / 2, height, styleOf: () => style }))
  );
}

/** Of a narrow queued bar's height, at its top and at its bottom; between them it is open. */
const QUEUED_END_PART = 0.3;

/**
 * Hollow, dashed: nothing is being done yet. Narrower ones have no inside: they are open in their middle, where quiet states
 * have their line, and cost no path.
 */
function drawQueued(ctx: CanvasRenderingContext2D, rows: readonly PassRow[], palette: Palette): void {
  const style = { fill: palette.state.queued };
  fillBarRows(
    ctx,
    rows.flatMap((row) => {
      const height = Math.max(1, Math.round(row.height * QUEUED_END_PART));
      const styleOf = (i: number) => ((row.bars.width[i] ?? 0) < ROUND_FROM ? style : undefined);
      return [row.y, row.y + row.height - height].map((y) => ({ ...row, y, height, styleOf }));
    })
  );
  ctx.strokeStyle = palette.state.queued;
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 2]);
  ctx.beginPath();
  visitBars(rows, (x, width, { y, height }) => {
    if (width >= ROUND_FROM) {
      ctx.rect(x + 0.5, y + 0.5, width - 1, height - 1);
    }
  });
  ctx.stroke();
  ctx.setLineDash([]);
}

/** Looks of the states that fill their bars, of tools where `tool`. */
function filledStyles(palette: Palette, tool: boolean): Record<Filled, BarStyle> {
  return {
    running: { fill: tool ? palette.toolRunning : palette.state.running },
    paused: { fill: palette.state.paused },
    waiting: { fill: palette.waitingGround, rim: palette.state.waiting },
    failed: { fill: palette.state.failed },
  };
}

/** The bars of every state that fills them. A waiting one has a hatched ground where there is room, else it is solid. */
function drawFilled(ctx: CanvasRenderingContext2D, rows: readonly PassRow[], palette: Palette): void {
  const looks = [filledStyles(palette, false), filledStyles(palette, true)].map(
    (styles: Partial<Record<AgentState, BarStyle>>) =>
      AGENT_STATES.map((_, code) => styles[stateOfCode(code) ?? 'idle'])
  );
  const solid = { fill: palette.state.waiting };
  fillBarRows(
    ctx,
    rows.map((row): BarRow => {
      const styles = looks[row.tool ? 1 : 0] ?? [];
      const { code, width } = row.bars;
      const isHatched = (i: number) => (width[i] ?? 0) >= ROUND_FROM && row.height >= HATCH_MIN_HEIGHT;
      const styleOf = (i: number) =>
        code[i] === AGENT_STATE_CODE.waiting && !isHatched(i) ? solid : styles[code[i] ?? -1];
      return { ...row, styleOf };
    })
  );
}

/** The tips of bars that go on. */
function drawArrows(ctx: CanvasRenderingContext2D, rows: readonly PassRow[], palette: Palette): void {
  for (const { y, height, tool, bars, at } of rows) {
    const last = bars.length - 1;
    const state = stateOfCode(bars.code[last]);
    if (bars.goesOn && at.at(-1) === last && state !== undefined && height >= ARROW_MIN_HEIGHT) {
      const x = bars.x[last] ?? 0;
      const end = x + (bars.width[last] ?? 0);
      ctx.fillStyle = state === 'running' && tool ? palette.toolRunning : palette.state[state];
      ctx.beginPath();
      // From a little inside: the corners of the bar are round.
      ctx.moveTo(Math.max(x, end - 2), y);
      ctx.lineTo(end, y);
      ctx.lineTo(end + Math.min(ARROW, height / 2), y + height / 2);
      ctx.lineTo(end, y + height);
      ctx.lineTo(Math.max(x, end - 2), y + height);
      ctx.fill();
    }
  }
}

const PAUSE_FROM = 12;

/** The two bars of a pause where there is room. */
function drawPauses(ctx: CanvasRenderingContext2D, rows: readonly PassRow[], palette: Palette): void {
  ctx.fillStyle = palette.onState.paused;
  visitBars(rows, (x, width, { y, height }) => {
    if (width >= PAUSE_FROM) {
      const arm = Math.max(2, Math.min(7, height - 4));
      const top = y + (height - arm) / 2;
      ctx.fillRect(x + 5, top, 2, arm);
      ctx.fillRect(x + 9, top, 2, arm);
    }
  });
}

/** Diagonal lines over the ground of waiting bars. */
function drawHatches(ctx: CanvasRenderingContext2D, rows: readonly PassRow[], palette: Palette): void {
  const boxes: Box[] = [];
  visitBars(rows, (x, width, { y, height }) => {
    if (width >= ROUND_FROM && height >= HATCH_MIN_HEIGHT) {
      boxes.push({ x: x + 1, y: y + 1, width: width - 2, height: height - 2 });
    }
  });
  fillHatched(ctx, boxes, palette.state.waiting);
}

/** A cross needs this much of its lane for itself: nearer ones would hide what is between them. */
const CROSS_ROOM = 14;
const SPIKE = 2;

/** Failures of a row, which of them carry a cross, so that crosses do not touch. */
function crossesOf({ y, height, tool, bars, at }: PassRow): Cross[] {
  const xOf = (i: number | undefined) => bars.x[i ?? -1] ?? Infinity;
  const widthOf = (i: number) => bars.width[i] ?? 0;
  const isNear = (i: number, other: number | undefined) => Math.abs(xOf(i) - xOf(other)) < CROSS_ROOM;
  return Array.from(at)
    .filter((i, nth) => widthOf(i) >= CROSS_ROOM || !(isNear(i, at[nth - 1]) || isNear(i, at[nth + 1])))
    .map((i) => ({
      x: widthOf(i) >= 12 ? xOf(i) + 8 : xOf(i) + widthOf(i) / 2,
      y: y + height / 2,
      arm: tool ? 2 : 3,
    }));
}

/**
 * Failures are higher than their neighbours where they are narrow, with a cross where they failed. Where failures crowd,
 * their height alone tells them.
 */
function drawFailures(ctx: CanvasRenderingContext2D, rows: readonly PassRow[], palette: Palette): void {
  const style = { fill: palette.state.failed };
  fillBarRows(
    ctx,
    rows.map((row) => ({
      ...row,
      y: row.y - SPIKE,
      height: row.height + 2 * SPIKE,
      styleOf: (i) => ((row.bars.width[i] ?? 0) < ROUND_FROM ? style : undefined),
    }))
  );
  drawCrosses(ctx, rows.flatMap(crossesOf), { color: palette.onState.failed, rim: palette.state.failed });
}

/** The bars of all rows in the looks of their states; what must not be missed is painted last. */
export function drawStates(ctx: CanvasRenderingContext2D, rows: readonly StateRow[], palette: Palette): void {
  const passes = passesOf(rows);
  const draw = (pass: Pass, paint: (own: readonly PassRow[]) => void): void => {
    const own = passes.get(pass);
    if (own !== undefined) {
      paint(own);
    }
  };
  draw('idle', (own) => drawQuiet(ctx, own, palette.state.idle, 1));
  draw('completed', (own) => drawQuiet(ctx, own, palette.state.completed, 2));
  draw('queued', (own) => drawQueued(ctx, own, palette));
  draw('filled', (own) => drawFilled(ctx, own, palette));
  draw('filled', (own) => drawArrows(ctx, own, palette));
  draw('paused', (own) => drawPauses(ctx, own, palette));
  draw('waiting', (own) => drawHatches(ctx, own, palette));
  draw('failed', (own) => drawFailures(ctx, own, palette));
}
