// The one ordered path of an event: deduplicate, journal, apply to the model, hand to the outputs, acknowledge.
import type { Clock } from './clock.ts';
import type {
  Anomaly,
  EventType,
  OrchestratorEvent,
  ParseContext,
  ParseResult,
  RejectReason,
  Rejection,
  Source,
} from './contract/event.ts';
import type { IngestAnswer } from './contract/wire.ts';
import { messageOf } from './errors.ts';
import type { Journal, JournalEntry, JournalRecord } from './journal/journal.ts';
import { KnownIds } from './journal/known-ids.ts';
import type { OrchestratorModel } from './model/orchestrator-model.ts';
import { isNumbered, Producers } from './model/producers.ts';
import type { Numbered } from './model/producers.ts';
import { RecentMap } from './model/recent-map.ts';
import { producerScope, trespass } from './model/sender.ts';
import type { Sender } from './model/sender.ts';
import type { ThreadView } from './model/views.ts';
import type { Projection } from './projection.ts';

/** Counts what the pipeline does; the numbers of `orchestrator_exporter_events_*`. Anomalies are counted here only. */
export interface Tally {
  accepted(type: EventType, source: Source): void;
  rejected(reason: RejectReason): void;
  duplicate(): void;
  anomaly(kind: Anomaly): void;
  lagSeconds(seconds: number): void;
}

/** One event of a body as it was found: parsed JSON, or why it could not be read. */
export type RawItem = { readonly raw: unknown } | { readonly rejection: Rejection };

export interface PipelineParts {
  /** `parseEvent` of source/parse.ts; never throws. */
  readonly parse: (raw: unknown, context: ParseContext) => ParseResult;
  readonly model: OrchestratorModel;
  /** Applies what is journalled, to this model among others. */
  readonly projection: Projection;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly tally: Tally;
  /** Labels of events that carry none. */
  readonly defaults: { readonly team: string; readonly workflow: string };
  /** What is known of the numbers of producers; nothing unless told. */
  readonly producers?: Producers;
  /** How many ids of accepted events are remembered to recognise duplicates; 1,000,000 by default. */
  readonly maxIds?: number;
}

type Rejected = IngestAnswer['rejected'][number];
type Accepted = Extract<ParseResult, { ok: true }>;

/** Ids of accepted events that are remembered. */
export const MAX_IDS = 1_000_000;
/** Threads of bound senders that are remembered from their first event until the model knows them, and after it forgot them. */
const MAX_OWNERS = 100_000;

export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #projection: Projection;
  readonly #seen: KnownIds;
  readonly #producers: Producers;
  /** Not durable yet. */
  readonly #underWay = new Set<Batch>();
  /** Who began a thread, told by the events of bound senders; known before the events are durable. */
  readonly #owners = new RecentMap<ThreadLabels>(MAX_OWNERS);
  #isSweeping = false;
  /** Settles when everything journalled so far has been applied: batches are applied in the order of the journal. */
  #applied: Promise<void> = Promise.resolve();

  constructor(parts: PipelineParts) {
    this.#parts = parts;
    this.#projection = parts.projection;
    this.#seen = new KnownIds(parts.maxIds ?? MAX_IDS);
    this.#producers = parts.producers ?? new Producers();
  }

  /**
   * Takes the events of one body in their order. One that is refused costs no other; an exact repeat, also one that is
   * under way in another call, is answered as a duplicate once the first is durable. A bound sender fills in its own labels
   * and is refused what it sends for others, as `forbidden`.
   * @returns the answer, when every accepted event is as durable as the journal makes it and is shown by all outputs.
   * @throws what the journal rejected with; then none of the events counted and the sender may send them all again.
   */
  ingest(items: readonly RawItem[], source: Source, sender: Sender = {}): Promise<IngestAnswer> {
    try {
      // Not in the function that waits: it would hold the parsed JSON until the commit, and the collector copy it meanwhile.
      return this.#settle(this.#admit(items, source, sender), source);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }

  async #settle({ fresh, rejected, duplicates, underWay }: Admitted, source: Source): Promise<IngestAnswer> {
    for (const { reason } of rejected) this.#parts.tally.rejected(reason);
    if (fresh.entries.length > 0) await this.#commit(fresh, source);
    if (underWay.size > 0) await Promise.all(underWay);
    for (let count = 0; count < duplicates; count++) this.#parts.tally.duplicate();
    return { accepted: fresh.entries.length, duplicates, rejected };
  }

  /**
   * Lets the model forget what is past its retention, and tells the outputs. That goes through the journal too: a restart
   * forgets the same threads at the same place in the order of events, and so comes to the same totals.
   * @throws what the journal rejected with; then nothing was forgotten.
   */
  async sweep(): Promise<void> {
    const { model, clock } = this.#parts;
    const sweptMs = clock.now();
    if (this.#isSweeping || !model.isSweepDue(sweptMs)) return;
    this.#isSweeping = true;
    try {
      const sweep = { sweptMs, ...model.retention };
      await this.#inOrder([sweep], () => {
        this.#projection.sweep(sweep);
      });
    } finally {
      this.#isSweeping = false;
    }
  }

  /** Takes one entry of the journal, in its order, before the first {@link ingest}. Nothing is written and nothing tallied. */
  restore(entry: JournalEntry): void {
    if (!('sweptMs' in entry)) this.#seen.note(entry.event.id, entry.digest);
    this.#projection.restore(entry);
  }

  /** Recognises repeats of an event that a snapshot holds; to be called in the order of the journal, before `restore`. */
  know(id: string, digest: string): void {
    this.#seen.note(id, digest);
  }

  /** As {@link know}, of a hash that was kept; see journal/id-hash.ts. */
  knowHashed(words: Uint32Array, at: number): void {
    this.#seen.noteHashed(words, at);
  }

  /** Resolves when everything that was under way when it was called has settled. */
  async idle(): Promise<void> {
    await this.#applied;
  }

  #admit(items: readonly RawItem[], source: Source, sender: Sender): Admitted {
    const admitted: Admitted = { fresh: new Batch(), rejected: [], duplicates: 0, underWay: new Set() };
    const labels = new Map<string, ThreadLabels>();
    const { defaults, clock } = this.#parts;
    const scope = producerScope(sender);
    const context = {
      ...(scope === undefined ? {} : { producerScope: scope }),
      receivedMs: clock.now(),
      team: sender.team ?? defaults.team,
      workflow: sender.workflow ?? defaults.workflow,
    };
    let index = -1;
    for (const item of items) {
      index += 1;
      const parsed = 'raw' in item ? this.#parts.parse(item.raw, context) : { ok: false as const, ...item };
      if (!parsed.ok) {
        admitted.rejected.push({ index, ...parsed.rejection });
        continue;
      }
      const forbidden = this.#trespass(sender, parsed.event);
      if (forbidden !== undefined) {
        admitted.rejected.push({ index, reason: 'forbidden', message: forbidden });
        continue;
      }
      const verdict = this.#recognise(parsed);
      switch (verdict.kind) {
        case 'fresh': {
          const { digest } = parsed;
          const event = this.#withThreadLabels(parsed, labels);
          this.#seen.note(event.id, digest);
          admitted.fresh.entries.push({ event, digest, source });
          admitted.fresh.anomalies.push(verdict.anomalies);
          break;
        }
        case 'duplicate':
          admitted.duplicates += 1;
          for (const batch of this.#underWay) {
            if (batch.committed !== undefined && batch.has(verdict.key)) admitted.underWay.add(batch.committed);
          }
          break;
        case 'refused':
          admitted.rejected.push({ index, ...verdict.rejection });
      }
    }
    return admitted;
  }

  /** By its id as long as that is remembered, and by its producer's number for ever; takes the number of a fresh one. */
  #recognise({ event, digest, anomalies }: Accepted): Verdict {
    const known = this.#seen.look(event.id, digest);
    if (known === 'same') return { kind: 'duplicate', key: event.id };
    if (known === 'other') {
      return { kind: 'refused', rejection: { reason: 'id_conflict', message: conflictMessage(event) } };
    }
    if (!isNumbered(event)) return anomalies.length === 0 ? FRESH : { kind: 'fresh', anomalies };
    switch (this.#producers.claim(event)) {
      case 'new':
        return { kind: 'fresh', anomalies };
      case 'gap':
        return { kind: 'fresh', anomalies: [...anomalies, 'seq_gap'] };
      case 'repeat':
        return { kind: 'duplicate', key: numberKey(event) };
      case 'restarted':
        return { kind: 'refused', rejection: { reason: 'id_conflict', message: conflictMessage(event) } };
      case 'unknown': {
        const message = `whether ${numberText(event)} came before cannot be told any more: too many of the producer's numbers are missing; expected the event under a new producer name`;
        return { kind: 'refused', rejection: { reason: 'seq_unknown', message } };
      }
    }
  }

  /** Remembers the thread as the sender's where nobody's events began it. */
  #trespass(sender: Sender, event: OrchestratorEvent): string | undefined {
    if (sender.team === undefined && sender.workflow === undefined) return undefined;
    const { threadId } = event;
    const known = this.#parts.model.threads.get(threadId) ?? this.#owners.get(threadId);
    const problem = trespass(sender, event, known);
    if (problem === undefined && known === undefined) {
      this.#owners.set(threadId, { team: event.team ?? '', workflow: event.workflow ?? '' });
    }
    return problem;
  }

  /** A label that the event did not carry is the one that its thread carries, and only else the configured default. */
  #withThreadLabels({ event, defaulted }: Accepted, labels: Map<string, ThreadLabels>): OrchestratorEvent {
    const { threadId } = event;
    const known = this.#parts.model.threads.get(threadId) ?? labels.get(threadId);
    if (known === undefined) labels.set(threadId, { team: event.team ?? '', workflow: event.workflow ?? '' });
    if (known === undefined || defaulted.length === 0) return event;
    const team = defaulted.includes('team') ? known.team : (event.team ?? '');
    const workflow = defaulted.includes('workflow') ? known.workflow : (event.workflow ?? '');
    return team === event.team && workflow === event.workflow ? event : { ...event, team, workflow };
  }

  async #commit(batch: Batch, source: Source): Promise<void> {
    batch.committed = this.#inOrder(batch.entries, () => {
      this.#applyAll(batch, source);
    });
    this.#underWay.add(batch);
    try {
      await batch.committed;
    } catch (error) {
      for (const { event, digest } of batch.entries) {
        this.#seen.forget(event.id, digest);
        this.#owners.delete(event.threadId);
        if (isNumbered(event)) this.#producers.release(event);
      }
      throw error;
    } finally {
      this.#underWay.delete(batch);
    }
  }

  /** Journals entries and then applies them, in the order of the calls. */
  #inOrder(entries: readonly JournalEntry[], apply: () => void): Promise<void> {
    const before = this.#applied;
    // Started at once, not in turn: a durable journal writes what waits together with one fsync.
    const journalled = this.#append(entries);
    const committed = Promise.all([journalled, before]).then(apply);
    this.#applied = committed.catch(() => undefined).then(() => before);
    return committed;
  }

  /** As the journal's, but one that throws at once rejects too. */
  async #append(entries: readonly JournalEntry[]): Promise<void> {
    await this.#parts.journal.append(entries);
  }

  #applyAll({ entries, anomalies }: Batch, source: Source): void {
    const { tally } = this.#parts;
    let at = 0;
    for (const { event } of entries) {
      const changes = this.#projection.apply(event);
      tally.accepted(event.type, source);
      tally.lagSeconds(Math.max(0, (event.receivedMs ?? event.timestampMs) - event.timestampMs) / 1_000);
      for (const kind of anomalies[at] ?? []) tally.anomaly(kind);
      for (const change of changes) if (change.kind === 'anomaly') tally.anomaly(change.anomaly);
      at += 1;
    }
  }
}

/** Events of one body that become durable together. */
class Batch {
  readonly entries: JournalRecord[] = [];
  /** Of each entry: what was wrong with it as it came. */
  readonly anomalies: (readonly Anomaly[])[] = [];
  committed: Promise<void> | undefined;
  #keys: Set<string> | undefined;

  /** By id, or by {@link numberKey}. Asked seldom, and then mostly not once only. */
  has(key: string): boolean {
    this.#keys ??= new Set(
      this.entries.flatMap(({ event }) => (isNumbered(event) ? [event.id, numberKey(event)] : [event.id]))
    );
    return this.#keys.has(key);
  }
}

type ThreadLabels = Pick<ThreadView, 'team' | 'workflow'>;

interface Admitted {
  readonly fresh: Batch;
  readonly rejected: Rejected[];
  duplicates: number;
  /** Commits of other calls that duplicates wait for. */
  readonly underWay: Set<Promise<void>>;
}

type Verdict =
  | { readonly kind: 'fresh'; readonly anomalies: Accepted['anomalies'] }
  /** `key` is that of the first one while it is under way. */
  | { readonly kind: 'duplicate'; readonly key: string }
  | { readonly kind: 'refused'; readonly rejection: Rejection };

/** Of most events. */
const FRESH: Verdict = { kind: 'fresh', anomalies: [] };

/** No id has a control character. */
function numberKey({ producer, seq }: Numbered): string {
  return `\0${seq}\0${producer}`;
}

function numberText({ producer, seq }: Numbered): string {
  return `seq ${seq} of producer ${JSON.stringify(producer.slice(0, 60))}`;
}

function conflictMessage(event: OrchestratorEvent): string {
  if (isNumbered(event)) {
    return `${numberText(event)}, or the id ${JSON.stringify(event.id.slice(0, 60))}, was accepted before with other content; expected an exact repeat, or what is new under a new id and number, and a new producer name where counting began anew`;
  }
  return `the id ${JSON.stringify(event.id.slice(0, 60))} was accepted before with other content; expected a new id or an exact repeat`;
}
