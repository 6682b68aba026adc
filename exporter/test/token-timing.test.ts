// Guessing a token by time: every guess makes the same comparisons; the long mode measures that, class against class.
import { timingSafeEqual } from 'node:crypto';
import { TokenSet } from '../src/http/auth/tokens.ts';
import type { TokenEntry } from '../src/http/auth/tokens.ts';
import { Random } from './random.ts';

const SAMPLES = Number(process.env['TIMING_SAMPLES'] ?? 0);
/** As in test vector leakage assessment: past it the classes differ. */
const MOST_T = 4.5;
/** Slowest samples of a block that are left out: interrupts, garbage collection. */
const LEFT_OUT = 0.1;
/** Samples of each class in a block. */
const BLOCK = 1_000;

const TOKEN = 'q7Zp0vK3xW9sT1uYbN5eRcJ8';
const FIRST = 'first-of-all-0123456789a';
const LAST = 'last-of-all-0123456789ab';
const entry = (token: string, name: string, scope: 'ingest' | 'read'): TokenEntry => ({
  token,
  principal: { name, scope, binding: {}, quota: {} },
});
const ENTRIES = [entry(FIRST, 'first', 'read'), entry(TOKEN, 'middle', 'read'), entry(LAST, 'last', 'ingest')];

const CLASSES: Readonly<Record<string, string>> = {
  'all characters wrong': 'A'.repeat(TOKEN.length),
  'the first character wrong': `Q${TOKEN.slice(1)}`,
  'the last character wrong': `${TOKEN.slice(0, -1)}j`,
  'one character too few': TOKEN.slice(0, -1),
  'one character too many': `${TOKEN}8`,
};

test.each([
  ...Object.entries(CLASSES).map(([name, token]) => ({ name, token })),
  { name: 'nothing', token: '' },
  { name: '4,000 characters', token: 'x'.repeat(4_000) },
  { name: 'the first token', token: FIRST },
  { name: 'the one in the middle', token: TOKEN },
  { name: 'the last one, of another scope', token: LAST },
])('$name is compared with every entry once, 32 bytes each time', ({ token }) => {
  const compared: [number, number][] = [];
  const tokens = new TokenSet(ENTRIES, (a, b) => {
    compared.push([a.length, b.length]);
    return timingSafeEqual(a, b);
  });
  tokens.find(token, 'read');
  expect(compared).toEqual([
    [32, 32],
    [32, 32],
    [32, 32],
  ]);
});

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Student's t of paired values. */
function pairedT(a: readonly number[], b: readonly number[]): number {
  const differences = a.map((value, index) => value - (b[index] ?? Number.NaN));
  const mean = meanOf(differences);
  const variance = differences.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (differences.length - 1);
  return mean / Math.sqrt(variance / differences.length);
}

test.each([
  { a: [1, 2, 3], b: [2, 1, 3], is: 0 },
  { a: [3, 5, 7], b: [2, 3, 4], is: 2 / Math.sqrt(1 / 3) },
])('t of $a and $b', ({ a, b, is }) => {
  expect(pairedT(a, b)).toBeCloseTo(is, 12);
});

/** What is looked at by one class, made anew for each block. */
type MakeLook = () => () => unknown;

/**
 * Mean nanoseconds of each block, by class. Within a block the classes take turns in a random order, so that no drift of
 * the machine falls on one of them; each block makes its objects anew, so that neither does where they lie in memory.
 */
function measure(samples: number, classes: readonly MakeLook[]): readonly (readonly number[])[] {
  const random = new Random(22);
  const order = classes.map((_, index) => index);
  const means = classes.map((): number[] => []);
  // The first block warms the compiler up.
  for (let block = -1; block < samples / BLOCK; block++) {
    const looks = classes.map((make) => make());
    const times = classes.map((): number[] => []);
    for (let round = 0; round < BLOCK; round++) {
      for (let at = order.length - 1; at > 0; at--) {
        const other = random.int(0, at);
        [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
      }
      for (const index of order) {
        const began = process.hrtime.bigint();
        looks[index]?.();
        times[index]?.push(Number(process.hrtime.bigint() - began));
      }
    }
    const all = times.flat().sort((a, b) => a - b);
    const slowest = all[Math.floor(all.length * (1 - LEFT_OUT))] ?? 0;
    if (block >= 0) times.forEach((each, index) => means[index]?.push(meanOf(each.filter((ns) => ns <= slowest))));
  }
  return means;
}

// Time is measured in the long mode only: on a machine that does other things at once it decides nothing.
if (SAMPLES > 0) {
  test('time does not tell how near a guess is to a token', () => {
    // One guess for all: its own length and spelling cost time too, and tell the guesser nothing new.
    const classes = Object.values(CLASSES).map((near) => () => {
      const set = new TokenSet([
        entry(FIRST, 'first', 'read'),
        entry(near, 'middle', 'read'),
        entry(LAST, 'last', 'ingest'),
      ]);
      return () => set.find(TOKEN, 'read');
    });
    const means = measure(SAMPLES, classes);
    const most = Math.max(...means.flatMap((a, i) => means.slice(i + 1).map((b) => Math.abs(pairedT(a, b)))));
    const us = means.map((each) => (meanOf(each) / 1_000).toFixed(3)).join(' ');
    process.stdout.write(`token timing: ${SAMPLES} per class, us ${us}, largest |t| ${most.toFixed(2)}\n`);
    expect(most).toBeLessThan(MOST_T);
  }, 600_000);

  test('the measurement sees a comparison that stops at the first difference', () => {
    const early = (token: string): boolean => {
      for (let at = 0; at < TOKEN.length; at++) if (token[at] !== TOKEN[at]) return false;
      return token.length === TOKEN.length;
    };
    const [first = [], , last = []] = measure(
      SAMPLES,
      Object.values(CLASSES).map((token) => () => () => early(token))
    );
    expect(Math.abs(pairedT(first, last))).toBeGreaterThan(MOST_T);
  }, 600_000);
}
