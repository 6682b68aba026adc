/**
 * A zone in which half of the day is over, whenever a test runs: a budget is judged by the time that is left of its period.
 * The sign of these names is that of POSIX: Etc/GMT+3 is three hours behind.
 */
export function zoneOfNoon(now: Date): string {
  const behind = now.getUTCHours() - 12;
  return behind === 0 ? 'Etc/GMT' : `Etc/GMT${behind > 0 ? '+' : '-'}${Math.abs(behind)}`;
}
