// Which threads and lanes get series of their own. One decision for /metrics and the timeline, taken when a thread
// starts: past the cap a thread shows in the aggregates only until it is forgotten.
import { OVERFLOW_LABEL } from '../contract/labels.ts';

export interface AdmissionOptions {
  readonly maxThreads: number;
  /** Lanes (agents of threads) over all threads together. */
  readonly maxLanes: number;
  /** Heard with more than one at once only when a snapshot is loaded. */
  readonly onThreadRefused: (count: number) => void;
  readonly onLaneFolded: (count: number) => void;
}

export type AdmissionDump =
  | readonly ['admitted', threadId: string, lanes: readonly string[]]
  | readonly ['refused', threadId: string]
  | readonly ['counts', refusals: number, folds: number];

interface Admitted {
  readonly lanes: Set<string>;
}

export class Admission {
  readonly #options: AdmissionOptions;
  readonly #admitted = new Map<string, Admitted>();
  /** Counted once each; as long-lived as the model's own record of the thread. */
  readonly #refused = new Set<string>();
  #lanes = 0;
  #refusals = 0;
  #folds = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** To be called at the start of a thread, and of its next run, before anybody else hears of it. */
  start(threadId: string): void {
    // One that was refused stays so in its next run, also when there is room: its series would show a part of its spend only.
    if (this.#admitted.has(threadId) || this.#refused.has(threadId)) return;
    if (this.#admitted.size < this.#options.maxThreads) {
      this.#admitted.set(threadId, { lanes: new Set() });
      return;
    }
    this.#refused.add(threadId);
    this.#countRefusals(1);
  }

  /** To be called when everybody else has forgotten the thread. */
  forget(threadId: string): void {
    this.#lanes -= this.#admitted.get(threadId)?.lanes.size ?? 0;
    this.#admitted.delete(threadId);
    this.#refused.delete(threadId);
  }

  /** Threads that are held and have no series. */
  get refused(): number {
    return this.#refused.size;
  }

  has(threadId: string): boolean {
    return this.#admitted.has(threadId);
  }

  /** The lane under which an agent of an admitted thread is shown: its name, or `other` past the cap. */
  lane(threadId: string, agent: string): string {
    const thread = this.#admitted.get(threadId);
    if (thread === undefined || thread.lanes.has(agent) || agent === OVERFLOW_LABEL) return agent;
    if (this.#lanes >= this.#options.maxLanes) {
      this.#countFolds(1);
      return OVERFLOW_LABEL;
    }
    thread.lanes.add(agent);
    this.#lanes += 1;
    return agent;
  }

  /** As {@link lane}, for one who looks later: takes no place, for what it finds must not depend on when it looks. */
  laneShown(threadId: string, agent: string): string {
    return this.#admitted.get(threadId)?.lanes.has(agent) === false ? OVERFLOW_LABEL : agent;
  }

  /** Counts a lane that was `other` before it came here. */
  foldedElsewhere(): void {
    this.#countFolds(1);
  }

  *dump(): Generator<AdmissionDump> {
    for (const [threadId, { lanes }] of this.#admitted) yield ['admitted', threadId, [...lanes]];
    for (const threadId of this.#refused) yield ['refused', threadId];
    yield ['counts', this.#refusals, this.#folds];
  }

  /** Takes one item of {@link dump}, whatever the caps are today. */
  load(item: AdmissionDump): void {
    switch (item[0]) {
      case 'admitted':
        this.#admitted.set(item[1], { lanes: new Set(item[2]) });
        this.#lanes += item[2].length;
        return;
      case 'refused':
        this.#refused.add(item[1]);
        return;
      case 'counts':
        if (item[1] > 0) this.#countRefusals(item[1]);
        if (item[2] > 0) this.#countFolds(item[2]);
        return;
    }
  }

  #countRefusals(count: number): void {
    this.#refusals += count;
    this.#options.onThreadRefused(count);
  }

  #countFolds(count: number): void {
    this.#folds += count;
    this.#options.onLaneFolded(count);
  }
}
