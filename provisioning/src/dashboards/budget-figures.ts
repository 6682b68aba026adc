// How budgets look wherever they are shown: colours from the environment's alerts, one wording for what is unknown.
import type { Environment } from '../environments/environment.ts';
import { PLAIN } from './colours.ts';
import type { Mapping, Step } from './schema.ts';

/** 1 - ratio without the dust of binary fractions. */
const complement = (ratio: number): number => Math.round((1 - ratio) * 1e6) / 1e6;

/** Of a used ratio: as the alerts. */
export const usedSteps = ({ alerts }: Environment): readonly Step[] => [
  ...PLAIN,
  { color: 'green', value: 0 },
  { color: 'orange', value: alerts.budgetWarningRatio },
  { color: 'red', value: alerts.budgetCriticalRatio },
];

/** Of a remaining ratio: the complements. */
export const leftSteps = ({ alerts }: Environment): readonly Step[] => [
  ...PLAIN,
  { color: 'red', value: -1e12 },
  { color: 'orange', value: complement(alerts.budgetCriticalRatio) },
  { color: 'green', value: complement(alerts.budgetWarningRatio) },
];

/** Of USD that are left: red from zero down, and what is unknown is not red. */
export const OVERSPENT_STEPS: readonly Step[] = [
  ...PLAIN,
  { color: 'red', value: -1e12 },
  { color: 'text', value: 1e-9 },
];

/** Of multiples of the sustainable pace: past 1 it does not last, from 6 on somebody is paged. */
export const PACE_STEPS: readonly Step[] = [
  ...PLAIN,
  { color: 'green', value: 0 },
  { color: 'orange', value: 1 },
  { color: 'red', value: 6 },
];

/** Of seconds until a budget runs out. */
export const RUNS_OUT_STEPS: readonly Step[] = [
  ...PLAIN,
  { color: 'red', value: 0 },
  { color: 'orange', value: 6 * 3600 },
  { color: 'text', value: 3 * 86_400 },
];

export const NOT_IN_SIGHT = 'not soon';
export const MULTIPLE = 'suffix: ×';

export const TRUSTED: Mapping = {
  type: 'value',
  options: {
    0: { text: 'no', color: 'red', index: 0 },
    1: { text: 'yes', color: 'green', index: 1 },
  },
};
