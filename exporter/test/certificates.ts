// Certificates for the tests here, made by openssl: Node's own crypto can read them, not make them.
import { execFileSync } from 'node:child_process';
import type { SecretFolder } from './secret-files.ts';

const openssl = (...args: readonly string[]): void => {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'ignore'] });
};

/** A certificate for `names`, signed by `ca` or by itself, good for `days` from now; files NAME.crt and NAME.key. */
export function makeCertificate(
  folder: SecretFolder,
  name: string,
  { names, ca, days = 2 }: { readonly names?: string; readonly ca?: string; readonly days?: number }
): void {
  const [key, crt, csr] = [folder.path(`${name}.key`), folder.path(`${name}.crt`), folder.path(`${name}.csr`)];
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-subj', `/CN=${name}`];
  if (ca === undefined) {
    openssl(
      'req',
      '-x509',
      ...ec,
      '-out',
      crt,
      '-days',
      String(days),
      '-addext',
      `subjectAltName=${names ?? `DNS:${name}`}`
    );
    return;
  }
  openssl('req', ...ec, '-out', csr);
  const extensions = folder.write(`${name}.ext`, `subjectAltName=${names ?? `DNS:${name}`}\n`);
  const signer = ['-CA', folder.path(`${ca}.crt`), '-CAkey', folder.path(`${ca}.key`), '-CAcreateserial'];
  openssl('x509', '-req', '-in', csr, ...signer, '-days', String(days), '-extfile', extensions, '-out', crt);
}
