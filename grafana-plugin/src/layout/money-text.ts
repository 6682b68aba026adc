// US dollars as text. Agents spend fractions of a cent, so small amounts keep three significant digits.

const THIN_MINUS = '\u2212';

function grouped(value: number, decimals: number): string {
  const [whole = '0', fraction] = value.toFixed(decimals).split('.');
  const digits = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? digits : `${digits}.${fraction}`;
}

function decimalsFor(magnitude: number): number {
  if (magnitude >= 1 || magnitude === 0) {
    return 2;
  }
  // Three significant digits, but never fewer than cents: 0.244 -> 3, 0.000544 -> 6; at most nano-dollars.
  return Math.min(9, Math.max(2, 2 - Math.floor(Math.log10(magnitude))));
}

function signed(usd: number, digits: string): string {
  return `${usd < 0 && /[1-9]/.test(digits) ? THIN_MINUS : ''}$${digits}`;
}

/** `$1.58`, `$14.64`, `$0.244`, `$0.000544`, `$12,345.60`, `\u2212$0.20`. NaN and infinities are `\u2013`. */
export function moneyText(usd: number): string {
  if (!Number.isFinite(usd)) {
    return '\u2013';
  }
  const magnitude = Math.abs(usd);
  const digits = grouped(magnitude, decimalsFor(magnitude));
  // Past the cents trailing zeros say nothing: $0.410 is $0.41, $0.00120 is $0.0012.
  return signed(usd, digits.replace(/(\.\d\d\d*?)0+$/, '$1'));
}

/**
 * Amounts below one another: all with the decimals that the largest of them, `largestUsd`, needs, so that the eye compares
 * lengths. What rounds to nothing there is said to be less than the least: `< $0.01`.
 */
export function moneyInColumn(usd: number, largestUsd: number): string {
  if (!Number.isFinite(usd) || !Number.isFinite(largestUsd)) {
    return moneyText(usd);
  }
  const decimals = decimalsFor(Math.abs(largestUsd));
  const least = 10 ** -decimals;
  const magnitude = Math.abs(usd);
  return usd > 0 && magnitude < least / 2
    ? `< ${signed(least, grouped(least, decimals))}`
    : signed(usd, grouped(magnitude, decimals));
}

/** Label of an axis tick: as many decimals as the distance of ticks needs. */
export function moneyTick(usd: number, stepUsd: number): string {
  if (usd === 0) {
    return '$0';
  }
  const decimals = stepUsd >= 1 ? 0 : Math.min(9, Math.ceil(-Math.log10(stepUsd) - 1e-9));
  return signed(usd, grouped(Math.abs(usd), decimals === 1 ? 2 : decimals));
}
