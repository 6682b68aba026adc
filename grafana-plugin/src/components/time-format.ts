// Times as text in the dashboard's time zone. The only place that formats times.
import { dateTimeForTimeZone, dateTimeFormat } from '@grafana/data';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export interface TimeFormat {
  /** Label of an axis tick; `stepMs` is the distance to the next. */
  readonly tickText: (ms: number, stepMs: number) => string;
  /** Offset of the time zone from UTC at that instant, ms. */
  readonly zoneOffsetMs: (ms: number) => number;
  /** `14:09:26.418`, with the date where the range is longer than a day. */
  readonly exactTime: (ms: number) => string;
  /** `14:20`; with the date where that is not the day of `nearMs`. */
  readonly clockTime: (ms: number, nearMs: number) => string;
}

function tickPattern(ms: number, stepMs: number, isMidnight: boolean): string {
  if (stepMs >= DAY_MS || isMidnight) {
    return 'MMM D';
  }
  if (stepMs >= MINUTE_MS) {
    return 'HH:mm';
  }
  return stepMs >= SECOND_MS && ms % SECOND_MS === 0 ? 'HH:mm:ss' : 'HH:mm:ss.SSS';
}

/** Formats for one time zone; `rangeMs` decides whether times carry their date. */
export function timeFormat(timeZone: string, rangeMs: number): TimeFormat {
  const format = (ms: number, pattern: string) => dateTimeFormat(ms, { timeZone, format: pattern });
  const zoneOffsetMs = (ms: number) => dateTimeForTimeZone(timeZone, ms).utcOffset() * MINUTE_MS;
  const dayOf = (ms: number) => Math.floor((ms + zoneOffsetMs(ms)) / DAY_MS);
  return {
    zoneOffsetMs,
    tickText: (ms, stepMs) => format(ms, tickPattern(ms, stepMs, (ms + zoneOffsetMs(ms)) % DAY_MS === 0)),
    exactTime: (ms) => format(Math.floor(ms), rangeMs > DAY_MS ? 'MMM D HH:mm:ss.SSS' : 'HH:mm:ss.SSS'),
    clockTime: (ms, nearMs) => {
      const days = Math.abs(dayOf(ms) - dayOf(nearMs));
      return format(ms, days === 0 ? 'HH:mm' : days < 300 ? 'MMM D, HH:mm' : 'YYYY-MM-DD');
    },
  };
}
