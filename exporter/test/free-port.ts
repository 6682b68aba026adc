// Ports for programs that cannot choose their own, and for servers that come back at the address they had.
import { createServer } from 'node:net';

/** Below those that a system gives out by itself, to connections and to port 0: nobody takes one of these meanwhile. */
const FIRST = 10_000;
const LAST = 32_000;

/** A port of the loopback on which nobody listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
