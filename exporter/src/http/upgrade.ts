// WebSocket upgrades: which path goes where, and which pages may ask.
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { originAllowed } from '../gateway/origin.ts';

export interface UpgradeTarget {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface UpgradeOptions {
  /** By path: `/v1/gateway`, `/v1/ingest`. */
  readonly targets: Readonly<Record<string, UpgradeTarget>>;
  readonly origins: readonly string[];
}

/** Handles an upgrade request of one of our paths; false (and the socket untouched) when the path is not ours. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

export function upgradeHandler({ targets, origins }: UpgradeOptions): UpgradeHandler {
  const byPath = new Map(Object.entries(targets));
  return (request, socket, head) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const target = byPath.get(path);
    if (target === undefined) return false;
    const { origin, host } = request.headers;
    if (originAllowed({ origin, host }, origins)) target.upgrade(request, socket, head);
    else refuseUpgrade(socket, 403, 'this origin is not in gateway.origins');
    return true;
  };
}

/** Answers an upgrade request by plain HTTP and closes. */
export function refuseUpgrade(socket: Duplex, status: 403 | 404, message: string): void {
  const body = JSON.stringify({ error: { code: status === 403 ? 'forbidden' : 'not_found', message } });
  // The peer may be gone already; that is no error of ours.
  socket.on('error', () => undefined);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
