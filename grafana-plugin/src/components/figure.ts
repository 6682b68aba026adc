// One figure of the row above the plots.
export type Tone = 'plain' | 'warning' | 'critical';

export interface Figure {
  readonly id: 'remaining' | 'burn-rate' | 'trend' | 'exhaustion' | 'wasted' | 'state';
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  /** In place of `detail` where there is less room; left out where it is short already. */
  readonly shortDetail?: string;
  readonly tone: Tone;
  /** Fuller words, shown on hover. */
  readonly hint: string;
}
