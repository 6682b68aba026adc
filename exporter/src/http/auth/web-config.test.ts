import { parseWebConfig } from './web-config.ts';

const HASH = `$2y$10$${'a'.repeat(53)}`;
const tls = (lines: string): string => `tls_server_config:\n  cert_file: a.crt\n  key_file: a.key\n${lines}`;

test.each([
  { name: 'an empty file', text: '', is: { tls: undefined, headers: {}, users: new Map() } },
  {
    name: 'TLS as other exporters have it, files beside the file',
    text: tls(''),
    is: {
      tls: {
        certFile: '/etc/x/a.crt',
        keyFile: '/etc/x/a.key',
        clientAuth: 'NoClientCert',
        clientCaFile: undefined,
        clientAllowedSans: [],
        minVersion: 'TLSv1.2',
        maxVersion: 'TLSv1.3',
      },
      headers: {},
      users: new Map(),
    },
  },
  {
    name: 'everything that is served',
    text: `${tls('  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: /ca\n  client_allowed_sans: [prom.example, "10.0.0.1", "::1"]\n  min_version: TLS13\n')}http_server_config:\n  http2: false\n  headers:\n    Strict-Transport-Security: max-age=1\n    X-Frame-Options: SAMEORIGIN\nbasic_auth_users:\n  ann: ${HASH}\n`,
    is: {
      tls: {
        certFile: '/etc/x/a.crt',
        keyFile: '/etc/x/a.key',
        clientAuth: 'RequireAndVerifyClientCert',
        clientCaFile: '/ca',
        clientAllowedSans: ['prom.example', '10.0.0.1', '::1'],
        minVersion: 'TLSv1.3',
        maxVersion: 'TLSv1.3',
      },
      headers: { 'Strict-Transport-Security': 'max-age=1', 'X-Frame-Options': 'SAMEORIGIN' },
      users: new Map([['ann', HASH]]),
    },
  },
  {
    name: 'a header without a value, which takes nothing away,',
    text: 'http_server_config: {headers: {Content-Security-Policy: "", Strict-Transport-Security: " ", X-XSS-Protection: "0"}}',
    is: { tls: undefined, headers: { 'X-XSS-Protection': '0' }, users: new Map() },
  },
])('$name is read', ({ text, is }) => {
  expect(parseWebConfig(text, '/etc/x/web.yml')).toEqual({ ok: true, config: is });
});

test.each([
  { name: 'no YAML', text: 'a: [', says: ['it is not YAML, see line 1, column 5'] },
  { name: 'a list', text: '- a', says: [/^the file: /] },
  { name: 'a text', text: 'hunter2hunter2', says: [/^the file: /] },
  { name: 'an unknown section', text: 'tls_config: {}', says: ['tls_config is not known'] },
  {
    name: 'an unknown key of a section',
    text: tls('  cert_fil: x\n'),
    says: ['tls_server_config.cert_fil is not known'],
  },
  {
    name: 'TLS without files',
    text: 'tls_server_config: {}',
    says: [/cert_file: expected a file/, /key_file: expected a file/],
  },
  {
    name: 'a certificate within the file',
    text: tls('  cert: x\n'),
    says: ['tls_server_config.cert is not served; give the certificate in cert_file'],
  },
  {
    name: 'a key within the file',
    text: tls('  key: x\n'),
    says: ['tls_server_config.key is not served; give the key in key_file'],
  },
  { name: 'a CA within the file', text: tls('  client_ca: x\n'), says: [/client_ca is not served; .*client_ca_file/] },
  {
    name: 'cipher suites',
    text: tls('  cipher_suites: [TLS_AES_128_GCM_SHA256]\n'),
    says: [/cipher_suites is not served/],
  },
  { name: 'curves', text: tls('  curve_preferences: [X25519]\n'), says: [/curve_preferences is not served/] },
  {
    name: 'the order of ciphers',
    text: tls('  prefer_server_cipher_suites: false\n'),
    says: [/prefer_server_cipher_suites is not served/],
  },
  { name: 'HTTP/2', text: 'http_server_config: {http2: true}', says: [/http2 is not served; .*HTTP\/1\.1/] },
  { name: 'a rate limit', text: 'rate_limit: {interval: 1s, burst: 5}', says: [/rate_limit is not served; .*limits/] },
  {
    name: 'two at once',
    text: 'rate_limit: {}\nhttp_server_config: {http2: true, header: {}}',
    says: [/http2 is not served/, /rate_limit is not served/, 'http_server_config.header is not known'],
  },
  ...['RequestClientCert', 'RequireAnyClientCert', 'RequireClientCert'].map((type) => ({
    name: `client_auth_type ${type}`,
    text: tls(`  client_auth_type: ${type}\n  client_ca_file: ca\n`),
    says: [new RegExp(`client_auth_type: ${type} is insecure`)],
  })),
  {
    name: 'a misspelt client_auth_type',
    text: tls('  client_auth_type: yes\n'),
    says: [/client_auth_type: .*expected/],
  },
  {
    name: 'client certificates without a CA',
    text: tls('  client_auth_type: RequireAndVerifyClientCert\n'),
    says: [/client_ca_file: expected a file/],
  },
  {
    name: 'a CA without client certificates',
    text: tls('  client_ca_file: ca\n'),
    says: [/client_auth_type: .*has no effect/],
  },
  {
    name: 'names without client certificates',
    text: tls('  client_allowed_sans: [a]\n'),
    says: [/client_allowed_sans: .*RequireAndVerifyClientCert only/],
  },
  {
    name: 'names that are URIs',
    text: tls(
      '  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca\n  client_allowed_sans: ["spiffe://x/y"]\n'
    ),
    says: [/URIs are not served/],
  },
  {
    name: 'a dot in front of a name, which would let all names below in,',
    text: tls(
      '  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca\n  client_allowed_sans: [".example"]\n'
    ),
    says: [/client_allowed_sans\.0: expected a DNS name/],
  },
  { name: 'TLS 1.0', text: tls('  min_version: TLS10\n'), says: [/min_version: expected TLS12 or TLS13/] },
  { name: 'TLS 1.1', text: tls('  min_version: TLS11\n'), says: [/min_version: expected TLS12 or TLS13/] },
  {
    name: 'versions the wrong way round',
    text: tls('  min_version: TLS13\n  max_version: TLS12\n'),
    says: [/max_version: expected no less than min_version/],
  },
  {
    name: 'a header that is not in the list',
    text: 'http_server_config: {headers: {Set-Cookie: a}}',
    says: [/headers\.Set-Cookie: expected one of/],
  },
  {
    name: 'a header with a line feed',
    text: 'http_server_config: {headers: {X-XSS-Protection: "1\\r\\nSet-Cookie: a"}}',
    says: [/X-XSS-Protection: expected printable ASCII/],
  },
  {
    name: 'a frame option that browsers ignore',
    text: 'http_server_config: {headers: {X-Frame-Options: allow-from a}}',
    says: [/expected deny or sameorigin/],
  },
  {
    name: 'a password in clear text',
    text: 'basic_auth_users: {ann: hunter2hunter2}',
    says: [/basic_auth_users\.ann: expected a bcrypt hash/],
  },
  {
    name: 'a hash that takes seconds',
    text: `basic_auth_users: {ann: ${HASH.replace('$10$', '$20$')}}`,
    says: [/cost 4 to 14/],
  },
  { name: 'a user with a colon', text: `basic_auth_users: {"a:b": ${HASH}}`, says: [/basic_auth_users/] },
  { name: 'a number for a password', text: 'basic_auth_users: {ann: 5}', says: [/basic_auth_users\.ann/] },
])('$name is refused by name, without a value', ({ text, says }) => {
  const result = parseWebConfig(text, '/etc/x/web.yml');
  const problems = result.ok ? [] : result.problems;
  expect(problems).toEqual(says.map((each): unknown => (each instanceof RegExp ? expect.stringMatching(each) : each)));
  expect(problems.join()).not.toMatch(/hunter2|\$2y/);
});
