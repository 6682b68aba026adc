// Imported before the program that is looked into: watches its event loop and tells what it holds, as the process that started
// it asks.
import { LoopWatch } from './loop-watch.ts';

/** Each is answered with one message. */
export type Word = 'begin' | 'end' | 'held';

const watch = new LoopWatch();

process.on('message', (word: Word) => {
  switch (word) {
    case 'begin':
      watch.begin();
      process.send?.('begun');
      return;
    case 'end':
      process.send?.(watch.end());
      return;
    case 'held': {
      for (let n = 0; n < 3; n += 1) globalThis.gc?.();
      const { heapUsed, external } = process.memoryUsage();
      process.send?.(heapUsed + external);
    }
  }
});
// It is no reason to live on.
process.channel?.unref();
