// The panel's texts: en-US stands in the code, other languages in src/locales. A new visible text is written
//   t('place.what', 'The text with a {{name}}', { name })
// with literals, and `npm run locales -w helix-orchestrator-panel` puts it into the en-US file; a test compares the two.
import { t as translate } from '@grafana/i18n';
import i18next from 'i18next';

const MAX_SAID = 1_000;
const said = new Map<string, string>();

/**
 * The text of `id` in the user's language. What was said once in it is said again without looking it up, which takes longer
 * than drawing it. Values are put in as they are: texts end in React or on the canvas, which take no HTML. With `count`,
 * `defaultValue_one` is the singular.
 */
export function t(id: string, text: string, values?: Readonly<Record<string, string | number>>): string {
  const { language } = i18next;
  const key = values === undefined ? `${language} ${id}` : `${language} ${id} ${JSON.stringify(values)}`;
  const before = said.get(key);
  if (before !== undefined) {
    return before;
  }
  const now =
    values === undefined
      ? translate(id, text)
      : translate(id, text, { ...values, interpolation: { escapeValue: false } });
  if (said.size >= MAX_SAID) {
    said.clear();
  }
  said.set(key, now);
  return now;
}
