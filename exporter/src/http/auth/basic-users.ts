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
  readonly #fakeHash: string;
  readonly #compare: (password: string, hash: string) => Promise<boolean>;
  /** Keyed hashes of what was right before. Only right answers are kept: wrong ones could push them out. */
  readonly #right = new RecentMap<true>(MAX_REMEMBERED);
  readonly #key = randomBytes(32);
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(hashes: ReadonlyMap<string, string>, compare = bcryptCompare) {
    this.#hashes = hashes;
    this.#compare = compare;
    const [first = '$2b$10$'] = hashes.values();
    this.#fakeHash = `${first.slice(0, 7)}${UNKNOWN_USER_SALT}${'.'.repeat(31)}`;
  }

  /** One comparison at a time; `busy` when too many wait already. */
  async check(user: string, password: string): Promise<PasswordResult> {
    const hash = this.#hashes.get(user);
    // Length-delimited by JSON: no two different triples have one key.
    const key = createHmac('sha256', this.#key)
      .update(JSON.stringify([user, hash ?? '', password]))
      .digest('base64');
    if (this.#right.get(key)) return 'right';
    if (this.#waiting >= MAX_WAITING) return 'busy';
    this.#waiting += 1;
    const comparison = this.#last.then(() => this.#compare(password, hash ?? this.#fakeHash));
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
}
