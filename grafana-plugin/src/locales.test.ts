// The en-US file holds the texts of the code, no more and no less. UPDATE_LOCALES=1 writes it.
import { readdirSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import pluginJson from './plugin.json';

const FILE = join(__dirname, 'locales/en-US', `${pluginJson.id}.json`);

interface Resources {
  [key: string]: string | Resources;
}

interface Said {
  readonly id: string;
  readonly text: string;
  /** The text for one; undefined where it does not count. */
  readonly one: string | undefined;
  readonly counts: boolean;
}

function literal(node: ts.Expression | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function property(node: ts.Expression | undefined, name: string): ts.ObjectLiteralElementLike | undefined {
  return node !== undefined && ts.isObjectLiteralExpression(node)
    ? node.properties.find((one) => one.name !== undefined && ts.isIdentifier(one.name) && one.name.text === name)
    : undefined;
}

/** Every `t('id', 'text', values)` of a source text. */
function textsOf(name: string, source: string): Said[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found: Said[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 't') {
      const [id, text] = [literal(node.arguments[0]), literal(node.arguments[1])];
      if (id === undefined || text === undefined) {
        throw new Error(`${name}: write t('id', 'text') with literals: ${node.getText().slice(0, 80)}`);
      }
      const one = property(node.arguments[2], 'defaultValue_one');
      const singular = one !== undefined && ts.isPropertyAssignment(one) ? literal(one.initializer) : undefined;
      found.push({ id, text, one: singular, counts: property(node.arguments[2], 'count') !== undefined });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const LETTER = /\p{L}{2}/u;
/** Attributes and properties whose value somebody reads. */
const READ_NAMES = new Set([
  'aria-label',
  'title',
  'placeholder',
  'label',
  'tooltip',
  'name',
  'description',
  'category',
]);
/** Properties of these are no texts: icons, sizes, fields of data. */
const SILENT_NAMES = new Set(['Button', 'IconButton', 'Icon']);

function isReadable(node: ts.Expression | ts.JsxExpression | undefined): boolean {
  const inner = node !== undefined && ts.isJsxExpression(node) ? node.expression : node;
  return inner !== undefined && ts.isStringLiteralLike(inner) && LETTER.test(inner.text);
}

/** A literal with a word, or an expression that may come to one: `a ? 'now' : ''`, `${n} spends`. Calls are asked for theirs. */
function mayBeReadable(node: ts.Node): boolean {
  if (ts.isCallExpression(node) || ts.isElementAccessExpression(node) || ts.isFunctionLike(node)) {
    return false;
  }
  if (ts.isConditionalExpression(node)) {
    return mayBeReadable(node.whenTrue) || mayBeReadable(node.whenFalse);
  }
  if (ts.isBinaryExpression(node) && /^[=!]==?$/.test(node.operatorToken.getText())) {
    return false;
  }
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
  return (isText && isWord(node.text)) || node.getChildren().some(mayBeReadable);
}

/** Symbols of units stand for themselves in every language. */
const UNITS = /\b(?:ms|min)\b/gu;

function isWord(text: string): boolean {
  return LETTER.test(text.replace(UNITS, ''));
}

/** Folders that do not translate: what they call a text must have been given to them. */
const SPEECHLESS = /(?:^|\/)(?:draw|layout|model|read)\//;
const SAID_NAMES = new Set(['label', 'reason', 'text', 'title']);

function isRawText(name: string, node: ts.Node): boolean {
  return (
    SPEECHLESS.test(name) &&
    ts.isPropertyAssignment(node) &&
    SAID_NAMES.has(node.name.getText()) &&
    mayBeReadable(node.initializer)
  );
}

function isRawAttribute(node: ts.Node): boolean {
  if (!ts.isJsxAttribute(node) || !READ_NAMES.has(node.name.getText())) {
    return false;
  }
  const element = node.parent.parent;
  const isIcon = node.name.getText() === 'name' && SILENT_NAMES.has(element.tagName.getText());
  return !isIcon && isReadable(node.initializer as ts.Expression | undefined);
}

/** The texts of option editors: objects that say where the option is stored, and the choices in them. */
function isRawOption(name: string, node: ts.Node): boolean {
  return (
    /(?:^|\/)module\.ts$/.test(name) &&
    ts.isPropertyAssignment(node) &&
    READ_NAMES.has(node.name.getText()) &&
    isReadable(node.initializer)
  );
}

/** Texts that are seen and were not asked of `t`: in elements, in option editors, on the canvas. */
function rawTextsOf(name: string, source: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isDrawn =
      ts.isCallExpression(node) &&
      /(?:^|\.)(?:drawText|fillText)$/.test(node.expression.getText()) &&
      node.arguments.slice(0, 2).some(mayBeReadable);
    if (
      (ts.isJsxText(node) && LETTER.test(node.text)) ||
      isRawAttribute(node) ||
      isRawOption(name, node) ||
      isRawText(name, node) ||
      isDrawn
    ) {
      found.push(node.getText().trim());
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return sourcesBelow(path);
    }
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$|^translate\.ts$/.test(entry.name) ? [path] : [];
  });
}

/** The texts by their ids' parts, sorted. An id that is said in two ways is an error. */
function resourcesOf(said: readonly Said[]): Resources {
  const flat = new Map<string, string>();
  for (const { id, text, one, counts } of said) {
    const entries = counts
      ? [[`${id}_one`, one ?? text] as const, [`${id}_other`, text] as const]
      : [[id, text] as const];
    for (const [key, value] of entries) {
      if ((flat.get(key) ?? value) !== value) {
        throw new Error(`${key} is said as '${flat.get(key)}' and as '${value}'`);
      }
      flat.set(key, value);
    }
  }
  const resources: Resources = {};
  for (const [key, value] of [...flat].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const parts = key.split('.');
    let place = resources;
    for (const part of parts.slice(0, -1)) {
      const next = place[part] ?? {};
      if (typeof next === 'string') {
        throw new Error(`${key} stands below a text`);
      }
      place[part] = next;
      place = next;
    }
    place[parts.at(-1) ?? ''] = value;
  }
  return resources;
}

test('the en-US file holds the texts of the code: npm run locales -w helix-orchestrator-panel', () => {
  const resources = resourcesOf(sourcesBelow(__dirname).flatMap((path) => textsOf(path, readFileSync(path, 'utf8'))));
  if (process.env['UPDATE_LOCALES'] !== undefined) {
    mkdirSync(dirname(FILE), { recursive: true });
    writeFileSync(FILE, `${JSON.stringify(resources, null, 2)}\n`);
  }
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(resources);
  expect(pluginJson.languages).toEqual(['en-US']);
});

test.each<[string, string, Resources]>([
  ['nothing', '', {}],
  ['a text', "t('a.b', 'B')", { a: { b: 'B' } }],
  [
    'one that counts',
    "t('a', '{{count}} xs', { count, defaultValue_one: '{{count}} x' })",
    { a_one: '{{count}} x', a_other: '{{count}} xs' },
  ],
  [
    'one that counts without a singular',
    "t('a', '{{count}} left', { count: 3 })",
    { a_one: '{{count}} left', a_other: '{{count}} left' },
  ],
  ['the same twice', "t('a', 'A'); t('a', 'A')", { a: 'A' }],
])('reads %s', (_name, source, resources) => {
  expect(resourcesOf(textsOf('x.ts', source))).toEqual(resources);
});

test.each<[string, string, RegExp]>([
  ['an id that is made up at run time', 't(id, "x")', /with literals/],
  ['one id with two texts', "t('a', 'A'); t('a', 'B')", /is said as 'A' and as 'B'/],
  ['a text below a text', "t('a', 'A'); t('a.b', 'B')", /stands below a text/],
])('refuses %s', (_name, source, message) => {
  expect(() => resourcesOf(textsOf('x.ts', source))).toThrow(message);
});

test('whatever is seen goes through t', () => {
  const raw = sourcesBelow(__dirname)
    .filter((path) => !path.includes('/testing/'))
    .flatMap((path) => rawTextsOf(path, readFileSync(path, 'utf8')));
  expect(raw).toEqual([]);
});

test.each<[string, string, string, string[]]>([
  ['nothing', 'x.tsx', '', []],
  ['text in an element', 'x.tsx', 'const a = <b>Live</b>;', ['Live']],
  ['signs and figures, which are no words', 'x.tsx', 'const a = <b>1 \u00d7</b>;', []],
  ['a label', 'x.tsx', 'const a = <b aria-label="Live" className="live" />;', ['aria-label="Live"']],
  ['the name of an icon', 'x.tsx', "const a = <Icon name='pen' title={'Pen'} />;", ["title={'Pen'}"]],
  ['what t says', 'x.tsx', "const a = <b title={t('a', 'Live')}>{t('a', 'Live')}</b>;", []],
  [
    'an option',
    'module.ts',
    "add({ path: 'bands', name: 'Bands', options: [{ label: `Both` }] })",
    ["name: 'Bands'", 'label: `Both`'],
  ],
  ['a property of something else', 'model.ts', "const a = { name: 'Bands' };", []],
  [
    'a word on the canvas',
    'draw.ts',
    "drawText(ctx, 'now', at); ctx.fillText(text, 1, 2)",
    ["drawText(ctx, 'now', at)"],
  ],
  [
    'a word on the canvas that is chosen',
    'draw/a.ts',
    "drawText(ctx, wide === 'very' ? 'now' : '', at)",
    ["drawText(ctx, wide === 'very' ? 'now' : '', at)"],
  ],
  [
    'a word on the canvas that is put together',
    'draw/a.ts',
    'drawText(ctx, `${duration} so far`, at)',
    ['drawText(ctx, `${duration} so far`, at)'],
  ],
  ['a word that was given to the canvas', 'draw/a.ts', 'drawText(ctx, words.now, { align: `left` })', []],
  [
    'a text that layout makes',
    'layout/a.ts',
    "const a = { text: n > 1 ? `${n} spends` : 'none', kind: 'now' };",
    ["text: n > 1 ? `${n} spends` : 'none'"],
  ],
  ['figures, units and names in layout', 'layout/a.ts', "const a = { text: `${n} ms`, label: names['a'] };", []],
])('finds %s', (_name, file, source, found) => {
  expect(rawTextsOf(file, source)).toEqual(found);
});
