import { globFormat, interpolate, prometheusFormat, type VariableBinding } from './interpolate.ts';

const bindings = new Map<string, VariableBinding>([
  ['env', { value: 'prod', text: 'prod', multi: false }],
  ['quoted', { value: 'a"b\\c', text: 'a"b\\c', multi: false }],
  ['one', { value: ['a.b'], text: 'a.b', multi: true }],
  ['two', { value: ['a.b', 'c|d"'], text: 'a.b + c|d"', multi: true }],
  ['none', { value: [], text: '', multi: true }],
  ['__segment.start', { value: '5', text: '5', multi: false }],
  ['__segment.labels.a.b', { value: 'x y', text: 'x y', multi: false }],
  ['all', { value: '.*', text: 'All', multi: true, verbatim: true }],
  ['__range', { value: '3600s', text: '3600s', multi: false, verbatim: true }],
]);

test.each([
  ['', ''],
  ['up', 'up'],
  ['up{e="$env"}', 'up{e="prod"}'],
  ['up{e="${env}"}[$__range]', 'up{e="prod"}[3600s]'],
  ['up{e="[[env]]"}', 'up{e="prod"}'],
  ['up{e="$quoted"}', 'up{e="a\\"b\\\\c"}'],
  ['up{t=~"$one"}', 'up{t=~"a\\\\.b"}'],
  ['up{t=~"$two"}', 'up{t=~"(a\\\\.b|c\\\\|d\\")"}'],
  ['up{t=~"$none"}', 'up{t=~"()"}'],
  ['up{t=~"$all"}', 'up{t=~".*"}'],
  ['${two:raw} ${two:pipe} ${two:csv}', 'a.b,c|d" a.b|c|d" a.b,c|d"'],
  ['${two:regex}', '(a\\.b|c\\|d")'],
  ['${two:text} ${all:text}', 'a.b + c|d" All'],
  ['$unknown ${unknown} $', '$unknown ${unknown} $'],
  ['${__proto__} $constructor', '${__proto__} $constructor'],
  ['${__segment.start}..${__segment.end}', '5..${__segment.end}'],
  ['${__segment.labels["a.b"]} ${env.name}', 'x y prod'],
])('writes %s into a query as %s', (template, expected) => {
  expect(interpolate(template, bindings, prometheusFormat)).toBe(expected);
});

test.each([
  ['$env', 'prod'],
  ['$two', '{a.b,c|d"}'],
  ['$one', 'a.b'],
  ['${__segment.labels["a.b"]:uriencode}', 'x%20y'],
  ['${two:percentencode}', 'a.b%2Cc%7Cd%22'],
  ['${two:nosuch}', '{a.b,c|d"}'],
])('writes %s into a text as %s', (template, expected) => {
  expect(interpolate(template, bindings, globFormat)).toBe(expected);
});
