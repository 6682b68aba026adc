// The words that stand on the canvas, in the user's language. Whoever draws is given them: only components translate.

export interface Words {
  /** On the flag of the now line. */
  readonly now: string;
  /** Beside the rail of checkpoints. */
  readonly checkpoints: string;
  /** At the end of the line of even spend. */
  readonly ideal: string;
  /** Where the forecast comes to nothing left. */
  readonly exhausted: string;
  /** Where a new period of a budget begins. */
  readonly reset: string;
  /** How long a state took: as the data is known, about so long where it is only sampled. */
  readonly lasted: (duration: string) => string;
  /** Of a state that goes on: how long it has. */
  readonly soFar: (duration: string) => string;
  /** Above the burn-down; without a name where there is one budget, and that of the thread. */
  readonly remaining: (budget: string) => string;
}
