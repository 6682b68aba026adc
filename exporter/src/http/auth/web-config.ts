// The web configuration file in exporter-toolkit's layout: TLS, headers, users. What has no meaning here is refused by name.
import { dirname, isAbsolute, join } from 'node:path';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { quoted } from '../../errors.ts';
import { HASH_EXPECTED, isBcryptHash } from './basic-users.ts';

/** Go's names for the policies that are safe; Go's other three accept certificates that nobody vouched for. */
const CLIENT_AUTH_TYPES = ['NoClientCert', 'VerifyClientCertIfGiven', 'RequireAndVerifyClientCert'] as const;
const INSECURE_CLIENT_AUTH_TYPES = ['RequestClientCert', 'RequireAnyClientCert', 'RequireClientCert'];
const TLS_VERSIONS = { TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;
const HEADERS = {
  'Strict-Transport-Security': undefined,
  'Content-Security-Policy': undefined,
  'X-Content-Type-Options': ['nosniff'],
  'X-Frame-Options': ['deny', 'sameorigin'],
  'X-XSS-Protection': undefined,
} as const;
/** Keys of exporter-toolkit that are known and not served, and what to do instead. */
const NOT_SERVED: Readonly<Record<string, string>> = {
  'tls_server_config.cert': 'give the certificate in cert_file',
  'tls_server_config.key': 'give the key in key_file',
  'tls_server_config.client_ca': 'give the certificates in client_ca_file',
  'tls_server_config.cipher_suites': 'leave it out: AEAD suites with forward secrecy are used only',
  'tls_server_config.curve_preferences': "leave it out: OpenSSL's own list is used",
  'tls_server_config.prefer_server_cipher_suites': 'leave it out: the order of the server counts always',
  'http_server_config.http2': 'leave it out, or false: HTTP/1.1 is served',
  rate_limit: 'leave it out: limits in the configuration of the exporter bound connections, bodies and failed logins',
};

export interface WebTls {
  readonly certFile: string;
  readonly keyFile: string;
  readonly clientAuth: (typeof CLIENT_AUTH_TYPES)[number];
  readonly clientCaFile: string | undefined;
  /** Exact names, one of which a client certificate must carry; empty lets every verified certificate in. */
  readonly clientAllowedSans: readonly string[];
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
}

export interface WebConfig {
  readonly tls: WebTls | undefined;
  /** To be set on every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes by user. */
  readonly users: ReadonlyMap<string, string>;
}

export type WebConfigResult =
  { readonly ok: true; readonly config: WebConfig } | { readonly ok: false; readonly problems: readonly string[] };

const file = z.string('expected a file').min(1, 'expected a file');
const version = z.enum(['TLS12', 'TLS13'], { error: 'expected TLS12 or TLS13; older versions are broken' });

const clientAuthType = z.string().transform((given, context) => {
  const known = CLIENT_AUTH_TYPES.find((type) => type === given);
  if (known !== undefined) return known;
  const insecure = INSECURE_CLIENT_AUTH_TYPES.includes(given)
    ? `${given} is insecure: it takes certificates that no CA vouched for; `
    : '';
  context.addIssue({ code: 'custom', message: `${insecure}expected ${CLIENT_AUTH_TYPES.join(', ')}` });
  return z.NEVER;
});

const tlsSchema = z
  .strictObject({
    cert_file: file,
    key_file: file,
    client_auth_type: clientAuthType.default('NoClientCert'),
    client_ca_file: file.optional(),
    // Names as Node can compare exactly: DNS, e-mail and IP.
    client_allowed_sans: z
      .array(
        z
          .string()
          // A dot in front would let every name below it in.
          .regex(
            /^[^.:/][^:/]*$|^[0-9a-fA-F:]+$/,
            'expected a DNS name, an e-mail or an IP address; URIs are not served'
          )
      )
      .default([]),
    min_version: version.default('TLS12'),
    max_version: version.default('TLS13'),
  })
  .superRefine((tls, context) => {
    const wants = tls.client_auth_type !== 'NoClientCert';
    if (wants && tls.client_ca_file === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['client_ca_file'],
        message: `expected a file, for ${tls.client_auth_type}`,
      });
    }
    if (!wants && tls.client_ca_file !== undefined) {
      const message =
        'expected RequireAndVerifyClientCert or VerifyClientCertIfGiven beside client_ca_file: without it the file has no effect';
      context.addIssue({ code: 'custom', path: ['client_auth_type'], message });
    }
    if (tls.client_allowed_sans.length > 0 && tls.client_auth_type !== 'RequireAndVerifyClientCert') {
      const message = 'has an effect with client_auth_type RequireAndVerifyClientCert only';
      context.addIssue({ code: 'custom', path: ['client_allowed_sans'], message });
    }
    if (tls.min_version > tls.max_version) {
      context.addIssue({ code: 'custom', path: ['max_version'], message: 'expected no less than min_version' });
    }
  });

const headersSchema = z.record(z.string(), z.string()).superRefine((headers, context) => {
  for (const [name, value] of Object.entries(headers)) {
    const known = Object.entries(HEADERS).find(([header]) => header === name);
    const problem =
      known === undefined ? `expected one of ${Object.keys(HEADERS).join(', ')}` : headerProblem(known[1], value);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem });
  }
});

function headerProblem(allowed: readonly string[] | undefined, value: string): string | undefined {
  if (allowed !== undefined && !allowed.includes(value.toLowerCase())) return `expected ${allowed.join(' or ')}`;
  return /^[\x20-\x7e]*$/.test(value) ? undefined : 'expected printable ASCII';
}

const documentSchema = z.strictObject({
  tls_server_config: tlsSchema.optional(),
  http_server_config: z
    .strictObject({
      http2: z.literal(false, { error: 'HTTP/1.1 is served only; expected false' }).optional(),
      headers: headersSchema.default({}),
    })
    .default({ headers: {} }),
  basic_auth_users: z
    .record(
      z.string().regex(/^[^:\p{Cc}]{1,128}$/u),
      z.string().refine(isBcryptHash, { error: `expected ${HASH_EXPECTED}` })
    )
    .default({}),
});

/** @param path Of the file that the text came from: names of other files count from its folder, as exporter-toolkit has it. */
export function parseWebConfig(text: string, path: string): WebConfigResult {
  let document: unknown;
  try {
    document = (parseYaml(text) as unknown) ?? {};
  } catch (error) {
    // The place only: the parser's message quotes the file, which may hold hashes.
    const at = error instanceof YAMLParseError ? error.linePos?.[0] : undefined;
    const place = at === undefined ? '' : `, see line ${at.line}, column ${at.col}`;
    return { ok: false, problems: [`it is not YAML${place}`] };
  }
  const unserved = notServed(document);
  const parsed = documentSchema.safeParse(withoutKeys(document, Object.keys(unserved)));
  const problems = [...Object.values(unserved), ...(parsed.success ? [] : parsed.error.issues.flatMap(problemsOf))];
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const { tls_server_config: tls, http_server_config: http, basic_auth_users: users } = parsed.data;
  const resolve = (name: string): string => (isAbsolute(name) ? name : join(dirname(path), name));
  return {
    ok: true,
    config: {
      tls: tls && {
        certFile: resolve(tls.cert_file),
        keyFile: resolve(tls.key_file),
        clientAuth: tls.client_auth_type,
        clientCaFile: tls.client_ca_file === undefined ? undefined : resolve(tls.client_ca_file),
        clientAllowedSans: tls.client_allowed_sans,
        minVersion: TLS_VERSIONS[tls.min_version],
        maxVersion: TLS_VERSIONS[tls.max_version],
      },
      // As for other exporters, an empty value sets nothing: it does not take away what the exporter itself sets.
      headers: Object.fromEntries(Object.entries(http.headers).filter(([, value]) => value.trim() !== '')),
      users: new Map(Object.entries(users)),
    },
  };
}

type Tree = Readonly<Record<string, unknown>>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Problems by path of what exporter-toolkit knows and this exporter does not serve. */
function notServed(document: unknown): Readonly<Record<string, string>> {
  const found = Object.entries(NOT_SERVED).filter(([path]) => {
    const value = path.split('.').reduce<unknown>((tree, key) => (isTree(tree) ? tree[key] : undefined), document);
    return value !== undefined && !(path === 'http_server_config.http2' && value === false);
  });
  return Object.fromEntries(found.map(([path, instead]) => [path, `${path} is not served; ${instead}`]));
}

/** So that the rest is checked as well. */
function withoutKeys(document: unknown, paths: readonly string[]): unknown {
  if (!isTree(document)) return document;
  return Object.fromEntries(
    Object.entries(document)
      .filter(([key]) => !paths.includes(key))
      .map(([key, value]) => {
        const inner = paths.filter((path) => path.startsWith(`${key}.`)).map((path) => path.slice(key.length + 1));
        return [key, inner.length > 0 ? withoutKeys(value, inner) : value];
      })
  );
}

/** Paths and expectations only: values may be hashes. */
function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${path === '' ? '' : `${path}.`}${quoted(key).slice(1, -1)} is not known`);
  }
  return [`${path === '' ? 'the file' : path}: ${issue.message}`];
}
