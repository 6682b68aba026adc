// What one orchestrator process sends: bodies of NDJSON in which the events of its running threads alternate. Every thread
// repeats a recorded run for some turns under an id of its own, with fresh times, ids and checkpoints and a rising total.
import { totalNanoOf, type Pattern, type RecordedEvent } from './recorded-runs.ts';

export interface WorkloadOptions {
  readonly patterns: readonly Pattern[];
  /** Tells the threads of this sender from those of others. */
  readonly sender: string;
  /** Threads that run at the same time. */
  readonly threads: number;
  readonly turns: number;
}

export interface Body {
  readonly text: string;
  readonly events: number;
  /** What its events spend, nano-USD. */
  readonly spendNano: number;
}

interface LiveThread {
  readonly id: string;
  readonly pattern: Pattern;
  /** Events told so far. */
  told: number;
  totalNano: number;
}

const NANO_PER_CENT = 10_000_000;

export class Workload {
  readonly #options: WorkloadOptions;
  readonly #live: LiveThread[] = [];
  #begun = 0;
  #at = 0;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    // Each begins at another turn, so that threads end all the time and not all at once.
    for (let at = 0; at < options.threads; at++) {
      const thread = this.#begin();
      thread.told = (at % options.turns) * thread.pattern.turn.length;
      this.#live.push(thread);
    }
  }

  /** Threads begun so far. */
  get begun(): number {
    return this.#begun;
  }

  /** The next `count` events, spread over the `spanMs` milliseconds before `endMs`. */
  body(count: number, { endMs, spanMs }: { readonly endMs: number; readonly spanMs: number }): Body {
    const lines: string[] = [];
    let spendNano = 0;
    for (let n = 0; n < count; n++) {
      const timestamp = Math.floor(endMs - spanMs + (spanMs * (n + 1)) / count);
      const { event, spend } = this.#next(timestamp);
      lines.push(JSON.stringify(event));
      spendNano += spend;
    }
    return { text: `${lines.join('\n')}\n`, events: count, spendNano };
  }

  #next(timestamp: number): { readonly event: object; readonly spend: number } {
    const at = this.#at % this.#live.length;
    this.#at += 1;
    const thread = this.#live[at] ?? this.#begin();
    const { pattern, told } = thread;
    const turn = Math.floor(told / pattern.turn.length);
    const isEnding = turn >= this.#options.turns;
    const atEnd = told - this.#options.turns * pattern.turn.length;
    const recorded = isEnding ? pattern.end[atEnd] : pattern.turn[told % pattern.turn.length];
    if (recorded === undefined) throw new RangeError(`a pattern of ${pattern.dialect} is empty`);
    thread.told += 1;
    if (isEnding && atEnd + 1 >= pattern.end.length) this.#live[at] = this.#begin();
    const before = thread.totalNano;
    const toldNano = totalNanoOf(recorded);
    if (toldNano > 0) thread.totalNano = Math.max(before, turn * pattern.turnNano + toldNano);
    return { event: this.#told(recorded, { thread, turn, timestamp }), spend: thread.totalNano - before };
  }

  #begin(): LiveThread {
    const { patterns, sender } = this.#options;
    const pattern = patterns[this.#begun % patterns.length];
    if (pattern === undefined) throw new RangeError('no patterns to repeat');
    this.#begun += 1;
    return { id: `${sender}-${this.#begun}`, pattern, told: 0, totalNano: 0 };
  }

  #told(
    recorded: RecordedEvent,
    { thread, turn, timestamp }: { thread: LiveThread; turn: number; timestamp: number }
  ): object {
    const { id: threadId, pattern, told } = thread;
    if (pattern.dialect === 'state-graph') {
      const { checkpointId } = recorded;
      const fresh = typeof checkpointId === 'string' ? { checkpointId: `${checkpointId}-${turn}` } : {};
      return { ...recorded, threadId, timestamp, ...fresh };
    }
    const payload = this.#payload(recorded, thread, turn);
    const { type } = recorded;
    // The emitter's come with an id, as from a forwarder; the gateway's without one, as Helix broadcasts them.
    if (pattern.dialect === 'metrics-emitter')
      return { type, threadId, timestamp, payload: { ...payload, id: `${threadId}-${told}` } };
    return { type: 'event', event: `orchestrator.${type}`, payload: { threadId, timestamp, ...payload } };
  }

  #payload({ type, payload = {} }: RecordedEvent, thread: LiveThread, turn: number): Readonly<Record<string, unknown>> {
    if (type === 'cost.updated') {
      const limitNano = this.#options.turns * NANO_PER_CENT;
      const costCents = thread.totalNano / NANO_PER_CENT;
      return { ...payload, costCents, budgetRemainingCents: (limitNano - thread.totalNano) / NANO_PER_CENT };
    }
    if (type !== 'checkpoint.saved') return payload;
    const index = turn * 8 + Number(payload['checkpointIndex']);
    return { ...payload, checkpointIndex: index, checkpointId: `${thread.id}-cp-${index}` };
  }
}
