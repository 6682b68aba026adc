// What carries a batch of events to where they are counted, and what can come of it.
import type { RejectReason } from '../contract/event.ts';

export interface Refused {
  /** Of the line in the batch, from 0. */
  readonly index: number;
  readonly reason: RejectReason;
  readonly message: string;
}

export type DeliveryOutcome =
  /** Durable there: every line was accepted, known already, or refused for what it says. */
  | {
      readonly kind: 'answered';
      readonly accepted: number;
      readonly duplicates: number;
      readonly rejected: readonly Refused[];
    }
  /** The batch as a whole is not taken, too large or not to be read: smaller ones may be. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Not there, not able, or not willing now: the same lines may be sent again. */
  | { readonly kind: 'away'; readonly message: string; readonly retryAfterMs?: number };

export interface Delivery {
  /** Where to, for messages; without credentials. */
  readonly name: string;
  /** Where batches are divided, and different parts come to different exporters: which part a thread belongs to. Pure. */
  readonly partitionOf?: (thread: unknown) => number;
  /** One batch, at least one line; called one at a time. Never throws. An abort of the signal ends it as `away`. */
  send(lines: readonly string[], signal: AbortSignal): Promise<DeliveryOutcome>;
  close(): Promise<void>;
}
