// Headers that tell a receiver who we are. Secrets are read from their files for every request, so that a rotated one is used
// at once; no message holds any of them.
import type { RemoteWriteOption } from './options.ts';

/** Reads a secret file. @throws what the system throws. */
export type ReadSecret = (path: string) => string;

export type CredentialOptions = Pick<RemoteWriteOption, 'basic_auth' | 'authorization' | 'bearer_token_file'>;

/** @throws Error when the file cannot be read or holds what no header may hold. */
export function authorizationOf(options: CredentialOptions, read: ReadSecret): string | undefined {
  const { basic_auth: basic, authorization, bearer_token_file: bearerFile } = options;
  if (basic !== undefined) {
    const password = read(basic.password_file).replace(/\r?\n$/, '');
    return `Basic ${Buffer.from(`${basic.username}:${password}`).toString('base64')}`;
  }
  if (authorization !== undefined) return `${authorization.type} ${secretOf(authorization.credentials_file, read)}`;
  return bearerFile === undefined ? undefined : `Bearer ${secretOf(bearerFile, read)}`;
}

/** Paths of the secrets. */
export function secretFiles({ basic_auth, authorization, bearer_token_file }: CredentialOptions): readonly string[] {
  return [basic_auth?.password_file, authorization?.credentials_file, bearer_token_file].filter(
    (path) => path !== undefined
  );
}

function secretOf(path: string, read: ReadSecret): string {
  const secret = read(path).trim();
  if (!/^[\x21-\x7e]+$/.test(secret)) throw new Error(`${path} holds no secret that a header can carry`);
  return secret;
}
