// Up to when spend may be missing that a damaged journal held: windows that began later are whole.
import { MAX_AHEAD_MS } from './contract/event.ts';
import type { JournalDamageKind } from './contract/metrics.ts';
import type { JournalEntry } from './journal/journal.ts';
import type { Recovery } from './journal/recovery.ts';

/** What these lose shows in the numbers of the records; of the others it is not known where it stood. */
const NUMBERED: ReadonlySet<JournalDamageKind> = new Set(['header', 'gap', 'missing_records', 'unreadable_record']);

/** A write that was cut off was not acknowledged, and what a damaged snapshot held is in the records or in the one before. */
const LOSSLESS: ReadonlySet<JournalDamageKind> = new Set(['torn_tail', 'snapshot']);

/** Number of the next entry, and up to when spend before it may be missing. */
export type LossDump = readonly [next: number, untilMs: number | null];

export class JournalLoss {
  #next = 1;
  #untilMs: number | undefined;

  dump(): LossDump {
    return [this.#next, this.#untilMs ?? null];
  }

  /** Takes what {@link dump} gave for the entries before the first that is noted. */
  load([next, untilMs]: LossDump): void {
    this.#next = next;
    this.#untilMs = untilMs ?? undefined;
  }

  /** To be called with every entry that was read, in order. */
  note(entry: JournalEntry, seq: number): void {
    if (seq !== this.#next) this.#untilMs = Math.max(this.#untilMs ?? 0, writtenMs(entry) + MAX_AHEAD_MS);
    this.#next = seq + 1;
  }

  /**
   * The lost records were written before the next whole one, and an event happened at most 5 minutes after that. Undefined
   * when nothing acknowledged can be missing: a write that was cut off was not.
   */
  untilMs({ damage, next }: Pick<Recovery, 'damage' | 'next'>, nowMs: number): number | undefined {
    const kinds = damage.map(({ kind }) => kind).filter((kind) => !LOSSLESS.has(kind));
    if (kinds.length === 0) return undefined;
    const isPlaced = this.#next === next && kinds.every((kind) => NUMBERED.has(kind));
    return isPlaced ? Math.min(this.#untilMs ?? nowMs, nowMs) : nowMs;
  }
}

function writtenMs(entry: JournalEntry): number {
  return 'sweptMs' in entry ? entry.sweptMs : (entry.event.receivedMs ?? entry.event.timestampMs);
}
