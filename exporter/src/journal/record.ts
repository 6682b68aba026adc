// One entry of the journal as a line of JSON: an accepted event with what recognises its repeats, or a sweep.
//
//   {"e": event, "d": digest, "s": source}     "d" is left out where it is the event's id
//   {"w": [sweptMs, retentionMs, silentRetentionMs]}
import type { OrchestratorEvent, Source } from '../contract/event.ts';
import type { JournalEntry } from './journal.ts';

/** Lines, each closed by a line feed, and how many they are. */
export interface Chunk {
  readonly lines: Buffer;
  readonly count: number;
}

/**
 * The entries in their order, as chunks of about `maxBytes` at most. JSON escapes every control character, so neither a
 * line feed nor a frame's head (which holds NUL bytes) can stand inside a line. An agent's task is free text and stays out.
 */
export function encodeEntries(entries: readonly JournalEntry[], maxBytes: number): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let text = '';
  let count = 0;
  const cut = (): void => {
    if (count > 0) chunks.push({ lines: Buffer.from(text, 'utf8'), count });
    text = '';
    count = 0;
  };
  for (const entry of entries) {
    const line = lineOf(entry);
    // Characters, not bytes: of what the contract lets through none takes more than three bytes each.
    if (text.length + line.length > maxBytes) cut();
    text += line;
    count += 1;
  }
  cut();
  return chunks;
}

function lineOf(entry: JournalEntry): string {
  if ('sweptMs' in entry) {
    return `${JSON.stringify({ w: [entry.sweptMs, entry.retentionMs, entry.silentRetentionMs] })}\n`;
  }
  const { event, digest, source } = entry;
  const kept = 'task' in event ? { ...event, task: undefined } : event;
  return `${JSON.stringify({ e: kept, ...(digest === event.id ? {} : { d: digest }), s: source })}\n`;
}

interface Line {
  readonly e?: OrchestratorEvent;
  readonly d?: string;
  readonly s?: Source;
  readonly w?: readonly [number, number, number];
}

/** Undefined when the line is no entry: it passed its checksum, so only a defect of the writer makes that. */
export function decodeEntry(line: string): JournalEntry | undefined {
  const parsed = parseLine(line);
  if (parsed?.w !== undefined) {
    const [sweptMs, retentionMs, silentRetentionMs] = parsed.w;
    return { sweptMs, retentionMs, silentRetentionMs };
  }
  if (parsed?.e === undefined || parsed.s === undefined) return undefined;
  return { event: parsed.e, digest: parsed.d ?? parsed.e.id, source: parsed.s };
}

function parseLine(line: string): Line | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
