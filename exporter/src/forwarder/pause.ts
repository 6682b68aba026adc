// A pause that can be ended before its time; it does not keep the process alive.
import type { Clock } from '../clock.ts';

export class Pause {
  readonly #clock: Clock;
  #end: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after `ms`, or when {@link end} is called. One at a time. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        stop();
        this.#end = undefined;
        resolve();
      };
      const stop = this.#clock.every(ms, end);
      this.#end = end;
    });
  }

  end(): void {
    this.#end?.();
  }
}
