// The demo as Prometheus would have recorded it: the demo's orchestrator and the exporter on one clock that is moved by hand,
// scraped every 15 seconds of it. The same seed gives the same series.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createExporter } from 'orchestrator-exporter';
import { MetricsEmitter, type MetricsEvent } from '../../../demo/src/metrics-emitter.ts';
import { orchestrate } from '../../../demo/src/orchestrator.ts';
import { Random } from '../../../demo/src/random.ts';
import { settle, VirtualTime } from '../../../demo/test/virtual-time.ts';
import type { RecordedSeries, Recording } from '../test/support/recorded-prometheus.ts';

const SCRAPE_MS = 15_000;
/** How far the clock moves at once; events of one step reach the exporter together. */
const STEP_MS = 250;

export interface DemoRun {
  readonly seed: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly threads: number;
}

interface Ticker {
  readonly periodMs: number;
  readonly tick: () => void;
  nextMs: number;
}

/** Every series of both pages of the exporter, as scraped until the end of the run. */
export async function recordDemo({ seed, startMs, endMs, threads }: DemoRun): Promise<Recording> {
  const time = new VirtualTime(startMs);
  const tickers = new Set<Ticker>();
  const clock = {
    now: time.now,
    monotonic: time.now,
    every: (periodMs: number, tick: () => void) => {
      const ticker = { periodMs, tick, nextMs: time.now() + periodMs };
      tickers.add(ticker);
      return () => void tickers.delete(ticker);
    },
  };
  const exporter = createExporter({ environment: 'prod' }, { clock, log: () => undefined });
  await exporter.ready();
  const server = createServer(express().use(exporter.router)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const recorder = new Recorder();
  const scrape = async (): Promise<void> => {
    for (const page of ['/metrics', '/metrics/timeline?consumer=screenshots']) {
      const answer = await fetch(`${url}${page}`);
      if (!answer.ok) throw new Error(`${page} answered ${answer.status}`);
      recorder.take(await answer.text(), time.now());
    }
  };

  const emitter = new MetricsEmitter(time.now);
  // Attached, the exporter would take events when a timer of the machine's own clock lets it: earlier or later on this one.
  const emitted: MetricsEvent[] = [];
  emitter.subscribe((event) => void emitted.push(event));
  const hand = async (): Promise<void> => {
    if (emitted.length === 0) return;
    const answer = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(emitted.splice(0)),
    });
    if (!answer.ok) throw new Error(`/v1/events answered ${answer.status}: ${await answer.text()}`);
  };
  const stop = new AbortController();
  const random = new Random(seed);
  const done = orchestrate({ emitter, clock: time, random, threads, signal: stop.signal });
  for (let scrapeMs = startMs + SCRAPE_MS; time.now() < endMs;) {
    await time.advance(STEP_MS);
    await hand();
    for (const ticker of tickers) {
      if (ticker.nextMs > time.now()) continue;
      ticker.nextMs = time.now() + ticker.periodMs;
      ticker.tick();
    }
    await settle();
    if (time.now() < scrapeMs) continue;
    await scrape();
    scrapeMs += SCRAPE_MS;
  }
  stop.abort();
  await done;
  await exporter.close();
  server.close();
  return recorder.recording();
}

/** The series of one thread, and those that belong to none. */
export function onlyThread(recording: Recording, thread: string): Recording {
  const isOwn = ({ labels }: RecordedSeries): boolean => (labels['thread'] ?? thread) === thread;
  return Object.fromEntries(Object.entries(recording).map(([name, series]) => [name, series.filter(isOwn)]));
}

const LINE = /^(\w+)(?:\{(.*)\})? (\S+)(?: ([\d.]+))?$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

class Recorder {
  readonly #byKey = new Map<string, { name: string; labels: Record<string, string>; samples: [number, number][] }>();

  /** Takes one page; lines without a time of their own happened at the scrape. */
  take(page: string, scrapedMs: number): void {
    for (const line of page.split('\n')) {
      const found = LINE.exec(line);
      if (found === null) continue;
      const [, name = '', inner = '', value = '', ownSeconds] = found;
      const key = `${name}{${inner}}`;
      const labels = Object.fromEntries([...inner.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text]));
      const series = this.#byKey.get(key) ?? { name, labels, samples: [] };
      this.#byKey.set(key, series);
      const atMs = ownSeconds === undefined ? scrapedMs : Math.round(1_000 * Number(ownSeconds));
      if ((series.samples.at(-1)?.[0] ?? -Infinity) < atMs) series.samples.push([atMs, Number(value)]);
    }
  }

  recording(): Recording {
    const recording: Record<string, RecordedSeries[]> = {};
    for (const { name, labels, samples } of this.#byKey.values()) (recording[name] ??= []).push({ labels, samples });
    return recording;
  }
}
