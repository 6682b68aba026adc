// Failed logins by address: after ten, each further failure makes the address wait twice as long. Bounded memory.
import { isIPv6 } from 'node:net';
import { RecentMap } from '../../model/recent-map.ts';

const FREE_FAILURES = 10;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 60_000;
const FORGET_AFTER_MS = 15 * 60_000;
const MAX_ADDRESSES = 10_000;

interface Failures {
  readonly count: number;
  readonly lastMs: number;
  readonly untilMs: number;
}

export class FailureBackoff {
  readonly #failures: RecentMap<Failures>;
  readonly #now: () => number;

  /** @param now Monotonic milliseconds. */
  constructor(now: () => number, capacity = MAX_ADDRESSES) {
    this.#now = now;
    this.#failures = new RecentMap(capacity);
  }

  /** How long the key still has to wait; 0 when it may try. */
  waitMs(key: string): number {
    return Math.max(0, (this.#failures.get(key)?.untilMs ?? 0) - this.#now());
  }

  /** @returns the wait that begins now, 0 while failures are free. */
  failed(key: string): number {
    const now = this.#now();
    const before = this.#failures.get(key);
    const remembered = before !== undefined && now - before.lastMs < FORGET_AFTER_MS ? before.count : 0;
    const count = remembered + 1;
    const waitMs = count < FREE_FAILURES ? 0 : Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (count - FREE_FAILURES));
    this.#failures.set(key, { count, lastMs: now, untilMs: now + waitMs });
    return waitMs;
  }
}

/** Whom failures are counted for: an IPv4 address, or the /64 network of an IPv6 address, of which one host has many. */
export function addressGroup(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`;
}
