// Bearer tokens: held as keyed hashes, compared in constant time over all entries.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a credential is good for: sending events, or reading everything else. */
export type Scope = 'ingest' | 'read';

/** What events sent with a token must be, and are where they do not say. */
export interface Binding {
  /** The token is good on exporters of this environment only. */
  readonly environment?: string | undefined;
  readonly team?: string | undefined;
  readonly workflow?: string | undefined;
}

/** Per UTC day; absent means unlimited. */
export interface DailyQuota {
  readonly events?: number | undefined;
  /** Of bodies after decompression. */
  readonly bytes?: number | undefined;
}

/** Whom a token stands for; nothing of it is secret. */
export interface Principal {
  readonly name: string;
  readonly scope: Scope;
  readonly binding: Binding;
  readonly quota: DailyQuota;
}

export interface TokenEntry {
  readonly principal: Principal;
  readonly token: string;
}

export type TokenMatch =
  | { readonly kind: 'found'; readonly principal: Principal }
  /** A token of ours, but for something else. */
  | { readonly kind: 'other-scope' }
  | { readonly kind: 'unknown' };

export class TokenSet {
  /** Of this process: the hashes tell nothing about a token that is guessed, and equal lengths make the comparison safe. */
  readonly #key = randomBytes(32);
  readonly #entries: readonly { readonly digest: Buffer; readonly principal: Principal }[];
  readonly #equal: (a: Buffer, b: Buffer) => boolean;

  /** @param equal Takes the same time whatever it compares. */
  constructor(entries: readonly TokenEntry[], equal: (a: Buffer, b: Buffer) => boolean = timingSafeEqual) {
    this.#equal = equal;
    this.#entries = entries.map(({ token, principal }) => ({ digest: this.#digest(token), principal }));
  }

  has(scope: Scope): boolean {
    return this.#entries.some(({ principal }) => principal.scope === scope);
  }

  /** Always looks at every entry, so that the time tells neither how much of a token was right nor which entry it is. */
  find(token: string, scope: Scope): TokenMatch {
    const digest = this.#digest(token);
    let match: TokenMatch = { kind: 'unknown' };
    for (const entry of this.#entries) {
      if (!this.#equal(entry.digest, digest)) continue;
      if (entry.principal.scope === scope) match = { kind: 'found', principal: entry.principal };
      else if (match.kind === 'unknown') match = { kind: 'other-scope' };
    }
    return match;
  }

  #digest(token: string): Buffer {
    return createHmac('sha256', this.#key).update(token).digest();
  }
}
