// Which numbers of each producer's own counter were accepted. A repeat is known by its number however long ago it came; what a
// producer jumped over is waited for, so that a batch that was refused and sent again later still counts.
import type { OrchestratorEvent } from '../contract/event.ts';

/** Producers remembered; beyond, the one unheard for longest is forgotten. */
export const MAX_PRODUCERS = 10_000;
/** Gaps that a producer may have; beyond, its oldest one is given up. */
export const MAX_GAPS = 128;

/** Numbers that have not come, both ends included. */
type Gap = readonly [from: number, to: number];

interface Producer {
  /** Lowest and highest number accepted; what is below `low` was never heard of and is not missing. */
  low: number;
  high: number;
  /** Ascending, between `low` and `high`. */
  readonly gaps: Gap[];
  /** Highest number of a gap that was given up: up to here a number that is in no gap may have come or not. */
  givenUp: number;
  /** Latest time of an accepted event, ms. */
  latestMs: number;
}

/** A producer as it is written down: name, low, high, gaps, given up, latest time. */
export type ProducerDump = readonly [string, number, number, readonly Gap[], number, number];

/**
 * - `new`: never accepted. `gap` when it is so far ahead that numbers before it are missing now.
 * - `repeat`: accepted before.
 * - `restarted`: accepted before, but the event is later than all that the producer ever sent: its counter began anew.
 * - `unknown`: in the reach of gaps that were given up.
 */
export type Claim = 'new' | 'gap' | 'repeat' | 'restarted' | 'unknown';

export interface ProducersOptions {
  readonly maxProducers?: number;
  readonly maxGaps?: number;
}

/** An event whose producer counts. */
export type Numbered = OrchestratorEvent & { readonly producer: string; readonly seq: number };

export function isNumbered(event: OrchestratorEvent): event is Numbered {
  return event.producer !== undefined && event.seq !== undefined;
}

export class Producers {
  /** The one unheard for longest first. */
  readonly #producers = new Map<string, Producer>();
  readonly #maxProducers: number;
  readonly #maxGaps: number;
  #forgotten = 0;
  #gapsGivenUp = 0;

  constructor({ maxProducers = MAX_PRODUCERS, maxGaps = MAX_GAPS }: ProducersOptions = {}) {
    this.#maxProducers = maxProducers;
    this.#maxGaps = maxGaps;
  }

  /** Producers remembered. */
  get size(): number {
    return this.#producers.size;
  }

  /** Numbers that were jumped over and have not come, of all producers. */
  get missing(): number {
    let sum = 0;
    for (const { gaps } of this.#producers.values()) for (const [from, to] of gaps) sum += to - from + 1;
    return sum;
  }

  /** Producers forgotten for want of room since the start; of their numbers only ids tell repeats. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Gaps given up since the start. */
  get gapsGivenUp(): number {
    return this.#gapsGivenUp;
  }

  /** Takes the number of an event that is not known by its id; only what is `new` or `gap` is taken. */
  claim({ producer: name, seq, timestampMs }: Numbered): Claim {
    const producer = this.#producers.get(name);
    if (producer === undefined) {
      this.#keep(name, { low: seq, high: seq, gaps: [], givenUp: -1, latestMs: timestampMs });
      return 'new';
    }
    const claim = claimOf(producer, seq, timestampMs);
    if (claim === 'new' || claim === 'gap') {
      this.#bound(producer);
      producer.latestMs = Math.max(producer.latestMs, timestampMs);
    }
    this.#keep(name, producer);
    return claim;
  }

  /** Gives back the number of an event that could not be stored: it is waited for again. */
  release({ producer: name, seq }: Numbered): void {
    const producer = this.#producers.get(name);
    if (producer === undefined || seq < producer.low || seq > producer.high) return;
    const at = producer.gaps.findIndex(([from]) => from > seq);
    producer.gaps.splice(at === -1 ? producer.gaps.length : at, 0, [seq, seq]);
    this.#bound(producer);
  }

  /** In the order in which they must be loaded. */
  *dump(): Generator<ProducerDump> {
    for (const [name, { low, high, gaps, givenUp, latestMs }] of this.#producers) {
      yield [name, low, high, [...gaps], givenUp, latestMs];
    }
  }

  /** Takes one item of {@link dump}. */
  load([name, low, high, gaps, givenUp, latestMs]: ProducerDump): void {
    this.#keep(name, { low, high, gaps: [...gaps], givenUp, latestMs });
  }

  #keep(name: string, producer: Producer): void {
    this.#producers.delete(name);
    this.#producers.set(name, producer);
    const [oldest] = this.#producers.keys();
    if (this.#producers.size <= this.#maxProducers || oldest === undefined) return;
    this.#producers.delete(oldest);
    this.#forgotten += 1;
  }

  /** Neighbours become one gap before any is given up: numbers that were given back stand side by side. */
  #bound(producer: Producer): void {
    const { gaps } = producer;
    if (gaps.length <= this.#maxGaps) return;
    for (let at = gaps.length - 1; at > 0; at -= 1) {
      const [before, after] = [gaps[at - 1], gaps[at]];
      if (before !== undefined && after !== undefined && before[1] + 1 === after[0]) {
        gaps.splice(at - 1, 2, [before[0], after[1]]);
      }
    }
    while (gaps.length > this.#maxGaps) {
      producer.givenUp = Math.max(producer.givenUp, gaps.shift()?.[1] ?? -1);
      this.#gapsGivenUp += 1;
    }
  }
}

function claimOf(producer: Producer, seq: number, timestampMs: number): Claim {
  const { gaps } = producer;
  if (seq > producer.high) {
    const jumped = seq > producer.high + 1;
    if (jumped) gaps.push([producer.high + 1, seq - 1]);
    producer.high = seq;
    return jumped ? 'gap' : 'new';
  }
  if (seq < producer.low) {
    if (seq < producer.low - 1) gaps.unshift([seq + 1, producer.low - 1]);
    producer.low = seq;
    return 'new';
  }
  const at = gaps.findIndex(([from, to]) => from <= seq && seq <= to);
  const [from, to] = gaps[at] ?? [];
  if (from !== undefined && to !== undefined) {
    const left: Gap[] = [];
    if (from < seq) left.push([from, seq - 1]);
    if (seq < to) left.push([seq + 1, to]);
    gaps.splice(at, 1, ...left);
    return 'new';
  }
  if (seq <= producer.givenUp) return 'unknown';
  return timestampMs > producer.latestMs ? 'restarted' : 'repeat';
}
