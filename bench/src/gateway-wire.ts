// As little of WebSocket as a thousand subscribers in one process take: text frames of a client, and what a server sends,
// frame by frame. A library would need more processor time than what is measured.
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** A whole message of text. */
const TEXT = 0x81;
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const NOTHING = Buffer.alloc(0);
/** All sockets read into it: what a thousand of them allocate otherwise is garbage that the subscribers stop for. */
const READ_INTO = Buffer.allocUnsafe(65_536);

/** A masked text frame of at most 65,535 bytes; the mask is 0, which changes nothing. */
export function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head =
    payload.length < 126
      ? Buffer.from([TEXT, 0x80 | payload.length])
      : Buffer.from([TEXT, 0xfe, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

/** Hands over the payload of each whole text frame; what is left of `bytes` begins a frame that is not whole yet. */
export function readFrames(bytes: Buffer, found: (payload: Buffer) => void): Buffer {
  let at = 0;
  for (;;) {
    const short = bytes[at + 1] ?? 0;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (at + head > bytes.length) return bytes.subarray(at);
    const length = head === 2 ? short : head === 4 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    if (at + head + length > bytes.length) return bytes.subarray(at);
    if (bytes[at] === TEXT) found(bytes.subarray(at + head, at + head + length));
    at += head + length;
  }
}

/** A socket that has subscribed to a thread; everything behind the answer goes to `heard`. */
export function subscribed(url: string, threadId: string, heard: (payload: Buffer) => void): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let rest: Buffer = NOTHING;
    let isUpgraded = false;
    let isSubscribed = false;
    const take = (payload: Buffer): void => {
      if (isSubscribed) heard(payload);
      else {
        isSubscribed = true;
        resolve(socket);
      }
    };
    const read = (data: Buffer): void => {
      let bytes = rest.length === 0 ? data : Buffer.concat([rest, data]);
      if (!isUpgraded) {
        const end = bytes.indexOf('\r\n\r\n');
        rest = Buffer.from(bytes);
        if (end === -1) return;
        if (!bytes.subarray(0, 20).includes('101')) reject(new Error(bytes.toString('latin1')));
        isUpgraded = true;
        bytes = bytes.subarray(end + 4);
        const request = { type: 'req', id: 's', method: 'orchestrator.metrics.subscribe', params: { threadId } };
        socket.write(clientFrame(JSON.stringify(request)));
      }
      const left = readFrames(bytes, take);
      // What is read next is written over it.
      rest = left.length === 0 ? NOTHING : Buffer.from(left);
    };
    const socket = connect({
      port: Number(port),
      host: hostname,
      onread: {
        buffer: READ_INTO,
        callback: (length) => {
          read(READ_INTO.subarray(0, length));
          return true;
        },
      },
    }).on('error', reject);
    socket.write(
      `GET /v1/gateway HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`
    );
  });
}
