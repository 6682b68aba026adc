// A snapshot is a function of the entries before it: restoring the rest behind it comes to what restoring everything comes to.
// STATE_HISTORIES=2000 is the long run.
import type { JournalEntry } from '../../src/journal/journal.ts';
import { Projection } from '../../src/projection.ts';
import { ExporterState } from '../../src/state.ts';
import type { StateConfig, StateLine } from '../../src/state.ts';
import { randomOf, T } from './entries.ts';
import { BUDGETS, randomHistory, recordedHistory, ROOMY, SMALL } from './histories.ts';
import { sortedPage } from '../sorted-page.ts';

const HISTORIES = Number(process.env['STATE_HISTORIES'] ?? 40);

interface Restored {
  readonly state: ExporterState;
  readonly folds: Record<string, number>;
}

function fresh(config: StateConfig): Restored {
  const folds: Record<string, number> = {};
  const count = (what: string, n: number): void => {
    folds[what] = (folds[what] ?? 0) + n;
  };
  const state = new ExporterState({
    config,
    budgets: BUDGETS,
    now: () => T + 86_400_000,
    onFold: count,
    onThreadRefused: (n) => {
      count('threads', n);
    },
  });
  return { state, folds };
}

function restore({ state }: Restored, entries: readonly JournalEntry[], from = 0): void {
  const { model, ledger, producers, series } = state;
  const projection = new Projection({
    model,
    budgets: ledger,
    producers,
    outputs: [series],
    onError: (error) => {
      throw error;
    },
  });
  entries.forEach((entry, at) => {
    // Every hundredth number is missing, as in a damaged journal.
    state.loss.note(entry, from + at + 1 + Math.floor((from + at) / 100));
    projection.restore(entry);
  });
}

/** With the keys of objects sorted: their order means nothing. */
const linesOf = ({ state }: Restored): readonly string[] =>
  [...state.dump()].map((line) => JSON.stringify(line, sorted));

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The first places where two lists of lines differ, short enough to be read. */
function differences(lines: readonly string[], expected: readonly string[]): readonly string[] {
  const places = Array.from({ length: Math.max(lines.length, expected.length) }, (_, at) => at);
  return places
    .filter((at) => lines[at] !== expected[at])
    .slice(0, 2)
    .flatMap((at) => {
      const [line = '', wanted = ''] = [lines[at], expected[at]];
      let same = 0;
      while (same < line.length && line[same] === wanted[same]) same += 1;
      return [line, wanted].map((text) => `${text.slice(0, 60)} ... ${text.slice(Math.max(60, same - 80), same + 80)}`);
    });
}

function reloaded(lines: readonly string[], config: StateConfig): Restored {
  const restored = fresh(config);
  restored.state.load(lines.map((line) => JSON.parse(line) as StateLine));
  return restored;
}

/** Everything that is shown to anybody, after the last entry. */
function shown({ state, folds }: Restored): unknown {
  const threads = [...state.model.threads.values()].map((each) =>
    JSON.stringify({ ...each, agents: [...each.agents] }, sorted)
  );
  const unpriced = [...state.model.unpriced];
  const budgets = [T, T + 3_600_000, T + 20_000_000].map((nowMs) => state.ledger.views(nowMs));
  state.timeline.restored();
  const answer = state.timeline.read('c');
  return {
    page: sortedPage(state.registry.render()),
    timeline: answer.kind === 'delivery' ? [...answer.pages].join('') : answer.kind,
    threads,
    unpriced,
    budgets,
    folds,
  };
}

function expectTheSame(entries: readonly JournalEntry[], at: readonly number[], config: StateConfig): void {
  const whole = fresh(config);
  restore(whole, entries);
  const expected = linesOf(whole);
  const expectedShown = shown(whole);
  for (const prefix of at) {
    const before = fresh(config);
    restore(before, entries.slice(0, prefix));
    const lines = linesOf(before);
    const behind = reloaded(lines, config);
    expect(differences(linesOf(behind), lines)).toEqual([]);
    restore(behind, entries.slice(prefix), prefix);
    expect(differences(linesOf(behind), expected)).toEqual([]);
    expect(shown(behind)).toEqual(expectedShown);
  }
}

test('nothing at all', () => {
  expectTheSame([], [0], SMALL);
});

test.each([
  { name: 'with room for all', config: ROOMY, step: 1 },
  { name: 'with every cap reached', config: SMALL, step: 7 },
])('the recorded runs, cut at many places, $name', ({ config, step }) => {
  const entries = recordedHistory();
  expect(entries.length).toBeGreaterThan(400);
  const places = entries.map((_, at) => at).filter((at) => at % step === 0);
  expectTheSame(entries, [...places.filter((at) => at % 9 === 0 || at < 40), entries.length], config);
});

test(`${HISTORIES} random histories, each cut at random places`, () => {
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    const random = randomOf(seed);
    const entries = randomHistory(random, 100 + Math.floor(random() * 500));
    const places = [0, 1, 2].map(() => Math.floor(random() * (entries.length + 1)));
    expectTheSame(entries, places, seed % 2 === 0 ? SMALL : ROOMY);
  }
});
