// How fast a thread spends, by event time.
import type { BurnRateAnswer } from '../contract/wire.ts';
import type { ThreadView } from './views.ts';

export function burnRateOf(thread: ThreadView): BurnRateAnswer {
  void thread;
  throw new Error('not yet');
}
