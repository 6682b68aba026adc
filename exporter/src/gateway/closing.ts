// The end of WebSockets when the exporter stops.
import type { WebSocket } from 'ws';
import { CLOSE_GOING_AWAY } from '../contract/wire.ts';

/** How long a peer may take to answer the close. */
const GRACE_MS = 1_000;

/** Tells every peer and resolves when all are gone; who does not answer in a second is cut off. */
export async function closeSockets(sockets: Iterable<WebSocket>): Promise<void> {
  const open = [...sockets];
  const gone = open.map(
    (socket) =>
      new Promise<void>((resolve) => {
        if (socket.readyState === socket.CLOSED) resolve();
        else
          socket.once('close', () => {
            resolve();
          });
        socket.close(CLOSE_GOING_AWAY, 'the exporter is stopping');
      })
  );
  const cutOff = setTimeout(() => {
    for (const socket of open) socket.terminate();
  }, GRACE_MS);
  await Promise.all(gone);
  clearTimeout(cutOff);
}
