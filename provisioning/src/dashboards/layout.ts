// Places panels: sections below each other, in each the panels from left to right, line by line.
import { GRID_WIDTH, type Draft, type Placed, type Row } from './schema.ts';

export interface Sized {
  readonly w: number;
  readonly h: number;
  readonly panel: Draft;
}

export interface Section {
  /** Heading of the row; none for what stands first. */
  readonly title?: string;
  /** Shown as its heading only until it is opened. */
  readonly collapsed?: boolean;
  readonly panels: readonly Sized[];
}

export type PlacedPanel = Placed<Draft> | Placed<Row>;

/** Panels of one size. */
export const sized = (w: number, h: number, panels: readonly Draft[]): readonly Sized[] =>
  panels.map((panel) => ({ w, h, panel }));

/**
 * Panels of a section from line `top` on, with the line below them. Those of a line have one height and fill it; else an Error,
 * since Grafana would move them to places that nobody chose.
 */
function place(panels: readonly Sized[], top: number, firstId: number): { placed: Placed<Draft>[]; bottom: number } {
  const placed: Placed<Draft>[] = [];
  let [x, y, lineHeight] = [0, top, 0];
  for (const { w, h, panel } of panels) {
    if (x > 0 && h !== lineHeight) throw new Error(`"${panel.title}" is ${h} high, its line ${lineHeight}`);
    if (x + w > GRID_WIDTH) throw new Error(`"${panel.title}" does not fit into its line`);
    lineHeight = h;
    placed.push({ id: firstId + placed.length, ...panel, gridPos: { x, y, w, h } });
    x += w;
    if (x < GRID_WIDTH) continue;
    [x, y] = [0, y + h];
  }
  if (x > 0) throw new Error(`the line of "${placed.at(-1)?.title}" is not full`);
  return { placed, bottom: y };
}

/** Ids count up from 1 in reading order; a collapsed section keeps its panels inside its row and takes one line. */
export function layOut(sections: readonly Section[]): readonly PlacedPanel[] {
  const all: PlacedPanel[] = [];
  let y = 0;
  let id = 1;
  for (const { title, collapsed = false, panels } of sections) {
    const row = title === undefined ? 0 : 1;
    const { placed, bottom } = place(panels, y + row, id + row);
    if (title !== undefined) {
      const gridPos = { x: 0, y, w: GRID_WIDTH, h: 1 };
      all.push({ id, type: 'row', title, collapsed, panels: collapsed ? placed : [], gridPos });
    }
    if (!collapsed) all.push(...placed);
    id += row + placed.length;
    y = collapsed ? y + row : bottom;
  }
  return all;
}

const isRow = (panel: PlacedPanel): panel is Placed<Row> => 'collapsed' in panel;

/** The panel, or all those of the row, with each query as `change` has it. */
export function mapQueries(panel: PlacedPanel, change: (expr: string, type: string) => string): PlacedPanel {
  const changed = (one: Placed<Draft>): Placed<Draft> => ({
    ...one,
    targets: one.targets.map((target) => ({ ...target, expr: change(target.expr, one.type) })),
  });
  return isRow(panel) ? { ...panel, panels: panel.panels.map(changed) } : changed(panel);
}
