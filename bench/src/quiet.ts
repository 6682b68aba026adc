// Waits until a shared machine has a quiet moment, because what others run is measured too.
import { machineCpuSeconds } from './linux-process.ts';

const LOOK_MS = 1_000;
/** Looks in a row that must all be quiet. */
const LOOKS = 4;
/** What others may take in a quiet moment, in percent of one core. */
const QUIET_PERCENT = 15;

/** @returns whether it became quiet within `patienceMs`. */
export async function quietMoment(patienceMs: number): Promise<boolean> {
  let quiet = 0;
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += LOOK_MS) {
    const before = machineCpuSeconds();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const percent = (100 * (machineCpuSeconds() - before)) / (LOOK_MS / 1_000);
    quiet = percent < QUIET_PERCENT ? quiet + 1 : 0;
    if (quiet >= LOOKS) return true;
  }
  return false;
}
