// Carries the events of an orchestrator to an exporter in another process: in order, in batches, with patience, in bounded
// memory. `createForwarder({url, token})`, `attach(emitter)`, and `close()` before the process ends.
import { attachEmitter } from '../source/emitter.ts';
import { Carrier } from './carrier.ts';
import type { ForwarderStats } from './carrier.ts';
import { readOptions } from './options.ts';
import type { ForwarderOptions } from './options.ts';

export type { ForwarderStats } from './carrier.ts';
export type { Delivery, DeliveryOutcome } from './delivery.ts';
export type { EventKind } from './event-line.ts';
export type { ForwarderOptions } from './options.ts';

export interface Forwarder {
  /** Listens to a live MetricsEmitter (`subscribe`, Node event `metrics`) or StateGraph; returns what detaches. @throws TypeError when it is neither. */
  readonly attach: (emitter: unknown) => () => void;
  /** Takes one event of any dialect; returns at once and never throws. */
  readonly offer: (event: unknown) => void;
  readonly stats: () => ForwarderStats;
  /** Name under which the events are numbered. */
  readonly producer: string;
  /** Detaches, and sends what waits until `withinMs` (5,000) have passed; what is left then is counted, or stays in the spool. Idempotent. */
  readonly close: (options?: { readonly withinMs?: number }) => Promise<ForwarderStats>;
}

/**
 * A forwarder that works at once. Its timers and connections do not keep the process alive: `await close()` before the end.
 * @throws StartupError with every problem of the options.
 */
export function createForwarder(options: ForwarderOptions): Forwarder {
  const carrier = new Carrier(readOptions(options));
  const detachments = new Set<() => void>();
  let closing: Promise<ForwarderStats> | undefined;
  return {
    producer: carrier.producer,
    attach: (emitter) => {
      const detachEmitter = attachEmitter(emitter, (event) => {
        carrier.offer(event);
      });
      const detach = (): void => {
        detachments.delete(detach);
        detachEmitter();
      };
      detachments.add(detach);
      return detach;
    },
    offer: (event) => {
      carrier.offer(event);
    },
    stats: () => carrier.stats(),
    close: ({ withinMs = 5_000 } = {}) => {
      for (const detach of [...detachments]) detach();
      return (closing ??= carrier.close(withinMs));
    },
  };
}
