// Stands before a server and cuts off some of its answers in the middle, as a network does.
import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';

export interface CuttingProxy {
  readonly url: string;
  readonly cuts: () => number;
  readonly close: () => Promise<void>;
}

const LAST_CHUNK = '\r\n0\r\n\r\n';
/** Long enough for the server to believe that all has gone out well. */
const HOLD_MS = 50;

/**
 * Every `cutEvery`-th answer breaks off with a reset on both sides, in turns after half of its first piece and, when the
 * server has sent all of it, before its last bytes; 0 cuts none.
 */
export async function startCuttingProxy(target: () => string | undefined, cutEvery: number): Promise<CuttingProxy> {
  let answers = 0;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const to = target();
    sockets.add(client);
    client.on('close', () => sockets.delete(client)).on('error', () => undefined);
    if (to === undefined) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(to);
    const upstream = connect(Number(port), hostname);
    sockets.add(upstream);
    upstream
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(upstream);
        client.destroy();
      });
    // A client that gives up does so for both: what had come for it, and it did not read, did not arrive.
    let isAnswered = true;
    client.on('close', (hadError) => {
      if (hadError || !isAnswered) upstream.resetAndDestroy();
      else upstream.destroy();
    });
    client.on('data', (chunk) => {
      isAnswered = false;
      upstream.write(chunk);
    });
    const reset = (): void => {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    };
    let isHeld = false;
    upstream.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      if (text.startsWith('HTTP/1.1 200')) {
        answers += 1;
        isHeld = cutEvery > 0 && answers % cutEvery === 0;
        if (isHeld && (answers / cutEvery) % 2 === 0) {
          cuts += 1;
          client.write(chunk.subarray(0, Math.floor(chunk.length / 2)), reset);
          return;
        }
      }
      if (isHeld && text.endsWith(LAST_CHUNK)) {
        cuts += 1;
        client.write(chunk.subarray(0, -LAST_CHUNK.length));
        setTimeout(reset, HOLD_MS);
        return;
      }
      client.write(chunk);
      isAnswered = text.endsWith(LAST_CHUNK);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cuts: () => cuts,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
