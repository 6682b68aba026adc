// Whether a request was meant for this exporter: a page that points its own name at 127.0.0.1 is held off by its Host header.
import { isIP } from 'node:net';

/**
 * True for what no foreign page can have as its own host: addresses, localhost, names without a dot, and the hosts of
 * `origins`. Without a Host header too: browsers always send one.
 */
export function hostIsOwn(host: string | undefined, origins: readonly string[]): boolean {
  if (host === undefined) return true;
  const name = host
    .toLowerCase()
    .replace(/:\d{0,5}$/, '')
    .replace(/\.$/, '');
  if (isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0) return true;
  if (!name.includes('.') || name.endsWith('.localhost')) return true;
  return origins.some((origin) => new URL(origin).hostname === name);
}
