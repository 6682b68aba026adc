// The exporter inside another program: `createExporter(config)`, `attach(emitter)`, mount the router or listen.
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import express from 'express';
import type { Router } from 'express';
import { checkPushFiles } from './pushing.ts';
import { createApp } from './app.ts';
import type { App } from './app.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { NO_JOURNAL, parseConfig } from './config.ts';
import type { Config } from './config.ts';
import { readConfigFiles } from './config-files.ts';
import type { ConfigFiles } from './config-files.ts';
import { StartupError } from './errors.ts';
import { notFound } from './http/router.ts';
import { createExporterServer } from './http/server.ts';
import type { ExporterServer } from './http/server.ts';
import type { Log } from './log.ts';
import { logToStandardError } from './logging.ts';
import { watchSecurity } from './security-watch.ts';
import { LOOPBACK, readSecurity } from './security.ts';
import type { Security } from './security.ts';

export { parseConfig, parseConfigText } from './config.ts';
export type { Config } from './config.ts';
export { StartupError } from './errors.ts';
export { createForwarder } from './forwarder/forwarder.ts';
export type { Forwarder, ForwarderOptions, ForwarderStats } from './forwarder/forwarder.ts';

/** Version of the package; package.json says the same (test: "the version is the package's"). */
export const VERSION = '0.1.0';

/** How long a stopping server waits for requests under way. */
const DRAIN_MS = 5_000;
const IDLE_CHECK_MS = 20;

export interface ExporterOptions {
  /** Gets every line as it comes; without it lines of `log.level` and above go to standard error, repeated ones sampled. */
  readonly log?: Log;
  readonly clock?: Clock;
}

export interface Exporter {
  /** Listens to a live MetricsEmitter (`subscribe`, Node event `metrics`) or StateGraph; returns what detaches. */
  readonly attach: (emitter: unknown) => () => void;
  /** All HTTP paths, to be mounted at the root of a host's express app. */
  readonly router: Router;
  /** For the `upgrade` event of the host's server; false (socket untouched) when the path is not the exporter's. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  /** Serves by itself, at the configured address, once it is ready; resolves with the address once that is bound. */
  readonly listen: () => Promise<{ readonly host: string; readonly port: number; readonly url: string }>;
  /** Reads all files that the configuration names again; false when one is refused: then the old one stays, and the log says why. */
  readonly reload: () => boolean;
  /** Resolves when what was counted before is back and events are taken; rejects with a StartupError when that cannot be. */
  readonly ready: () => Promise<void>;
  /** Stops listening, finishes what is under way, detaches emitters. Idempotent. */
  readonly close: () => Promise<void>;
}

/**
 * An exporter from a configuration as config.yml has it: `{environment: 'prod', data_dir: './data'}`. Without `data_dir` it
 * keeps no journal, unlike the command: a library does not write into its host's working directory unasked. Reading the
 * journal begins at once; until `ready` the paths that count or show totals answer 503.
 * @throws StartupError with all problems of the configuration, of budgets_file and of prices_file.
 */
export function createExporter(document: Readonly<Record<string, unknown>>, options: ExporterOptions = {}): Exporter {
  const parsed = parseConfig({ data_dir: NO_JOURNAL, ...document });
  if (!parsed.ok) throw new StartupError(parsed.problems);
  return exporterOf(parsed.config, options);
}

/** As {@link createExporter}, from a configuration that has been parsed. */
export function exporterOf(config: Config, options: ExporterOptions = {}): Exporter {
  const clock = options.clock ?? systemClock;
  const { files, security } = readFiles(config);
  const logging =
    options.log === undefined
      ? logToStandardError({ level: config.logLevel, clock })
      : { log: options.log, close: () => undefined };
  const { log } = logging;
  const app = createApp({ config, files, security, version: VERSION, clock, log });
  const own = ownServer(config, app, security);
  const { server } = own;
  const watch = watchSecurity(security, {
    config,
    clock,
    log,
    replace: replacer(app, own),
    onLook: app.securityLooked,
  });
  let stopping: Promise<void> | undefined;
  return {
    attach: app.attach,
    router: app.router,
    upgrade: app.upgrade,
    // Both, also when the first is refused.
    reload: () => [app.reload(), watch.look()].every(Boolean),
    listen: async () => {
      await app.ready;
      return listen(server, { config, security, log });
    },
    ready: () => app.ready,
    close: () => {
      watch.stop();
      return (stopping ??= app.close({ served: () => stop(server) }).finally(logging.close));
    },
  };
}

/** What the configuration points to. @throws StartupError with everything that is wrong with any of the files. */
export function readFiles(config: Config): { readonly files: ConfigFiles; readonly security: Security } {
  const problems: string[] = [];
  const collected = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof StartupError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const files = collected(() => readConfigFiles(config));
  const security = collected(() => readSecurity(config));
  collected(() => {
    checkPushFiles(config);
  });
  if (files === undefined || security === undefined || problems.length > 0) throw new StartupError(problems);
  return { files, security };
}

function ownServer(config: Config, app: App, { tls }: Security): ExporterServer {
  const paths = express();
  paths.disable('x-powered-by');
  paths.set('etag', false);
  paths.use(app.router, notFound(app.headers));
  // A page cannot have a certificate for its name on this server; and beyond loopback any name may be ours.
  const isForLocalPages = tls === undefined && LOOPBACK.test(config.host);
  return createExporterServer({
    limits: config,
    tls,
    handler: (request, response) => {
      (app.bare.get(request.url ?? '') ?? paths)(request, response);
    },
    upgrade: app.upgrade,
    refusesHost: isForLocalPages ? app.refusesHost : () => false,
    onRefused: app.connectionRefused,
  });
}

function replacer(app: App, own: ExporterServer): (security: Security) => void {
  return (security) => {
    app.replaceSecurity(security);
    if (security.tls !== undefined) own.replaceTls(security.tls);
  };
}

function listen(
  server: Server,
  { config, security, log }: { readonly config: Config; readonly security: Security; readonly log: Log }
): ReturnType<Exporter['listen']> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      reject(new StartupError([`cannot listen on ${config.host}:${config.port}: ${error.message}`], { cause: error }));
    };
    server.once('error', failed);
    server.listen(config.port, config.host, () => {
      server.off('error', failed);
      const { address, family, port } = server.address() as AddressInfo;
      const scheme = security.tls === undefined ? 'http' : 'https';
      const url = `${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
      log('info', `listening on ${url}`, {
        url,
        host: address,
        port,
        environment: config.environment,
        version: VERSION,
      });
      resolve({ host: address, port, url });
    });
  });
}

function stop(server: Server): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => {
      server.closeAllConnections();
    }, DRAIN_MS);
    // A connection falls idle when its last answer has gone, and its client may keep it for long.
    const closeIdle = setInterval(() => {
      server.closeIdleConnections();
    }, IDLE_CHECK_MS);
    server.close(() => {
      clearTimeout(cutOff);
      clearInterval(closeIdle);
      resolve();
    });
    server.closeIdleConnections();
  });
}
