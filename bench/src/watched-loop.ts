// Imported before the program whose event loop is watched: begins and ends as it is told by the process that started it.
import { LoopWatch } from './loop-watch.ts';

const watch = new LoopWatch();

process.on('message', (word: 'begin' | 'end') => {
  if (word === 'begin') {
    watch.begin();
    process.send?.('begun');
  } else {
    process.send?.(watch.end());
  }
});
// It is no reason to live on.
process.channel?.unref();
