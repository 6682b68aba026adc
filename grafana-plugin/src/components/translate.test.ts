import i18next from 'i18next';
import { t } from './translate.ts';

test.each<[string, string, string]>([
  ['a text', t('test.plain', 'Plain'), 'Plain'],
  ['names as they are', t('test.name', 'of {{name}}', { name: `<b>"O'Neil" & co</b>` }), `of <b>"O'Neil" & co</b>`],
  [
    'nothing that a name asks for',
    t('test.nested', 'of {{name}}', { name: '$t(test.plain) {{name}} %s' }),
    'of $t(test.plain) {{name}} %s',
  ],
  ['one', t('test.count', '{{count}} lanes', { count: 1, defaultValue_one: '{{count}} lane' }), '1 lane'],
  ['none', t('test.count', '{{count}} lanes', { count: 0, defaultValue_one: '{{count}} lane' }), '0 lanes'],
  ['many', t('test.count', '{{count}} lanes', { count: 1e6, defaultValue_one: '{{count}} lane' }), '1000000 lanes'],
])('says %s', (_name, said, expected) => {
  expect(said).toBe(expected);
});

test('says a text again in the language that the page has come to since', async () => {
  const said = () => [t('test.turned', 'Plain'), t('test.turned-of', 'of {{name}}', { name: 'a' })];
  const english = said();
  i18next.addResourceBundle('de-DE', 'translation', { 'test.turned': 'Schlicht', 'test.turned-of': 'von {{name}}' });
  await i18next.changeLanguage('de-DE');
  const german = said();
  await i18next.changeLanguage('en-US');
  expect([english, german, said()]).toEqual([
    ['Plain', 'of a'],
    ['Schlicht', 'von a'],
    ['Plain', 'of a'],
  ]);
});
