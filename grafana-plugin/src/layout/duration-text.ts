// Durations as text. Exact where one looks closely (tooltip), short where room is scarce (bars, legend).

const MS_PER_SECOND = 1_000;
const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_DAY = 86_400_000;

/** At most `digits` decimals, without trailing zeros. */
function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

function wholeUnits(ms: number): { days: number; hours: number; minutes: number; restMs: number } {
  const days = Math.floor(ms / MS_PER_DAY);
  const hours = Math.floor((ms % MS_PER_DAY) / MS_PER_HOUR);
  const minutes = Math.floor((ms % MS_PER_HOUR) / MS_PER_MINUTE);
  return { days, hours, minutes, restMs: ms - days * MS_PER_DAY - hours * MS_PER_HOUR - minutes * MS_PER_MINUTE };
}

function unit(value: number, name: string): string[] {
  return value === 0 ? [] : [`${value} ${name}`];
}

/** Nothing rounded away down to the microsecond: `2.52 ms`, `56.418 s`, `1 h 55 min 12.3 s`. Negative is 0. */
export function exactDuration(durationMs: number): string {
  const ms = Math.max(0, Math.round(durationMs * 1000) / 1000);
  if (ms < MS_PER_SECOND) {
    return `${trimmed(ms, 3)} ms`;
  }
  const { days, hours, minutes, restMs } = wholeUnits(ms);
  const seconds = restMs === 0 ? [] : [`${trimmed(restMs / MS_PER_SECOND, 6)} s`];
  return [...unit(days, 'd'), ...unit(hours, 'h'), ...unit(minutes, 'min'), ...seconds].join(' ');
}

/** The two largest units: `212 ms`, `46.4 s`, `21 min 14 s`, `1 h 55 min`, `3 d 4 h`. */
export function shortDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < MS_PER_SECOND) {
    return `${Number(ms.toPrecision(3))} ms`;
  }
  if (ms < MS_PER_MINUTE - 50) {
    return `${trimmed(ms / MS_PER_SECOND, 1)} s`;
  }
  if (ms < MS_PER_HOUR) {
    const seconds = Math.round(ms / MS_PER_SECOND);
    return [...unit(Math.floor(seconds / 60), 'min'), ...unit(seconds % 60, 's')].join(' ');
  }
  const minutes = Math.round(ms / MS_PER_MINUTE);
  if (minutes < 24 * 60) {
    return [...unit(Math.floor(minutes / 60), 'h'), ...unit(minutes % 60, 'min')].join(' ');
  }
  const hours = Math.round(ms / MS_PER_HOUR);
  return [...unit(Math.floor(hours / 24), 'd'), ...unit(hours % 24, 'h')].join(' ');
}

/** One unit, for "in 6 min", "± 1 min": whole numbers above a minute. */
export function roughDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < MS_PER_MINUTE) {
    return `${Math.round(ms / MS_PER_SECOND)} s`;
  }
  if (ms < 2 * MS_PER_HOUR) {
    return `${Math.round(ms / MS_PER_MINUTE)} min`;
  }
  return ms < 2 * MS_PER_DAY ? `${Math.round(ms / MS_PER_HOUR)} h` : `${Math.round(ms / MS_PER_DAY)} d`;
}
