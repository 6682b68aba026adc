// What HTTP and WebSocket share of taking events in: a text becomes items, items become an answer.
import type { RejectReason, Source } from '../contract/event.ts';
import type { IngestAnswer } from '../contract/wire.ts';
import type { RawItem } from '../pipeline.ts';

/** How a text is spelled: its content type, without parameters. */
export type BodyFormat = 'json' | 'ndjson';

export interface IngestParts {
  /** The dialects' reader; see source/body.ts. */
  readonly readBody: (
    text: string,
    format: BodyFormat
  ) => { readonly ok: true; readonly items: readonly RawItem[] } | { readonly ok: false; readonly message: string };
  /** The pipeline. Rejects when the events are not durable: then none of them counts. */
  readonly ingest: (items: readonly RawItem[], source: Source) => Promise<IngestAnswer>;
  readonly rejected: (reason: RejectReason) => void;
  readonly maxEvents: number;
}

/** A text that could not be taken as a whole; nothing of it counts. */
export interface Refusal {
  readonly reason: Extract<RejectReason, 'not_json' | 'too_many_events'>;
  readonly message: string;
}

export type IngestResult =
  | { readonly kind: 'answered'; readonly answer: IngestAnswer }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'not-durable'; readonly error: unknown };

/** Reads and ingests one text; never throws. A refusal of the whole is counted once under its reason. */
export async function ingestText(
  parts: IngestParts,
  text: { readonly body: string; readonly format: BodyFormat; readonly source: Source }
): Promise<IngestResult> {
  const read = parts.readBody(text.body, text.format);
  if (!read.ok) return refuse(parts, { reason: 'not_json', message: read.message });
  if (read.items.length > parts.maxEvents) {
    const message = `${read.items.length} events in one body; at most ${parts.maxEvents} are taken at once`;
    return refuse(parts, { reason: 'too_many_events', message });
  }
  try {
    return { kind: 'answered', answer: await parts.ingest(read.items, text.source) };
  } catch (error) {
    return { kind: 'not-durable', error };
  }
}

function refuse(parts: IngestParts, refusal: Refusal): IngestResult {
  parts.rejected(refusal.reason);
  return { kind: 'refused', refusal };
}
