// One entry of the journal as a line of JSON: an accepted event with what recognises its repeats, or a sweep.
//
//   {"e": event, "d": digest, "s": source}     "d" is left out where it is the event's id
//   {"w": [sweptMs, retentionMs, silentRetentionMs]}
import type { OrchestratorEvent, Source } from '../contract/event.ts';
import type { JournalEntry } from './journal.ts';
import type { EventSummary } from './segment-index.ts';
import { isSoundEvent, isSoundSource, isSoundSweep } from './sound-entry.ts';

/** Lines, each closed by a line feed, and how many they are. */
export interface Chunk {
  readonly lines: Buffer;
  readonly count: number;
  readonly events: EventSummary;
}

/**
 * The entries in their order, as chunks of about `maxBytes` at most. JSON escapes every control character, so neither a
 * line feed nor a frame's head (which holds NUL bytes) can stand inside a line. An agent's task is free text and stays out.
 */
export function encodeEntries(entries: readonly JournalEntry[], maxBytes: number): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let text = '';
  let count = 0;
  let events = new EventSum();
  const cut = (): void => {
    if (count > 0) chunks.push({ lines: Buffer.from(text, 'utf8'), count, events });
    text = '';
    count = 0;
    events = new EventSum();
  };
  for (const entry of entries) {
    const line = lineOf(entry);
    // Characters, not bytes: of what the contract lets through none takes more than three bytes each.
    if (text.length + line.length > maxBytes) cut();
    text += line;
    count += 1;
    events.add(entry);
  }
  cut();
  return chunks;
}

/** Sums up the events of entries, or of chunks. */
export class EventSum implements EventSummary {
  readonly threads = new Set<string>();
  minMs = Number.POSITIVE_INFINITY;
  maxMs = Number.NEGATIVE_INFINITY;

  add(entry: JournalEntry): void {
    if ('sweptMs' in entry) return;
    const { threadId, timestampMs } = entry.event;
    this.threads.add(threadId);
    this.#span(timestampMs, timestampMs);
  }

  merge({ threads, minMs, maxMs }: EventSummary): void {
    for (const threadId of threads) this.threads.add(threadId);
    this.#span(minMs, maxMs);
  }

  #span(minMs: number, maxMs: number): void {
    this.minMs = Math.min(this.minMs, minMs);
    this.maxMs = Math.max(this.maxMs, maxMs);
  }
}

function lineOf(entry: JournalEntry): string {
  if ('sweptMs' in entry) {
    return `${JSON.stringify({ w: [entry.sweptMs, entry.retentionMs, entry.silentRetentionMs] })}\n`;
  }
  const { event, digest, source } = entry;
  const kept = 'task' in event ? Object.assign({}, event, { task: undefined }) : event;
  const told = digest === event.id ? '' : `,"d":${JSON.stringify(digest)}`;
  return `{"e":${JSON.stringify(kept)}${told},"s":"${source}"}\n`;
}

/** Text that stands in the line of every event of the thread, and in no line of another thread's but by chance. */
export function threadMark(threadId: string): string {
  return `"threadId":${JSON.stringify(threadId)}`;
}

interface Line {
  readonly e?: OrchestratorEvent;
  readonly d?: string;
  readonly s?: Source;
  readonly w?: readonly [number, number, number];
}

/** Undefined when the line is no entry: it passed its checksum, so a defect, a later version or a hand wrote it. */
export function decodeEntry(line: string): JournalEntry | undefined {
  const parsed = parseLine(line);
  if (parsed?.w !== undefined) {
    if (!isSoundSweep(parsed.w)) return undefined;
    const [sweptMs, retentionMs, silentRetentionMs] = parsed.w;
    return { sweptMs, retentionMs, silentRetentionMs };
  }
  if (parsed?.e === undefined || parsed.s === undefined) return undefined;
  if (!isSoundEvent(parsed.e) || !isSoundSource(parsed.s) || !isDigest(parsed.d)) return undefined;
  return { event: parsed.e, digest: parsed.d ?? parsed.e.id, source: parsed.s };
}

function isDigest(digest: unknown): boolean {
  return digest === undefined || typeof digest === 'string';
}

function parseLine(line: string): Line | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}
