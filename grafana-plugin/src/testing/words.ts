// English words for layouts that tests make without a translator.
import type { Words } from '../layout/words.ts';

export const WORDS: Words = {
  now: 'now',
  checkpoints: 'checkpoints',
  ideal: 'ideal',
  exhausted: 'exhausted',
  reset: 'reset',
  lasted: (duration) => duration,
  soFar: (duration) => `${duration} so far`,
  remaining: (budget) => (budget === '' ? 'Budget remaining' : `Budget remaining \u00b7 ${budget}`),
};
