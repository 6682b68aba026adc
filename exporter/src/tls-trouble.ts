// Why a connection over TLS is not made, for who has to mend it: what the other side showed, and what would be accepted.

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

/**
 * A sentence about the certificate that the other side showed; undefined for an error that is about something else.
 * @param authority where trusted authorities are named, such as `tls_config.ca_file`
 */
export function certificateTrouble(error: unknown, authority: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, reason } = theSockets(error);
  if (typeof code !== 'string') return undefined;
  if (UNTRUSTED.has(code))
    return `its certificate is of no authority that is trusted here (${code}); expected one signed by an authority in ${authority}, or by one that Node.js knows where that is not set`;
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
