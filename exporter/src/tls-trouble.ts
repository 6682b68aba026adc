// Why a connection over TLS is not made, for who has to mend it: what was shown on either side, and what would be accepted.

/** Of OpenSSL, by their names: X509_verify_cert_error_string(3). */
const UNTRUSTED = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
]);

/** Alerts by which a server says that it wants another certificate than what we showed: RFC 8446, 6.2, as OpenSSL names them. */
const NOT_OURS = new Set([
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
]);

/** The options by which certificates are set, such as `tls_config.ca_file`. */
export interface CertificateOptions {
  /** Trusted authorities. */
  readonly authority: string;
  /** The client's own. */
  readonly own: string;
}

/** A sentence about the certificate that either side showed; undefined for an error that is about something else. */
export function certificateTrouble(error: unknown, { authority, own }: CertificateOptions): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, reason } = theSockets(error);
  if (typeof code !== 'string') return undefined;
  if (UNTRUSTED.has(code))
    return `its certificate is of no authority that is trusted here (${code}); expected one signed by an authority in ${authority}, or by one that Node.js knows where that is not set`;
  if (NOT_OURS.has(code))
    return `it does not take the certificate that was shown to it, or that none was (${code}); expected one in ${own} of an authority that it trusts`;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `its certificate is not valid now (${code}); expected one that is, or the right time here`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `its certificate is for another name (${typeof reason === 'string' ? reason : code}); expected one for the name in the address`;
  return undefined;
}

type Details = Readonly<Partial<Record<'code' | 'reason' | 'cause', unknown>>>;

/** A client library's own error, which has no code, stands around the one of the socket. */
function theSockets(error: Details): Details {
  const { code, cause } = error;
  return typeof code !== 'string' && typeof cause === 'object' && cause !== null ? cause : error;
}
