// What HTTP and WebSocket share of taking events in: a text becomes items, items become an answer.
import type { RejectReason, Source } from '../contract/event.ts';
import type { IngestAnswer } from '../contract/wire.ts';
import type { Sender } from '../model/sender.ts';
import type { RawItem } from '../pipeline.ts';
import type { DailyQuotas, Reservation } from './auth/daily-quotas.ts';
import type { Principal } from './auth/tokens.ts';
import { complexityProblem } from './complexity.ts';
import type { ComplexityLimits } from './complexity.ts';

/** How a text is spelled: its content type, without parameters. */
export type BodyFormat = 'json' | 'ndjson';

export interface IngestParts {
  /** The dialects' reader; see source/body.ts. */
  readonly readBody: (
    text: string,
    format: BodyFormat
  ) => { readonly ok: true; readonly items: readonly RawItem[] } | { readonly ok: false; readonly message: string };
  /** The pipeline. Rejects when the events are not durable: then none of them counts. */
  readonly ingest: (items: readonly RawItem[], source: Source, sender?: Sender) => Promise<IngestAnswer>;
  readonly rejected: (reason: RejectReason) => void;
  readonly maxEvents: number;
  readonly complexity: ComplexityLimits;
  readonly quotas: DailyQuotas;
}

export interface IngestRequest {
  readonly body: string;
  /** Of the body after decompression. */
  readonly bytes: number;
  readonly format: BodyFormat;
  readonly source: Source;
  /** Whose token it was sent with; undefined where none is asked for. */
  readonly principal: Principal | undefined;
}

/** A text that could not be taken as a whole; nothing of it counts. */
export interface Refusal {
  readonly reason: Extract<RejectReason, 'not_json' | 'too_many_events' | 'quota_exceeded'>;
  readonly message: string;
  /** With `quota_exceeded`. */
  readonly retryAfterS?: number;
}

export type IngestResult =
  | { readonly kind: 'answered'; readonly answer: IngestAnswer }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'not-durable'; readonly error: unknown };

/** Reads and ingests one text; never throws. A refusal of the whole is counted once under its reason. */
export async function ingestText(parts: IngestParts, request: IngestRequest): Promise<IngestResult> {
  const begun = begin(parts, request);
  if ('kind' in begun) return begun;
  const { wanted, reserved, answered } = begun;
  try {
    const answer = await answered;
    // Repeats and refused events are not held against the sender; the bytes were sent all the same.
    reserved?.refund({ events: wanted.events - answer.accepted, bytes: 0 });
    return { kind: 'answered', answer };
  } catch (error) {
    reserved?.refund(wanted);
    return { kind: 'not-durable', error };
  }
}

interface Begun {
  readonly wanted: { readonly events: number; readonly bytes: number };
  readonly reserved: Extract<Reservation, { ok: true }> | undefined;
  readonly answered: Promise<IngestAnswer>;
}

/** Up to the wait for the disk: a function that waits would hold the parsed JSON, and the collector copy it meanwhile. */
function begin(parts: IngestParts, { body, bytes, format, source, principal }: IngestRequest): Begun | IngestResult {
  const read = parts.readBody(body, format);
  if (!read.ok) return refuse(parts, { reason: 'not_json', message: read.message });
  if (read.items.length > parts.maxEvents) {
    const message = `${read.items.length} events in one body; at most ${parts.maxEvents} are taken at once`;
    return refuse(parts, { reason: 'too_many_events', message });
  }
  const wanted = { events: read.items.length, bytes };
  const reserved = principal === undefined ? undefined : parts.quotas.reserve(principal, wanted);
  if (reserved?.ok === false) {
    const { message, retryAfterS } = reserved;
    return refuse(parts, { reason: 'quota_exceeded', message, retryAfterS });
  }
  const items = withinComplexity(read.items, parts.complexity);
  try {
    return { wanted, reserved, answered: parts.ingest(items, source, principal?.binding) };
  } catch (error) {
    reserved?.refund(wanted);
    return { kind: 'not-durable', error };
  }
}

/** The same items, unless one of them is not: then a copy in which its rejection is in its place. */
function withinComplexity(items: readonly RawItem[], limits: ComplexityLimits): readonly RawItem[] {
  let kept: RawItem[] | undefined;
  for (const [at, item] of items.entries()) {
    const problem = 'raw' in item ? complexityProblem(item.raw, limits) : undefined;
    if (problem === undefined) continue;
    kept ??= [...items];
    kept[at] = { rejection: { reason: 'too_complex', message: problem } };
  }
  return kept ?? items;
}

function refuse(parts: IngestParts, refusal: Refusal): IngestResult {
  parts.rejected(refusal.reason);
  return { kind: 'refused', refusal };
}
