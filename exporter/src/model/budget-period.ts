// Calendar periods of budgets in their own time zone. A day with a clock change has 23 or 25 hours, and is one day.
import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS, type CalendarWindow, type Weekday } from '../contract/budgets.ts';

/** From `startMs` up to but not including `endMs`. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

export interface Calendar {
  readonly window: CalendarWindow;
  readonly timezone: string;
  readonly weekStart: Weekday;
}

/** The period that an instant lies in. @throws RangeError for an unknown time zone. */
export function periodOf(atMs: number, { window, timezone, weekStart }: Calendar): Period {
  const zoned = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timezone);
  if (window === 'hour') return hourOf(zoned);
  const date = zoned.toPlainDate();
  const [first, next] = datesOf(date, { window, weekStart });
  return { startMs: midnightMs(first, timezone), endMs: midnightMs(next, timezone) };
}

function datesOf(
  date: Temporal.PlainDate,
  { window, weekStart }: { window: Exclude<CalendarWindow, 'hour'>; weekStart: Weekday }
): [Temporal.PlainDate, Temporal.PlainDate] {
  switch (window) {
    case 'day':
      return [date, date.add({ days: 1 })];
    case 'week': {
      const first = date.subtract({ days: (date.dayOfWeek - 1 - WEEKDAYS.indexOf(weekStart) + 7) % 7 });
      return [first, first.add({ weeks: 1 })];
    }
    case 'month': {
      const first = date.with({ day: 1 });
      return [first, first.add({ months: 1 })];
    }
    case 'quarter': {
      const first = date.with({ day: 1, month: date.month - ((date.month - 1) % 3) });
      return [first, first.add({ months: 3 })];
    }
  }
}

/**
 * The hour that the wall clock shows. One that a clock change repeats is two hours; one that a change of less than an hour
 * falls into (Lord Howe), or that does not fall on the hour (Chatham), ends there, and the next begins there.
 */
function hourOf(zoned: Temporal.ZonedDateTime): Period {
  const { minute, second, millisecond, epochMilliseconds } = zoned;
  const startMs = epochMilliseconds - ((minute * 60 + second) * 1_000 + millisecond);
  const endMs = startMs + 3_600_000;
  // A change at this very instant is told by asking from the instant after it.
  const before = zoned.add({ milliseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? startMs;
  const after = zoned.getTimeZoneTransition('next')?.epochMilliseconds ?? endMs;
  return { startMs: Math.max(startMs, before), endMs: Math.min(endMs, after) };
}

/** The first instant of the date; later than 00:00 where a clock change skips midnight. */
function midnightMs(date: Temporal.PlainDate, timezone: string): number {
  return date.toZonedDateTime(timezone).epochMilliseconds;
}
