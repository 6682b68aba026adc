// The exporter inside another program: `createExporter(config)`, `attach(emitter)`, mount the router or listen.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import express from 'express';
import type { Router } from 'express';
import { parse as parseYaml } from 'yaml';
import { createApp } from './app.ts';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { NO_JOURNAL, parseConfig } from './config.ts';
import type { Config } from './config.ts';
import { parseBudgets } from './contract/budgets.ts';
import type { BudgetDefinition } from './contract/budgets.ts';
import { messageOf, StartupError } from './errors.ts';
import { refuseUpgrade } from './http/upgrade.ts';
import { notFound } from './http/router.ts';
import { jsonLog } from './log.ts';
import type { Log } from './log.ts';

export { parseConfig, parseConfigText } from './config.ts';
export type { Config } from './config.ts';
export { StartupError } from './errors.ts';

/** Version of the package; package.json says the same (test: "the version is the package's"). */
export const VERSION = '0.1.0';

/** Headers must be in after this long, a whole request after the second: slow senders cannot hold sockets for ever. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How long a stopping server waits for requests under way. */
const DRAIN_MS = 5_000;
const IDLE_CHECK_MS = 20;

export interface ExporterOptions {
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
  /** Resolves when what was counted before is back and events are taken; rejects with a StartupError when that cannot be. */
  readonly ready: () => Promise<void>;
  /** Stops listening, finishes what is under way, detaches emitters. Idempotent. */
  readonly close: () => Promise<void>;
}

/**
 * An exporter from a configuration as config.yml has it: `{environment: 'prod', data_dir: './data'}`. Without `data_dir` it
 * keeps no journal, unlike the command: a library does not write into its host's working directory unasked. Reading the
 * journal begins at once; until `ready` the paths that count or show totals answer 503.
 * @throws StartupError with all problems of the configuration and of budgets_file.
 */
export function createExporter(document: Readonly<Record<string, unknown>>, options: ExporterOptions = {}): Exporter {
  const parsed = parseConfig({ data_dir: NO_JOURNAL, ...document });
  if (!parsed.ok) throw new StartupError(parsed.problems);
  return exporterOf(parsed.config, options);
}

/** As {@link createExporter}, from a configuration that has been parsed. */
export function exporterOf(config: Config, options: ExporterOptions = {}): Exporter {
  const clock = options.clock ?? systemClock;
  const log =
    options.log ??
    jsonLog(
      (line) => process.stderr.write(line),
      () => clock.now()
    );
  const budgets = readBudgets(config.budgetsFile);
  const app = createApp({ config, budgets, version: VERSION, clock, log });
  const server = ownServer(app);
  let stopping: Promise<void> | undefined;
  return {
    attach: app.attach,
    router: app.router,
    upgrade: app.upgrade,
    listen: async () => {
      await app.ready;
      return listen(server, config, log);
    },
    ready: () => app.ready,
    close: () => (stopping ??= app.close({ served: () => stop(server) })),
  };
}

/** budgets.yml as definitions; no file means no budgets. @throws StartupError with everything that is wrong with it. */
export function readBudgets(file: string | undefined): readonly BudgetDefinition[] {
  if (file === undefined) return [];
  let document: unknown;
  try {
    document = parseYaml(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = messageOf(error).split('\n')[0] ?? '';
    throw new StartupError([`budgets_file ${JSON.stringify(file)} cannot be read: ${reason}`], { cause: error });
  }
  const parsed = parseBudgets(document);
  if (!parsed.ok) throw new StartupError(parsed.problems.map((problem) => `budgets_file: ${problem}`));
  return parsed.budgets;
}

function ownServer(app: { router: Router; upgrade: Exporter['upgrade'] }): Server {
  const host = express();
  host.disable('x-powered-by');
  host.set('etag', false);
  host.use(app.router, notFound);
  const limits = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  const server = createServer(limits, (request, response) => {
    // Of a server that is stopping, a sender that keeps its connection would hold up the end.
    if (!server.listening) response.setHeader('Connection', 'close');
    host(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    if (!app.upgrade(request, socket, head)) refuseUpgrade(socket, 404, 'there is no WebSocket at this path');
  });
  return server;
}

function listen(server: Server, config: Config, log: Log): ReturnType<Exporter['listen']> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      reject(new StartupError([`cannot listen on ${config.host}:${config.port}: ${error.message}`], { cause: error }));
    };
    server.once('error', failed);
    server.listen(config.port, config.host, () => {
      server.off('error', failed);
      const { address, family, port } = server.address() as AddressInfo;
      const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
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
