// Who may do what: one decision for HTTP requests and WebSocket upgrades alike.
import type { AuthFailureReason } from '../../contract/metrics.ts';
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

export type Decision =
  /** Without a principal where no credentials are asked for, and for users with a password. */
  | { readonly kind: 'allowed'; readonly principal: Principal | undefined }
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
type Judgement = { readonly principal: Principal | undefined } | { readonly reason: AuthFailureReason };

/** Failures that look like guessing; a request without credentials, or with a token for something else, does not. */
const GUESSES: ReadonlySet<AuthFailureReason> = new Set(['malformed_credentials', 'unknown_token', 'wrong_password']);
const REALM = 'realm="orchestrator-exporter"';
const BUSY_RETRY_S = 1;

export class Access {
  readonly #options: AccessOptions;
  readonly #backoff: FailureBackoff;
  #policy: AccessPolicy;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#policy = options.policy;
    this.#backoff = new FailureBackoff(options.now);
  }

  /** New tokens and users from now on; who is connected stays. */
  replace(policy: AccessPolicy): void {
    this.#policy = policy;
  }

  /** Whether credentials are asked for. Users with a password guard everything, as in other exporters. */
  isGuarded(scope: Scope): boolean {
    return this.#policy.users !== undefined || this.#policy.tokens.has(scope);
  }

  async check(scope: Scope, { headers, address }: Presented): Promise<Decision> {
    if (!this.isGuarded(scope)) return { kind: 'allowed', principal: undefined };
    const credentials = credentialsOf(headers);
    if (credentials.kind === 'none') return this.#refuse(scope, 'no_credentials');
    const group = addressGroup(address);
    // By scope too: who holds a token to send must not clear the failures of guessing one to read.
    const key = `${scope} ${group}`;
    const waitMs = this.#backoff.waitMs(key);
    if (waitMs > 0) return this.#refuse(scope, 'backed_off', Math.ceil(waitMs / 1_000));
    const judgement = await this.#judge(scope, credentials);
    if ('principal' in judgement) {
      this.#backoff.succeeded(key);
      return { kind: 'allowed', principal: judgement.principal };
    }
    const { reason } = judgement;
    if (GUESSES.has(reason)) {
      const startedMs = this.#backoff.failed(key);
      if (startedMs > 0) this.#options.onBackOff(scope, group, startedMs);
    }
    return this.#refuse(scope, reason);
  }

  async #judge(scope: Scope, credentials: Exclude<Credentials, { kind: 'none' }>): Promise<Judgement> {
    switch (credentials.kind) {
      case 'malformed':
        return { reason: 'malformed_credentials' };
      case 'bearer':
        return this.#judgeToken(scope, credentials.token);
      case 'basic':
        return this.#judgeUser(scope, credentials);
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
        const { environment } = match.principal.binding;
        if (environment !== undefined && environment !== this.#options.environment) {
          return { reason: 'wrong_environment' };
        }
        return { principal: match.principal };
      }
    }
  }

  async #judgeUser(scope: Scope, { user, password }: { user: string; password: string }): Promise<Judgement> {
    const { users, tokens } = this.#policy;
    if (users === undefined) return { reason: 'wrong_password' };
    const result = await users.check(user, password);
    switch (result) {
      case 'busy':
        return { reason: 'busy' };
      case 'wrong':
        return { reason: 'wrong_password' };
      case 'right':
        // A user is bound to no team: where senders have tokens, a password must not be the way around them.
        return scope === 'ingest' && tokens.has('ingest') ? { reason: 'wrong_scope' } : { principal: undefined };
    }
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
