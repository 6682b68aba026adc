// One server to scrape, in a process of its own, with series that can be changed from outside: this exporter's registry and
// handler as they are deployed, or what one would use instead. Every server has the same series with the same values.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { AggregationType, MeterProvider } from '@opentelemetry/sdk-metrics';
import express from 'express';
import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import { systemClock } from '../../exporter/dist/clock.js';
import { metricsListener } from '../../exporter/dist/http/metrics.js';
import { BudgetFamilies } from '../../exporter/dist/series/families/budgets.js';
import { SeriesRegistry } from '../../exporter/dist/series/registry.js';
import { SelfMetrics } from '../../exporter/dist/series/self.js';
import { LoopWatch } from './loop-watch.ts';
import type { NodeKind, Order, Reply } from './scrape-protocol.ts';
import { HELP, LABELS, labelsOf, NAME } from './scrape-series.ts';

interface Server {
  readonly url: string;
  /** Adds to the series with this number. */
  readonly add: (series: number, amount: number) => void;
}

async function listening(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  // A peer may take longer than node's 5 s to change all its series.
  server.keepAliveTimeout = 120_000;
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

const SERVERS: Readonly<Record<NodeKind, () => Promise<Server>>> = {
  exporter: async () => {
    const registry = new SeriesRegistry({
      environment: 'bench',
      maxSeriesPerFamily: 1,
      maxLabelValues: 1,
      onFold: () => undefined,
    });
    const row = { name: NAME, type: 'counter', help: HELP, labels: LABELS, stability: 'stable', source: '' } as const;
    const family = registry.numbers(row, 'bounded-elsewhere');
    const cells = Array.from({ length: count }, (_, series) => family.cell(labelsOf(series)));
    const self = new SelfMetrics({ environment: 'bench', version: '0', journalDurable: false });
    const url = await listening(
      metricsListener({
        registry,
        self,
        budgetFamilies: new BudgetFamilies(registry),
        budgets: { views: () => [] },
        clock: systemClock,
        access: { isGuarded: () => false, check: () => Promise.reject(new Error('nothing is guarded')) },
        headers: () => ({}),
        started: () => true,
        onError: (error) => {
          throw error;
        },
      })
    );
    return { url, add: (series, amount) => cells[series]?.add(amount) };
  },
  'prom-client': async () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const labelNames = ['environment', ...LABELS];
    const counter = new Counter({ name: NAME, help: HELP, labelNames, registers: [registry] });
    const add = (series: number, amount: number): void => {
      const [thread, agent, state] = labelsOf(series);
      counter.inc({ environment: 'bench', thread, agent, state }, amount);
    };
    for (let series = 0; series < count; series++) add(series, 0);
    const gzipped = promisify(gzip);
    const app = express();
    app.get('/metrics', async (request, response) => {
      const body = await registry.metrics();
      response.set('Content-Type', registry.contentType);
      if (request.headers['accept-encoding'] === undefined) response.end(body);
      else response.set('Content-Encoding', 'gzip').end(await gzipped(body));
    });
    return { url: await listening(app), add };
  },
  opentelemetry: async () => {
    const exporter = new PrometheusExporter({ host: '127.0.0.1', preventServerStart: true });
    const limit = {
      instrumentName: NAME,
      aggregationCardinalityLimit: count + 1,
      aggregation: { type: AggregationType.SUM },
    } as const;
    const provider = new MeterProvider({ readers: [exporter], views: [limit] });
    const counter = provider.getMeter('bench').createCounter(NAME, { description: HELP });
    const add = (series: number, amount: number): void => {
      const [thread, agent, state] = labelsOf(series);
      counter.add(amount, { environment: 'bench', thread, agent, state });
    };
    for (let series = 0; series < count; series++) add(series, 0);
    return {
      url: await listening((request, response) => {
        exporter.getMetricsRequestHandler(request, response);
      }),
      add,
    };
  },
};

/** What is held, after the garbage is gone. */
function heldBytes(): number {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const [kind, countText] = process.argv.slice(2);
const count = Number(countText);
const before = heldBytes();
const make = SERVERS[kind as NodeKind];
const { url, add } = await make();
const loop = new LoopWatch();

function change(share: Extract<Order, { kind: 'change' }>['share']): void {
  const onePercent = Math.ceil(count / 100);
  const amount = (series: number): number => (series % 2 === 0 ? 1 : 0.37);
  switch (share) {
    case 'together':
      for (let series = count - onePercent; series < count; series++) add(series, amount(series));
      return;
    case 'scattered':
      // Each hundredth, from another one each time, at uneven distances.
      for (let i = 0; i < onePercent; i++) {
        const series = Math.floor(Math.random() * count);
        add(series, amount(series));
      }
      return;
    case 'all':
      for (let series = 0; series < count; series++) add(series, amount(series));
  }
}

function reply(message: Omit<Reply, 'url'> = {}): void {
  process.send?.({ url, ...message });
}

process.on('message', (order: Order) => {
  switch (order.kind) {
    case 'change':
      change(order.share);
      // The young garbage of the change is not the scrape's. A full collection would throw away compiled code too, which no
      // server that is scraped over and over again is without.
      globalThis.gc?.({ type: 'minor', execution: 'sync' });
      if (order.watch) loop.begin();
      reply();
      return;
    case 'block':
      reply({ blocks: loop.end() });
      return;
    case 'memory':
      reply({ bytesPerSeries: (heldBytes() - before) / count });
  }
});
process.on('disconnect', () => {
  process.exitCode = 0;
  process.kill(process.pid, 'SIGTERM');
});
reply();
