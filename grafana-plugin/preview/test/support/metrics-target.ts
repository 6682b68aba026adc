// A scrape target whose answers the test sets.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MetricsTarget {
  /** `127.0.0.1:PORT`, as a Prometheus target. */
  readonly address: string;
  /** Body of an OpenMetrics answer, by path. */
  set(path: string, openMetrics: string): void;
  stop(): Promise<void>;
}

export async function startMetricsTarget(): Promise<MetricsTarget> {
  const bodies = new Map<string, string>();
  const server = createServer((request, response) => {
    const body = bodies.get(new URL(request.url ?? '/', 'http://localhost').pathname);
    response.statusCode = body === undefined ? 404 : 200;
    response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    response.end(body ?? '# EOF\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (path, body) => bodies.set(path, body),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
