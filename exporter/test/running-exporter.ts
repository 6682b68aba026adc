// A real exporter on a free port of the loopback, fixtures shifted to now, and WebSockets as promises: for the tests here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ClientOptions, RawData } from 'ws';
import { systemClock } from '../src/clock.ts';
import type { Clock } from '../src/clock.ts';
import { createExporter } from '../src/library.ts';
import type { Exporter } from '../src/library.ts';

export interface RunningExporter {
  readonly exporter: Exporter;
  readonly url: string;
  readonly log: readonly string[];
  readonly close: () => Promise<void>;
}

/** With `listen.port` 0; `overrides` are sections of the configuration. */
export async function runExporter(
  overrides: Readonly<Record<string, unknown>> = {},
  clock: Clock = systemClock
): Promise<RunningExporter> {
  const log: string[] = [];
  const exporter = createExporter(
    { environment: 'test', listen: { port: 0 }, ...overrides },
    { clock, log: (level, message, fields) => log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`) }
  );
  const { url } = await exporter.listen();
  return { exporter, url, log, close: () => exporter.close() };
}

export type RawEvent = Record<string, unknown> & { readonly timestamp: number };

/** The events of a recorded run, moved so that the last one happened at `endMs`; distances are kept. */
export function recordedRun(name: string, endMs: number): RawEvent[] {
  const file = join(__dirname, '../../fixtures/runs', `${name}.events.jsonl`);
  const events = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RawEvent);
  const shiftMs = endMs - Math.max(...events.map((event) => event.timestamp));
  return events.map((event) => ({ ...event, timestamp: event.timestamp + shiftMs }));
}

export function ndjson(events: readonly unknown[]): string {
  return events.map((event) => JSON.stringify(event)).join('\n');
}

/** POSTs a body to /v1/events. */
export async function post(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/x-ndjson' }
): Promise<{ readonly status: number; readonly answer: unknown; readonly headers: Headers }> {
  const response = await fetch(`${url}/v1/events`, { method: 'POST', body, headers });
  return { status: response.status, answer: await response.json(), headers: response.headers };
}

/** The lines of /metrics that begin with one of the names, sorted, without comments. */
export async function metricLines(url: string, ...names: readonly string[]): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => names.some((name) => line.startsWith(`${name}{`) || line.startsWith(`${name} `)))
    .sort();
}

/** Sum of the values of lines. */
export function sumOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** A WebSocket whose messages are read one after the other. */
export class TestSocket {
  readonly socket: WebSocket;
  readonly #messages: unknown[] = [];
  readonly #waiting: ((message: unknown) => void)[] = [];

  constructor(url: string, options: ClientOptions & { readonly protocols?: string[] } = {}) {
    this.socket = new WebSocket(url.replace('http', 'ws'), options.protocols ?? [], options);
    this.socket.on('message', (data: RawData) => {
      const message: unknown = JSON.parse((data as Buffer).toString('utf8'));
      const next = this.#waiting.shift();
      if (next === undefined) this.#messages.push(message);
      else next(message);
    });
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open');
    return this;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  next(): Promise<unknown> {
    if (this.#messages.length > 0) return Promise.resolve(this.#messages.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  request(id: string, method: string, params: unknown): Promise<unknown> {
    this.send({ type: 'req', id, method, params });
    return this.next();
  }

  async closed(): Promise<{ readonly code: number; readonly reason: string }> {
    const [code, reason] = (await once(this.socket, 'close')) as [number, Buffer];
    return { code, reason: reason.toString('utf8') };
  }
}
