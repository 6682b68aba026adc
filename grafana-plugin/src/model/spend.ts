// Who spent what between two instants: running totals per spender, and their rises sorted with shares. Money in USD.
import { lastAtOrBefore } from './sorted.ts';
import type { MoneyPoint } from './burn-down.ts';

export type SpenderKind = 'agent' | 'model';

/** The running total of one spender, ascending in time. Several may share a name (threads, exporters): they add up. */
export interface SpenderTotal {
  readonly kind: SpenderKind;
  readonly name: string;
  readonly points: readonly MoneyPoint[];
}

export interface SpenderShare {
  readonly name: string;
  readonly usd: number;
  /** Part of all that was spent in the range, 0..1. */
  readonly share: number;
}

export interface SpendBreakdown {
  readonly kind: SpenderKind;
  readonly totalUsd: number;
  /** Who spent most first, then by name; nobody who spent nothing. */
  readonly rows: readonly SpenderShare[];
}

/** Below this a rise is the noise of adding doubles, not a spend: the exporter's smallest amount is 1e-9 USD. */
const NO_SPEND_USD = 5e-10;

/**
 * Rise of a counter between two instants, as far as its samples tell. A fall is a restart from zero. A counter without a
 * sample at or before the start began within the range: it rose from zero, unless it is there from the first instant that
 * was read on (`knownFromMs`), where what it held before is not known.
 */
export function riseBetween(
  points: readonly MoneyPoint[],
  range: { readonly fromMs: number; readonly toMs: number; readonly knownFromMs: number }
): number {
  const first = lastAtOrBefore(points, range.fromMs, (point) => point.atMs);
  const earliest = points[0];
  let before = points[first]?.usd ?? (earliest !== undefined && earliest.atMs <= range.knownFromMs ? earliest.usd : 0);
  let rise = 0;
  for (const { atMs, usd } of points.slice(first + 1)) {
    if (atMs > range.toMs) {
      break;
    }
    rise += usd >= before ? usd - before : usd;
    before = usd;
  }
  return rise;
}

/** One breakdown for each kind of spender that was read. Empty when no totals were read. */
export function spendBetween(
  totals: readonly SpenderTotal[],
  range: { readonly fromMs: number; readonly toMs: number }
): SpendBreakdown[] {
  const knownFromMs = totals.reduce(
    (earliest, { points }) => Math.min(earliest, points[0]?.atMs ?? Infinity),
    Infinity
  );
  return (['agent', 'model'] as const).flatMap((kind): SpendBreakdown[] => {
    const own = totals.filter((total) => total.kind === kind);
    if (own.length === 0) {
      return [];
    }
    const byName = new Map<string, number>();
    for (const { name, points } of own) {
      byName.set(name, (byName.get(name) ?? 0) + riseBetween(points, { ...range, knownFromMs }));
    }
    const spent = [...byName].filter(([, usd]) => usd > NO_SPEND_USD);
    const totalUsd = spent.reduce((sum, [, usd]) => sum + usd, 0);
    const rows = spent
      .map(([name, usd]) => ({ name, usd, share: usd / totalUsd }))
      .sort((a, b) => b.usd - a.usd || (a.name < b.name ? -1 : 1));
    return [{ kind, totalUsd, rows }];
  });
}
