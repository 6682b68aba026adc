// Long work in short slices: between them the loop is free for events and scrapes.
import { setTimeout as delay } from 'node:timers/promises';

export interface PaceOptions {
  /** Monotonic ms. */
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
}

const SLICE_MS = 2;
/** As long as the slice: such work never takes more than about half of the processor. */
const REST_MS = 2;

export class Pace {
  readonly #options: PaceOptions;
  #begunMs: number;

  constructor(options: PaceOptions) {
    this.#options = options;
    this.#begunMs = options.monotonic();
  }

  /** Whether the slice is over and {@link rest} is due. */
  isOver(): boolean {
    return this.#options.monotonic() - this.#begunMs >= SLICE_MS;
  }

  /** Lets the others go first, and begins the next slice. @throws the signal's reason when nobody waits any more. */
  async rest(): Promise<void> {
    const { signal, monotonic } = this.#options;
    signal.throwIfAborted();
    await delay(REST_MS);
    signal.throwIfAborted();
    this.#begunMs = monotonic();
  }
}
