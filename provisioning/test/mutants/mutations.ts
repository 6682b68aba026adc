// Mutants of a rule: the same rule with one comparison, number, window, join or `for` that is wrong.

export interface MutableRule {
  readonly expr: string;
  readonly for?: string;
}

export interface Mutant<Rule extends MutableRule> {
  /** What was changed, at which character, and what stands around it. */
  readonly name: string;
  readonly rule: Rule;
}

/** The wrong comparisons that are nearest: at the bound, and the other way round. */
const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '>=': ['>', '<'],
  '<=': ['<', '>'],
  '>': ['>=', '<'],
  '<': ['<=', '>'],
  '==': ['!='],
  '!=': ['=='],
};
const JOINS: Readonly<Record<string, readonly string[]>> = { and: ['unless'], unless: ['and'] };

const tenth = (value: number): string => String(Number(value.toPrecision(12)));

/** A little more and a little less; a whole number by one, so that counts stay counts. */
function numbers(text: string): readonly string[] {
  const value = Number(text);
  const by = Number.isInteger(value) && value < 100 ? 1 : value / 100;
  return [tenth(value + by), tenth(value - by)];
}

/** Half and twice as long. */
function durations(text: string): readonly string[] {
  const [, amount = '', unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const seconds = Number(amount) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[unit] ?? NaN);
  return [`${seconds * 500}ms`, `${seconds * 2}s`];
}

// Text in quotes and selectors are not touched: what they say is checked against the catalogue.
const TOKEN =
  /(?<skip>"(?:[^"\\]|\\.)*"|\{[^}]*\})|(?<duration>\b\d+[smhd]\b)|(?<comparison>[<>]=?|[=!]=)|(?<number>(?<![\w:.])\d+(?:\.\d+)?(?![\w:.]))|(?<join>\b(?:and|unless)\b)/g;

function wrongFor(groups: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { duration, comparison, number, join } = groups;
  if (duration !== undefined) return durations(duration);
  if (comparison !== undefined) return COMPARISONS[comparison] ?? [];
  if (number !== undefined) return numbers(number);
  return join === undefined ? [] : (JOINS[join] ?? []);
}

/** What a join with facts repeats: a change of one copy alone would be made good by the other. */
const FACTS_JOIN =
  /\n {2}\((?<core>(?:(?!\n {2}\* on )[\s\S])*)\)\n {2}\* on [^\n]*\n[^\n]*\n\)\nor on [^\n]*\n\(\k<core>\)/;

interface Change {
  readonly expr: string;
  readonly name: string;
}

function changesOf(text: string): readonly Change[] {
  return [...text.matchAll(TOKEN)].flatMap(({ 0: token, index, groups = {} }) => {
    const around = text.slice(Math.max(0, index - 70), index + 40).replaceAll(/\s+/g, ' ');
    return wrongFor(groups).map((wrong) => ({
      expr: `${text.slice(0, index)}${wrong}${text.slice(index + token.length)}`,
      name: `${token} -> ${wrong} (${index}) in ...${around}...`,
    }));
  });
}

/** Every mutant of an expression; what is joined with facts is changed before it is joined. */
function mutantExpressions(expr: string): readonly Change[] {
  const core = FACTS_JOIN.exec(expr)?.groups?.['core'];
  if (core === undefined) return changesOf(expr);
  const hole = '\u0000';
  const inside = changesOf(core).map(({ name, expr: changed }) => ({ name, expr: expr.replaceAll(core, changed) }));
  const outside = changesOf(expr.replaceAll(core, hole)).map(({ name, expr: changed }) => ({
    name: name.replaceAll(hole, '...'),
    expr: changed.replaceAll(hole, core),
  }));
  return [...inside, ...outside];
}

/** Every mutant of a rule, in the order of its text. */
export function mutantsOf<Rule extends MutableRule>(rule: Rule): readonly Mutant<Rule>[] {
  const expressions = mutantExpressions(rule.expr).map(({ name, expr }) => ({ name, rule: { ...rule, expr } }));
  const waits = rule.for === undefined ? [] : durations(rule.for);
  return [
    ...expressions,
    ...waits.map((wrong) => ({ name: `for ${rule.for} -> ${wrong}`, rule: { ...rule, for: wrong } })),
  ];
}
