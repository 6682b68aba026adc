// Durations as Prometheus writes them.

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS_MS = [365 * 86_400_000, 7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000, 1];

/**
 * Milliseconds of `15m`, `1d`, `1h30m`, `500ms`, or plain `0`; units from large to small, each at most once, a year is
 * 365 days (as Prometheus has it). Undefined for any other text and for more than 2^53 - 1 ms.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = text === '' || text.length > 64 ? null : DURATION.exec(text);
  if (match === null) return undefined;
  const milliseconds = UNITS_MS.reduce((sum, unitMs, at) => sum + unitMs * Number(match[at + 1] ?? 0), 0);
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}
