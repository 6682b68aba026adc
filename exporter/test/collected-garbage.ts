// What memory is really held: a number that counts garbage too depends on when the collector last ran.
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes in array buffers that something still holds, after whole collections. */
export async function heldArrayBuffers(): Promise<number> {
  // Buffers are let go of by finalizers, which run after the collection.
  for (let round = 0; round < 3; round += 1) {
    collect();
    await delay(1);
  }
  return process.memoryUsage().arrayBuffers;
}
