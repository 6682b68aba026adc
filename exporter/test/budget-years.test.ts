// Budgets over simulated years in many time zones. The oracle knows no calendar arithmetic: two instants are of one period
// when the wall clock, as Intl tells it, shows the same hour, day, week, month or quarter at both.
import { Temporal } from 'temporal-polyfill';
import { parseBudgets, WEEKDAYS } from '../src/contract/budgets.ts';
import { nano, usdText } from '../src/contract/money.ts';
import { BudgetLedger } from '../src/model/budgets.ts';
import type { Change } from '../src/model/change.ts';
import { BudgetFamilies } from '../src/series/families/budgets.ts';
import { SeriesRegistry } from '../src/series/registry.ts';
import { Random } from './random.ts';

const YEARS = Number(process.env['BUDGET_YEARS'] ?? 2);
const START = Date.UTC(2026, 10, 20);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago', // midnight does not exist when the clock goes forward
  'Asia/Beirut', // as there
  'Africa/Cairo', // as there, on a Friday
  'Australia/Lord_Howe', // half an hour of daylight saving
  'America/Havana', // midnight comes twice when it goes back
  'Asia/Kathmandu', // offset of 5:45
  'Pacific/Chatham', // offset of 12:45, with daylight saving
  'Pacific/Kiritimati', // offset of +14
];

const ROLLING = { 'rolling:36h': 36 * HOUR_MS, 'rolling:7d': 7 * DAY_MS } as const;
const CALENDAR = [
  { window: 'hour' },
  { window: 'day' },
  { window: 'week' },
  { window: 'week', week_start: 'sunday' },
  { window: 'week', week_start: 'saturday' },
  { window: 'month' },
  { window: 'quarter' },
] as const;

/** What the wall clock of a zone shows at an instant. */
function wallClock(timezone: string): (atMs: number) => { local: number; offsetMs: number } {
  const format = new Intl.DateTimeFormat('en-u-hc-h23', {
    timeZone: timezone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (atMs) => {
    const wholeMs = Math.floor(atMs / 1_000) * 1_000;
    const part = Object.fromEntries(format.formatToParts(wholeMs).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
    const local = Date.UTC(year, month - 1, day, hour, minute, second);
    return { local, offsetMs: local - wholeMs };
  };
}

/** Equal for two instants exactly when they are of one period. */
function periodKey(
  clock: ReturnType<typeof wallClock>,
  { window, week_start = 'monday' }: { window: string; week_start?: string }
) {
  return (atMs: number): string => {
    const { local, offsetMs } = clock(atMs);
    const date = new Date(local);
    const days = Math.floor(local / DAY_MS);
    // 1 January 1970 was a Thursday.
    const weekday = (days + 3) % 7;
    const months = date.getUTCFullYear() * 12 + date.getUTCMonth();
    switch (window) {
      case 'hour':
        return `${offsetMs} ${Math.floor(local / HOUR_MS)}`;
      case 'day':
        return String(days);
      case 'week':
        return String(days - ((weekday - WEEKDAYS.indexOf(week_start as 'monday') + 7) % 7));
      case 'month':
        return String(months);
      default:
        return String(Math.floor(months / 3));
    }
  };
}

/** Instants in ascending order: random ones, and those around every clock change and every end of a local month. */
function instants(timezone: string, random: Random): number[] {
  const endMs = START + YEARS * 366 * DAY_MS;
  const times: number[] = [];
  for (let at = START; at < endMs; at += random.int(1, 40 * HOUR_MS)) times.push(at);
  const around = (atMs: number): void => {
    for (const by of [-HOUR_MS, -30 * 60_000, -1, 0, 1, 15 * 60_000, 30 * 60_000 - 1, 30 * 60_000, HOUR_MS])
      times.push(atMs + by);
  };
  let change = Temporal.Instant.fromEpochMilliseconds(START).toZonedDateTimeISO(timezone).getTimeZoneTransition('next');
  while (change !== null && change.epochMilliseconds < endMs) {
    around(change.epochMilliseconds);
    change = change.getTimeZoneTransition('next');
  }
  for (let month = new Temporal.PlainYearMonth(2026, 12); ; month = month.add({ months: 1 })) {
    const first = month.toPlainDate({ day: 1 }).toZonedDateTime(timezone).epochMilliseconds;
    if (first >= endMs) break;
    around(first);
  }
  // The leap day of 2028, where the run reaches it.
  for (const leap of [Date.UTC(2028, 1, 29), Date.UTC(2028, 1, 29, 12)]) if (leap < endMs) around(leap);
  return times.sort((a, b) => a - b);
}

const spend = (atMs: number, amount: number): Change => ({
  kind: 'spend',
  threadId: 't',
  workflow: 'w',
  team: 'x',
  agent: 'a',
  provider: 'p',
  model: 'm',
  pricedBy: 'reported',
  late: false,
  atMs,
  spend: nano(amount),
  threadTotal: nano(0),
});

let checked = 0;
afterAll(() => {
  process.stdout.write(
    `budgets: ${checked} gauges over ${YEARS} years in ${ZONES.length} time zones equal the oracle to 1 nano-USD\n`
  );
});

test.each(ZONES)('every gauge of %s is what the wall clock says', (timezone) => {
  const random = new Random(ZONES.indexOf(timezone) + 1);
  const windows = [...CALENDAR.map((row) => ({ ...row })), ...Object.keys(ROLLING).map((window) => ({ window }))];
  const parsed = parseBudgets({
    budgets: windows.map((row, index) => ({ name: `b${index}`, limit_usd: 1_000_000, timezone, ...row })),
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const ledger = new BudgetLedger(parsed.budgets);
  const registry = new SeriesRegistry({
    environment: 'e',
    maxSeriesPerFamily: 100,
    maxLabelValues: 100,
    onFold: () => undefined,
  });
  const families = new BudgetFamilies(registry);
  const clock = wallClock(timezone);
  const keys = CALENDAR.map((row) => periodKey(clock, row));
  const sums = CALENDAR.map(() => new Map<string, bigint>());
  const booked: { atMs: number; amount: bigint }[] = [];
  const problems: string[] = [];

  for (const [turn, nowMs] of instants(timezone, random).entries()) {
    // Some spend is told late, by up to the 7 days that an event may be old.
    const atMs = random.chance(0.15) ? nowMs - random.int(0, 7 * DAY_MS) : nowMs;
    const amount = random.pick([1, random.int(1, 999), random.int(1, 50_000_000_000)]);
    ledger.apply([spend(atMs, amount)]);
    booked.push({ atMs, amount: BigInt(amount) });
    keys.forEach((keyOf, index) => {
      const key = keyOf(atMs);
      const ofWindow = sums[index];
      ofWindow?.set(key, (ofWindow.get(key) ?? 0n) + BigInt(amount));
    });
    while ((booked[0]?.atMs ?? nowMs) < nowMs - 30 * DAY_MS) booked.shift();

    const views = ledger.views(nowMs);
    const expected = keys.map((keyOf, index) => sums[index]?.get(keyOf(nowMs)) ?? 0n);
    for (const windowMs of Object.values(ROLLING)) {
      // A rolling window counts from the last border of its slots, a 1440th of it, before it begins.
      const slotMs = windowMs / 1_440;
      const fromMs = Math.floor(nowMs / slotMs) * slotMs - windowMs;
      expected.push(
        booked.filter((one) => one.atMs >= fromMs && one.atMs <= nowMs).reduce((sum, one) => sum + one.amount, 0n)
      );
    }
    views.forEach((view, index) => {
      checked += 1;
      const where = `${timezone} ${view.window} at ${new Date(nowMs).toISOString()}`;
      if (BigInt(view.spent) !== expected[index]) problems.push(`${where}: ${view.spent}, expected ${expected[index]}`);
      if (!view.valid) problems.push(`${where}: not valid`);
      const keyOf = keys[index];
      const { periodStartMs = 0, periodEndMs = 0 } = view;
      if (keyOf === undefined) return;
      const key = keyOf(nowMs);
      const borders = [periodStartMs - 1, periodStartMs, periodEndMs - 1, periodEndMs].map((at) => keyOf(at) === key);
      if (borders.join() !== 'false,true,true,false') {
        problems.push(
          `${where}: the period ${new Date(periodStartMs).toISOString()} to ${new Date(periodEndMs).toISOString()}`
        );
      }
    });
    if (turn % 50 !== 0) continue;
    families.show(views);
    const page = registry.render();
    views.forEach((view, index) => {
      const text = usdText(nano(Number(expected[index])));
      const line = `orchestrator_budget_spent_usd{environment="e",budget="${view.name}"} ${text}\n`;
      if (!page.includes(line)) problems.push(`${timezone}: /metrics has no line ${line}`);
    });
  }
  expect(problems.slice(0, 10)).toEqual([]);
});
