// The panel's texts: en-US stands in the code, other languages in src/locales. A new visible text is written
//   t('place.what', 'The text with a {{name}}', { name })
// with literals, and `npm run locales -w helix-orchestrator-panel` puts it into the en-US file; a test compares the two.
import { t as translate } from '@grafana/i18n';

/**
 * The text of `id` in the user's language. Values are put in as they are: texts end in React or on the canvas, which take
 * no HTML. With `count`, `defaultValue_one` is the singular.
 */
export function t(id: string, text: string, values?: Readonly<Record<string, string | number>>): string {
  return values === undefined
    ? translate(id, text)
    : translate(id, text, { ...values, interpolation: { escapeValue: false } });
}
