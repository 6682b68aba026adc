// The figure that says when a budget will be exhausted, as text.
import { burnRate, MIN_WINDOW_MS, type Forecast } from '../model/forecast.ts';
import type { BurnDown } from '../model/burn-down.ts';
import { roughDuration } from '../layout/duration-text.ts';
import type { Figure, Tone } from './figure.ts';
import type { TimeFormat } from './time-format.ts';
import { t } from './translate.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
/** With less of it the rate is one of other hours than those to come. */
const LEAST_OF_LOOKBACK = 0.25;

/** Half of the time from the earliest to the latest exhaustion, ms. */
function marginOf({
  exhaustedEarliestMs: earliest,
  exhaustedLatestMs: latest,
}: Forecast & { kind: 'forecast' }): number {
  return earliest === undefined || latest === undefined ? Infinity : (latest - earliest) / 2;
}

/** A margin wider than the time that is left says nothing but "or later". */
function uncertainty(marginMs: number, leftMs: number): string {
  return marginMs > leftMs ? `, ${t('figure.or-later', 'or later')}` : `, \u00b1 ${roughDuration(marginMs)}`;
}

function exhaustionTone(burnDown: BurnDown, exhaustedMs: number, fromMs: number): Tone {
  const period = burnDown.periods.findLast((p) => p.startMs <= fromMs);
  return exhaustedMs < (period?.endMs ?? fromMs + HOUR_MS) ? 'warning' : 'plain';
}

/** What there is too little of. */
function lackingText({ knownMs, spends }: Forecast & { kind: 'not-enough-data' }): string {
  return knownMs < MIN_WINDOW_MS
    ? t('figure.data-of', '{{duration}} of data', { duration: roughDuration(knownMs) })
    : t('figure.spends', '{{count}} spends', { count: spends, defaultValue_one: '{{count}} spend' });
}

interface ExhaustionInput {
  readonly burnDown: BurnDown;
  readonly lookbackMs: number;
  readonly time: TimeFormat;
}

/** When the money will be gone, how sure that is, and what speaks against it. */
export function exhaustionFigure(given: Forecast, { burnDown, lookbackMs, time }: ExhaustionInput): Figure {
  const figure = (value: string, detail: string, tone: Tone = 'plain', hint = ''): Figure => ({
    id: 'exhaustion',
    label: t('figure.exhausted', 'Exhausted'),
    value,
    detail,
    tone,
    hint,
  });
  const reported = burnDown.reportedExhaustionMs;
  const rate = burnRate(burnDown, lookbackMs);
  const hint = [
    ...(rate === undefined
      ? []
      : [t('figure.forecast-hint', 'From the spend of the last {{span}}', { span: roughDuration(rate.windowMs) })]),
    ...(reported === undefined
      ? []
      : [t('figure.exporter-hint', 'The exporter expects {{time}}', { time: time.exactTime(reported) })]),
  ].join('. ');
  switch (given.kind) {
    case 'ended':
      return figure(t('figure.no', 'no'), t('figure.thread-ended', 'thread ended'));
    case 'exhausted':
      return figure(
        t('figure.is-exhausted', 'exhausted'),
        t('figure.since', 'since {{time}}', { time: time.clockTime(given.sinceMs, burnDown.knownUntilMs) }),
        'critical'
      );
    case 'not-enough-data':
      return reported === undefined
        ? figure(
            '\u2013',
            t('figure.too-little-because', 'not enough data: {{reason}}', { reason: lackingText(given) })
          )
        : figure(
            time.clockTime(reported, burnDown.knownUntilMs),
            t('figure.by-exporter', 'by the exporter'),
            exhaustionTone(burnDown, reported, burnDown.knownUntilMs)
          );
    case 'forecast': {
      if (given.exhaustedMs === undefined || given.exhaustedMs - given.fromMs > YEAR_MS) {
        return figure(
          t('figure.not-foreseen', 'not foreseen'),
          given.exhaustedMs === undefined
            ? t('figure.no-spend', 'no spend')
            : t('figure.within-a-year', 'within a year'),
          'plain',
          hint
        );
      }
      const leftMs = given.exhaustedMs - given.fromMs;
      const marginMs = marginOf(given);
      const inText = `${t('figure.in', 'in {{duration}}', { duration: roughDuration(leftMs) })}${uncertainty(marginMs, leftMs)}`;
      const tone = exhaustionTone(burnDown, given.exhaustedMs, given.fromMs);
      const reservations = [...shortWindow(burnDown, lookbackMs), ...otherForecast(given, { reported, time })];
      const detail = [inText, ...reservations].join(' \u00b7 ');
      return {
        ...figure(time.clockTime(given.exhaustedMs, given.fromMs, Math.min(marginMs, leftMs)), detail, tone, hint),
        ...(reservations.length === 0 ? {} : { shortDetail: inText }),
      };
    }
  }
}

/** A budget's nights and weekends are no part of a rate of its last hours: says so where the range holds no more. */
function shortWindow(burnDown: BurnDown, lookbackMs: number): string[] {
  const rate = burnRate(burnDown, lookbackMs);
  return burnDown.kind === 'thread' || rate === undefined || rate.windowMs >= LEAST_OF_LOOKBACK * lookbackMs
    ? []
    : [t('figure.from-last', 'from the last {{span}}', { span: roughDuration(rate.windowMs) })];
}

/** What the exporter expects, where that lies outside of what this forecast holds for likely. */
function otherForecast(
  { exhaustedEarliestMs, exhaustedLatestMs, fromMs }: Forecast & { kind: 'forecast' },
  { reported, time }: { reported: number | undefined; time: TimeFormat }
): string[] {
  const isLikely =
    reported === undefined || (reported >= (exhaustedEarliestMs ?? 0) && reported <= (exhaustedLatestMs ?? Infinity));
  return isLikely ? [] : [t('figure.exporter-other', 'exporter: {{time}}', { time: time.clockTime(reported, fromMs) })];
}
