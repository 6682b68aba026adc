// Requests that no HTTP library would send, byte by byte, with the status line that each gets; 0 where the connection is
// closed without a word.
export interface HostileHead {
  readonly name: string;
  readonly sends: string;
  readonly status: number;
}

const get = (more: string): string =>
  `GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${more}\r\n`;
const post = (more: string, body: string): string =>
  `POST /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n${more}\r\n${body}`;

export const HEADS: readonly HostileHead[] = [
  { name: 'two lengths that differ', sends: post('Content-Length: 2\r\nContent-Length: 3\r\n', '[]'), status: 400 },
  {
    name: 'a length and chunks, to smuggle a request',
    sends: post('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    status: 400,
  },
  { name: 'a negative length', sends: post('Content-Length: -1\r\n', ''), status: 400 },
  { name: 'a length with a sign', sends: post('Content-Length: +2\r\n', '[]'), status: 400 },
  { name: 'a hexadecimal length', sends: post('Content-Length: 0x2\r\n', '[]'), status: 400 },
  { name: 'a length past 2^64', sends: post('Content-Length: 18446744073709551617\r\n', '[]'), status: 400 },
  { name: 'a length of a terabyte', sends: post('Content-Length: 1099511627776\r\n', '[]'), status: 413 },
  {
    name: 'an encoding of the transfer that is none',
    sends: post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'),
    status: 400,
  },
  { name: 'chunks said twice', sends: post('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'), status: 400 },
  {
    name: 'a chunk whose size is no number',
    sends: post('Transfer-Encoding: chunked\r\n', 'zz\r\n[]\r\n0\r\n\r\n'),
    status: 400,
  },
  {
    name: 'a chunk of more than 2^64',
    sends: post('Transfer-Encoding: chunked\r\n', 'FFFFFFFFFFFFFFFFF\r\n[]\r\n'),
    status: 400,
  },
  {
    name: 'a chunk longer than it says',
    sends: post('Transfer-Encoding: chunked\r\n', '1\r\n[]]]\r\n0\r\n\r\n'),
    status: 400,
  },
  {
    name: 'a chunk extension of 20,000 characters',
    sends: post('Transfer-Encoding: chunked\r\n', `1;${'a'.repeat(20_000)}\r\n[\r\n`),
    status: 413,
  },
  { name: 'a header without a colon', sends: get('Nonsense\r\n'), status: 400 },
  { name: 'a header without a name', sends: get(': x\r\n'), status: 400 },
  { name: 'a space before the colon', sends: get('X-A : x\r\n'), status: 400 },
  { name: 'a header folded over two lines', sends: get('X-A: b\r\n c\r\n'), status: 400 },
  { name: 'a NUL in a header', sends: get('X-A: b\u0000c\r\n'), status: 400 },
  {
    name: 'a line feed alone between headers',
    sends: 'GET /health/live HTTP/1.1\nHost: localhost\nConnection: close\n\n',
    status: 400,
  },
  { name: 'a head past its limit', sends: get(`X-A: ${'b'.repeat(40_000)}\r\n`), status: 431 },
  {
    name: 'a path past the limit of a head',
    sends: `GET /${'a'.repeat(40_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    status: 431,
  },
  { name: 'a version that there is none of', sends: 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n', status: 400 },
  { name: 'the version of 1991', sends: 'GET /health/live\r\n\r\n', status: 200 },
  { name: 'HTTP/2 without having asked', sends: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400 },
  { name: 'a TLS hello', sends: '\u0016\u0003\u0001\u0000\u0005hello', status: 400 },
  { name: 'no host', sends: 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', status: 400 },
  { name: 'a second host, which nobody reads', sends: get('Host: evil.example\r\n'), status: 200 },
  { name: 'a method that is none', sends: 'GETT / HTTP/1.1\r\nHost: localhost\r\n\r\n', status: 400 },
  { name: 'a method in small letters', sends: 'get / HTTP/1.1\r\nHost: localhost\r\n\r\n', status: 400 },
  { name: 'a space in the path', sends: 'GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n', status: 400 },
  { name: 'a proxy request', sends: 'CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n', status: 0 },
  { name: 'an expectation that nobody meets', sends: get('Expect: 200-maybe\r\n'), status: 417 },
  { name: 'an upgrade to HTTP/2', sends: get('Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'), status: 200 },
  { name: 'a body where none belongs', sends: get('Content-Length: 5\r\n').concat('hello'), status: 200 },
];
