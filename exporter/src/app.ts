// Puts the parts together: one exporter without globals, its router, its sockets and its timers.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Router } from 'express';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { BudgetDefinition } from './contract/budgets.ts';
import { messageOf } from './errors.ts';
import { Gateway } from './gateway/server.ts';
import { IngestSocket } from './http/ingest-socket.ts';
import type { IngestParts } from './http/ingest.ts';
import { createRouter } from './http/router.ts';
import { upgradeHandler } from './http/upgrade.ts';
import type { Journal } from './journal/journal.ts';
import { MemoryJournal } from './journal/memory-journal.ts';
import type { Log } from './log.ts';
import { BudgetLedger } from './model/budgets.ts';
import { OrchestratorModel } from './model/orchestrator-model.ts';
import { Pipeline } from './pipeline.ts';
import { Admission } from './series/admission.ts';
import { BudgetFamilies } from './series/families/budgets.ts';
import { SeriesRegistry } from './series/registry.ts';
import { SelfMetrics } from './series/self.ts';
import { SeriesOutput } from './series/series-output.ts';
import { Timeline } from './series/timeline.ts';
import { readBody } from './source/body.ts';
import { attachEmitter } from './source/emitter.ts';
import { parseEvent } from './source/parse.ts';

const SWEEP_PERIOD_MS = 1_000;
const PING_PERIOD_MS = 30_000;

export interface AppOptions {
  readonly config: Config;
  readonly budgets: readonly BudgetDefinition[];
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface App {
  readonly router: Router;
  /** For the `upgrade` event of a server; false when the path is not the exporter's. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  /** Listens to a live MetricsEmitter or StateGraph; returns what detaches. @throws TypeError when it is neither. */
  readonly attach: (emitter: unknown) => () => void;
  /** Not ready any more, then everything under way finished, then closed. Idempotent. */
  readonly close: () => Promise<void>;
}

export function createApp({ config, budgets, version, clock, log }: AppOptions): App {
  const journal: Journal = new MemoryJournal();
  const self = new SelfMetrics({ environment: config.environment, version, journalDurable: journal.durable });
  const ledger = new BudgetLedger(budgets);
  const model = new OrchestratorModel({
    retentionMs: config.retentionMs,
    threadLimit: (thread) => ledger.threadLimit(thread),
  });

  const registry = new SeriesRegistry({
    environment: config.environment,
    maxSeriesPerFamily: config.maxSeries,
    maxLabelValues: config.maxLabelValues,
    onFold: (label) => {
      self.labelFolded(label);
    },
  });
  const admission = new Admission({
    maxThreads: config.maxThreads,
    maxLanes: config.maxSeries,
    onThreadRefused: () => {
      self.threadOverCap();
    },
    onLaneFolded: () => {
      self.labelFolded('agent');
    },
  });
  const timeline = new Timeline({
    environment: config.environment,
    latenessMs: config.latenessMs,
    capacity: config.ring,
    retentionMs: config.retentionMs,
    admission,
    now: () => clock.now(),
    onDrop: (reason) => {
      self.timelineDropped(reason);
    },
  });
  const series = new SeriesOutput({ registry, model, admission, timeline, defaultWorkflow: config.workflow });
  const onError = (error: unknown): void => {
    log('error', 'unexpected error', { error: messageOf(error) });
  };
  const gateway = new Gateway({
    model,
    clock,
    maxClients: config.maxClients,
    maxMessageBytes: config.maxMessageBytes,
    maxQueuedBytes: config.maxQueuedBytes,
    maxSubscriptions: config.maxSubscriptions,
    pingPeriodMs: PING_PERIOD_MS,
    onFrame: (outcome) => {
      self.gatewayFrame(outcome);
    },
    onError,
  });
  const pipeline = new Pipeline({
    parse: parseEvent,
    model,
    budgets: ledger,
    journal,
    outputs: [series, gateway],
    clock,
    tally: self,
    defaults: { team: config.team, workflow: config.workflow },
    onOutputError: onError,
  });
  self.observe({
    seriesByFamily: () => registry.sizes(),
    journalRecords: () => journal.records,
    timelineConsumers: () => timeline.consumers,
    gatewayClients: () => gateway.clients,
    gatewaySubscriptions: () => gateway.subscriptions,
  });

  const ingest: IngestParts = {
    readBody,
    ingest: (items, source) => pipeline.ingest(items, source),
    rejected: (reason) => {
      self.rejected(reason);
    },
    maxEvents: config.maxEvents,
  };
  const onNotDurable = (error: unknown): void => {
    log('error', 'events refused: they could not be stored', { error: messageOf(error) });
  };
  const ingestSocket = new IngestSocket({
    ...ingest,
    maxMessageBytes: config.maxMessageBytes,
    maxClients: config.maxClients,
    onNotDurable,
  });

  let closing: Promise<void> | undefined;
  const router = createRouter({
    model,
    metrics: { registry, self, budgetFamilies: new BudgetFamilies(registry), budgets: ledger, clock },
    timeline: { timeline, self, clock },
    events: { ...ingest, maxBodyBytes: config.maxBodyBytes, onNotDurable },
    health: {
      environment: config.environment,
      version,
      ready: () => closing === undefined,
      degraded: () => degradedReasons(journal, ledger, clock),
    },
    onError,
  });

  const stopSweeping = clock.every(SWEEP_PERIOD_MS, () => {
    pipeline.sweep();
    timeline.sweep();
  });
  const detachments = new Set<() => void>();
  const shutDown = async (): Promise<void> => {
    for (const detach of [...detachments]) detach();
    stopSweeping();
    await Promise.all([ingestSocket.close(), gateway.close()]);
    await journal.close();
  };
  return {
    router,
    upgrade: upgradeHandler({
      targets: { '/v1/gateway': gateway, '/v1/ingest': ingestSocket },
      origins: config.origins,
    }),
    attach: (emitter) => {
      const detachEmitter = attachEmitter(emitter, (raw) => {
        // Rejections of single events are counted by the pipeline; only a journal that failed comes here.
        pipeline.ingest([{ raw }], 'emitter').catch(onNotDurable);
      });
      const detach = (): void => {
        detachments.delete(detach);
        detachEmitter();
      };
      detachments.add(detach);
      return detach;
    },
    close: () => (closing ??= shutDown()),
  };
}

function degradedReasons(journal: Journal, ledger: BudgetLedger, clock: Clock): readonly string[] {
  const invalid = ledger.views(clock.now()).filter((view) => !view.valid);
  return [
    ...(journal.durable ? [] : ['state lives in memory only: it is lost when the exporter stops']),
    ...invalid.map((view) => `the numbers of budget ${view.name} cannot be trusted`),
  ];
}
