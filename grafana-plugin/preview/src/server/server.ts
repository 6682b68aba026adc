// The preview host's HTTP side: the page, the built plugin, dashboards, and the way to Prometheus. Loopback only.
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { type Express } from 'express';
import type { PreviewOptions } from './arguments.ts';
import { listDashboards } from './dashboards.ts';
import { prometheusProxy } from './prometheus-proxy.ts';

export interface PreviewServerOptions extends PreviewOptions {
  /** Output of build.ts for the host version: host.js, host.css, public/. */
  readonly hostDir: string;
}

export interface RunningPreview {
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Label values come from outside; nothing but the host's own files may run or be asked. Emotion writes style elements, and
 * @grafana/data probes for `new Function`, which Grafana's own policy allows too.
 */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

const page = (hostVersion: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Preview host (@grafana ${hostVersion})</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/host/host.css">
</head>
<body>
<div id="root"></div>
<script src="/host/host.js"></script>
</body>
</html>
`;

/** The routes without a socket. The plugin id comes from its own plugin.json. */
export async function createPreviewApp(options: PreviewServerOptions): Promise<Express> {
  const plugin = JSON.parse(await readFile(join(options.pluginDir, 'plugin.json'), 'utf8')) as { id: string };
  const app = express();
  app.disable('x-powered-by');
  app.use((request, response, next) => {
    response.set(HEADERS);
    // A foreign name that resolves to this machine would let any web page read Prometheus through the visitor's browser.
    if (LOOPBACK_NAMES.has(request.hostname)) next();
    else response.status(421).json({ message: 'want a loopback address in the Host header' });
  });
  app.use('/api/v1', prometheusProxy(options.prometheus));
  app.get('/api/preview', async (_request, response) => {
    const { dashboards, problems } = await listDashboards(options.dashboardsDir);
    response.json({
      hostVersion: options.hostVersion,
      prometheus: options.prometheus.origin,
      plugins: [plugin],
      dashboards: dashboards.map(({ uid, title }) => ({ uid, title })),
      problems,
    });
  });
  app.get('/api/dashboards/uid/:uid', async (request, response) => {
    const { dashboards } = await listDashboards(options.dashboardsDir);
    const found = dashboards.find(({ uid }) => uid === request.params.uid);
    if (found) response.json({ dashboard: found.json });
    else response.status(404).json({ message: `no dashboard with uid ${request.params.uid}` });
  });
  app.use(`/public/plugins/${plugin.id}`, express.static(options.pluginDir));
  app.use('/public', express.static(join(options.hostDir, 'public'), { maxAge: '1h' }));
  // Icons that the npm package of @grafana/ui does not ship: blank rather than an error.
  app.get('/public/build/img/icons/:set/:name', (_request, response) => {
    response.type('image/svg+xml').send('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>');
  });
  app.use('/host', express.static(options.hostDir, { index: false }));
  // The form of Grafana's own addresses, as dashboard links in alerts have it.
  app.get('/d/:uid{/:slug}', (request, response) => {
    const search = new URL(request.originalUrl, 'http://localhost').searchParams;
    search.set('dashboard', request.params.uid);
    response.redirect(`/?${search.toString()}`);
  });
  app.get('/', (_request, response) => {
    response.type('html').send(page(options.hostVersion));
  });
  return app;
}

/** Listens on 127.0.0.1; port 0 takes any free one. Rejects when the port is taken. */
export async function startPreviewServer(options: PreviewServerOptions): Promise<RunningPreview> {
  const server: Server = createServer(await createPreviewApp(options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => {
          if (error) reject(error);
          else resolve();
        });
        server.closeAllConnections();
      }),
  };
}
