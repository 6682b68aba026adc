// A socket past the limit is answered by a close; whatever it sends meanwhile must not end the process.
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { runExporter, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';

let running: RunningExporter | undefined;
afterEach(() => running?.close());

/** Says nothing of closing, so that the server has to. */
async function rawUpgrade(url: string, path: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
  const key = Buffer.alloc(16).toString('base64');
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
  );
  await once(socket, 'data');
  return socket;
}

test.each(['/v1/gateway', '/v1/ingest'])(
  '%s: a broken frame of a client past the limit costs that client only',
  async (path) => {
    running = await runExporter({ gateway: { max_clients: 1 } });
    const first = await new TestSocket(running.url + path).opened();
    const second = await rawUpgrade(running.url, path);
    const gone = once(second, 'close');
    // Reserved bits set, an opcode that is none, not masked.
    second.write(Buffer.from([0xff, 0x01, 0x00]));
    await gone;
    expect((await fetch(`${running.url}/health/live`)).status).toBe(200);
    expect(first.socket.readyState).toBe(first.socket.OPEN);
    first.socket.terminate();
  }
);
