// From the options under `auth` to tokens: each read from its file, all problems at once, no token in any message.
import { messageOf } from '../../errors.ts';
import { modeWarning } from './secret-file.ts';
import type { ReadFile } from './secret-file.ts';
import type { IngestTokenOption, ReadTokenOption } from './token-options.ts';
import type { Principal, TokenEntry } from './tokens.ts';

/** RFC 6750's alphabet. 16 characters keep out what can be guessed or was a slip of the pen. */
const TOKEN = /^[A-Za-z0-9._~+/-]{16,512}={0,2}$/;
const TOKEN_EXPECTED =
  'expected one line of 16 to 512 letters, digits, . _ ~ + / or -, such as openssl rand -hex 32 gives';

export interface TokenOptions {
  readonly ingest: readonly IngestTokenOption[];
  readonly read: readonly ReadTokenOption[];
}

export interface TokenFiles {
  readonly entries: readonly TokenEntry[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export function readTokens({ ingest, read }: TokenOptions, readFile: ReadFile): TokenFiles {
  const entries: TokenEntry[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  const add = (path: string, file: string, principal: Principal): void => {
    const result = tokenIn(file, readFile);
    if (!result.ok) {
      problems.push(`${path}.token_file ${JSON.stringify(file)} ${result.problem}`);
      return;
    }
    if (result.warning !== undefined) warnings.push(result.warning);
    const same = entries.find(({ token, principal: { scope } }) => token === result.token && scope === principal.scope);
    if (same !== undefined) {
      problems.push(`${path} has the same token as ${same.principal.name}; expected a token of its own for each name`);
    }
    entries.push({ token: result.token, principal });
  };
  ingest.forEach((option, index) => {
    const { name, environment, team, workflow } = option;
    const quota = { events: option.daily_quota_events, bytes: option.daily_quota_bytes };
    const binding = { environment, team, workflow };
    add(`auth.ingest[${index}]`, option.token_file, { name, scope: 'ingest', binding, quota });
  });
  read.forEach(({ name, token_file: file }, index) => {
    add(`auth.read[${index}]`, file, { name, scope: 'read', binding: {}, quota: {} });
  });
  return { entries, problems, warnings: [...new Set(warnings)] };
}

type TokenResult =
  | { readonly ok: true; readonly token: string; readonly warning: string | undefined }
  | { readonly ok: false; readonly problem: string };

function tokenIn(file: string, readFile: ReadFile): TokenResult {
  try {
    const { text, mode } = readFile(file);
    const token = text.trim();
    if (!TOKEN.test(token)) return { ok: false, problem: `holds no token; ${TOKEN_EXPECTED}` };
    return { ok: true, token, warning: modeWarning(file, mode) };
  } catch (error) {
    return { ok: false, problem: `cannot be read: ${messageOf(error)}` };
  }
}
