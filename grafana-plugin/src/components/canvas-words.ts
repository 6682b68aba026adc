// The canvas's words in the user's language.
import type { Words } from '../layout/words.ts';
import { t } from './translate.ts';

export function canvasWords(): Words {
  return {
    now: t('canvas.now', 'now'),
    checkpoints: t('canvas.checkpoints', 'checkpoints'),
    ideal: t('canvas.ideal', 'ideal'),
    exhausted: t('canvas.exhausted', 'exhausted'),
    reset: t('canvas.reset', 'reset'),
    soFar: (duration) => t('canvas.so-far', '{{duration}} so far', { duration }),
    remaining: (budget) =>
      budget === ''
        ? t('canvas.remaining', 'Budget remaining')
        : t('canvas.remaining-of', 'Budget remaining \u00b7 {{budget}}', { budget }),
  };
}
