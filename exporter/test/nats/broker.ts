// A real nats-server with JetStream on a directory of its own, which tests kill and start again at the same address.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '../free-port.ts';

export interface Broker {
  readonly url: string;
  /** Resolves when it takes connections. */
  readonly start: () => Promise<void>;
  /** kill -9; resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

/** Debian's nats-server, on a free port of the loopback; not started yet. */
export async function brokerAt(directory: string, ...options: readonly string[]): Promise<Broker> {
  const port = await freePort();
  let running: { readonly kill: () => Promise<void> } | undefined;
  return {
    url: `nats://127.0.0.1:${port}`,
    start: async () => {
      const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', directory, ...options];
      const child = spawn('nats-server', args, { stdio: ['ignore', 'ignore', 'pipe'] });
      const ended = once(child, 'close');
      running = {
        kill: async () => {
          child.kill('SIGKILL');
          await ended;
        },
      };
      const log: string[] = [];
      await new Promise<void>((resolve, reject) => {
        createInterface({ input: child.stderr }).on('line', (line) => {
          log.push(line);
          if (line.includes('Server is ready')) resolve();
        });
        child.once('error', reject);
        void ended.then(() => {
          reject(new Error(`nats-server ended: ${log.join('\n')}`));
        });
      });
    },
    kill: async () => {
      await running?.kill();
      running = undefined;
    },
  };
}
