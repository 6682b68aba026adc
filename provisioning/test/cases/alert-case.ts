// What a case of an alert is, and the notation of its series.
import type { AlertName } from '../../src/alerting/names.ts';

export interface AlertCase {
  readonly alert: AlertName;
  /** A sentence. */
  readonly name: string;
  readonly series: Readonly<Record<string, string>>;
  readonly atSeconds: number;
  /** Time between samples and between evaluations; 1 where it is left out. */
  readonly stepSeconds?: number;
  /** Labels beside those that the rule sets, with the texts; empty when the alert stays quiet. */
  readonly fires: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly summary: string;
    readonly description: string;
    readonly dashboardQuery?: string;
  }[];
}

const FOREVER = 'x3000';
/** The same value at every step. */
export const held = (value: string | number): string => `${value}+0${FOREVER}`;

/** The notation up to a step: what is held for ever would be read for ever. */
export const untilStep = (values: string, lastStep: number): string => values.replace(FOREVER, `x${lastStep + 1}`);

/** As promtool prints an instant that is `seconds` after the epoch. */
export const instant = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;

/** As Go's humanizeDuration prints whole seconds of less than a day. */
export function duration(seconds: number): string {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h > 0) return `${h}h ${m}m ${s}s`;
  return m > 0 ? `${m}m ${s}s` : `${s}s`;
}
