// The bytes that are hashed for an event and the text that defines them are one.
import { Random } from '../../test/random.ts';
import { canonicalBytes, canonicalText } from './event-id.ts';

const TEXTS = [
  '',
  'a',
  'Zürich',
  '"',
  '\\',
  '\n',
  '\ud800',
  '👍',
  '__proto__',
  'toString',
  '10',
  '9',
  'x'.repeat(4_096),
];
const NUMBERS = [0, -0, 1, -1, 0.1, 1e-7, 1e21, 2 ** 31, 2 ** 53, 1_795_795_200_000, Number.MAX_VALUE];

function valueOf(random: Random, depth: number): unknown {
  const kind = random.int(0, depth > 5 ? 4 : 6);
  switch (kind) {
    case 0:
      return random.pick(TEXTS);
    case 1:
      return random.pick(NUMBERS);
    case 2:
      return random.next() * 10 ** random.int(-5, 17);
    case 3:
      return [null, true, false, undefined][random.int(0, 3)];
    case 4:
      return random.int(0, 1e9);
    case 5:
      return Array.from({ length: random.int(0, 5) }, () => valueOf(random, depth + 1));
    default: {
      const record: Record<string, unknown> = {};
      for (let at = random.int(0, 20); at > 0; at -= 1) {
        const key = random.chance(0.5) ? random.pick(TEXTS) : `k${random.int(0, 99)}`;
        Object.defineProperty(record, key, { value: valueOf(random, depth + 1), enumerable: true, configurable: true });
      }
      return record;
    }
  }
}

test('20,000 random values: the bytes are the text', () => {
  const random = new Random(5);
  let compared = 0;
  for (let at = 0; at < 20_000; at += 1) {
    const value = valueOf(random, 0);
    const bytes = canonicalBytes(value)?.toString('utf8');
    if (bytes === undefined) continue;
    compared += 1;
    if (bytes !== canonicalText(value)) throw new Error(`${bytes}\nis not\n${canonicalText(value)}`);
  }
  expect(compared).toBeGreaterThan(19_000);
});

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

test.each<[string, unknown]>([
  ['9 levels', nested(9)],
  ['2,000 values', Array.from({ length: 2_000 }, () => 1)],
  ['257 keys', Object.fromEntries(Array.from({ length: 257 }, (_, at) => [`k${at}`, 1]))],
  ['a text of 4,097 characters', ['x'.repeat(4_097)]],
  ['a key of 4,097 characters', { ['x'.repeat(4_097)]: 1 }],
  ['a number that JSON does not have', [Number.NaN]],
  ['a bigint', [1n]],
])('%s is left to the text, which has bounds', (_name, value) => {
  expect(canonicalBytes([value])).toBeUndefined();
});

test.each<[string, unknown]>([
  ['8 levels', nested(7)],
  ['256 keys', Object.fromEntries(Array.from({ length: 256 }, (_, at) => [`k${at}`, 1]))],
  ['a text of 4,096 characters', 'x'.repeat(4_096)],
])('%s is not', (_name, value) => {
  expect(canonicalBytes(value)?.toString()).toBe(canonicalText(value));
});
