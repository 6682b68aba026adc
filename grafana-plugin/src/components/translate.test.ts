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
