// budgets.yml: what a budget is, and how the parsed YAML document becomes checked definitions.
import { isMapping, refuseUnknownKeys, shown, valueOf } from './document.ts';
import { parseDuration } from './duration.ts';
import { labelValue, MAX_LABEL_BYTES } from './labels.ts';
import { usdToNano, type NanoUsd } from './money.ts';

export const CALENDAR_WINDOWS = ['hour', 'day', 'week', 'month', 'quarter'] as const;
export type CalendarWindow = (typeof CALENDAR_WINDOWS)[number];
export type BudgetWindow = CalendarWindow | 'thread' | { readonly rollingMs: number };

/** In ISO order: Monday is 1. */
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export const BUDGET_MATCH_LABELS = ['team', 'workflow', 'agent', 'provider', 'model'] as const;
export type BudgetMatch = Readonly<Partial<Record<(typeof BUDGET_MATCH_LABELS)[number], string>>>;

export const DEFAULT_THRESHOLDS: readonly number[] = [0.5, 0.8, 0.95, 1];
export const MAX_THRESHOLD = 10;
/** Each is a series. */
export const MAX_THRESHOLDS = 20;
/** Every spend is held against each, and each has about twenty series. */
export const MAX_BUDGETS = 1_000;
export const MAX_ROLLING_MS = 366 * 86_400_000;

export interface BudgetDefinition {
  /** Unique; value of the label `budget`. */
  readonly name: string;
  /** Spend counts where every label named here is equal; empty matches all spend. */
  readonly match: BudgetMatch;
  readonly limit: NanoUsd;
  readonly window: BudgetWindow;
  /** As written: `day`, `rolling:7d`, ... */
  readonly windowText: string;
  /** IANA name in which calendar windows begin. */
  readonly timezone: string;
  readonly weekStart: Weekday;
  /** Ascending used ratios. */
  readonly thresholds: readonly number[];
  /** Empty when nobody is named. */
  readonly owner: string;
}

export type BudgetsResult =
  | { readonly ok: true; readonly budgets: readonly BudgetDefinition[] }
  | { readonly ok: false; readonly problems: readonly string[] };

const DOCUMENT_KEYS = ['budgets'];
const BUDGET_KEYS = ['name', 'match', 'limit_usd', 'window', 'timezone', 'week_start', 'thresholds', 'owner'];

/**
 * Definitions of a parsed budgets.yml; an empty file (null) means no budgets. All problems are reported at once, each
 * naming the place, the value and what would have been accepted. Unknown keys are refused.
 */
export function parseBudgets(document: unknown): BudgetsResult {
  if (document === null || document === undefined) return { ok: true, budgets: [] };
  const problems: string[] = [];
  if (!isMapping(document)) {
    return { ok: false, problems: [`budgets.yml must be a mapping with the key "budgets", not ${shown(document)}`] };
  }
  refuseUnknownKeys({ mapping: document, known: DOCUMENT_KEYS, place: 'budgets.yml' }, problems);
  const list = valueOf(document, 'budgets') ?? [];
  if (!Array.isArray(list)) {
    return { ok: false, problems: [...problems, `budgets must be a list, not ${shown(list)}`] };
  }
  if (list.length > MAX_BUDGETS) {
    return {
      ok: false,
      problems: [...problems, `budgets has ${list.length} entries, at most ${MAX_BUDGETS} are accepted`],
    };
  }
  const budgets = list.flatMap((entry: unknown, index) => parseBudget(entry, index, problems) ?? []);
  const places = new Map<string, number>();
  list.forEach((entry: unknown, index) => {
    const name = isMapping(entry) ? valueOf(entry, 'name') : undefined;
    if (typeof name !== 'string') return;
    const earlier = places.get(name);
    if (earlier === undefined) places.set(name, index);
    else
      problems.push(`budgets[${index}].name ${shown(name)} is also the name of budgets[${earlier}]; names are unique`);
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, budgets };
}

function parseBudget(entry: unknown, index: number, problems: string[]): BudgetDefinition | undefined {
  const place = `budgets[${index}]`;
  if (!isMapping(entry)) {
    problems.push(`${place} must be a mapping, not ${shown(entry)}`);
    return undefined;
  }
  refuseUnknownKeys({ mapping: entry, known: BUDGET_KEYS, place }, problems);
  const window = windowOf(valueOf(entry, 'window'), place, problems);
  const limit = limitOf(valueOf(entry, 'limit_usd'), place, problems);
  const windowText = valueOf(entry, 'window');
  const definition = {
    name: labelOf(valueOf(entry, 'name'), `${place}.name`, problems),
    match: matchOf(valueOf(entry, 'match'), place, problems),
    windowText: typeof windowText === 'string' ? windowText : '',
    timezone: timezoneOf(valueOf(entry, 'timezone') ?? 'UTC', place, problems),
    weekStart: weekStartOf(valueOf(entry, 'week_start') ?? 'monday', place, problems),
    thresholds: thresholdsOf(valueOf(entry, 'thresholds') ?? DEFAULT_THRESHOLDS, place, problems),
    owner: valueOf(entry, 'owner') === undefined ? '' : labelOf(valueOf(entry, 'owner'), `${place}.owner`, problems),
  };
  return window === undefined || limit === undefined ? undefined : { ...definition, window, limit };
}

function labelOf(value: unknown, place: string, problems: string[]): string {
  if (typeof value === 'string' && value !== '' && labelValue(value) === value) return value;
  problems.push(
    `${place} must be non-empty text of at most ${MAX_LABEL_BYTES} bytes without control characters, not ${shown(value)}`
  );
  return '';
}

function matchOf(value: unknown, place: string, problems: string[]): BudgetMatch {
  if (value === undefined || value === null) return {};
  if (!isMapping(value)) {
    problems.push(`${place}.match must be a mapping of labels, not ${shown(value)}`);
    return {};
  }
  refuseUnknownKeys({ mapping: value, known: BUDGET_MATCH_LABELS, place: `${place}.match` }, problems);
  const pairs = BUDGET_MATCH_LABELS.filter((label) => valueOf(value, label) !== undefined).map((label) => [
    label,
    labelOf(valueOf(value, label), `${place}.match.${label}`, problems),
  ]);
  return Object.fromEntries(pairs) as BudgetMatch;
}

function limitOf(value: unknown, place: string, problems: string[]): NanoUsd | undefined {
  const limit = typeof value === 'number' || typeof value === 'string' ? usdToNano(value) : undefined;
  if (limit !== undefined && limit > 0) return limit;
  problems.push(`${place}.limit_usd must be an amount in US dollars above 0 and below 9 million, not ${shown(value)}`);
  return undefined;
}

function windowOf(value: unknown, place: string, problems: string[]): BudgetWindow | undefined {
  const calendar = CALENDAR_WINDOWS.find((name) => name === value);
  if (calendar !== undefined) return calendar;
  if (value === 'thread') return 'thread';
  if (typeof value === 'string' && value.startsWith('rolling:')) {
    const rollingMs = parseDuration(value.slice('rolling:'.length));
    if (rollingMs !== undefined && rollingMs >= 60_000 && rollingMs <= MAX_ROLLING_MS) return { rollingMs };
  }
  problems.push(
    `${place}.window must be ${CALENDAR_WINDOWS.join(', ')}, thread or rolling:<duration> from 1m to 366d, not ${shown(value)}`
  );
  return undefined;
}

function timezoneOf(value: unknown, place: string, problems: string[]): string {
  if (typeof value === 'string') {
    try {
      new Intl.DateTimeFormat('en', { timeZone: value });
      return value;
    } catch {
      // Reported below: Intl's way of saying that it does not know the zone is a RangeError.
    }
  }
  problems.push(`${place}.timezone must be an IANA time zone such as Europe/Berlin, not ${shown(value)}`);
  return 'UTC';
}

function weekStartOf(value: unknown, place: string, problems: string[]): Weekday {
  const day = WEEKDAYS.find((name) => name === value);
  if (day === undefined)
    problems.push(`${place}.week_start must be one of ${WEEKDAYS.join(', ')}, not ${shown(value)}`);
  return day ?? 'monday';
}

function thresholdsOf(value: unknown, place: string, problems: string[]): readonly number[] {
  const numbers = Array.isArray(value) ? value.filter((ratio) => typeof ratio === 'number') : [];
  const ascending = numbers.every(
    (ratio, at) => ratio > 0 && ratio <= MAX_THRESHOLD && (at === 0 || ratio > (numbers[at - 1] ?? 0))
  );
  const isWhole = Array.isArray(value) && value.length > 0 && numbers.length === value.length;
  if (isWhole && numbers.length <= MAX_THRESHOLDS && ascending) return numbers;
  problems.push(
    `${place}.thresholds must be 1 to ${MAX_THRESHOLDS} ascending used ratios above 0 and up to ${MAX_THRESHOLD}, such as [0.8, 1], not ${shown(value)}`
  );
  return DEFAULT_THRESHOLDS;
}
