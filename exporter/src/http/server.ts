// The exporter's own server, plain or TLS: time and size limits on connections, and what is refused before a request is read.
import { createServer, STATUS_CODES } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { ConnectionRefusal } from '../contract/metrics.ts';
import { addressGroup } from './auth/failure-backoff.ts';
import { clientIsAllowed } from './tls.ts';
import type { TlsSettings } from './tls.ts';
import { refuseUpgrade } from './upgrade.ts';

export interface ServerLimits {
  readonly headerBytes: number;
  /** Headers, and the TLS handshake before them, must be done after this long. */
  readonly headersTimeoutMs: number;
  /** A whole request with its body. */
  readonly requestTimeoutMs: number;
  /** A connection on which nothing moves. */
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
  /** Of one IPv4 address or one IPv6 /64 network. */
  readonly maxConnectionsPerAddress: number;
}

export interface ServerOptions {
  readonly limits: ServerLimits;
  /** Undefined: plain HTTP. */
  readonly tls: TlsSettings | undefined;
  readonly handler: RequestListener;
  /** False when the path is not the exporter's. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  /** Whether a request with this Host header is turned away. */
  readonly refusesHost: (host: string | undefined) => boolean;
  readonly onRefused: (reason: ConnectionRefusal) => void;
}

export interface ExporterServer {
  readonly server: Server | TlsServer;
  /** New certificates for connections to come; none of them when `clientAuth` differs, which takes a new server. */
  readonly replaceTls: (tls: TlsSettings) => void;
}

/** How often overdue requests are looked for, at most this much after their time. */
const MAX_CHECK_PERIOD_MS = 1_000;

export function createExporterServer(options: ServerOptions): ExporterServer {
  const { limits } = options;
  const answering = new WeakMap<Socket, ServerResponse>();
  const handler: RequestListener = (request, response) => {
    // Of a server that is stopping, a sender that keeps its connection would hold up the end.
    if (!server.listening) response.setHeader('Connection', 'close');
    answering.set(request.socket, response);
    if (options.refusesHost(request.headers.host)) endWith(response, FOREIGN_HOST);
    else options.handler(request, response);
  };
  const http = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.idleTimeoutMs,
    connectionsCheckingInterval: Math.min(MAX_CHECK_PERIOD_MS, limits.headersTimeoutMs),
  };
  let { tls } = options;
  let replaceTls = (_settings: TlsSettings): void => undefined;
  let server: Server | TlsServer;
  if (tls === undefined) {
    server = createServer(http, handler);
  } else {
    const wantsCertificate = tls.clientAuth !== 'NoClientCert';
    const secure = createTlsServer(
      {
        ...http,
        ...tls.context,
        requestCert: wantsCertificate,
        rejectUnauthorized: tls.clientAuth === 'RequireAndVerifyClientCert',
        handshakeTimeout: limits.headersTimeoutMs,
      },
      handler
    );
    replaceTls = (settings) => {
      // Whether certificates are asked for cannot be changed; certificates of other authorities must not come in by that.
      if (settings.clientAuth !== tls?.clientAuth) return;
      tls = settings;
      secure.setSecureContext(settings.context);
    };
    // Before node hands the socket to its HTTP parser.
    secure.prependListener('secureConnection', (socket: TLSSocket) => {
      if (tls === undefined || clientIsAllowed(socket, tls)) return;
      options.onRefused('tls');
      socket.destroy();
    });
    secure.on('tlsClientError', () => {
      options.onRefused('tls');
    });
    server = secure;
  }
  server.timeout = limits.idleTimeoutMs;
  server.on('timeout', (socket: Socket) => {
    const response = answering.get(socket);
    if (response === undefined || response.req.complete || response.headersSent) {
      socket.destroy();
      return;
    }
    options.onRefused('timeout');
    response.once('finish', () => socket.destroy());
    endWith(response, TIMED_OUT);
  });
  boundConnections(server, options);
  server.on('clientError', (error, socket) => {
    refuseBroken(error, socket, options.onRefused);
  });
  server.on('upgrade', (request, socket, head) => {
    if (options.refusesHost(request.headers.host)) {
      refuseUpgrade(socket, FOREIGN_HOST);
      return;
    }
    if (options.upgrade(request, socket, head)) return;
    refuseUpgrade(socket, { status: 404, code: 'not_found', message: 'there is no WebSocket at this path' });
  });
  return { server, replaceTls };
}

function boundConnections(server: Server, { limits, onRefused }: ServerOptions): void {
  const byAddress = new Map<string, number>();
  server.maxConnections = limits.maxConnections;
  server.on('drop', () => {
    onRefused('too_many');
  });
  server.prependListener('connection', (socket: Socket) => {
    const address = addressGroup(socket.remoteAddress);
    const count = (byAddress.get(address) ?? 0) + 1;
    if (count > limits.maxConnectionsPerAddress) {
      onRefused('too_many');
      socket.destroy();
      return;
    }
    byAddress.set(address, count);
    socket.once('close', () => {
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left === 0) byAddress.delete(address);
      else byAddress.set(address, left);
    });
  });
}

const FOREIGN_HOST = {
  status: 403,
  code: 'foreign_host',
  message:
    "this host name is not the exporter's: use an address or localhost, set tokens, or name the host in gateway.origins",
} as const;
const TIMED_OUT = { status: 408, code: 'timeout', message: 'the request took too long to arrive' } as const;

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

function endWith(response: ServerResponse, { status, code, message }: Problem): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', Connection: 'close' });
  response.end(JSON.stringify({ error: { code, message } }));
}

const BROKEN: Readonly<Record<string, Problem>> = {
  ERR_HTTP_REQUEST_TIMEOUT: TIMED_OUT,
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    message: 'the headers are larger than limits.header_bytes',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, code: 'too_large', message: 'the chunk extensions are too large' },
};
const NOT_HTTP = { status: 400, code: 'bad_request', message: 'this is not a request in HTTP/1.1' };

/** A request that node's parser gave up on. What was sent is not quoted: it may be anything. */
function refuseBroken(error: Error & { code?: string }, socket: Duplex, onRefused: ServerOptions['onRefused']): void {
  // A peer that went away is nobody's fault.
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') {
    socket.destroy();
    return;
  }
  const { status, code, message } = BROKEN[error.code ?? ''] ?? NOT_HTTP;
  onRefused(status === 408 ? 'timeout' : 'bad_request');
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ error: { code, message } });
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`, () => socket.destroy());
}
