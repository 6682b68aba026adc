// The canvas's words in the user's language.
import type { Words } from '../layout/words.ts';
import { t } from './translate.ts';

/** `\u2248 45 s`: a length whose ends are known to the step of the samples only. */
export function aboutText(duration: string): string {
  return t('canvas.about', '\u2248 {{duration}}', { duration });
}

/** @param sampled - Instants are known to the step of the samples only: durations are about so long. */
export function canvasWords(sampled: boolean): Words {
  return {
    now: t('canvas.now', 'now'),
    checkpoints: t('canvas.checkpoints', 'checkpoints'),
    ideal: t('canvas.ideal', 'ideal'),
    exhausted: t('canvas.exhausted', 'exhausted'),
    reset: t('canvas.reset', 'reset'),
    lasted: (duration) => (sampled ? aboutText(duration) : duration),
    soFar: (duration) => t('canvas.so-far', '{{duration}} so far', { duration }),
    remaining: (budget) =>
      budget === ''
        ? t('canvas.remaining', 'Budget remaining')
        : t('canvas.remaining-of', 'Budget remaining \u00b7 {{budget}}', { budget }),
  };
}
