// Users with bcrypt hashes (`basic_auth_users` of the web configuration). A user that does not exist costs the same time.
import { createHmac, randomBytes } from 'node:crypto';
import { compare as bcryptCompare } from 'bcryptjs';
import { RecentMap } from '../../model/recent-map.ts';

/** Comparisons that may wait; each takes the event loop some 100 ms in slices, so more would be a way to stop the exporter. */
const MAX_WAITING = 16;
const MAX_REMEMBERED = 256;
/** Of no password at all; what an unknown user is compared with. */
const UNKNOWN_USER_SALT = 'abcdefghijklmnopqrstuu';
const HASH = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const MIN_COST = 4;
const MAX_COST = 14;

export const HASH_EXPECTED = `a bcrypt hash of cost ${MIN_COST} to ${MAX_COST}, as htpasswd -nBC 10 gives`;

export function isBcryptHash(text: string): boolean {
  const cost = Number(HASH.exec(text)?.[1] ?? Number.NaN);
  return cost >= MIN_COST && cost <= MAX_COST;
}

export type PasswordResult = 'right' | 'wrong' | 'busy';

export class BasicUsers {
  readonly #hashes: ReadonlyMap<string, string>;
  /** One for each hash, of its cost. */
  readonly #fakeHashes: readonly string[];
  readonly #compare: (password: string, hash: string) => Promise<boolean>;
  /** Keyed hashes of what was right before. Only right answers are kept: wrong ones could push them out. */
  readonly #right = new RecentMap<true>(MAX_REMEMBERED);
  readonly #key = randomBytes(32);
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(hashes: ReadonlyMap<string, string>, compare = bcryptCompare) {
    this.#hashes = hashes;
    this.#compare = compare;
    const costs = hashes.size === 0 ? ['$2b$10$'] : [...hashes.values()].map((hash) => hash.slice(0, 7));
    this.#fakeHashes = costs.map((cost) => `${cost}${UNKNOWN_USER_SALT}${'.'.repeat(31)}`);
  }

  /** Undefined for an unknown user. */
  hashOf(user: string): string | undefined {
    return this.#hashes.get(user);
  }

  /** Whether this was right before; takes no comparison. */
  recalls(user: string, password: string): boolean {
    return this.#right.get(this.#keyOf(user, password)) === true;
  }

  /** One comparison at a time; `busy` when too many wait already. */
  async check(user: string, password: string): Promise<PasswordResult> {
    const hash = this.#hashes.get(user);
    const key = this.#keyOf(user, password);
    if (this.#right.get(key)) return 'right';
    if (this.#waiting >= MAX_WAITING) return 'busy';
    this.#waiting += 1;
    const comparison = this.#last.then(() => this.#compare(password, hash ?? this.#fakeHashOf(user)));
    this.#last = comparison.catch(() => undefined);
    try {
      const equal = await comparison;
      if (!equal || hash === undefined) return 'wrong';
      this.#right.set(key, true);
      return 'right';
    } finally {
      this.#waiting -= 1;
    }
  }

  #keyOf(user: string, password: string): string {
    // Length-delimited by JSON: no two different triples have one key.
    return this.#digest([user, this.#hashes.get(user) ?? '', password]).toString('base64');
  }

  /** Always the same one for a name, and of any cost in use: where costs differ, time tells no unknown user from a known one. */
  #fakeHashOf(user: string): string {
    const index = this.#digest([user]).readUInt32BE() % this.#fakeHashes.length;
    return this.#fakeHashes[index] ?? '';
  }

  #digest(parts: readonly string[]): Buffer {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest();
  }
}
