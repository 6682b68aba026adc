// What Grafana's value mappings and colour overrides say about the states: their names and their colours.
import {
  MappingType,
  stringToJsRegex,
  type DataFrame,
  type Field,
  type ValueMapping,
  type ValueMappingResult,
} from '@grafana/data';
import { PER_THREAD } from 'orchestrator-exporter/contract/metrics';
import { AGENT_STATE_CODE, AGENT_STATES, type AgentState } from 'orchestrator-exporter/contract/states';

export interface StateLook {
  /** Instead of the state's own word. */
  readonly name: string | undefined;
  /** As Grafana stores it: a name of its palette or any CSS colour. */
  readonly color: string | undefined;
}

export type StateLooks = Readonly<Partial<Record<AgentState, StateLook>>>;

/** What one mapping makes of a state: of its code or of its word. A regular expression that is none matches nothing. */
function resultOf(mapping: ValueMapping, state: AgentState): ValueMappingResult | undefined {
  const code = AGENT_STATE_CODE[state];
  switch (mapping.type) {
    case MappingType.ValueToText:
      return mapping.options[String(code)] ?? mapping.options[state];
    case MappingType.RangeToText: {
      const { from, to, result } = mapping.options;
      return code >= (from ?? -Infinity) && code <= (to ?? Infinity) ? result : undefined;
    }
    case MappingType.RegexToText:
      return matchesWord(mapping.options.pattern, state) ? mapping.options.result : undefined;
    case MappingType.SpecialValue:
      return undefined;
  }
}

function matchesWord(pattern: string, word: string): boolean {
  try {
    return stringToJsRegex(pattern).test(word);
  } catch {
    return false;
  }
}

/** What the first of `mappings` that says something of a state says. */
export function lookOf(mappings: readonly ValueMapping[], state: AgentState): StateLook | undefined {
  for (const mapping of mappings) {
    const found = resultOf(mapping, state);
    if (found !== undefined) {
      // Grafana stores a mapping that only colours with an empty text.
      return { name: found.text === '' ? undefined : found.text, color: found.color };
    }
  }
  return undefined;
}

/** One series a state, as the sampled gauges are: an override gives it a fixed colour. */
function overriddenLook(field: Field, state: AgentState): StateLook | undefined {
  const isOneHot =
    field.labels?.['__name__'] === PER_THREAD.agentState.name || field.name === PER_THREAD.agentState.name;
  const { color } = field.config;
  return isOneHot && field.labels?.['state'] === state && color?.mode === 'fixed' && color.fixedColor !== undefined
    ? { name: undefined, color: color.fixedColor }
    : undefined;
}

/** The first field that says something of a state decides. States of which none does are left out. */
export function readStateLooks(frames: readonly DataFrame[]): StateLooks {
  const fields = frames
    .flatMap((frame) => frame.fields)
    .filter(({ config }) => (config.mappings?.length ?? 0) > 0 || config.color?.mode === 'fixed');
  const looks: Partial<Record<AgentState, StateLook>> = {};
  for (const state of AGENT_STATES) {
    for (const field of fields) {
      looks[state] ??= overriddenLook(field, state) ?? lookOf(field.config.mappings ?? [], state);
    }
  }
  return Object.fromEntries(Object.entries(looks).filter(([, look]) => look !== undefined));
}
