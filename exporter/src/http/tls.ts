// TLS of the exporter's own server: from files to node's options, and which client certificates are let in.
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import { X509Certificate } from 'node:crypto';
import { messageOf } from '../errors.ts';
import { modeWarning } from './auth/secret-file.ts';
import type { ReadFile } from './auth/secret-file.ts';
import type { WebTls } from './auth/web-config.ts';

/** TLS 1.3, and of TLS 1.2 what has forward secrecy and authenticated encryption: what Go's and all browsers' clients speak. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE+AESGCM',
  'ECDHE+CHACHA20',
].join(':');

export interface TlsSettings {
  /** May be put in place of an earlier one while the server runs. */
  readonly context: SecureContextOptions;
  readonly clientAuth: WebTls['clientAuth'];
  readonly clientAllowedSans: readonly string[];
}

export type TlsResult =
  | { readonly ok: true; readonly tls: TlsSettings; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the files and lets OpenSSL look at them, so that what does not fit is known before anybody connects. */
export function readTls(web: WebTls, readFile: ReadFile): TlsResult {
  const problems: string[] = [];
  const warnings: string[] = [];
  const read = (option: string, file: string): string => {
    try {
      const { text, mode } = readFile(file);
      const warning = option === 'key_file' ? modeWarning(file, mode) : undefined;
      if (warning !== undefined) warnings.push(warning);
      return text;
    } catch (error) {
      problems.push(`tls_server_config.${option} ${JSON.stringify(file)} cannot be read: ${messageOf(error)}`);
      return '';
    }
  };
  const context: SecureContextOptions = {
    cert: read('cert_file', web.certFile),
    key: read('key_file', web.keyFile),
    minVersion: web.minVersion,
    maxVersion: web.maxVersion,
    honorCipherOrder: true,
    ciphers: CIPHERS,
    ...(web.clientCaFile === undefined ? {} : { ca: read('client_ca_file', web.clientCaFile) }),
  };
  if (problems.length > 0) return { ok: false, problems };
  try {
    createSecureContext(context);
    // OpenSSL takes a text without a certificate for an empty list, which would let nobody in.
    if (typeof context.ca === 'string') new X509Certificate(context.ca);
  } catch (error) {
    return { ok: false, problems: [`tls_server_config: the files do not fit together: ${messageOf(error)}`] };
  }
  const { clientAuth, clientAllowedSans } = web;
  return { ok: true, tls: { context, clientAuth, clientAllowedSans }, warnings };
}

/** After the handshake. With RequireAndVerifyClientCert the handshake itself has refused what no CA vouched for. */
export function clientIsAllowed(socket: TLSSocket, { clientAuth, clientAllowedSans }: TlsSettings): boolean {
  if (clientAuth === 'NoClientCert') return true;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return clientAuth === 'VerifyClientCertIfGiven';
  if (!socket.authorized) return false;
  return clientAllowedSans.length === 0 || clientAllowedSans.some((name) => carries(certificate, name));
}

/** Names that the certificate carries word for word: no wildcards, no common name. */
function carries(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  if (name.includes('@')) return certificate.checkEmail(name, { subject: 'never' }) !== undefined;
  return certificate.checkHost(name, { subject: 'never', wildcards: false }) !== undefined;
}
