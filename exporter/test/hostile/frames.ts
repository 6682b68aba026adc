// WebSocket frames that no library would send, byte by byte, with the code that the socket is closed with.
export interface HostileFrame {
  readonly name: string;
  readonly bytes: Buffer;
  readonly code: number;
}

const MASK = [1, 2, 3, 4];

/** One frame as a client sends it; `head` overrides the first byte, `length` what it says of its length. */
function frame(
  head: number,
  payload: Buffer | string = '',
  { masked = true, length = undefined as Buffer | undefined } = {}
): Buffer {
  const data = Buffer.from(payload);
  const said =
    length ??
    (data.length < 126 ? Buffer.from([data.length]) : Buffer.from([126, data.length >> 8, data.length & 255]));
  const second = Buffer.from(said);
  second[0] = (second[0] ?? 0) | (masked ? 0x80 : 0);
  const body = masked ? data.map((byte, at) => byte ^ (MASK[at % 4] ?? 0)) : data;
  return Buffer.concat([Buffer.from([head]), second, masked ? Buffer.from(MASK) : Buffer.alloc(0), body]);
}

const TEXT = 0x81;
const close = (code: number, reason: Buffer | string = ''): Buffer =>
  frame(0x88, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]));

export const RAW_FRAMES: readonly HostileFrame[] = [
  { name: 'a frame without a mask', bytes: frame(TEXT, '{}', { masked: false }), code: 1002 },
  { name: 'the first reserved bit, which compression would set', bytes: frame(0xc1, '{}'), code: 1002 },
  { name: 'the second reserved bit', bytes: frame(0xa1, '{}'), code: 1002 },
  { name: 'an opcode that there is none of', bytes: frame(0x83, '{}'), code: 1002 },
  { name: 'a control opcode that there is none of', bytes: frame(0x8b, ''), code: 1002 },
  { name: 'a ping in pieces', bytes: frame(0x09, 'a'), code: 1002 },
  { name: 'a ping of 126 bytes', bytes: frame(0x89, 'x'.repeat(126)), code: 1002 },
  { name: 'the middle of a message without its begin', bytes: frame(0x80, '{}'), code: 1002 },
  {
    name: 'a message that begins within another',
    bytes: Buffer.concat([frame(0x01, '{'), frame(0x01, '{')]),
    code: 1002,
  },
  {
    name: 'a length of 2^63',
    bytes: frame(TEXT, '', { length: Buffer.from([127, 0x80, 0, 0, 0, 0, 0, 0, 0]) }),
    code: 1009,
  },
  {
    name: 'a length past what numbers tell exactly',
    bytes: frame(TEXT, '', { length: Buffer.from([127, 0, 0x20, 0, 0, 0, 0, 0, 1]) }),
    code: 1009,
  },
  {
    name: 'a length of a gigabyte of which nothing comes',
    bytes: frame(TEXT, '', { length: Buffer.from([127, 0, 0, 0, 0, 0x40, 0, 0, 0]) }),
    code: 1009,
  },
  {
    name: 'a message past the limit in pieces below it',
    bytes: Buffer.concat([frame(0x01, 'x'.repeat(15_000)), frame(0x00, 'x'.repeat(15_000))]),
    code: 1009,
  },
  { name: 'text that is no UTF-8', bytes: frame(TEXT, Buffer.from([0xc3, 0x28])), code: 1007 },
  { name: 'half a surrogate pair in UTF-8', bytes: frame(TEXT, Buffer.from([0xed, 0xa0, 0x80])), code: 1007 },
  { name: 'a slash in too many bytes', bytes: frame(TEXT, Buffer.from([0xc0, 0xaf])), code: 1007 },
  {
    name: 'a character cut off at the end of the message',
    bytes: frame(TEXT, Buffer.from([0x22, 0xe2, 0x82])),
    code: 1007,
  },
  { name: 'a close with one byte', bytes: frame(0x88, 'a'), code: 1002 },
  { name: 'a close with a code that is kept for the library', bytes: close(1005), code: 1002 },
  { name: 'a close with a code of nobody`s', bytes: close(0), code: 1002 },
  { name: 'a close whose reason is no UTF-8', bytes: close(1000, Buffer.from([0xff])), code: 1007 },
  { name: 'a close of 126 bytes', bytes: close(1000, 'x'.repeat(124)), code: 1002 },
];

/** What stands in the request instead of a sound handshake, and the status that it gets. */
export const HANDSHAKES: readonly { readonly name: string; readonly head: string; readonly status: number }[] = [
  { name: 'no key', head: 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n', status: 400 },
  {
    name: 'a key that is too short',
    head: 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: YQ==\r\n',
    status: 400,
  },
  {
    name: 'a key with a line of another header',
    head: 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\ty\r\n',
    status: 400,
  },
  {
    name: 'a version of the future',
    head: 'Upgrade: websocket\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
    status: 400,
  },
  {
    name: 'another protocol',
    head: 'Upgrade: h2c\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
    status: 400,
  },
  {
    name: 'subprotocols that are no tokens',
    head: 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: a b, "\r\n',
    status: 400,
  },
];
