// Which value of which field a state or a checkpoint was read from: there its data links are configured.
import { FieldType, type DataFrame, type Field } from '@grafana/data';
import { PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import type { AgentState } from 'orchestrator-exporter/contract/states';
import { AGENT_FIELDS } from './interval-rows.ts';

/** A state of a lane or a checkpoint of a thread. */
export interface LinkSubject {
  readonly thread: string;
  /** Undefined: a checkpoint. */
  readonly agent: string | undefined;
  readonly state: AgentState | undefined;
  readonly startMs: number;
}

export interface LinkSource {
  readonly frame: DataFrame;
  readonly field: Field;
  readonly rowIndex: number;
  /** Labels of the series, or the text columns of the row. */
  readonly labels: Readonly<Record<string, string>>;
}

interface Candidate extends LinkSource {
  /** The smallest is the best: the exact series before the sampled one, the one with a sample at that instant first. */
  readonly rank: number;
}

function hasLinks(field: Field): boolean {
  return (field.config.links?.length ?? 0) > 0;
}

/** Row of the last time at or before `ms`; the first row where none is. Undefined without rows. */
function rowAt(times: ArrayLike<unknown>, ms: number): number | undefined {
  let found: number | undefined;
  let foundMs = -Infinity;
  for (let row = 0; row < times.length; row++) {
    const at = times[row];
    if (typeof at === 'number' && at <= ms && at >= foundMs) {
      found = row;
      foundMs = at;
    }
  }
  return found ?? (times.length > 0 ? 0 : undefined);
}

/** How well a field with labels fits the subject; undefined: not at all. */
function rankOf(field: Field, subject: LinkSubject): number | undefined {
  const labels = field.labels ?? {};
  const metric = labels['__name__'] ?? field.name;
  if ((labels['thread'] ?? '') !== subject.thread) {
    return undefined;
  }
  if (subject.agent === undefined) {
    return metric === TIMELINE.checkpoint.name ? 0 : undefined;
  }
  const isAgent = (labels['agent'] ?? metric) === subject.agent;
  switch (isAgent ? metric : undefined) {
    case undefined:
      return undefined;
    case TIMELINE.agentState.name:
      return 0;
    case PER_THREAD.agentState.name:
      return labels['state'] === subject.state ? 2 : undefined;
    default:
      return metric.startsWith('orchestrator_') ? undefined : 4;
  }
}

function columnsOf(frame: DataFrame, time: Field, subject: LinkSubject): Candidate[] {
  return frame.fields.filter(hasLinks).flatMap((field) => {
    const rank = field.type === FieldType.time ? undefined : rankOf(field, subject);
    const rowIndex = rank === undefined ? undefined : rowAt(time.values, subject.startMs);
    if (rank === undefined || rowIndex === undefined) {
      return [];
    }
    const isExact = time.values[rowIndex] === subject.startMs;
    return [{ frame, field, rowIndex, labels: field.labels ?? {}, rank: rank + (isExact ? 0 : 1) }];
  });
}

/** Rows of tables: their labels are columns. */
function rowsOf(frame: DataFrame, time: Field, subject: LinkSubject): Candidate[] {
  const texts = frame.fields.filter((field) => field.type === FieldType.string);
  const named = (names: readonly string[]) =>
    names.map((name) => texts.find((field) => field.name.toLowerCase() === name)).find((field) => field !== undefined);
  const agent = named(AGENT_FIELDS);
  const thread = named(['thread']);
  const field = [...frame.fields].reverse().find((one) => hasLinks(one) && one.type !== FieldType.time);
  if (agent === undefined || field === undefined || subject.agent === undefined) {
    return [];
  }
  const rows: number[] = [];
  for (let row = 0; row < time.values.length; row++) {
    const isSubject =
      String(agent.values[row] ?? '') === subject.agent && String(thread?.values[row] ?? '') === subject.thread;
    if (isSubject) {
      rows.push(row);
    }
  }
  const at = rowAt(
    rows.map((row): unknown => time.values[row]),
    subject.startMs
  );
  const rowIndex = at === undefined ? undefined : rows[at];
  if (rowIndex === undefined) {
    return [];
  }
  const labels = Object.fromEntries(
    texts.map((one): [string, string] => [one.name, String(one.values[rowIndex] ?? '')])
  );
  return [{ frame, field, rowIndex, labels, rank: time.values[rowIndex] === subject.startMs ? 0 : 1 }];
}

/** The value that `subject` was read from, if its field has data links; of several the one that fits best. */
export function findLinkSource(frames: readonly DataFrame[], subject: LinkSubject): LinkSource | undefined {
  const candidates = frames.flatMap((frame): Candidate[] => {
    const time = frame.fields.find((field) => field.type === FieldType.time);
    return time === undefined ? [] : [...columnsOf(frame, time, subject), ...rowsOf(frame, time, subject)];
  });
  const best = candidates.sort((a, b) => a.rank - b.rank)[0];
  if (best === undefined) {
    return undefined;
  }
  const { frame, field, rowIndex, labels } = best;
  return { frame, field, rowIndex, labels };
}
