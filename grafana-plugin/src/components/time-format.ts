// Times as text in the dashboard's time zone and Grafana's date formats. The only place that formats times.
import { dateTimeForTimeZone, dateTimeFormat, systemDateFormats } from '@grafana/data';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** No date lies further from 1970. */
const FURTHEST_MS = 8.64e15;

export interface TimeFormat {
  /** Label of an axis tick; `stepMs` is the distance to the next. */
  readonly tickText: (ms: number, stepMs: number) => string;
  /** Offset of the time zone from UTC at that instant, ms. */
  readonly zoneOffsetMs: (ms: number) => number;
  /** `14:09:26.418`, with the date where the range is longer than a day. */
  readonly exactTime: (ms: number) => string;
  /** `14:20`; with the date where that is not the day of `nearMs`; the date alone where `marginMs` is a day or more. */
  readonly clockTime: (ms: number, nearMs: number, marginMs?: number) => string;
}

/** Grafana's own day, all digits: a month's name cannot be taken for a day. Formats that were configured stay. */
const DEFAULT_DAY = 'MM/DD';

/** The patterns that Grafana is configured with or takes from the browser's locale. */
function patterns(): { day: string; minute: string; second: string; millisecond: string } {
  const { day, minute, second } = systemDateFormats.interval;
  // Not in the formats of every installation.
  const millisecond = systemDateFormats.interval.millisecond ?? second.replace('ss', 'ss.SSS');
  return { day: day === DEFAULT_DAY ? 'MMM D' : day, minute, second, millisecond };
}

function tickPattern(ms: number, stepMs: number, isMidnight: boolean): string {
  const { day, minute, second, millisecond } = patterns();
  if (stepMs >= DAY_MS || isMidnight) {
    return day;
  }
  if (stepMs >= MINUTE_MS) {
    return minute;
  }
  return stepMs >= SECOND_MS && ms % SECOND_MS === 0 ? second : millisecond;
}

/** Formats for one time zone; `rangeMs` decides whether times carry their date. */
export function timeFormat(timeZone: string, rangeMs: number): TimeFormat {
  const format = (ms: number, pattern: string) =>
    Math.abs(ms) <= FURTHEST_MS ? dateTimeFormat(ms, { timeZone, format: pattern }) : '\u2013';
  const zoneOffsetMs = (ms: number) => dateTimeForTimeZone(timeZone, ms).utcOffset() * MINUTE_MS;
  const dayOf = (ms: number) => Math.floor((ms + zoneOffsetMs(ms)) / DAY_MS);
  return {
    zoneOffsetMs,
    tickText: (ms, stepMs) => format(ms, tickPattern(ms, stepMs, (ms + zoneOffsetMs(ms)) % DAY_MS === 0)),
    exactTime: (ms) => {
      const { day, millisecond } = patterns();
      return format(Math.floor(ms), rangeMs > DAY_MS ? `${day} ${millisecond}` : millisecond);
    },
    clockTime: (ms, nearMs, marginMs = 0) => {
      const days = Math.abs(dayOf(ms) - dayOf(nearMs));
      const { day, minute } = patterns();
      const withDay = marginMs < DAY_MS ? `${day}, ${minute}` : day;
      return format(ms, days === 0 ? minute : days < 300 ? withDay : 'YYYY-MM-DD');
    },
  };
}
