import { labelValue } from './labels.ts';

test.each([
  ['nothing', '', ''],
  ['plain text', 'tool:get_current_time', 'tool:get_current_time'],
  ['quotes, backslashes, braces', '"\\{}\'', '"\\{}\''],
  ['line breaks and NUL', 'a\nb\r\0c', 'a\ufffdb\ufffd\ufffdc'],
  ['C1, separators, marks', '\u0085\u2028\u2029\ufeff', '\ufffd\ufffd\ufffd\ufffd'],
  ['bidirectional overrides', 'a\u202eb\u2066c\u200f', 'a\ufffdb\ufffdc\ufffd'],
  ['a lone surrogate', 'a\ud800b', 'a\ufffdb'],
  ['a pair of surrogates', '\u{1f600}', '\u{1f600}'],
  ['a decomposed letter', 'e\u0301', '\u00e9'],
  ['128 bytes', 'x'.repeat(128), 'x'.repeat(128)],
  ['129 bytes', 'x'.repeat(129), 'x'.repeat(128)],
  ['a cut inside a code point', `x${'\u20ac'.repeat(60)}`, `x${'\u20ac'.repeat(42)}`],
  ['a huge text', '\u{1f600}'.repeat(1_000_000), '\u{1f600}'.repeat(32)],
])('%s becomes a label value', (_name, raw, label) => {
  expect(labelValue(raw)).toBe(label);
  expect(labelValue(labelValue(raw))).toBe(label);
});
