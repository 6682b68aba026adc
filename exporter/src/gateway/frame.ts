// Text frames of WebSocket as a server sends them, made once for all who get them: RFC 6455, section 5.2.
const TEXT_FIN = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** One whole message, unmasked and not compressed. */
export function textFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const head = bytes < LENGTH_16 ? 2 : bytes < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + bytes);
  frame[0] = TEXT_FIN;
  if (head === 2) frame[1] = bytes;
  else if (head === 4) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  frame.write(text, head);
  return frame;
}
