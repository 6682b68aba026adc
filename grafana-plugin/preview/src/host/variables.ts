// Resolves dashboard variables: their options, the chosen values, and what a query gets for them.
import type { VariableModel } from './dashboard.ts';
import { interpolate, prometheusFormat, type Bindings, type VariableBinding } from './interpolate.ts';

/** The value that stands for "All" in addresses and dashboards. */
export const ALL = '$__all';

export interface ResolvedVariable {
  readonly model: VariableModel;
  readonly options: readonly string[];
  /** Chosen values; `[ALL]` for all. */
  readonly selected: readonly string[];
  readonly binding: VariableBinding;
  /** Why the options are incomplete, to be shown beside the variable. */
  readonly problem: string | undefined;
}

export interface LabelValuesQuery {
  readonly label: string;
  /** Series selector; undefined for the label's values over all series. */
  readonly selector: string | undefined;
}

/** Understands `label_values(label)` and `label_values(selector, label)`; other query functions are Grafana's own. */
export function parseLabelValues(query: string): LabelValuesQuery | undefined {
  const match = /^\s*label_values\(\s*(?:(.+)\s*,\s*)?([a-zA-Z_]\w*)\s*\)\s*$/s.exec(query);
  const label = match?.[2];
  return label === undefined ? undefined : { label, selector: match?.[1]?.trim() };
}

export interface ResolveRequest {
  readonly models: readonly VariableModel[];
  /** Values from the address. */
  readonly chosen: ReadonlyMap<string, readonly string[]>;
  readonly labelValues: (query: LabelValuesQuery) => Promise<readonly string[]>;
}

/** In the order of the dashboard, so that a variable can use those before it. */
export async function resolveVariables(request: ResolveRequest): Promise<readonly ResolvedVariable[]> {
  const resolved: ResolvedVariable[] = [];
  for (const model of request.models) {
    const before = bindingsOf(resolved);
    const { options, problem } = await optionsOf(model, { before, request });
    const selected = selectedOf(model, { options, chosen: request.chosen.get(model.name) });
    resolved.push({ model, options, selected, binding: bindingOf(model, { options, selected }), problem });
  }
  return resolved;
}

export function bindingsOf(variables: readonly ResolvedVariable[]): Bindings {
  return new Map(variables.map(({ model, binding }) => [model.name, binding]));
}

interface Options {
  readonly options: readonly string[];
  readonly problem?: string;
}

async function optionsOf(
  model: VariableModel,
  { before, request }: { before: Bindings; request: ResolveRequest }
): Promise<{ options: readonly string[]; problem: string | undefined }> {
  const { options, problem } = await rawOptions(model, { before, request });
  return { options: filterByRegex(options, model.regex), problem };
}

async function rawOptions(
  model: VariableModel,
  { before, request }: { before: Bindings; request: ResolveRequest }
): Promise<Options> {
  switch (model.type) {
    case 'query': {
      const query = parseLabelValues(interpolate(model.query, before, prometheusFormat));
      if (query === undefined) return { options: [], problem: `only label_values() works here, not ${model.query}` };
      try {
        return { options: await request.labelValues(query) };
      } catch (error) {
        return { options: [], problem: error instanceof Error ? error.message : String(error) };
      }
    }
    case 'custom':
    case 'interval':
      return {
        options: model.query
          .split(',')
          .map((option) => option.split(' : ').at(-1)?.trim() ?? '')
          .filter((option) => option !== ''),
      };
    case 'constant':
    case 'textbox':
      return { options: [model.query] };
    case 'datasource':
      return { options: ['Prometheus'] };
    default:
      return { options: [], problem: `variables of type ${model.type} work in Grafana only` };
  }
}

/** `/regex/flags` as in Grafana: what does not match goes, a first group replaces the value. */
function filterByRegex(options: readonly string[], regex: string): readonly string[] {
  if (regex === '') return options;
  const parts = /^\/(.*)\/([a-z]*)$/s.exec(regex);
  const pattern = parts ? new RegExp(parts[1] ?? '', (parts[2] ?? '').replace('g', '')) : new RegExp(`^${regex}$`);
  const kept = options.flatMap((option) => {
    const match = pattern.exec(option);
    return match ? [match.groups?.['value'] ?? match[1] ?? match[0]] : [];
  });
  return [...new Set(kept)];
}

function selectedOf(
  model: VariableModel,
  { options, chosen }: { options: readonly string[]; chosen: readonly string[] | undefined }
): readonly string[] {
  if (model.type === 'datasource' || model.type === 'constant') return options;
  const usable = (value: string): boolean => options.includes(value) || (value === ALL && model.includeAll);
  // An address is obeyed even where the value is not (or not yet) known, as a link to a thread just started needs.
  const fromAddress = chosen?.map((value) => (value === 'All' && model.includeAll ? ALL : value)) ?? [];
  if (fromAddress.length > 0) return model.multi ? fromAddress : fromAddress.slice(0, 1);
  const current = model.current.filter(usable);
  if (current.length > 0) return model.multi ? current : current.slice(0, 1);
  return model.includeAll ? [ALL] : options.slice(0, 1);
}

function bindingOf(
  model: VariableModel,
  { options, selected }: { options: readonly string[]; selected: readonly string[] }
): VariableBinding {
  const multi = model.multi || model.includeAll;
  if (selected.includes(ALL)) {
    return model.allValue === ''
      ? { value: options, text: 'All', multi: true }
      : { value: model.allValue, text: 'All', multi: true, verbatim: true };
  }
  const [only = ''] = selected;
  const value = model.multi ? selected : only;
  return { value, text: selected.join(' + '), multi, ...(model.type === 'interval' ? { verbatim: true } : {}) };
}
