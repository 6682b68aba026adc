import { randomOf } from '../../test/journal/entries.ts';
import { MAX_GAPS, Producers } from './producers.ts';
import type { Claim, Numbered } from './producers.ts';

const event = (seq: number, { producer = 'p', timestampMs = 0 } = {}): Numbered => ({
  type: 'progress',
  id: `${producer}-${seq}`,
  threadId: 't',
  timestampMs,
  dialect: 'metrics-emitter',
  producer,
  seq,
});

const claims = (producers: Producers, seqs: readonly number[]): Claim[] =>
  seqs.map((seq) => producers.claim(event(seq)));

describe('one producer', () => {
  test.each<{ name: string; seqs: number[]; claims: Claim[]; missing: number }>([
    { name: 'nothing', seqs: [], claims: [], missing: 0 },
    { name: 'counts from 0', seqs: [0, 1, 2], claims: ['new', 'new', 'new'], missing: 0 },
    { name: 'counts from anywhere', seqs: [41, 42], claims: ['new', 'new'], missing: 0 },
    { name: 'repeats', seqs: [1, 1, 2, 1, 2], claims: ['new', 'repeat', 'new', 'repeat', 'repeat'], missing: 0 },
    { name: 'jumps over two', seqs: [1, 4], claims: ['new', 'gap'], missing: 2 },
    {
      name: 'fills a gap from its middle',
      seqs: [1, 5, 3, 2, 4],
      claims: ['new', 'gap', 'new', 'new', 'new'],
      missing: 0,
    },
    { name: 'repeats what filled a gap', seqs: [1, 5, 3, 3], claims: ['new', 'gap', 'new', 'repeat'], missing: 2 },
    {
      name: 'was first heard in the middle',
      seqs: [5, 3, 4, 1, 2, 1],
      claims: ['new', 'new', 'new', 'new', 'new', 'repeat'],
      missing: 0,
    },
    { name: 'begins below and leaves a gap', seqs: [5, 2, 5], claims: ['new', 'new', 'repeat'], missing: 2 },
    {
      name: 'jumps to the end of numbers',
      seqs: [0, Number.MAX_SAFE_INTEGER, 7, 0],
      claims: ['new', 'gap', 'new', 'repeat'],
      missing: Number.MAX_SAFE_INTEGER - 2,
    },
  ])('$name', ({ seqs, claims: wanted, missing }) => {
    const producers = new Producers();
    expect([claims(producers, seqs), producers.missing]).toEqual([wanted, missing]);
  });

  test('a known number of an event later than all before is a counter that began anew; at the same time it is a repeat', () => {
    const producers = new Producers();
    producers.claim(event(1, { timestampMs: 10 }));
    producers.claim(event(2, { timestampMs: 20 }));
    const at = (timestampMs: number): Claim => producers.claim(event(1, { timestampMs }));
    expect([at(10), at(20), at(21), at(20)]).toEqual(['repeat', 'repeat', 'restarted', 'repeat']);
  });

  test('numbers given back are waited for, in whatever order they come', () => {
    const producers = new Producers();
    claims(producers, [1, 2, 3, 4, 5]);
    for (const seq of [5, 2, 3, 1]) producers.release(event(seq));
    expect(producers.missing).toBe(4);
    expect(claims(producers, [3, 1, 5, 2, 6, 4])).toEqual(['new', 'new', 'new', 'new', 'new', 'repeat']);
    expect(producers.missing).toBe(0);
  });

  test('giving back what nobody holds changes nothing', () => {
    const producers = new Producers();
    producers.release(event(1));
    claims(producers, [5]);
    producers.release(event(4));
    producers.release(event(6));
    expect([...producers.dump()]).toEqual([['p', 5, 5, [], -1, 0]]);
  });
});

describe('bounds', () => {
  test(`past ${MAX_GAPS} gaps the oldest is given up: its numbers are unknown, those of the others still count`, () => {
    const producers = new Producers();
    for (let at = 0; at <= MAX_GAPS; at += 1) producers.claim(event(at * 10));
    expect([producers.gapsGivenUp, producers.missing]).toEqual([0, 9 * MAX_GAPS]);
    producers.claim(event((MAX_GAPS + 1) * 10));
    expect([producers.gapsGivenUp, producers.missing]).toEqual([1, 9 * MAX_GAPS]);
    expect(claims(producers, [5, 0, 10, 15])).toEqual(['unknown', 'unknown', 'repeat', 'new']);
    // A split makes one more.
    expect(producers.gapsGivenUp).toBe(2);
  });

  test('a large batch that is given back is one gap', () => {
    const producers = new Producers();
    const seqs = Array.from({ length: 5 * MAX_GAPS }, (_, seq) => seq);
    claims(producers, seqs);
    for (const seq of seqs) producers.release(event(seq));
    expect([producers.gapsGivenUp, producers.missing]).toEqual([0, seqs.length]);
    expect(new Set(claims(producers, seqs))).toEqual(new Set(['new']));
  });

  test('the producer unheard for longest is forgotten', () => {
    const producers = new Producers({ maxProducers: 2 });
    for (const producer of ['a', 'b', 'a', 'c']) producers.claim(event(1, { producer }));
    expect([producers.size, producers.forgotten]).toEqual([2, 1]);
    const again = ['a', 'c', 'b'].map((producer) => producers.claim(event(1, { producer })));
    expect(again).toEqual(['repeat', 'repeat', 'new']);
  });
});

test('what is written down and taken up again goes on alike', () => {
  const random = randomOf(3);
  const one = new Producers({ maxProducers: 3, maxGaps: 4 });
  const step = (of: Producers, seq: number, producer: string): Claim => of.claim(event(seq, { producer }));
  for (let n = 0; n < 2_000; n += 1) step(one, Math.floor(random() * 200), `p${Math.floor(random() * 4)}`);
  const two = new Producers({ maxProducers: 3, maxGaps: 4 });
  expect([one.size, one.missing > 0]).toEqual([3, true]);
  for (const item of JSON.parse(JSON.stringify([...one.dump()])) as Parameters<Producers['load']>[0][]) two.load(item);
  for (let n = 0; n < 2_000; n += 1) {
    const [seq, producer] = [Math.floor(random() * 400), `p${Math.floor(random() * 4)}`];
    if (step(two, seq, producer) !== step(one, seq, producer))
      throw new Error(`step ${n}: ${seq} of ${producer} differs`);
  }
});

test('100,000 claims and returns of 500 random producers: every number counts once, none is lost while no gap is given up', () => {
  let claimed = 0;
  for (let seed = 1; seed <= 500; seed += 1) {
    const random = randomOf(seed);
    const producers = new Producers();
    const held = new Set<number>();
    for (let n = 0; n < 200; n += 1) {
      const seq = Math.floor(random() * 150);
      if (random() < 0.2 && held.has(seq)) {
        producers.release(event(seq));
        held.delete(seq);
        continue;
      }
      const claim = producers.claim(event(seq));
      if ((claim === 'new' || claim === 'gap') === held.has(seq))
        throw new Error(`seed ${seed}, step ${n}: ${seq} is ${claim}`);
      held.add(seq);
      claimed += 1;
    }
    expect(producers.gapsGivenUp).toBe(0);
  }
  process.stdout.write(`producers: ${claimed} claims of 500 producers as a plain set of numbers says\n`);
});
