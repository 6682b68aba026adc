// Subscribers in a process of their own: what they hear is timed against the time that an event says it was due.
import type { Socket } from 'node:net';
import { subscribed } from './gateway-wire.ts';
import { quantiles } from './latencies.ts';
import type { Quantiles } from './latencies.ts';

export type SubscribersCommand =
  /** Each to `threadId`, or, without one, to a thread of its own: `thread-0` and so on. `stalled` ones read nothing more. */
  | {
      readonly kind: 'open';
      readonly url: string;
      readonly count: number;
      readonly threadId?: string;
      readonly stalled?: boolean;
    }
  /** Forgets what was heard so far. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' };

export interface SubscribersResult {
  readonly deliveries: number;
  /** Milliseconds from when an event was due to be sent until a subscriber had it. */
  readonly latencyMs: Quantiles;
}

const AT_ONCE = 20;
const DUE = Buffer.from('"task":"');

const sockets: Socket[] = [];
let latencies: number[] = [];

function heard(payload: Buffer): void {
  const at = payload.indexOf(DUE);
  if (at === -1) return;
  const due = Number.parseFloat(payload.toString('latin1', at + DUE.length, at + DUE.length + 20));
  latencies.push(performance.timeOrigin + performance.now() - due);
}

async function open({ url, count, threadId, stalled }: Extract<SubscribersCommand, { kind: 'open' }>): Promise<void> {
  for (let first = 0; first < count; first += AT_ONCE) {
    const names = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, n) => threadId ?? `thread-${first + n}`);
    const opened = await Promise.all(names.map((name) => subscribed(url, name, heard)));
    for (const socket of opened) {
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      if (stalled === true) socket.pause();
    }
    sockets.push(...opened);
  }
}

process.on('message', (command: SubscribersCommand) => {
  switch (command.kind) {
    case 'open':
      void open(command).then(() => process.send?.({ kind: 'opened' }));
      return;
    case 'begin':
      latencies = [];
      process.send?.({ kind: 'begun' });
      return;
    case 'end': {
      const result: SubscribersResult = { deliveries: latencies.length, latencyMs: quantiles(latencies) };
      process.send?.(result);
    }
  }
});
process.on('disconnect', () => {
  for (const socket of sockets) socket.destroy();
});
