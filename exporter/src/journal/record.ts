// One entry of the journal as a line of JSON: an accepted event with what recognises its repeats, or a sweep.
//
//   {"e": event, "d": digest, "s": source}     "d" is left out where it is the event's id
//   {"w": [sweptMs, retentionMs, silentRetentionMs]}
import type { OrchestratorEvent, Source } from '../contract/event.ts';
import { JsonBytes } from '../json-bytes.ts';
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
  let count = 0;
  let events = new EventSum();
  lines.clear();
  for (const entry of entries) {
    const before = lines.length;
    writeLine(entry);
    if (lines.length > maxBytes && count > 0) {
      const all = lines.copy();
      chunks.push({ lines: all.subarray(0, before), count, events });
      lines.clear();
      lines.append(all.subarray(before));
      count = 0;
      events = new EventSum();
    }
    count += 1;
    events.add(entry);
  }
  if (count > 0) chunks.push({ lines: lines.copy(), count, events });
  return chunks;
}

const lines = new JsonBytes();

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

function writeLine(entry: JournalEntry): void {
  if ('sweptMs' in entry) {
    lines.ascii('{"w":');
    lines.value([entry.sweptMs, entry.retentionMs, entry.silentRetentionMs]);
    lines.ascii('}\n');
    return;
  }
  const { event, digest, source } = entry;
  lines.ascii('{"e":');
  lines.value('task' in event ? { ...event, task: undefined } : event);
  if (digest !== event.id) {
    lines.ascii(',"d":');
    lines.string(digest);
  }
  lines.ascii(`,"s":"${source}"}\n`);
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
