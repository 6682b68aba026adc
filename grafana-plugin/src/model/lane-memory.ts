// What was built of each lane at the refresh before: a lane whose samples are the same is not built again. Samples are
// compared by content, because streaming frames change in place and keep their identity.
import { statesOfPoints, tailAt, type BuiltStates, type Extent, type PointColumns } from './build-states.ts';
import type { StateColumns } from './state-columns.ts';

interface Remembered extends BuiltStates {
  readonly fingerprint: string;
}

/** One read of all lanes; what it does not ask for is forgotten when the next one begins. */
export interface LaneMemory {
  begin(): void;
  states(key: string, points: PointColumns, extent: Extent): StateColumns;
}

export function createLaneMemory(): LaneMemory {
  let before = new Map<string, Remembered>();
  let now = new Map<string, Remembered>();
  return {
    begin() {
      before = now;
      now = new Map();
    },
    states(key, points, extent) {
      if (points.fingerprint === undefined) {
        return statesOfPoints(points, extent).columns;
      }
      const fingerprint = `${points.fingerprint} ${extent.holeMs} ${extent.stalenessMs}`;
      const known = before.get(key);
      const same = known?.fingerprint === fingerprint && !known.cut && known.lastMs <= extent.nowMs ? known : undefined;
      const built = same ?? statesOfPoints(points, extent);
      now.set(key, { ...built, fingerprint });
      if (same === undefined || same.columns.length === 0) {
        return built.columns;
      }
      // Only what depends on now and on the other lanes is new; the columns are shared.
      const tail = same.lastMs === -Infinity ? {} : tailAt(same.lastMs, extent);
      const beganBefore = extent.startUnknown && same.columns.startMs[0] === points.atMs[0];
      return { ...same.columns, ...tail, beganBefore };
    },
  };
}
