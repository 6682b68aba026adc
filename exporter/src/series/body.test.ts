// The body as a whole: patched or rendered anew it is the same, whatever happened between and during bodies.
import { gunzipSync } from 'node:zlib';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { HOSTILE_VALUES } from '../../test/fuzz/hostile-values.ts';
import { Random } from '../../test/random.ts';
import { sortedPage } from '../../test/sorted-page.ts';
import type { MetricRow } from '../contract/metrics.ts';
import { nano, usdText } from '../contract/money.ts';
import { NumberCell } from './cell.ts';
import type { MoneyCell } from './cell.ts';
import { GZIP_HEAD, GzipTail } from './deflate.ts';
import type { Family } from './family.ts';
import { Page, PAGE_LINES } from './page.ts';
import { SeriesRegistry } from './registry.ts';

const row = (name: string, labels: readonly string[], fields: Partial<MetricRow> = {}): MetricRow => ({
  name,
  type: 'counter',
  help: 'Help.',
  labels,
  stability: 'experimental',
  source: 'test',
  ...fields,
});

function registryOf(): SeriesRegistry {
  return new SeriesRegistry({
    environment: 'test',
    maxSeriesPerFamily: 100_000,
    maxLabelValues: 100_000,
    onFold: () => undefined,
  });
}

/** The body as a client unpacks it. */
function unpacked(registry: SeriesRegistry): string {
  const tail = new GzipTail();
  const parts: Uint8Array[] = [GZIP_HEAD];
  for (const { deflated } of registry.pieces('text')) {
    tail.add(deflated);
    parts.push(deflated.bytes);
  }
  return gunzipSync(Buffer.concat([...parts, tail.bytes])).toString();
}

const linesOf = (page: string): string[] => page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

const ADVERSARIAL: readonly string[] = [
  ...new Set([
    ...HOSTILE_VALUES.filter((value): value is string => typeof value === 'string'),
    ...[
      '\\',
      '\\\\',
      '"',
      '\\"',
      '\n',
      '\\n',
      'a"b\\c\nd',
      '1,b:2',
      '2,b:3',
      '|',
      'a|b',
      '}',
      '{x="y"}',
      '# HELP',
      ' ',
      'é',
      '日本',
    ],
  ]),
];

test('for any strings the lines are those of prom-client, and no two label sets share a series', async () => {
  const registry = registryOf();
  const counters = registry.numbers(row('c_total', ['a', 'b']));
  const gauges = registry.numbers(row('g', ['a'], { type: 'gauge' }));
  const histograms = registry.histogram(row('h', ['a'], { type: 'histogram', buckets: [0.5, 1, 2.5] }));
  const theirs: string[] = [];
  // A registry of theirs for each series: in one, label sets that differ only in separators would share a series.
  const read = async (name: string, make: (registers: Registry[]) => void): Promise<void> => {
    const one = new Registry();
    make([one]);
    theirs.push(...linesOf(await one.metrics()).filter((line) => line.startsWith(name)));
  };
  const random = new Random(5);
  const values = [0, 1, 17, 1e21, 0.1, 2 / 3, 123456.789, 5e-324];
  for (const [i, a] of ADVERSARIAL.entries()) {
    const environment = 'test';
    const amount = random.pick(values);
    gauges.cell([a]).set(-amount);
    await read('g', (registers) => {
      new Gauge({ name: 'g', help: 'h', labelNames: ['environment', 'a'], registers }).set({ environment, a }, -amount);
    });
    histograms.cell([a]).observe(amount);
    await read('h', (registers) => {
      const labelNames = ['environment', 'a'];
      new Histogram({ name: 'h', help: 'h', labelNames, buckets: [0.5, 1, 2.5], registers }).observe(
        { environment, a },
        amount
      );
    });
    for (const b of ADVERSARIAL.slice(0, i % 7)) {
      counters.cell([a, b]).add(amount);
      await read('c', (registers) => {
        const labelNames = ['environment', 'a', 'b'];
        new Counter({ name: 'c_total', help: 'h', labelNames, registers }).inc({ environment, a, b }, amount);
      });
    }
  }
  // They write `le` first, and a lone surrogate is a replacement character once it is sent.
  const expected = theirs
    .map((line) => line.replace(/\{(le="[^"]+"),([^]*)\}/, '{$2,$1}').replaceAll('\ud800', '\ufffd'))
    .sort();
  const ours = linesOf(registry.render());
  expect([...ours].sort()).toEqual(expected);
  expect(new Set(ours.map((line) => line.slice(0, line.lastIndexOf(' ')))).size).toBe(ours.length);
  expect(unpacked(registry)).toBe(registry.render());
});

/** What a registry is put through, and what its page must say then. */
class Exercise {
  readonly registry = registryOf();
  readonly #numbers: Family<NumberCell> = this.registry.numbers(row('n_total', ['a']));
  readonly #money: Family<MoneyCell> = this.registry.money(row('m_usd_total', ['a', 'b']));
  readonly #expected = new Map<string, () => string>();
  readonly #cells: { readonly name: string; readonly change: () => void; readonly remove: () => void }[] = [];
  readonly #random: Random;
  #made = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  step(): void {
    const random = this.#random;
    const cell = this.#cells.length > 0 ? random.int(0, this.#cells.length - 1) : -1;
    if (cell === -1 || random.chance(0.4)) this.#make();
    else if (random.chance(0.8)) this.#cells[cell]?.change();
    else this.#drop(cell);
  }

  /** Most of them go at once, as the threads of a deployment do. */
  leave(): void {
    for (let at = this.#cells.length - 1; at >= 0; at--) if (this.#random.chance(0.95)) this.#drop(at);
  }

  page(): string {
    return sortedPage([...this.#expected].map(([name, value]) => `${name} ${value()}`).join('\n'));
  }

  #drop(at: number): void {
    const [gone] = this.#cells.splice(at, 1);
    gone?.remove();
    if (gone !== undefined) this.#expected.delete(gone.name);
  }

  #make(): void {
    const random = this.#random;
    const a = `${this.#made++}-${random.pick(ADVERSARIAL)}`;
    const escaped = a
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')
      .replaceAll('\n', '\\n')
      .replaceAll('\ud800', '\ufffd');
    if (random.chance(0.5)) {
      const cell = this.#numbers.cell([a]);
      const name = `n_total{environment="test",a="${escaped}"}`;
      let value = 0;
      this.#expected.set(name, () => String(value));
      this.#cells.push({
        name,
        change: () => {
          const by = random.chance(0.5) ? 1 : random.next() * 10 ** random.int(-9, 22);
          value += by;
          cell.add(by);
        },
        remove: () => {
          this.#numbers.remove(cell);
        },
      });
    } else {
      const cell = this.#money.cell([a, 'x']);
      const name = `m_usd_total{environment="test",a="${escaped}",b="x"}`;
      let value = 0;
      this.#expected.set(name, () => usdText(nano(value)));
      this.#cells.push({
        name,
        change: () => {
          value = random.int(0, 10 ** random.int(1, 15));
          cell.set(nano(value));
        },
        remove: () => {
          this.#money.remove(cell);
        },
      });
    }
  }
}

test.each([1, 2, 3])('whatever comes, changes and goes, the patched body says what holds now (seed %i)', (seed) => {
  const random = new Random(seed);
  const exercise = new Exercise(random);
  for (let round = 0; round < 30; round += 1) {
    const steps = random.pick([0, 1, 10, 500]);
    for (let i = 0; i < steps; i += 1) exercise.step();
    if (random.chance(0.1)) exercise.leave();
    // One that nobody reads to its end.
    if (random.chance(0.3)) for (const piece of exercise.registry.pieces('text')) if (piece.bytes.length > 0) break;
    const page = exercise.registry.render();
    expect(sortedPage(linesOf(page).join('\n'))).toBe(exercise.page());
    expect(unpacked(exercise.registry)).toBe(page);
  }
});

/** A family of which half the series stay and half leave, and what was last seen of those that stay. */
class Coming {
  readonly #random: Random;
  readonly registry = registryOf();
  readonly #family = this.registry.numbers(row('n_total', ['a']));
  readonly #staying: NumberCell[] = [];
  #passing: NumberCell[] = [];
  #seen = new Map<string, number>();

  constructor(random: Random) {
    this.#random = random;
    for (let i = 0; i < 4 * PAGE_LINES; i += 1) {
      this.#staying.push(this.#family.cell([`stays-${i}`]));
      this.#passing.push(this.#family.cell([`passes-${i}`]));
    }
  }

  /** Between two pieces of a body. */
  go(): void {
    const random = this.#random;
    for (let i = 0; i < 20; i += 1) random.pick(this.#staying).add(random.int(1, 1_000));
    if (!random.chance(0.1)) return;
    for (const cell of this.#passing) this.#family.remove(cell);
    const names = Array.from({ length: random.int(0, 2 * PAGE_LINES) }, (_, i) => `passes-${i}`);
    this.#passing = names.map((name) => this.#family.cell([name]));
  }

  /** What no body may show. */
  wrongs(text: string): string[] {
    const values = new Map(linesOf(text).map((line) => line.split(' ') as [string, string]));
    const twice = values.size === linesOf(text).length ? [] : ['a series twice'];
    const behind = this.#staying.map((cell) => `n_total{environment="test",a="${cell.labels[0] ?? ''}"}`);
    return [...twice, ...behind.filter((name) => !(Number(values.get(name)) >= (this.#seen.get(name) ?? 0)))];
  }

  /** The bodies of now are over: those to come show this at least. */
  over(): void {
    for (const cell of this.#staying)
      this.#seen.set(`n_total{environment="test",a="${cell.labels[0] ?? ''}"}`, cell.dump());
  }
}

test('bodies under way while series come, go and move: each is in it once, is in it if it stays, and never falls', () => {
  const random = new Random(9);
  for (let turn = 0; turn < 10; turn += 1) {
    const coming = new Coming(random);
    for (let round = 0; round < 3; round += 1) {
      const bodies = Array.from({ length: 3 }, () => ({
        pieces: coming.registry.pieces('text'),
        text: '',
        done: false,
      }));
      while (bodies.some(({ done }) => !done)) {
        const body = random.pick(bodies);
        const next = body.pieces.next();
        if (next.done === true) body.done = true;
        else body.text += Buffer.from(next.value.bytes).toString();
        coming.go();
      }
      expect(bodies.flatMap(({ text }) => coming.wrongs(text))).toEqual([]);
      coming.over();
    }
  }
});

test('only the changed pages of a large body are written or compressed again', () => {
  const registry = registryOf();
  const family = registry.numbers(row('n_total', ['a']));
  const cells = Array.from({ length: 20 * PAGE_LINES }, (_, i) => family.cell([String(i)]));
  const packed = (): Uint8Array[] => Array.from(registry.pieces('text'), ({ deflated }) => deflated.bytes);
  const before = packed();
  cells.at(-1)?.add(1);
  cells.at(0)?.add(0.5);
  const after = packed();
  expect(after.map((bytes, i) => bytes === before[i])).toEqual(
    before.map((_, i) => i !== 1 && i !== before.length - 1)
  );
});

test('the lines of a series are written for the first body that it is in, once, and never for one that came and went', () => {
  const written: string[] = [];
  const heads = ([a = '']: readonly string[]): readonly string[] => {
    written.push(a);
    return [`n{a="${a}"} `];
  };
  const page = new Page({ each: 1, heads });
  const [gone, stays, late] = ['gone', 'stays', 'late'].map((a) => new NumberCell([a])) as [
    NumberCell,
    NumberCell,
    NumberCell,
  ];
  const text = (): string => Buffer.from(page.bytes).toString();
  expect(text()).toBe('');
  page.add(gone);
  page.add(stays);
  stays.add(1);
  page.remove(gone);
  expect([written, page.size, [...page.series()]]).toEqual([[], 1, [stays]]);
  expect(text()).toBe('n{a="stays"} 1\n');
  stays.add(1);
  page.add(late);
  expect(text()).toBe('n{a="stays"} 2\nn{a="late"} 0\n');
  expect(written).toEqual(['stays', 'late']);
});

test('pages that most of their series have left are joined', () => {
  const registry = registryOf();
  const family = registry.numbers(row('n_total', ['a']));
  const cells = Array.from({ length: 8 * PAGE_LINES }, (_, i) => family.cell([String(i)]));
  cells.forEach((cell, i) => {
    if (i % 8 !== 0) family.remove(cell);
  });
  registry.render();
  expect([...registry.pieces('text')]).toHaveLength(2);
  expect(linesOf(registry.render())).toHaveLength(PAGE_LINES);
});

test('the same page in OpenMetrics: counters by their names without _total, quotes in HELP escaped', () => {
  const registry = registryOf();
  registry
    .numbers(row('n_total', ['a'], { help: 'Folded into "other".' }))
    .cell(['x'])
    .add(1);
  registry.numbers(row('g', ['a'], { type: 'gauge' }));
  expect(registry.render('openmetrics')).toBe(
    '# HELP n Folded into \\"other\\".\n# TYPE n counter\nn_total{environment="test",a="x"} 1\n# HELP g Help.\n# TYPE g gauge\n'
  );
});
