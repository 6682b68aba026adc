// The open-loop load: when each body is to be sent is fixed before the first one, and its latency counts from then, so an
// exporter that stalls makes every body behind the stall late instead of making the load wait for it.
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { IngestAnswer } from 'orchestrator-exporter/contract/wire';
import type { Pattern } from './recorded-runs.ts';
import { Workload, type Body } from './workload.ts';

export interface LoadOptions {
  readonly url: string;
  readonly patterns: readonly Pattern[];
  /** Events per second, all connections together. */
  readonly rate: number;
  readonly seconds: number;
  /** Load of the same rate before, of which neither latency nor time counts. */
  readonly warmUpSeconds: number;
  readonly batch: number;
  /** Senders, each with a keep-alive connection and threads of its own. */
  readonly connections: number;
  /** Threads that run at the same time, all senders together. */
  readonly threads: number;
  readonly turns: number;
}

export interface LoadResult {
  readonly sent: number;
  readonly accepted: number;
  /** Of them, those after the warm-up. */
  readonly measured: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** Of accepted bodies, nano-USD. */
  readonly spendNano: number;
  readonly threads: number;
  /** From the time that was fixed for the first body after the warm-up to the last acknowledgement. */
  readonly elapsedMs: number;
  /** Of each body after the warm-up, ms from the time that was fixed for it to its acknowledgement. */
  readonly latenciesMs: readonly number[];
  /** By how many ms each body was sent late by the load itself. */
  readonly delaysMs: readonly number[];
  /** Processor time of the load's process. */
  readonly cpuSeconds: number;
  /** Answers other than 200 and broken connections; the body was sent again. */
  readonly retries: number;
}

interface Sender {
  readonly agent: Agent;
  readonly workload: Workload;
}

const RETRY_MS = 100;
const MAX_ATTEMPTS = 100;

/** Sends until `seconds` have passed and everything is acknowledged. @throws when a body is refused for good. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { rate, seconds, warmUpSeconds, batch, connections } = options;
  const bodies = Math.round((rate * (warmUpSeconds + seconds)) / batch);
  const warmUpMs = warmUpSeconds * 1_000;
  const periodMs = (batch / rate) * 1_000;
  const spanMs = periodMs * connections;
  const senders = Array.from({ length: connections }, (_, at) => senderOf(options, at));
  const results = { sent: 0, accepted: 0, measured: 0, duplicates: 0, rejected: 0, spendNano: 0, retries: 0 };
  const latenciesMs: number[] = [];
  const delaysMs: number[] = [];
  const underWay: Promise<void>[] = [];
  const beganMs = performance.now() + 200;
  const wallMs = Date.now() + 200;

  /** Bodies are made before they are due: making them is no part of any latency. */
  const prepare = (sender: Sender, dueMs: number): Body =>
    sender.workload.body(batch, { endMs: wallMs + dueMs, spanMs });
  const send = async (sender: Sender, body: Body, dueMs: number): Promise<void> => {
    results.sent += body.events;
    const { answer, attempts } = await deliver(options.url, sender.agent, body.text);
    if (dueMs >= warmUpMs) {
      latenciesMs.push(performance.now() - beganMs - dueMs);
      results.measured += answer.accepted;
    }
    results.retries += attempts - 1;
    results.accepted += answer.accepted;
    results.duplicates += answer.duplicates;
    results.rejected += answer.rejected.length;
    results.spendNano += body.spendNano;
  };

  for (let at = 0; at < bodies; at++) {
    const sender = senders[at % connections];
    if (sender === undefined) break;
    const dueMs = at * periodMs;
    const body = prepare(sender, dueMs);
    const leftMs = beganMs + dueMs - performance.now();
    if (leftMs > 0) await later(leftMs);
    // Now and then also when it is behind: the answers must be read.
    else if (at % 8 === 0) await later(0);
    if (dueMs >= warmUpMs) delaysMs.push(Math.max(0, performance.now() - beganMs - dueMs));
    underWay.push(send(sender, body, dueMs));
  }
  await Promise.all(underWay);
  const elapsedMs = performance.now() - beganMs - warmUpMs;
  for (const { agent } of senders) agent.destroy();
  const threads = senders.reduce((sum, { workload }) => sum + workload.begun, 0);
  const { user, system } = process.cpuUsage();
  return { ...results, threads, elapsedMs, cpuSeconds: (user + system) / 1e6, latenciesMs, delaysMs };
}

function senderOf({ patterns, threads, turns, connections }: LoadOptions, at: number): Sender {
  const own = { patterns, threads: Math.max(1, Math.round(threads / connections)), turns };
  return {
    // What is due while an answer is outstanding waits for it: one connection, in order, as a forwarder sends.
    agent: new Agent({ keepAlive: true, maxSockets: 1 }),
    workload: new Workload({ ...own, sender: `bench-${process.pid}-${at}` }),
  };
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms >= 1) setTimeout(resolve, ms);
    else setImmediate(resolve);
  });
}

async function deliver(
  url: string,
  agent: Agent,
  text: string
): Promise<{ readonly answer: IngestAnswer; readonly attempts: number }> {
  let problem = '';
  for (let attempts = 1; attempts <= MAX_ATTEMPTS; attempts++) {
    try {
      const { status, body } = await post(url, agent, text);
      if (status === 200) return { answer: JSON.parse(body) as IngestAnswer, attempts };
      problem = `${status} ${body.slice(0, 200)}`;
      if (status !== 503 && status !== 429) break;
    } catch (error) {
      problem = String(error);
    }
    await later(RETRY_MS);
  }
  throw new Error(`a body was not taken: ${problem}`);
}

function post(url: string, agent: Agent, text: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/x-ndjson', 'Content-Length': Buffer.byteLength(text) };
    const sent = request(`${url}/v1/events`, { method: 'POST', agent, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.once('error', reject);
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
    });
    sent.once('error', reject);
    sent.end(text);
  });
}
