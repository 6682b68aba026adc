// What a request presents: a bearer token, a user with a password, or nothing. Headers only, never the URL.
import { BEARER_SUBPROTOCOL } from '../../gateway/subprotocol.ts';

export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string };

export interface CredentialHeaders {
  readonly authorization?: string | undefined;
  readonly 'sec-websocket-protocol'?: string | undefined;
}

const MAX_CREDENTIALS_LENGTH = 4_096;

/** `Authorization` counts before the subprotocol `bearer.<token>`. */
export function credentialsOf(headers: CredentialHeaders): Credentials {
  if (headers.authorization !== undefined) return fromAuthorization(headers.authorization);
  const offered = protocolsOf(headers['sec-websocket-protocol']).filter((name) => name.startsWith(BEARER_SUBPROTOCOL));
  const [protocol, second] = offered;
  if (protocol === undefined) return { kind: 'none' };
  const token = protocol.slice(BEARER_SUBPROTOCOL.length);
  return second !== undefined || token === '' ? { kind: 'malformed' } : { kind: 'bearer', token };
}

function protocolsOf(header: string | undefined): readonly string[] {
  return (header ?? '').split(',').map((name) => name.trim());
}

function fromAuthorization(header: string): Credentials {
  const [, scheme, value] = /^([A-Za-z]+) +(\S+)$/.exec(header.slice(0, MAX_CREDENTIALS_LENGTH + 1)) ?? [];
  if (scheme === undefined || value === undefined || header.length > MAX_CREDENTIALS_LENGTH) {
    return { kind: 'malformed' };
  }
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { kind: 'bearer', token: value };
    case 'basic':
      return fromBasic(value);
    default:
      return { kind: 'malformed' };
  }
}

function fromBasic(value: string): Credentials {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return { kind: 'malformed' };
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return { kind: 'malformed' };
  return { kind: 'basic', user: text.slice(0, colon), password: text.slice(colon + 1) };
}
