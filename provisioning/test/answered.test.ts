// Every query of every dashboard is answered by a real Prometheus that scrapes a real exporter fed with the demo's runs and
// with what goes wrong: no panel is empty because of how it asks.
import { prometheusDashboards } from '../src/dashboards/all.ts';
import type { Variable } from '../src/dashboards/variables.ts';
import { dev } from './environments.ts';
import { startFedStack, type FedStack } from './fed/fed-stack.ts';
import { panelsOf, substituted } from './panels.ts';
import { eventually } from './processes.ts';

let stack: FedStack | undefined;

beforeAll(async () => {
  stack = await startFedStack();
});

afterAll(async () => {
  await stack?.stop();
});

async function ask<T>(path: string, parameters: Readonly<Record<string, string>>): Promise<T> {
  const answer = await fetch(`${stack?.prometheusUrl}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
  const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
  if (status !== 'success') throw new Error(error);
  return data;
}

/** As Grafana chooses when a dashboard is opened: all where All is offered and chosen, else what is stored, else the first. */
async function defaultValues(list: readonly Variable[]): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const variable of list.filter(({ type }) => type === 'query')) {
    const [, of = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(String(variable['definition'])) ?? [];
    const found = await ask<string[]>(`label/${label}/values`, { 'match[]': substituted(of, values) });
    expect([variable.name, found.length > 0]).toEqual([variable.name, true]);
    const [first = ''] = found.sort();
    const stored = (variable['current'] as { value?: string | string[] }).value;
    if (Array.isArray(stored)) values[variable.name] = `(${found.map(escaped).join('|')})`;
    else values[variable.name] = stored ?? (variable['multi'] === true ? escaped(first) : first);
  }
  return values;
}

/** In a regular expression inside a PromQL string. */
const escaped = (value: string): string => value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\\$&`);

interface Series {
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

async function samplesOf(query: { expr: string; instant: boolean }): Promise<readonly string[]> {
  const now = Date.now() / 1000;
  const { result } = query.instant
    ? await ask<{ result: Series[] }>('query', { query: query.expr, time: String(now) })
    : await ask<{ result: Series[] }>('query_range', {
        query: query.expr,
        start: String(now - 900),
        end: String(now),
        step: '1',
      });
  return result
    .flatMap(({ value, values = [] }) => [...(value === undefined ? [] : [value]), ...values])
    .map(([, text]) => text);
}

test.each(prometheusDashboards(dev))(
  'every query of $title has a sample, for the values that it opens with',
  async (one) => {
    const variables = await defaultValues(one.templating.list);
    const queries = [
      ...panelsOf(one).flatMap(({ title, targets }) =>
        targets.map(({ expr, instant, refId }) => ({ what: `${title} ${refId}`, expr, instant }))
      ),
      ...one.annotations.list.map(({ name, expr = '' }) => ({ what: name, expr, instant: false })),
    ].map((query) => ({ ...query, expr: substituted(query.expr, variables) }));
    const unanswered = async (): Promise<readonly string[]> => {
      const empty: string[] = [];
      for (const query of queries) {
        const samples = await samplesOf(query);
        if (!samples.some((text) => text !== 'NaN')) empty.push(`${query.what}: ${query.expr}`);
      }
      return empty;
    };
    await eventually({ what: 'answers to all', read: unanswered, until: ({ length }) => length === 0 });
    expect(queries.length).toBeGreaterThan(10);
  }
);
