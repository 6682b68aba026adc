import { Random } from '../test/random.ts';
import { JsonBytes } from './json-bytes.ts';

const bytes = new JsonBytes();
const written = (write: () => void): string => {
  bytes.clear();
  write();
  return bytes.view().toString('utf8');
};

test.each<[string, unknown]>([
  ['nothing', {}],
  ['an empty list', []],
  ['null', null],
  ['booleans', [true, false]],
  ['text', { 'a"b': 'c\\d', é: '\u2028', '': '' }],
  ['control characters', '\u0000\n\u001f\u007f\u0080'],
  ['a lone surrogate', 'a\ud800b'],
  ['emoji', '👍🏽'],
  ['numbers', [0, -0, 1, 9, 10, 99, 100, -1, 0.1, 1e-7, 1e21, 2147483647, 2147483648, 1795795200000]],
  ['the bounds of whole numbers', [1e6, 999_999, 1e15 - 1, 1e15, 2_147_483_647_999_999, 2 ** 53 - 1, -(2 ** 53)]],
  ['a millisecond with zeros', 1_700_000_000_007],
  ['lists in objects in lists', [{ a: [1, { b: null }] }, [[]]]],
  ['what is undefined is left out', { a: undefined, b: 1, c: undefined }],
  ['a text longer than the buffer', 'x'.repeat(200_000)],
  ['a long text that needs escapes', '\n'.repeat(100_000)],
])('%s is written as JSON.stringify writes it', (_name, value) => {
  expect(
    written(() => {
      bytes.value(value);
    })
  ).toBe(JSON.stringify(value));
});

test('100,000 whole and 100,000 broken numbers are written as String has them', () => {
  const seeded = new Random(7);
  const random = (): number => seeded.next();
  for (let at = 0; at < 100_000; at += 1) {
    const whole = Math.floor(random() * 10 ** Math.floor(random() * 17));
    const broken = (random() - 0.5) * 10 ** (random() * 40 - 20);
    for (const value of [whole, broken]) {
      const text = written(() => {
        bytes.number(value);
      });
      if (text !== String(value)) throw new Error(`${text}, expected ${value}`);
    }
  }
});

test('what was copied stays when the buffer is used again', () => {
  bytes.clear();
  bytes.string('a');
  const copy = bytes.copy();
  bytes.clear();
  bytes.string('b');
  expect([copy.toString(), bytes.view().toString(), bytes.length]).toEqual(['"a"', '"b"', 3]);
});
