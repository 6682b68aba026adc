import { chosenSubprotocol } from '../../gateway/subprotocol.ts';
import { credentialsOf } from './credentials.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const MALFORMED = { kind: 'malformed' };

test.each([
  { name: 'nothing', headers: {}, is: { kind: 'none' } },
  { name: 'a bearer token', headers: { authorization: 'Bearer abc' }, is: { kind: 'bearer', token: 'abc' } },
  { name: 'the scheme in any case', headers: { authorization: 'bEARER abc' }, is: { kind: 'bearer', token: 'abc' } },
  { name: 'several spaces', headers: { authorization: 'Bearer   abc' }, is: { kind: 'bearer', token: 'abc' } },
  { name: 'a user', headers: { authorization: basic('ann:p:w') }, is: { kind: 'basic', user: 'ann', password: 'p:w' } },
  {
    name: 'no user, no password',
    headers: { authorization: basic(':') },
    is: { kind: 'basic', user: '', password: '' },
  },
  {
    name: 'a subprotocol',
    headers: { 'sec-websocket-protocol': 'orchestrator.v1, bearer.abc' },
    is: { kind: 'bearer', token: 'abc' },
  },
  {
    name: 'a header and a subprotocol: the header counts',
    headers: { authorization: 'Bearer a', 'sec-websocket-protocol': 'bearer.b' },
    is: { kind: 'bearer', token: 'a' },
  },
  { name: 'other subprotocols', headers: { 'sec-websocket-protocol': 'graphql-ws' }, is: { kind: 'none' } },
  { name: 'two tokens', headers: { 'sec-websocket-protocol': 'bearer.a, bearer.b' }, is: MALFORMED },
  { name: 'an empty subprotocol token', headers: { 'sec-websocket-protocol': 'bearer.' }, is: MALFORMED },
  { name: 'an empty header', headers: { authorization: '' }, is: MALFORMED },
  { name: 'a scheme alone', headers: { authorization: 'Bearer' }, is: MALFORMED },
  { name: 'a scheme and a space', headers: { authorization: 'Bearer ' }, is: MALFORMED },
  { name: 'two tokens in one header', headers: { authorization: 'Bearer a b' }, is: MALFORMED },
  { name: 'an unknown scheme', headers: { authorization: 'Digest a' }, is: MALFORMED },
  { name: 'a token without a scheme', headers: { authorization: 'abc' }, is: MALFORMED },
  { name: 'basic that is no base64', headers: { authorization: 'Basic %%%' }, is: MALFORMED },
  { name: 'basic without a colon', headers: { authorization: basic('ann') }, is: MALFORMED },
  { name: 'a header past any use', headers: { authorization: `Bearer ${'a'.repeat(5000)}` }, is: MALFORMED },
])('$name is read as $is.kind', ({ headers, is }) => {
  expect(credentialsOf(headers)).toEqual(is);
});

test.each([
  { name: 'our own before the token', offered: ['bearer.a', 'orchestrator.v1'], answer: 'orchestrator.v1' },
  { name: 'the token when there is nothing else', offered: ['bearer.a'], answer: 'bearer.a' },
  { name: 'none of others', offered: ['graphql-ws'], answer: false },
  { name: 'none of none', offered: [], answer: false },
])('$name is answered', ({ offered, answer }) => {
  expect(chosenSubprotocol(new Set(offered))).toBe(answer);
});
