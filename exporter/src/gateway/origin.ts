// Which web pages may open a socket. Browsers send Origin and cannot lie about it; other clients may leave it out.

/**
 * True when there is no Origin, when it is this very host, or when it is in the list word for word
 * (`https://grafana.example.com`). Anything else could be a foreign page using its visitor's network.
 */
export function originAllowed(
  request: { readonly origin: string | undefined; readonly host: string | undefined },
  allowed: readonly string[]
): boolean {
  const { origin, host } = request;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && originHost === host.toLowerCase();
}
