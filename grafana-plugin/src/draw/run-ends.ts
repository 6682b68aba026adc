// How the runs of a group's threads ended, at the end of the group's bar.
import type { GroupRow } from '../layout/lanes.ts';
import type { Palette } from './palette.ts';

const END_RADIUS = 5.5;
const END_ARM = 2;

/** A check in a ring where a run completed, a cross on red where it failed or timed out. */
export function drawRunEnds(ctx: CanvasRenderingContext2D, rows: readonly GroupRow[], palette: Palette): void {
  for (const { ends, barY, barHeight } of rows) {
    const y = barY + barHeight / 2;
    for (const { x, failed } of ends) {
      ctx.beginPath();
      ctx.arc(x, y, END_RADIUS, 0, 2 * Math.PI);
      ctx.fillStyle = failed ? palette.state.failed : palette.background;
      ctx.fill();
      ctx.lineWidth = 1.2;
      ctx.strokeStyle = failed ? palette.background : palette.weakText;
      ctx.stroke();
      ctx.beginPath();
      if (failed) {
        ctx.moveTo(x - END_ARM, y - END_ARM);
        ctx.lineTo(x + END_ARM, y + END_ARM);
        ctx.moveTo(x + END_ARM, y - END_ARM);
        ctx.lineTo(x - END_ARM, y + END_ARM);
      } else {
        ctx.moveTo(x - 2.5, y);
        ctx.lineTo(x - 0.5, y + 2);
        ctx.lineTo(x + 2.5, y - 2);
      }
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = failed ? palette.onState.failed : palette.text;
      ctx.stroke();
    }
  }
}
