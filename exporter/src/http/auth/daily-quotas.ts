// How much each token may send in a UTC day. In memory: a restart begins the day anew.
import type { Principal } from './tokens.ts';

const DAY_MS = 86_400_000;

export type Reservation =
  | {
      readonly ok: true;
      /** Gives back what did not count in the end. */
      readonly refund: (used: { readonly events: number; readonly bytes: number }) => void;
    }
  | { readonly ok: false; readonly message: string; readonly retryAfterS: number };

interface Used {
  readonly day: number;
  events: number;
  bytes: number;
}

export class DailyQuotas {
  readonly #now: () => number;
  readonly #used = new Map<string, Used>();

  /** @param now Wall clock, milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes all or nothing. Reserved before the events are taken, so that concurrent bodies cannot pass together. */
  reserve({ name, quota }: Principal, wanted: { readonly events: number; readonly bytes: number }): Reservation {
    const nowMs = this.#now();
    const day = Math.floor(nowMs / DAY_MS);
    let used = this.#used.get(name);
    // A clock that is set back begins no day anew.
    if (used === undefined || used.day < day) this.#used.set(name, (used = { day, events: 0, bytes: 0 }));
    for (const unit of ['events', 'bytes'] as const) {
      const limit = quota[unit];
      if (limit === undefined || used[unit] + wanted[unit] <= limit) continue;
      const message = `${wanted[unit]} ${unit} on top of ${used[unit]} sent today pass the ${limit} that the token ${name} may send in a UTC day`;
      return { ok: false, message, retryAfterS: Math.max(1, Math.ceil(((day + 1) * DAY_MS - nowMs) / 1_000)) };
    }
    used.events += wanted.events;
    used.bytes += wanted.bytes;
    const booked = used;
    return {
      ok: true,
      refund: ({ events, bytes }) => {
        booked.events -= events;
        booked.bytes -= bytes;
      },
    };
  }
}
