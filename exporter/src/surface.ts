// What answers on sockets: the pages and the API with their router, the WebSocket endpoints, and who may use them.
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Router } from 'express';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { DegradedFinding } from './contract/degraded.ts';
import type { Gateway } from './gateway/server.ts';
import { Access } from './http/auth/access.ts';
import { BodyMemory } from './http/body.ts';
import { eventsListener } from './http/events.ts';
import { IngestSocket } from './http/ingest-socket.ts';
import type { IngestParts } from './http/ingest.ts';
import { metricsListener } from './http/metrics.ts';
import { hostIsOwn } from './http/own-host.ts';
import { createRouter } from './http/router.ts';
import type { SharedConsumers } from './http/shared-consumers.ts';
import type { ReadHistory } from './http/thread-events.ts';
import { upgradeHandler } from './http/upgrade.ts';
import type { Log } from './log.ts';
import type { Security } from './security.ts';
import { BudgetFamilies } from './series/families/budgets.ts';
import type { SelfMetrics } from './series/self.ts';
import type { ExporterState } from './state.ts';
import type { pastCheckpoints } from './thread-replay.ts';

/** Of WebSocket clients, of the gateway too. */
export const PING_PERIOD_MS = 30_000;

export interface SurfaceParts {
  readonly config: Config;
  readonly security: Security;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly self: SelfMetrics;
  readonly state: ExporterState;
  readonly gateway: Gateway;
  readonly shared: SharedConsumers;
  /** Undefined without a journal, as the next. */
  readonly history: ReadHistory | undefined;
  readonly past: ReturnType<typeof pastCheckpoints> | undefined;
  readonly ingest: IngestParts;
  readonly onNotDurable: (error: unknown) => void;
  readonly onError: (error: unknown) => void;
  /** Why events are not taken now; undefined while they are. */
  readonly notReady: () => string | undefined;
  readonly degraded: () => readonly DegradedFinding[];
  /** Whether what is shown is all that was counted before. */
  readonly started: () => boolean;
}

export interface Surface {
  readonly router: Router;
  readonly bare: ReadonlyMap<string, RequestListener>;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  readonly replaceSecurity: (security: Security) => void;
  readonly refusesHost: (host: string | undefined) => boolean;
  readonly headers: () => Readonly<Record<string, string>>;
  /** Ends the WebSocket connections that bring events, when what they sent is taken. */
  readonly close: () => Promise<void>;
}

/** See App for what each part of it does. */
export function createSurface(parts: SurfaceParts): Surface {
  const { config, security, version, clock, log, self, state, gateway, shared, history, past, ingest } = parts;
  const { onNotDurable, onError, notReady, degraded, started } = parts;
  const ingestSocket = new IngestSocket({
    ...ingest,
    maxMessageBytes: config.maxMessageBytes,
    maxClients: config.maxClients,
    clock,
    pingPeriodMs: PING_PERIOD_MS,
    onNotDurable,
  });

  const access = new Access({
    environment: config.environment,
    policy: security.policy,
    now: () => clock.monotonic(),
    onFailure: (scope, reason) => {
      self.authFailed(scope, reason);
    },
    onBackOff: (scope, address, waitMs) => {
      log('warn', 'too many failed logins: the address must wait', { scope, address, waitMs });
    },
  });
  let { headers } = security;

  /** The last one that was found to be the exporter's own; a sender's requests all name the same. */
  let ownHost: string | undefined;
  const events = eventsListener({
    ...ingest,
    body: { maxBytes: config.maxBodyBytes, maxRatio: config.maxDecompressionRatio },
    memory: new BodyMemory(Math.max(config.maxBodiesBytes, config.maxBodyBytes)),
    onNoRoom: () => {
      self.connectionRefused('too_many');
    },
    onNotDurable,
    access,
    headers: () => headers,
    started,
    onError,
  });
  const metrics = metricsListener({
    registry: state.registry,
    self,
    budgetFamilies: new BudgetFamilies(state.registry),
    budgets: state.ledger,
    clock,
    access,
    headers: () => headers,
    started,
    onError,
  });
  const bare = new Map([
    ['/v1/events', events],
    ['/metrics', metrics],
  ]);
  const router = createRouter({
    model: state.model,
    history,
    past,
    budgets: state.ledger,
    clock,
    timeline: { timeline: state.timeline, shared, self, clock },
    bare,
    health: {
      environment: config.environment,
      version,
      notReady,
      degraded,
    },
    access,
    headers: () => headers,
    started,
    onError,
  });

  return {
    router,
    bare,
    upgrade: upgradeHandler({
      targets: {
        '/v1/gateway': {
          scope: 'read',
          upgrade: (request, socket, admission) => {
            gateway.upgrade(request, socket, admission);
          },
        },
        '/v1/ingest': {
          scope: 'ingest',
          upgrade: (request, socket, rest) => {
            ingestSocket.upgrade(request, socket, rest);
          },
        },
      },
      origins: config.origins,
      access,
      onForeignOrigin: (scope) => {
        self.authFailed(scope, 'foreign_origin');
      },
      onError,
    }),
    replaceSecurity: (renewed) => {
      access.replace(renewed.policy);
      gateway.endWithdrawn();
      ingestSocket.endWithdrawn();
      ({ headers } = renewed);
    },
    refusesHost: (host) => {
      const isOpen = !access.isGuarded('read') || !access.isGuarded('ingest');
      if (!isOpen || host === ownHost || hostIsOwn(host, config.origins)) {
        ownHost = isOpen ? host : ownHost;
        return false;
      }
      self.authFailed('read', 'foreign_origin');
      return true;
    },
    headers: () => headers,
    close: () => ingestSocket.close(),
  };
}
