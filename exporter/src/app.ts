// Puts the parts together: one exporter without globals, its router, its sockets and its timers.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Router } from 'express';
import type { Clock } from './clock.ts';
import { NO_JOURNAL } from './config.ts';
import type { Config } from './config.ts';
import type { ConnectionRefusal } from './contract/metrics.ts';
import { BudgetTrust } from './budget-trust.ts';
import type { ConfigFiles } from './config-files.ts';
import type { DegradedFinding } from './contract/degraded.ts';
import { degradedFindings } from './degraded.ts';
import { Emitting } from './emitting.ts';
import { messageOf, StartupError } from './errors.ts';
import { Gateway } from './gateway/server.ts';
import { DailyQuotas } from './http/auth/daily-quotas.ts';
import type { IngestParts } from './http/ingest.ts';
import { SharedConsumers } from './http/shared-consumers.ts';
import type { ReadHistory } from './http/thread-events.ts';
import type { Compactor } from './journal/directory-journal.ts';
import { NotDurableError } from './journal/disk-journal.ts';
import { MemoryJournal } from './journal/memory-journal.ts';
import { openDirectory } from './journal/storage.ts';
import type { JournalStorage } from './journal/storage.ts';
import { directoryJournal } from './journal-reporting.ts';
import type { Log } from './log.ts';
import { loopLag } from './loop-lag.ts';
import { NatsIngest } from './nats-ingest.ts';
import { Pipeline } from './pipeline.ts';
import { PriceBook } from './price-book.ts';
import { Projection } from './projection.ts';
import { earlierLatenesses, Pushing } from './pushing.ts';
import { recover } from './recovery.ts';
import { ConfigReload } from './reload.ts';
import { PushMetrics } from './series/push-metrics.ts';
import { SelfMetrics } from './series/self.ts';
import type { SecurityLook } from './security-watch.ts';
import { hasSecurityFiles } from './security.ts';
import type { Security } from './security.ts';
import type { SnapshotTask } from './snapshot-task.ts';
import { snapshotThread } from './snapshot-thread.ts';
import { ExporterState, stateConfigOf } from './state.ts';
import { streamEpoch } from './stream-epoch.ts';
import { createSurface, PING_PERIOD_MS } from './surface.ts';
import { pastCheckpoints, threadReplay } from './thread-replay.ts';
import { readBody } from './source/body.ts';
import { parseEvent } from './source/parse.ts';
import { TimelineCursors } from './timeline-cursors.ts';

const SWEEP_PERIOD_MS = 1_000;
/** Of the timeline's samples: at 20,000 events/s, 2,000 at a time. */
const SETTLE_PERIOD_MS = 100;
/** How long a budget may be distrusted before the log says so; health and the gauge say it at once. */
const TRUST_PERIOD_MS = 10_000;

export interface AppOptions {
  readonly config: Config;
  readonly files: ConfigFiles;
  readonly security: Security;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes snapshots of the journal; a thread of its own unless told. */
  readonly compactor?: ((task: () => SnapshotTask) => Compactor) | undefined;
  /** Files of `data_dir`; those of the system unless told. */
  readonly openStorage?: ((directory: string) => Promise<JournalStorage>) | undefined;
}

export interface App {
  readonly router: Router;
  /**
   * Paths as they are most often spelled, to be answered without express around them by a server that has no other handlers;
   * every other spelling finds the same listener behind the router.
   */
  readonly bare: ReadonlyMap<string, RequestListener>;
  /** For the `upgrade` event of a server; false when the path is not the exporter's. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  /** Listens to a live MetricsEmitter or StateGraph; returns what detaches. @throws TypeError when it is neither. */
  readonly attach: (emitter: unknown) => () => void;
  /** Tokens, users and headers anew. */
  readonly replaceSecurity: (security: Security) => void;
  /** What the last look at the files of security found. */
  readonly securityLooked: (look: SecurityLook) => void;
  readonly connectionRefused: (reason: ConnectionRefusal) => void;
  /** Whether a request over plain HTTP on loopback must be turned away for its Host header; counts it then. */
  readonly refusesHost: (host: string | undefined) => boolean;
  /** The headers that the operator wants on every answer. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** Reads budgets_file and prices_file again; false when one of them is refused, and then health and the log say why. */
  readonly reload: () => boolean;
  /**
   * Resolves when everything counted before is back and events are taken.
   * @throws StartupError (rejects with) when the journal's directory is in use, of a later version, or cannot be used.
   */
  readonly ready: Promise<void>;
  /** Not ready any more, then everything under way finished, then closed. Idempotent. */
  readonly close: (options?: CloseOptions) => Promise<void>;
}

export interface CloseOptions {
  /** Resolves when no request is under way any more; the journal is closed after it. */
  readonly served?: () => Promise<void>;
}

type Phase = 'starting' | 'serving' | 'failed' | 'closing';

export function createApp({ config, files, security, version, clock, log, openStorage, compactor }: AppOptions): App {
  const isDurable = config.dataDir !== NO_JOURNAL;
  const self = new SelfMetrics({ environment: config.environment, version, journalDurable: isDurable });
  const state = new ExporterState({
    config,
    budgets: files.budgets?.value ?? [],
    now: () => clock.now(),
    onFold: (label, count) => {
      self.labelFolded(label, count);
    },
    onThreadRefused: (count) => {
      self.threadOverCap(count);
    },
    onTimelineDrop: (reason) => {
      self.timelineDropped(reason);
    },
    earlierMs: earlierLatenesses(config),
    onTimelineTold: () => {
      cursors?.save();
    },
  });
  const { ledger, model, producers, registry, timeline, series } = state;
  const timelines = [timeline, ...state.earlier] as const;
  const cursors = isDurable
    ? new TimelineCursors({
        open: () => (openStorage ?? openDirectory)(config.dataDir),
        cursors: () => timelines.flatMap((each) => each.cursors()),
        log,
      })
    : undefined;
  const shared = new SharedConsumers({
    now: () => clock.now(),
    onShared: (consumer) => {
      const message = 'several clients fetch the timeline under one name, so that each gets a part of the samples';
      log('warn', message, { consumer });
    },
  });
  const pushing = new Pushing({ config, version, timelines, clock, log, metrics: new PushMetrics(self.series) });
  const snapshotTask = (): SnapshotTask => ({
    directory: config.dataDir,
    config: stateConfigOf(config),
    budgets: ledger.definitions,
    madeBy: version,
  });
  const disk = isDurable
    ? directoryJournal({
        config,
        clock,
        log,
        self,
        openStorage,
        compactor: (compactor ?? snapshotThread)(snapshotTask),
      })
    : undefined;
  const journal = disk ?? new MemoryJournal();
  const onError = (error: unknown): void => {
    log('error', 'unexpected error', { error: messageOf(error) });
  };
  const history: ReadHistory | undefined =
    disk === undefined ? undefined : (query, signal) => disk.history(query, signal);
  const replay = history === undefined ? undefined : threadReplay({ read: history, retentionMs: config.retentionMs });
  const past = replay === undefined ? undefined : pastCheckpoints(replay);
  let epoch: string = randomUUID();
  const gateway = new Gateway({
    model,
    past,
    replay,
    clock,
    epoch: () => epoch,
    maxClients: config.maxClients,
    maxMessageBytes: config.maxMessageBytes,
    maxQueuedBytes: config.maxQueuedBytes,
    maxSubscriptions: config.maxSubscriptions,
    maxResumeBytes: config.maxResumeBytes,
    resumeMs: config.resumeMs,
    pingPeriodMs: PING_PERIOD_MS,
    onSlice: (seconds) => {
      self.gatewaySlice(seconds);
    },
    onFrames: (outcome, count) => {
      self.gatewayFrames(outcome, count);
    },
    onError,
  });
  const prices = new PriceBook({ table: files.prices?.value, model, clock });
  const projection = new Projection({ model, budgets: ledger, producers, outputs: [series, gateway, prices], onError });
  const pipeline = new Pipeline({
    producers,
    parse: prices.pricing(parseEvent),
    model,
    projection,
    journal,
    clock,
    tally: self,
    defaults: { team: config.team, workflow: config.workflow },
  });
  self.observe({
    registry,
    maxThreads: config.maxThreads,
    journalRecords: () => journal.records,
    journalBytes: () => disk?.bytes ?? 0,
    journalOldestMs: () => disk?.oldest?.createdMs,
    timelineConsumers: () => timelines.reduce((sum, each) => sum + each.consumers, 0),
    gatewayClients: () => gateway.clients,
    gatewaySubscriptions: () => gateway.subscriptions,
    producers,
    pricedModels: () => prices.size,
    unpricedPending: () => model.unpriced.size,
    degraded: () => degraded(),
  });
  const reload = new ConfigReload({
    files,
    ledger,
    model,
    prices,
    show: (changes) => {
      for (const output of [series, gateway]) output.swept(changes);
    },
    self,
    clock,
    log,
  });
  const trust = new BudgetTrust(log);

  let phase: Phase = 'starting';
  let damage: string | undefined;
  const start = async (): Promise<void> => {
    if (disk !== undefined) {
      damage = await recover({
        config,
        clock,
        log,
        self,
        disk,
        state,
        pipeline,
        projection,
        gateway,
        cursors,
        pushing,
      });
      epoch = streamEpoch(config.dataDir, damage === undefined);
    }
    if (phase !== 'starting') return;
    phase = 'serving';
    pushing.start();
  };
  const ready = start().catch((cause: unknown) => {
    phase = 'failed';
    throw new StartupError([`data_dir ${JSON.stringify(config.dataDir)}: ${messageOf(cause)}`], { cause });
  });
  // Whoever awaits it hears of it; the exporter of one who does not is not ready, and says so on /health/ready.
  ready.catch((error: unknown) => {
    log('error', 'cannot start', { error: messageOf(error) });
  });
  const notReady = (): string | undefined => {
    switch (phase) {
      case 'starting':
        return 'the exporter is starting: it reads its journal';
      case 'failed':
        return 'the exporter could not start; the log says why';
      case 'closing':
        return 'the exporter is stopping';
      case 'serving':
        return disk?.problem;
    }
  };

  let securityLook: SecurityLook = { problems: [], needsRestart: false };
  const securityLooked = (look: SecurityLook): void => {
    securityLook = look;
    if (!hasSecurityFiles(config)) return;
    if (look.problems.length === 0) self.reloaded('security_files', clock.now());
    else self.reloadRefused('security_files');
  };
  securityLooked(securityLook);
  const degraded = (): readonly DegradedFinding[] =>
    // Half of what was counted says nothing about the whole.
    phase === 'starting'
      ? []
      : degradedFindings({
          durable: isDurable,
          damage: () => damage,
          journalProblem: () => disk?.problem,
          snapshotProblem: () => disk?.snapshotProblem,
          overLimit: () => disk?.overLimit,
          budgets: () => ledger.views(clock.now()),
          refused: (file) => reload.refused(file),
          security: () => securityLook,
          sharedConsumers: () => shared.names(),
          failingPushes: () => pushing.failing(),
          unpriced: () => model.unpriced.size,
          foldedLabels: () => self.foldedLabels,
          threadsOverCap: () => state.admission.refused,
          natsProblem: () => nats?.problem,
        });

  const onNotDurable = (error: unknown): void => {
    log('error', 'events refused: they could not be stored', { error: messageOf(error) });
  };
  const emitted = new Emitting({
    // Rejections of single events are counted by the pipeline; only a journal that failed comes to onRefused.
    ingest: (items) => {
      const take = (): Promise<unknown> => pipeline.ingest(items, 'emitter');
      return phase === 'serving' ? take() : ready.then(take);
    },
    onRefused: ({ reason, events: lost, error }) => {
      self.rejected(reason, lost);
      onNotDurable(error);
    },
    isWatched: () => gateway.subscriptions > 0,
    latenessMs: timelines.map(({ latenessMs }) => latenessMs),
  });
  const ingest: IngestParts = {
    readBody,
    ingest: (items, source, sender) => {
      // Before the last entry is restored a repeat cannot be told from an event.
      if (phase !== 'serving') return Promise.reject(new NotDurableError(notReady() ?? 'not now'));
      emitted.flush();
      return pipeline.ingest(items, source, sender);
    },
    rejected: (reason) => {
      self.rejected(reason);
    },
    maxEvents: config.maxEvents,
    complexity: { maxDepth: config.maxJsonDepth, maxKeys: config.maxJsonKeys },
    quotas: new DailyQuotas(() => clock.now()),
  };
  const nats =
    config.nats && new NatsIngest({ config: config.nats, ingest, onNotDurable, series: self.series, clock, log });
  ready.then(
    () => {
      if (phase === 'serving') nats?.start();
    },
    () => undefined // said by whoever awaits it
  );
  const surface = createSurface({
    config,
    security,
    version,
    clock,
    log,
    self,
    state,
    gateway,
    shared,
    history,
    past,
    ingest,
    onNotDurable,
    onError,
    notReady,
    degraded,
    started: () => phase === 'serving' || phase === 'closing',
  });

  const stopSweeping = clock.every(SWEEP_PERIOD_MS, () => {
    if (phase !== 'serving') return;
    // What cannot be journalled is not forgotten yet; the journal tells of its trouble itself.
    pipeline.sweep().catch(() => undefined);
    for (const each of timelines) each.sweep();
    disk?.tend().catch(onError);
    prices.settle((items) => pipeline.ingest(items, 'exporter')).catch(onNotDurable);
  });
  const noteLag = loopLag(clock, SETTLE_PERIOD_MS, (seconds) => {
    self.loopLagged(seconds);
  });
  const stopSettling = clock.every(SETTLE_PERIOD_MS, () => {
    noteLag();
    if (phase === 'serving') for (const each of timelines) each.settle();
  });
  const stopTrusting = clock.every(TRUST_PERIOD_MS, () => {
    if (phase === 'serving') trust.note(ledger.views(clock.now()));
  });
  let closing: Promise<void> | undefined;
  const shutDown = async ({ served }: CloseOptions): Promise<void> => {
    phase = phase === 'failed' ? 'failed' : 'closing';
    emitted.detachAll();
    stopSweeping();
    stopSettling();
    stopTrusting();
    reload.stop();
    await ready.catch(() => undefined);
    await Promise.all([surface.close(), gateway.close(), nats?.close(), served?.()]);
    await emitted.drain();
    await pipeline.idle();
    await pushing.stop();
    await cursors?.close();
    await journal.close();
  };
  return {
    router: surface.router,
    bare: surface.bare,
    upgrade: surface.upgrade,
    replaceSecurity: surface.replaceSecurity,
    securityLooked,
    connectionRefused: (reason) => {
      self.connectionRefused(reason);
    },
    refusesHost: surface.refusesHost,
    headers: surface.headers,
    attach: (emitter) => emitted.attach(emitter),
    reload: () => reload.reload(),
    ready,
    close: (options = {}) => (closing ??= shutDown(options)),
  };
}
