// A second reading of what is exposed, character by character and stricter than Prometheus': what it does not say is right
// is wrong. Independent of src/series; knows the catalogue only.
import { CATALOGUE, ENVIRONMENT_LABEL } from '../src/contract/metrics.ts';
import type { MetricRow } from '../src/contract/metrics.ts';

export interface StrictSample {
  readonly family: string;
  readonly type: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** As it stands on the page. */
  readonly text: string;
  readonly value: number;
}

/** Samples by series: name and labels as they stand on the page. Of a timeline, the last of each series. */
export type StrictPage = ReadonlyMap<string, StrictSample>;

export class ExpositionError extends Error {}

const ROWS = new Map<string, MetricRow>(
  CATALOGUE.flatMap(({ rows }) => Object.values<MetricRow>(rows).map((row) => [row.name, row] as const))
);
/** prom-client's own, of the process. */
const FOREIGN = /^(process|nodejs)_[a-z0-9_]+$/;
const VALUE = /^-?\d+(\.\d+)?(e[+-]\d+)?$/;
const TIMESTAMP = /^\d+\.\d{3}$/;
// eslint-disable-next-line no-control-regex -- a page holds none of them
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;

interface Family {
  readonly name: string;
  readonly type: string;
  readonly row: MetricRow | undefined;
}

/** @throws ExpositionError naming the first line that is wrong, and why. */
export function strictPage(text: string, format: 'text' | 'openmetrics' | 'timeline' = 'text'): StrictPage {
  const fail = (why: string, line: string): never => {
    throw new ExpositionError(`${why}: ${JSON.stringify(line.slice(0, 300))}`);
  };
  if (!text.endsWith('\n')) fail('the page does not end with a line feed', text.slice(-80));
  const lines = text.slice(0, -1).split('\n');
  if (format !== 'text' && lines.pop() !== '# EOF') fail('the last line is not # EOF', lines.at(-1) ?? '');
  const unprintable = UNPRINTABLE.test(text) ? lines.find((line) => UNPRINTABLE.test(line)) : undefined;
  if (unprintable !== undefined) fail('a control character', unprintable);
  const samples = new Map<string, StrictSample>();
  const times = new Map<string, number>();
  const done = new Set<string>();
  let helped: string | undefined;
  let family: Family | undefined;
  for (const line of lines) {
    if (line === '') {
      if (format !== 'text') fail('a blank line', line);
      continue;
    }
    if (line.startsWith('# HELP ')) {
      const [, , name = '', ...words] = line.split(' ');
      if (done.has(name)) fail('a family twice', line);
      done.add(name);
      helped = name;
      const row = rowOf(name, format);
      if (row === undefined && !FOREIGN.test(name)) fail('a family outside the catalogue', line);
      const help = format === 'text' ? row?.help : row?.help.replaceAll('"', '\\"');
      if (row !== undefined && help !== words.join(' ')) fail('another help text', line);
      continue;
    }
    if (line.startsWith('# TYPE ')) {
      const [, , name = '', type = ''] = line.split(' ');
      if (name !== helped) fail('a type without its help', line);
      const row = rowOf(name, format);
      if (row !== undefined && row.type !== type) fail('another type', line);
      family = { name: format === 'openmetrics' && type === 'counter' ? `${name}_total` : name, type, row };
      continue;
    }
    if (line.startsWith('#')) fail('a comment', line);
    if (family === undefined) return fail('a sample without a family', line);
    const sample = readSample(line, family, fail);
    const { series, time } = sample;
    if (format !== 'timeline') {
      if (samples.has(series)) fail('a series twice', line);
      if (time !== undefined) fail('a timestamp', line);
    } else {
      if (time === undefined || !TIMESTAMP.test(time)) fail('no timestamp with milliseconds', line);
      if (Number(time) <= (times.get(series) ?? -1)) fail('a timestamp that does not ascend', line);
      times.set(series, Number(time));
    }
    samples.set(series, sample.sample);
  }
  checkHistograms(samples, fail);
  return samples;
}

/** In OpenMetrics a counter is called by its name without `_total`, and nothing else may be called so. */
function rowOf(name: string, format: 'text' | 'openmetrics' | 'timeline'): MetricRow | undefined {
  if (format !== 'openmetrics') return ROWS.get(name);
  const counter = ROWS.get(`${name}_total`);
  return counter?.type === 'counter' ? counter : ROWS.get(name);
}

type Fail = (why: string, line: string) => never;

interface ReadSample {
  readonly series: string;
  readonly time: string | undefined;
  readonly sample: StrictSample;
}

function readSample(line: string, family: Family, fail: Fail): ReadSample {
  const brace = line.indexOf('{');
  const nameEnd = brace === -1 ? line.indexOf(' ') : brace;
  const name = line.slice(0, nameEnd);
  const suffix = name.slice(family.name.length);
  const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  if (!name.startsWith(family.name) || !suffixes.includes(suffix)) fail(`no sample of ${family.name}`, line);
  const labels = new Map<string, string>();
  const end = brace === -1 ? nameEnd : readLabels(line, brace + 1, labels, fail);
  if (line[end] !== ' ') fail('no space before the value', line);
  const [text = '', time, ...more] = line.slice(end + 1).split(' ');
  if (more.length > 0) fail('more than a value and a time', line);
  if (!VALUE.test(text) || !Number.isFinite(Number(text))) fail('a value that is no finite number', line);
  const value = Number(text);
  if (family.type !== 'gauge' && value < 0) fail('a counter below zero', line);
  if (family.row !== undefined) checkLabels(line, labels, { row: family.row, suffix, fail });
  const sample = { family: family.name, type: family.type, name, labels, text, value };
  return { series: line.slice(0, end), time, sample };
}

/** @returns the place behind the closing brace. */
function readLabels(line: string, from: number, labels: Map<string, string>, fail: Fail): number {
  let at = from;
  for (;;) {
    const equals = line.indexOf('="', at);
    if (equals === -1) fail('a label without a value', line);
    const name = line.slice(at, equals);
    if (!/^[a-z_]+$/.test(name)) fail('a label name', line);
    if (labels.has(name)) fail('a label twice', line);
    let value = '';
    at = equals + 2;
    for (; line[at] !== '"'; at += 1) {
      if (at >= line.length) fail('a label value without an end', line);
      if (line[at] !== '\\') {
        value += line.charAt(at);
        continue;
      }
      at += 1;
      const escaped = line[at];
      if (escaped === 'n') value += '\n';
      else if (escaped === '\\' || escaped === '"') value += escaped;
      else fail('an escape that the format does not have', line);
    }
    labels.set(name, value);
    at += 1;
    if (line[at] === '}') return at + 1;
    if (line[at] !== ',') fail('no comma between labels', line);
    at += 1;
  }
}

function checkLabels(
  line: string,
  labels: ReadonlyMap<string, string>,
  { row, suffix, fail }: { readonly row: MetricRow; readonly suffix: string; readonly fail: Fail }
): void {
  const expected = [ENVIRONMENT_LABEL, ...row.labels, ...(suffix === '_bucket' ? ['le'] : [])];
  if (labels.size !== expected.length || !expected.every((name) => labels.has(name))) fail('other labels', line);
  for (const value of labels.values()) {
    if (Buffer.byteLength(value) > 128) fail('a label value past 128 bytes', line);
  }
}

/** Buckets of the catalogue in their order, never falling, and the count that the last of them says. */
function checkHistograms(samples: StrictPage, fail: Fail): void {
  let bounds: string[] = [];
  let last = 0;
  for (const [series, { name, family, type, labels, value }] of samples) {
    const row = ROWS.get(family);
    if (type !== 'histogram' || row === undefined) continue;
    if (name.endsWith('_bucket')) {
      if (bounds.length > 0 && value < last) fail('buckets that fall', series);
      bounds.push(labels.get('le') ?? '');
      last = value;
    } else if (name.endsWith('_sum')) {
      if (bounds.join() !== [...(row.buckets ?? []), '+Inf'].join()) fail(`other buckets (${bounds.join()})`, series);
    } else {
      if (value !== last) fail('a count that is not the last bucket', series);
      bounds = [];
      last = 0;
    }
  }
}

/** Counters and histograms that are smaller than they were or, other than of threads, gone; `isRenewed` threads began anew. */
export function falls(
  before: StrictPage,
  after: StrictPage,
  isRenewed: (thread: string) => boolean = () => false
): string[] {
  const wrong: string[] = [];
  for (const [series, { type, value, labels }] of before) {
    if (type === 'gauge' || type === 'summary') continue;
    const now = after.get(series);
    const thread = labels.get('thread');
    if (thread !== undefined && isRenewed(thread)) continue;
    if (now === undefined && thread === undefined) wrong.push(`${series} ${value} is gone`);
    if (now !== undefined && now.value < value) wrong.push(`${series} ${value} -> ${now.value}`);
  }
  return wrong;
}

/** A decimal text of US dollars as nano-USD; exact. @throws when it has more than nine decimals. */
export function nanoOf(text: string): bigint {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (whole === '') throw new ExpositionError(`${text} is no amount to the nano-dollar`);
  const amount = BigInt(whole + fraction.padEnd(9, '0'));
  return sign === '-' ? -amount : amount;
}

/** Sum over the series of a money family, exact, of those whose labels have the values given. */
export function moneyOf(page: StrictPage, family: string, where: Readonly<Record<string, string>> = {}): bigint {
  let sum = 0n;
  for (const sample of page.values()) {
    if (sample.family !== family) continue;
    if (Object.entries(where).every(([label, value]) => sample.labels.get(label) === value)) sum += nanoOf(sample.text);
  }
  return sum;
}

/** Sum over the series of a family of whole numbers. */
export function countOf(page: StrictPage, family: string): number {
  let sum = 0;
  for (const sample of page.values()) if (sample.name === family) sum += sample.value;
  return sum;
}
