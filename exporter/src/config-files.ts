// budgets_file and prices_file: from a path to what it holds, or to all that is wrong with it.
import { readFileSync, statSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import type { Config } from './config.ts';
import { parseBudgets, type BudgetDefinition } from './contract/budgets.ts';
import type { PriceTable } from './contract/price-table.ts';
import { parsePrices } from './contract/prices.ts';
import { messageOf, StartupError } from './errors.ts';

/** JSON may be longer than YAML: it is read a hundred times as fast, and LiteLLM's table has more than 1.6 MB. */
const MAX_JSON_BYTES = 16 * 1_048_576;
const MAX_YAML_BYTES = 1_048_576;

/** Problems name the place, the value and what is accepted; none of them names a path. */
export type FileResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly string[] };

export interface LoadedFile<T> {
  readonly file: string;
  /** As it was read: a file that is only touched holds nothing new. */
  readonly text: string;
  readonly value: T;
}

export interface ConfigFiles {
  readonly budgets: LoadedFile<readonly BudgetDefinition[]> | undefined;
  readonly prices: LoadedFile<PriceTable> | undefined;
}

/** @throws StartupError with everything that is wrong with either file. */
export function readConfigFiles({ budgetsFile, pricesFile }: Config): ConfigFiles {
  const problems: string[] = [];
  const load = <T>(
    name: string,
    file: string | undefined,
    parse: (text: string) => FileResult<T>
  ): LoadedFile<T> | undefined => {
    if (file === undefined) return undefined;
    const text = readText(file);
    const result = text.ok ? parse(text.value) : text;
    if (text.ok && result.ok) return { file, text: text.value, value: result.value };
    if (!text.ok) problems.push(`${name} ${JSON.stringify(file)} ${text.problems.join('; ')}`);
    else if (!result.ok) problems.push(...result.problems.map((problem) => `${name}: ${problem}`));
    return undefined;
  };
  const files = {
    budgets: load('budgets_file', budgetsFile, budgetsOf),
    prices: load('prices_file', pricesFile, pricesOf),
  };
  if (problems.length > 0) throw new StartupError(problems);
  return files;
}

/** Why it cannot be read goes by the system's code, which names no path. Never throws. */
export function readText(file: string): FileResult<string> {
  try {
    const stat = statSync(file);
    // Opening a named pipe would stop the process until somebody writes.
    if (!stat.isFile()) return { ok: false, problems: ['cannot be read: it is no regular file'] };
    if (stat.size > MAX_JSON_BYTES) {
      const problem = `cannot be read: it has ${stat.size} bytes, at most ${MAX_JSON_BYTES} are accepted`;
      return { ok: false, problems: [problem] };
    }
    return utf8Of(readFileSync(file));
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
    return { ok: false, problems: [`cannot be read: ${code}`] };
  }
}

/** Without a byte order mark. A name with broken characters in it would match nothing. */
function utf8Of(bytes: Buffer): FileResult<string> {
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, problems: ['cannot be read: it is not UTF-8'] };
  }
}

/** Never throws. */
export function budgetsOf(text: string): FileResult<readonly BudgetDefinition[]> {
  const document = documentOf(text);
  if (!document.ok) return document;
  const parsed = parseBudgets(document.value);
  return parsed.ok ? { ok: true, value: parsed.budgets } : parsed;
}

/** Never throws. */
export function pricesOf(text: string): FileResult<PriceTable> {
  const document = documentOf(text);
  if (!document.ok) return document;
  const parsed = parsePrices(document.value);
  return parsed.ok ? { ok: true, value: parsed.table } : parsed;
}

function documentOf(text: string): FileResult<unknown> {
  if (text.trimStart().startsWith('{')) {
    try {
      return { ok: true, value: JSON.parse(text) as unknown };
    } catch {
      // A mapping of YAML may begin with a brace too.
    }
  }
  if (text.length > MAX_YAML_BYTES) {
    return { ok: false, problems: [`it is no JSON, and as YAML at most ${MAX_YAML_BYTES} characters are accepted`] };
  }
  try {
    return { ok: true, value: parseYaml(text, { logLevel: 'error' }) as unknown };
  } catch (error) {
    return { ok: false, problems: [`it is neither JSON nor YAML: ${messageOf(error).split('\n')[0] ?? ''}`] };
  }
}
