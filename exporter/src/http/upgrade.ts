// WebSocket upgrades: which path goes where, which pages may ask, and with which credentials.
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { originAllowed } from '../gateway/origin.ts';
import type { Access } from './auth/access.ts';
import type { Scope } from './auth/tokens.ts';
import type { Upgrade } from './ingest-socket.ts';

export interface UpgradeTarget {
  /** What the credentials must be good for. */
  readonly scope: Scope;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, rest: Upgrade) => void;
}

export interface UpgradeOptions {
  /** By path: `/v1/gateway`, `/v1/ingest`. */
  readonly targets: Readonly<Record<string, UpgradeTarget>>;
  readonly origins: readonly string[];
  readonly access: Access;
  readonly onForeignOrigin: (scope: Scope) => void;
  readonly onError: (error: unknown) => void;
}

/** Handles an upgrade request of one of our paths; false (and the socket untouched) when the path is not ours. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

export function upgradeHandler(options: UpgradeOptions): UpgradeHandler {
  const byPath = new Map(Object.entries(options.targets));
  return (request, socket, head) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const target = byPath.get(path);
    if (target === undefined) return false;
    const { origin, host } = request.headers;
    if (!originAllowed({ origin, host }, options.origins)) {
      options.onForeignOrigin(target.scope);
      refuseUpgrade(socket, { status: 403, code: 'forbidden', message: 'this origin is not in gateway.origins' });
      return true;
    }
    // The peer may go while its password is checked; that is no error of ours.
    socket.on('error', ignore);
    admit(options.access, target, { request, socket, head }).catch((error: unknown) => {
      options.onError(error);
      socket.destroy();
    });
    return true;
  };
}

const ignore = (): void => undefined;

async function admit(
  access: Access,
  { scope, upgrade }: UpgradeTarget,
  { request, socket, head }: { readonly request: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }
): Promise<void> {
  const address = (socket as Partial<Socket>).remoteAddress;
  const decision = await access.check(scope, { headers: request.headers, address });
  if (socket.destroyed) return;
  if (decision.kind === 'refused') {
    refuseUpgrade(socket, decision);
    return;
  }
  const { principal, stillAllowed } = decision;
  upgrade(request, socket, { head, principal, stillAllowed });
}

export interface UpgradeRefusal {
  readonly status: 401 | 403 | 404 | 429;
  readonly code: string;
  readonly message: string;
  readonly challenges?: readonly string[];
  readonly retryAfterS?: number;
}

/** Answers an upgrade request by plain HTTP and closes. */
export function refuseUpgrade(socket: Duplex, refusal: UpgradeRefusal): void {
  const { status, code, message, challenges = [], retryAfterS } = refusal;
  const body = JSON.stringify({ error: { code, message } });
  // The peer may be gone already; that is no error of ours.
  socket.on('error', ignore);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...challenges.map((challenge) => `WWW-Authenticate: ${challenge}`),
    ...(retryAfterS === undefined ? [] : [`Retry-After: ${retryAfterS}`]),
  ];
  // Ours to end: a peer that keeps its half open would keep the connection.
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
