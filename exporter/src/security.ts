// Everything about security that comes from files: tokens, users, TLS, headers. Read at start, and again while running.
import { createHash } from 'node:crypto';
import type { AccessPolicy } from './http/auth/access.ts';
import { BasicUsers } from './http/auth/basic-users.ts';
import { modeWarning, readSmallFile } from './http/auth/secret-file.ts';
import type { FileContent, ReadFile } from './http/auth/secret-file.ts';
import { readTokens } from './http/auth/token-files.ts';
import { TokenSet } from './http/auth/tokens.ts';
import { parseWebConfig } from './http/auth/web-config.ts';
import type { WebConfig } from './http/auth/web-config.ts';
import { readTls } from './http/tls.ts';
import type { TlsSettings } from './http/tls.ts';
import type { Config } from './config.ts';
import { messageOf, StartupError } from './errors.ts';

export interface Security {
  readonly policy: AccessPolicy;
  /** Undefined: plain HTTP. */
  readonly tls: TlsSettings | undefined;
  /** To be set on every answer, over those of the exporter. */
  readonly headers: Readonly<Record<string, string>>;
  /** What works and is not wise. */
  readonly warnings: readonly string[];
  /** Hash of all that was read: the same files give the same. */
  readonly fingerprint: string;
}

export type SecurityConfig = Pick<Config, 'ingestTokens' | 'readTokens' | 'webConfigFile' | 'host'>;

/** Whether the configuration names any file of tokens, users or certificates. */
export function hasSecurityFiles({ ingestTokens, readTokens, webConfigFile }: SecurityConfig): boolean {
  return ingestTokens.length > 0 || readTokens.length > 0 || webConfigFile !== undefined;
}

const NO_WEB_CONFIG: WebConfig = { tls: undefined, headers: {}, users: new Map() };

/** @throws StartupError with everything that is wrong with the files; no message holds a secret. */
export function readSecurity(config: SecurityConfig, readFile: ReadFile = readSmallFile): Security {
  const hash = createHash('sha256');
  const noted: ReadFile = (path) => {
    const content = readFile(path);
    hash.update(JSON.stringify([path, content.text]));
    return content;
  };
  const problems: string[] = [];
  const warnings: string[] = [];
  const tokens = readTokens({ ingest: config.ingestTokens, read: config.readTokens }, noted);
  const web = readWebConfig(config.webConfigFile, noted);
  const tls = web.config.tls === undefined ? undefined : readTls(web.config.tls, noted);
  problems.push(...tokens.problems, ...web.problems);
  warnings.push(...tokens.warnings, ...web.warnings);
  if (tls?.ok === false) problems.push(...tls.problems.map((problem) => `web_config_file: ${problem}`));
  if (problems.length > 0) throw new StartupError(problems);
  const { users } = web.config;
  const policy = { tokens: new TokenSet(tokens.entries), users: users.size === 0 ? undefined : new BasicUsers(users) };
  const settings = tls?.ok === true ? tls.tls : undefined;
  if (tls?.ok === true) warnings.push(...tls.warnings);
  warnings.push(...exposure(config.host, policy, settings));
  return { policy, tls: settings, headers: web.config.headers, warnings, fingerprint: hash.digest('hex') };
}

interface WebConfigFile {
  readonly config: WebConfig;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

function readWebConfig(file: string | undefined, readFile: ReadFile): WebConfigFile {
  if (file === undefined) return { config: NO_WEB_CONFIG, problems: [], warnings: [] };
  const about = `web_config_file ${JSON.stringify(file)}`;
  let content: FileContent;
  try {
    content = readFile(file);
  } catch (error) {
    return { config: NO_WEB_CONFIG, problems: [`${about} cannot be read: ${messageOf(error)}`], warnings: [] };
  }
  const parsed = parseWebConfig(content.text, file);
  if (!parsed.ok) {
    return { config: NO_WEB_CONFIG, problems: parsed.problems.map((problem) => `${about}: ${problem}`), warnings: [] };
  }
  const warning = parsed.config.users.size === 0 ? undefined : modeWarning(file, content.mode);
  return { config: parsed.config, problems: [], warnings: warning === undefined ? [] : [warning] };
}

/** Where only this machine reaches the exporter, and every page that its users open. */
export const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/i;

/** What stands open, or goes over the wire for all to read, at an address that others reach. */
function exposure(host: string, { tokens, users }: AccessPolicy, tls: TlsSettings | undefined): string[] {
  if (LOOPBACK.test(host)) return [];
  const closed = users !== undefined || tls?.clientAuth === 'RequireAndVerifyClientCert';
  const open = (['ingest', 'read'] as const).filter((scope) => !closed && !tokens.has(scope));
  const secrets = users !== undefined || tokens.has('ingest') || tokens.has('read');
  return [
    ...open.map((scope) => {
      const may = scope === 'ingest' ? 'send events' : 'read everything';
      return `listen.host is ${host} and auth.${scope} is empty: whoever reaches the port may ${may}`;
    }),
    ...(secrets && tls === undefined ? ['credentials are asked for without TLS: they cross the network readable'] : []),
  ];
}
