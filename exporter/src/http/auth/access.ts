// Who may do what: one decision for HTTP requests and WebSocket upgrades alike.
import type { AuthFailureReason } from '../../contract/metrics.ts';
import { RecentMap } from '../../model/recent-map.ts';
import type { BasicUsers } from './basic-users.ts';
import { credentialsOf } from './credentials.ts';
import type { CredentialHeaders, Credentials } from './credentials.ts';
import { addressGroup, FailureBackoff } from './failure-backoff.ts';
import type { Principal, Scope, TokenSet } from './tokens.ts';

export interface AccessPolicy {
  readonly tokens: TokenSet;
  readonly users: BasicUsers | undefined;
}

export interface AccessOptions {
  readonly environment: string;
  readonly policy: AccessPolicy;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly onFailure: (scope: Scope, reason: AuthFailureReason) => void;
  /** An address begins to wait. */
  readonly onBackOff: (scope: Scope, address: string, waitMs: number) => void;
}

export interface Presented {
  readonly headers: CredentialHeaders;
  /** The other end of the connection; what proxies say about whom they stand for is not believed. */
  readonly address: string | undefined;
}

export interface Allowed {
  readonly kind: 'allowed';
  /** Undefined where no credentials are asked for, and for users with a password. */
  readonly principal: Principal | undefined;
  /** Whether the same credentials would be let in by the policy then in force. For what outlives its request. */
  readonly stillAllowed: () => boolean;
}

export type Decision =
  | Allowed
  | {
      readonly kind: 'refused';
      readonly status: 401 | 403 | 429;
      readonly code: string;
      readonly message: string;
      /** Schemes for WWW-Authenticate; empty unless the status is 401 or 403. */
      readonly challenges: readonly string[];
      readonly retryAfterS?: number;
    };

type Refused = Extract<Decision, { kind: 'refused' }>;
type Judgement =
  | (Omit<Allowed, 'kind'> & {
      /** Who it was. */
      readonly name: string;
    })
  | { readonly reason: AuthFailureReason };

type Presentable = Exclude<Credentials, { kind: 'none' }>;

/** Failures that look like guessing; a request without credentials, or with a token for something else, does not. */
const GUESSES: ReadonlySet<AuthFailureReason> = new Set(['malformed_credentials', 'unknown_token', 'wrong_password']);
const REALM = 'realm="orchestrator-exporter"';
const BUSY_RETRY_S = 1;
/** Who was let in from where, remembered. */
const MAX_KNOWN = 10_000;

export class Access {
  readonly #options: AccessOptions;
  readonly #backoff: FailureBackoff;
  /** Whose credentials were right, from which address: they are not kept waiting for what others there do wrong. */
  readonly #known = new RecentMap<true>(MAX_KNOWN);
  #policy: AccessPolicy;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#policy = options.policy;
    this.#backoff = new FailureBackoff(options.now);
  }

  /** New tokens and users from now on; who is connected is asked about by `stillAllowed`. */
  replace(policy: AccessPolicy): void {
    this.#policy = policy;
  }

  /** Whether credentials are asked for. Users with a password guard everything, as in other exporters. */
  isGuarded(scope: Scope): boolean {
    return this.#policy.users !== undefined || this.#policy.tokens.has(scope);
  }

  async check(scope: Scope, { headers, address }: Presented): Promise<Decision> {
    if (!this.isGuarded(scope)) {
      return { kind: 'allowed', principal: undefined, stillAllowed: () => !this.isGuarded(scope) };
    }
    const credentials = credentialsOf(headers);
    if (credentials.kind === 'none') return this.#refuse(scope, 'no_credentials');
    const group = addressGroup(address);
    // By scope too: sending and reading are different clients, often on one host.
    const key = `${scope} ${group}`;
    const waitMs = this.#backoff.waitMs(key);
    const judgement = waitMs > 0 ? this.#recall(scope, credentials) : await this.#judge(scope, credentials);
    if ('name' in judgement) {
      const knownKey = JSON.stringify([key, judgement.name]);
      if (waitMs > 0 && this.#known.get(knownKey) === undefined) return this.#refuseWaiting(scope, waitMs);
      this.#known.set(knownKey, true);
      const { principal, stillAllowed } = judgement;
      return { kind: 'allowed', principal, stillAllowed };
    }
    // Not told apart from what is wrong, so that nobody learns anything by not waiting.
    if (waitMs > 0) return this.#refuseWaiting(scope, waitMs);
    const { reason } = judgement;
    if (GUESSES.has(reason)) {
      const startedMs = this.#backoff.failed(key);
      if (startedMs > 0) this.#options.onBackOff(scope, group, startedMs);
    }
    return this.#refuse(scope, reason);
  }

  async #judge(scope: Scope, credentials: Presentable): Promise<Judgement> {
    return credentials.kind === 'basic'
      ? this.#judgeUser(scope, credentials)
      : this.#judgeWithoutWork(scope, credentials);
  }

  /** As `#judge`, without a comparison of passwords: one that was right before is known. */
  #recall(scope: Scope, credentials: Presentable): Judgement {
    if (credentials.kind !== 'basic') return this.#judgeWithoutWork(scope, credentials);
    const { user, password } = credentials;
    return this.#policy.users?.recalls(user, password) === true
      ? this.#judgementOfUser(scope, user)
      : { reason: 'wrong_password' };
  }

  #judgeWithoutWork(scope: Scope, credentials: Exclude<Presentable, { kind: 'basic' }>): Judgement {
    switch (credentials.kind) {
      case 'malformed':
        return { reason: 'malformed_credentials' };
      case 'bearer':
        return this.#judgeToken(scope, credentials.token);
    }
  }

  #judgeToken(scope: Scope, token: string): Judgement {
    const match = this.#policy.tokens.find(token, scope);
    switch (match.kind) {
      case 'unknown':
        return { reason: 'unknown_token' };
      case 'other-scope':
        return { reason: 'wrong_scope' };
      case 'found': {
        const { principal } = match;
        const { environment } = principal.binding;
        if (environment !== undefined && environment !== this.#options.environment) {
          return { reason: 'wrong_environment' };
        }
        const stillAllowed = (): boolean => {
          const now = this.#policy.tokens.find(token, scope);
          return now.kind === 'found' && now.principal.name === principal.name;
        };
        return { name: `token ${principal.name}`, principal, stillAllowed };
      }
    }
  }

  async #judgeUser(scope: Scope, { user, password }: { user: string; password: string }): Promise<Judgement> {
    const { users } = this.#policy;
    if (users === undefined) return { reason: 'wrong_password' };
    const result = await users.check(user, password);
    switch (result) {
      case 'busy':
        return { reason: 'busy' };
      case 'wrong':
        return { reason: 'wrong_password' };
      case 'right':
        return this.#judgementOfUser(scope, user);
    }
  }

  #judgementOfUser(scope: Scope, user: string): Judgement {
    // A user is bound to no team: where senders have tokens, a password must not be the way around them.
    if (scope === 'ingest' && this.#policy.tokens.has('ingest')) return { reason: 'wrong_scope' };
    const hash = this.#policy.users?.hashOf(user);
    const stillAllowed = (): boolean => hash !== undefined && this.#policy.users?.hashOf(user) === hash;
    return { name: `user ${user}`, principal: undefined, stillAllowed };
  }

  #refuseWaiting(scope: Scope, waitMs: number): Refused {
    return this.#refuse(scope, 'backed_off', Math.ceil(waitMs / 1_000));
  }

  #refuse(scope: Scope, reason: AuthFailureReason, retryAfterS = BUSY_RETRY_S): Refused {
    this.#options.onFailure(scope, reason);
    const what = scope === 'ingest' ? 'send events' : 'read';
    const refused = (status: 401 | 403 | 429, code: string, message: string): Refused => ({
      kind: 'refused',
      status,
      code,
      message,
      challenges: status === 429 ? [] : this.#challenges(scope, status),
      ...(status === 429 ? { retryAfterS } : {}),
    });
    switch (reason) {
      case 'no_credentials':
        return refused(401, 'unauthorized', `credentials are needed to ${what}; expected Authorization: Bearer TOKEN`);
      case 'malformed_credentials':
        return refused(401, 'unauthorized', 'the credentials cannot be read; expected Authorization: Bearer TOKEN');
      case 'unknown_token':
      case 'wrong_password':
        return refused(401, 'unauthorized', 'these credentials are not known');
      case 'wrong_scope':
        return refused(403, 'forbidden', `these credentials may not ${what}`);
      case 'wrong_environment':
        return refused(403, 'forbidden', 'this token is bound to another environment than that of this exporter');
      case 'foreign_origin':
        return refused(403, 'forbidden', 'this origin is not in gateway.origins');
      case 'backed_off':
        return refused(429, 'backed_off', 'too many failed logins from this address; wait before the next');
      case 'busy':
        return refused(429, 'busy', 'too many passwords are being checked; try again');
    }
  }

  #challenges(scope: Scope, status: 401 | 403): readonly string[] {
    const { tokens, users } = this.#policy;
    const error = status === 403 ? `, error="insufficient_scope"` : '';
    return [
      ...(tokens.has(scope) ? [`Bearer ${REALM}${error}`] : []),
      ...(users === undefined || (scope === 'ingest' && tokens.has(scope)) ? [] : [`Basic ${REALM}, charset="UTF-8"`]),
    ];
  }
}
