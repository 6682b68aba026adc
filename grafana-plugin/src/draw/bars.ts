// The bars of each state: solid, hatched, outlined, with their glyphs, so that each is told apart without colour.
import type { AgentState } from 'orchestrator-exporter/contract/states';
import { fillBarRows, ROUND_FROM, type BarRow, type BarStyle } from './bar-rows.ts';
import { drawCrosses, type Cross } from './crosses.ts';
import { fillHatched, type Box } from './hatch.ts';
import type { Palette } from './palette.ts';

/** A bar in its row; of segments and of roll-ups alike. */
export interface StateBar {
  readonly state: AgentState;
  readonly x: number;
  readonly width: number;
  readonly open?: boolean;
  /** It goes on at the now line. */
  readonly arrow?: boolean;
}

/** The bars of one track, from left to right, none over another. CSS pixels. */
export interface StateRow {
  readonly y: number;
  readonly height: number;
  readonly tool: boolean;
  readonly bars: readonly StateBar[];
}

const ARROW = 6;
/** Lower bars have no arrow, and no hatch. */
const ARROW_MIN_HEIGHT = 6;
const HATCH_MIN_HEIGHT = 5;

type Filled = Exclude<AgentState, 'idle' | 'completed' | 'queued'>;

const isFilled = (state: AgentState): state is Filled =>
  state !== 'idle' && state !== 'completed' && state !== 'queued';

/** What a pass over the bars paints: those of one state, or all that fill their rows. */
type Pass = AgentState | 'filled';

const noBars = (): Record<Pass, StateBar[]> => ({
  idle: [],
  completed: [],
  queued: [],
  running: [],
  paused: [],
  waiting: [],
  failed: [],
  filled: [],
});

/** For each pass the rows that it concerns, with its bars only: looking at all bars in every pass costs more than these. */
function passesOf(rows: readonly StateRow[]): ReadonlyMap<Pass, readonly StateRow[]> {
  const passes = new Map<Pass, StateRow[]>();
  for (const row of rows) {
    const own = noBars();
    for (const bar of row.bars) {
      own[bar.state].push(bar);
      if (isFilled(bar.state)) {
        own.filled.push(bar);
      }
    }
    for (const [pass, bars] of Object.entries(own) as Array<[Pass, StateBar[]]>) {
      if (bars.length > 0) {
        passes.set(pass, [...(passes.get(pass) ?? []), { ...row, bars }]);
      }
    }
  }
  return passes;
}

function visitBars(rows: readonly StateRow[], visit: (bar: StateBar, row: StateRow) => void): void {
  for (const row of rows) {
    for (const bar of row.bars) {
      visit(bar, row);
    }
  }
}

/** A thin line in the lane's middle: known, but nothing is going on. */
function drawQuiet(ctx: CanvasRenderingContext2D, rows: readonly StateRow[], color: string, height: number): void {
  const style = { fill: color };
  fillBarRows(
    ctx,
    rows.map((row) => ({ y: row.y + (row.height - height) / 2, height, bars: row.bars, styleOf: () => style }))
  );
}

/** Hollow, dashed: nothing is being done yet. */
function drawQueued(ctx: CanvasRenderingContext2D, rows: readonly StateRow[], palette: Palette): void {
  ctx.strokeStyle = palette.state.queued;
  ctx.lineWidth = 1;
  ctx.setLineDash([3, 2]);
  ctx.beginPath();
  visitBars(rows, ({ x, width }, { y, height }) => {
    ctx.rect(x + 0.5, y + 0.5, Math.max(0.5, width - 1), height - 1);
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
function drawFilled(ctx: CanvasRenderingContext2D, rows: readonly StateRow[], palette: Palette): void {
  const looks = [filledStyles(palette, false), filledStyles(palette, true)] as const;
  const solid = { fill: palette.state.waiting };
  fillBarRows(
    ctx,
    rows.map((row): BarRow<StateBar> => {
      const styles: Partial<Record<AgentState, BarStyle>> = looks[row.tool ? 1 : 0];
      const isHatched = (bar: StateBar) => bar.width >= ROUND_FROM && row.height >= HATCH_MIN_HEIGHT;
      const styleOf = (bar: StateBar) => (bar.state === 'waiting' && !isHatched(bar) ? solid : styles[bar.state]);
      return { y: row.y, height: row.height, bars: row.bars, styleOf };
    })
  );
}

/** The tips of bars that go on. */
function drawArrows(ctx: CanvasRenderingContext2D, rows: readonly StateRow[], palette: Palette): void {
  for (const { y, height, tool, bars } of rows) {
    for (const { state, x, width, arrow } of bars) {
      if (arrow === true && height >= ARROW_MIN_HEIGHT) {
        const end = x + width;
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
}

const PAUSE_FROM = 12;

/** The two bars of a pause where there is room. */
function drawPauses(ctx: CanvasRenderingContext2D, rows: readonly StateRow[], palette: Palette): void {
  ctx.fillStyle = palette.onState.paused;
  visitBars(rows, ({ x, width }, { y, height }) => {
    if (width >= PAUSE_FROM) {
      const arm = Math.max(2, Math.min(7, height - 4));
      const top = y + (height - arm) / 2;
      ctx.fillRect(x + 5, top, 2, arm);
      ctx.fillRect(x + 9, top, 2, arm);
    }
  });
}

/** Diagonal lines over the ground of waiting bars. */
function drawHatches(ctx: CanvasRenderingContext2D, rows: readonly StateRow[], palette: Palette): void {
  const boxes: Box[] = [];
  visitBars(rows, ({ x, width }, { y, height }) => {
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
function crossesOf({ y, height, tool, bars: failed }: StateRow): Cross[] {
  const near = (bar: StateBar, other: StateBar | undefined) =>
    other !== undefined && Math.abs(bar.x - other.x) < CROSS_ROOM;
  return failed
    .filter((bar, i) => bar.width >= CROSS_ROOM || !(near(bar, failed[i - 1]) || near(bar, failed[i + 1])))
    .map(({ x, width }) => ({
      x: width >= 12 ? x + 8 : x + width / 2,
      y: y + height / 2,
      arm: tool ? 2 : 3,
    }));
}

/**
 * Failures are higher than their neighbours where they are narrow, with a cross where they failed. Where failures crowd,
 * their height alone tells them.
 */
function drawFailures(ctx: CanvasRenderingContext2D, rows: readonly StateRow[], palette: Palette): void {
  const style = { fill: palette.state.failed };
  const styleOf = (bar: StateBar) => (bar.width < ROUND_FROM ? style : undefined);
  fillBarRows(
    ctx,
    rows.map((row) => ({ y: row.y - SPIKE, height: row.height + 2 * SPIKE, bars: row.bars, styleOf }))
  );
  drawCrosses(ctx, rows.flatMap(crossesOf), { color: palette.onState.failed, rim: palette.state.failed });
}

/** The bars of all rows in the looks of their states; what must not be missed is painted last. */
export function drawStates(ctx: CanvasRenderingContext2D, rows: readonly StateRow[], palette: Palette): void {
  const passes = passesOf(rows);
  const draw = (pass: Pass, paint: (own: readonly StateRow[]) => void): void => {
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
