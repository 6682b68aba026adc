import { readTokens } from './token-files.ts';
import { TokenSet } from './tokens.ts';

const GOOD = 'a'.repeat(16);
const OTHER = 'b'.repeat(16);

function filesOf(
  files: Readonly<Record<string, string>>,
  mode = 0o600
): (path: string) => { text: string; mode: number } {
  return (path) => {
    const text = files[path];
    if (text === undefined) throw new Error('ENOENT: no such file');
    return { text, mode };
  };
}

test('tokens are read with what they are bound to, without the line feed at their end', () => {
  const option = { name: 'ci', token_file: 'i', team: 'research', daily_quota_events: 5 };
  const found = readTokens(
    { ingest: [option], read: [{ name: 'prom', token_file: 'r' }] },
    filesOf({ i: `${GOOD}\n`, r: OTHER })
  );
  expect(found).toEqual({
    entries: [
      {
        token: GOOD,
        principal: { name: 'ci', scope: 'ingest', binding: { team: 'research' }, quota: { events: 5 } },
      },
      { token: OTHER, principal: { name: 'prom', scope: 'read', binding: {}, quota: {} } },
    ],
    problems: [],
    warnings: [],
  });
});

test.each([
  { name: 'a missing file', text: undefined, problem: /cannot be read: ENOENT/ },
  { name: 'an empty file', text: '', problem: /holds no token/ },
  { name: 'a token of 15 characters', text: 'a'.repeat(15), problem: /16 to 512/ },
  { name: 'a token of 513 characters', text: 'a'.repeat(513), problem: /16 to 512/ },
  { name: 'two lines', text: `${GOOD}\n${OTHER}`, problem: /one line/ },
  { name: 'spaces within', text: 'correct horse battery staple', problem: /holds no token/ },
  { name: 'a private key', text: '-----BEGIN PRIVATE KEY-----\nMIIEv', problem: /holds no token/ },
  { name: 'control characters', text: `${GOOD}\u0000`, problem: /holds no token/ },
])('$name is a problem that names the file and not its content', ({ text, problem }) => {
  const read = [{ name: 'p', token_file: '/run/t' }];
  const { entries, problems } = readTokens({ ingest: [], read }, filesOf(text === undefined ? {} : { '/run/t': text }));
  expect(entries).toEqual([]);
  expect(problems).toEqual([expect.stringMatching(problem)]);
  expect(problems[0]).toContain('auth.read[0].token_file "/run/t"');
  for (const word of (text ?? '').split(/\s/).filter((part) => part.length > 10))
    expect(problems[0]).not.toContain(word);
});

test('two names with one token are a problem, in two scopes they are not', () => {
  const ingest = [
    { name: 'a', token_file: 'x' },
    { name: 'b', token_file: 'x' },
  ];
  expect(readTokens({ ingest, read: [] }, filesOf({ x: GOOD })).problems).toEqual([
    'auth.ingest[1] has the same token as a; expected a token of its own for each name',
  ]);
  expect(
    readTokens(
      { ingest: [{ name: 'a', token_file: 'x' }], read: [{ name: 'a', token_file: 'x' }] },
      filesOf({ x: GOOD })
    ).problems
  ).toEqual([]);
});

test.each([
  { mode: 0o600, warned: false },
  { mode: 0o400, warned: false },
  { mode: 0o640, warned: true },
  { mode: 0o604, warned: true },
  { mode: 0o620, warned: true },
])('mode $mode of a token file warns: $warned', ({ mode, warned }) => {
  const { warnings } = readTokens({ ingest: [], read: [{ name: 'p', token_file: 't' }] }, filesOf({ t: GOOD }, mode));
  expect(warnings).toHaveLength(warned ? 1 : 0);
});

const principal = (
  name: string,
  scope: 'ingest' | 'read'
): { name: string; scope: 'ingest' | 'read'; binding: object; quota: object } => ({
  name,
  scope,
  binding: {},
  quota: {},
});
const both = new TokenSet([
  { token: GOOD, principal: principal('sender', 'ingest') },
  { token: OTHER, principal: principal('reader', 'read') },
  { token: 'c'.repeat(20), principal: principal('c-sends', 'ingest') },
  { token: 'c'.repeat(20), principal: principal('c-reads', 'read') },
]);

test.each([
  {
    name: 'its own scope',
    token: GOOD,
    scope: 'ingest',
    is: { kind: 'found', principal: principal('sender', 'ingest') },
  },
  { name: 'the other scope', token: GOOD, scope: 'read', is: { kind: 'other-scope' } },
  {
    name: 'both scopes, sending',
    token: 'c'.repeat(20),
    scope: 'ingest',
    is: { kind: 'found', principal: principal('c-sends', 'ingest') },
  },
  {
    name: 'both scopes, reading',
    token: 'c'.repeat(20),
    scope: 'read',
    is: { kind: 'found', principal: principal('c-reads', 'read') },
  },
  { name: 'the first character wrong', token: `x${GOOD.slice(1)}`, scope: 'ingest', is: { kind: 'unknown' } },
  { name: 'the last character wrong', token: `${GOOD.slice(1)}x`, scope: 'ingest', is: { kind: 'unknown' } },
  { name: 'one character too few', token: GOOD.slice(1), scope: 'ingest', is: { kind: 'unknown' } },
  { name: 'one too many', token: `${GOOD}a`, scope: 'ingest', is: { kind: 'unknown' } },
  { name: 'nothing', token: '', scope: 'ingest', is: { kind: 'unknown' } },
] as const)('a token for $name is $is.kind', ({ token, scope, is }) => {
  expect(both.find(token, scope)).toEqual(is);
});
