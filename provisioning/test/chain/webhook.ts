// A webhook receiver, and what Alertmanager or Grafana posts to it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

export interface PostedAlert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly fingerprint: string;
}

export interface Posted {
  readonly atMs: number;
  readonly status: string;
  readonly receiver: string;
  readonly alerts: readonly PostedAlert[];
  /** Only Grafana sends these two. */
  readonly title?: string;
  readonly message?: string;
}

export interface Webhook {
  readonly url: string;
  /** Everything that has come, in order. */
  readonly posted: readonly Posted[];
  readonly close: () => void;
}

export async function startWebhook(): Promise<Webhook> {
  const posted: Posted[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      posted.push({ ...(JSON.parse(body) as Posted), atMs: Date.now() });
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    posted,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
