// How a connection to NATS is made, for the exporter that consumes and the forwarder that publishes alike.
import { readFileSync } from 'node:fs';
import { credsAuthenticator, tokenAuthenticator, usernamePasswordAuthenticator } from '@nats-io/transport-node';
import type { Authenticator, NodeConnectionOptions } from '@nats-io/transport-node';

/** Secrets are in files, which are read anew for every attempt to connect. */
export interface NatsAddress {
  /** `nats://host:4222` or `tls://host:4222`. */
  readonly servers: readonly string[];
  /** A `.creds` file: JWT and seed. */
  readonly credentialsFile?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
  /** Private authority, client certificate and its key. */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** Servers by these schemes, without a user or password in the address. */
export function isNatsServer(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined && /^(nats|tls):$/.test(url.protocol) && url.hostname !== '' && url.username + url.password === ''
  );
}

/** Once connected it comes back for ever. @throws what the file system says of a file that cannot be read. */
export function natsOptions(address: NatsAddress, name: string): NodeConnectionOptions {
  const { servers, caFile, certFile, keyFile } = address;
  const isSecure =
    caFile !== undefined || certFile !== undefined || servers.some((server) => server.startsWith('tls:'));
  return {
    servers: [...servers],
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    // Exporters and orchestrators that lost the same broker must not come back together.
    reconnectJitter: 600,
    reconnectJitterTLS: 600,
    ignoreAuthErrorAbort: true,
    timeout: 5_000,
    pingInterval: 10_000,
    authenticator: authenticators(address),
    ...(isSecure
      ? { tls: { ...(caFile && { caFile }), ...(certFile && { certFile }), ...(keyFile && { keyFile }) } }
      : {}),
  };
}

function authenticators({ credentialsFile, tokenFile, user, passwordFile }: NatsAddress): Authenticator[] {
  const text = (file: string): string => readFileSync(file, 'utf8').trim();
  const found: Authenticator[] = [];
  if (credentialsFile !== undefined) found.push(credsAuthenticator(() => readFileSync(credentialsFile)));
  if (tokenFile !== undefined) found.push(tokenAuthenticator(() => text(tokenFile)));
  if (user !== undefined)
    found.push(usernamePasswordAuthenticator(user, () => (passwordFile === undefined ? '' : text(passwordFile))));
  return found;
}
