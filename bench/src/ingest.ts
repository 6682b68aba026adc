// What taking events in over HTTP costs the server, beside what users would take instead, in interleaved rounds of one run.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMeter } from './cpu-time.ts';
import { startExporter, type ExporterOptions } from './exporter-process.ts';
import { median } from './latencies.ts';
import type { Pattern } from './recorded-runs.ts';
import { table, threeDigits } from './table.ts';
import { Workload } from './workload.ts';

export interface IngestOptions extends ExporterOptions {
  readonly patterns: readonly Pattern[];
  readonly rounds: number;
  readonly threads: number;
  readonly turns: number;
  /** Of bodies of 100, each round and server; of single events a fifth of them. */
  readonly events: number;
}

interface Server {
  readonly url: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

interface Row {
  readonly name: string;
  readonly server: Server;
  readonly kind: Kind;
  readonly micros: number[];
}

type Kind = 'ndjson' | 'array' | 'single';

const BATCH = 100;
const CONNECTIONS = 8;
/** Before those that count, for all servers: all series there, and compiled as in a server that has run for a minute. */
const WARM_UP_ROUNDS = 3;
/** Until an exporter has settled what it took in: its work is part of the cost. */
const SETTLED_MS = 2_700;

/** The table, and the ratios that the goals are about: each the median of the rounds' own. */
export async function ingestText(options: IngestOptions): Promise<string> {
  const { rounds } = options;
  const servers: Server[] = [];
  const started = async (starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    servers.push(server);
    return server;
  };
  try {
    const durable = await started(startExporter(options));
    const volatile = await started(startExporter({ ...options, sections: { data_dir: 'memory' }, profile: undefined }));
    const [parse, discard, express] = [
      await started(startPeer('parse', options.repository)),
      await started(startPeer('discard', options.repository)),
      await started(startPeer('express', options.repository)),
    ];
    const row = (name: string, server: Server, kind: Kind): Row => ({ name, server, kind, micros: [] });
    const rows = {
      durable: row('this exporter, journal with fsync', durable, 'ndjson'),
      volatile: row('this exporter, no journal', volatile, 'ndjson'),
      parse: row('node:http, JSON.parse of each line, nothing else', parse, 'ndjson'),
      express: row('express, express.json, prom-client, nothing on disk', express, 'array'),
      durableSingle: row('this exporter, journal with fsync', durable, 'single'),
      volatileSingle: row('this exporter, no journal', volatile, 'single'),
      discardSingle: row('node:http, body thrown away', discard, 'single'),
      expressSingle: row('express, express.json, prom-client, nothing on disk', express, 'single'),
    };
    const all = Object.values(rows);
    for (let round = 1 - WARM_UP_ROUNDS; round <= rounds; round++) {
      for (const { server, kind, micros } of all) {
        const cost = await measure(server, { ...options, kind, sender: `ingest-${round}-${kind}` });
        if (round > 0) micros.push(cost);
      }
    }
    const head = ['server', 'request', 'CPU us/event', 'best'];
    const text = all.map(({ name, kind, micros }) => {
      return [name, SHOWN[kind], threeDigits(median(micros)), threeDigits(Math.min(...micros))];
    });
    const ratio = (a: Row, b: Row): string => median(a.micros.map((each, at) => each / (b.micros[at] ?? 0))).toFixed(2);
    const goals = [
      `- batches of 100, fsync on, against JSON.parse of each line only: ${ratio(rows.durable, rows.parse)} times (bar 2.5, goal 1.5)`,
      `- the same against express + express.json + prom-client: ${ratio(rows.durable, rows.express)} times (bar 1, goal 0.5)`,
      `- one event a POST, no journal, against a handler that throws the body away: ${ratio(rows.volatileSingle, rows.discardSingle)} times (bar 1.5)`,
    ];
    return `${table([head, ...text])}\n\n${goals.join('\n')}`;
  } finally {
    for (const server of servers) await server.stop();
  }
}

const SHOWN: Readonly<Record<Kind, string>> = { ndjson: 'NDJSON, 100', array: 'JSON array, 100', single: 'one event' };

async function startPeer(kind: string, repository: string): Promise<Server> {
  const child = fork(join(repository, 'bench/dist/peer-process.js'), [kind]);
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

async function measure(
  server: Server,
  { patterns, threads, turns, events, kind, sender }: IngestOptions & { readonly kind: Kind; readonly sender: string }
): Promise<number> {
  const workload = new Workload({ patterns, sender, threads, turns });
  const each = kind === 'single' ? 1 : BATCH;
  const requests = Math.round(kind === 'single' ? events / 5 : events / BATCH);
  const endMs = Date.now();
  const bodies = Array.from({ length: requests }, (_, at) => {
    const { text } = workload.body(each, { endMs: endMs + at, spanMs: 1 });
    return kind === 'array' ? `[${text.trimEnd().replaceAll('\n', ',')}]` : text;
  });
  const type = kind === 'ndjson' ? 'application/x-ndjson' : 'application/json';
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const stop = cpuMeter(server.pid);
  let next = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
        const answer = await post(`${server.url}/v1/events`, { agent, type, body });
        if (!answer.includes(`"accepted":${each}`)) throw new Error(`${each} events were not taken: ${answer}`);
      }
    })
  );
  await sleep(SETTLED_MS);
  const micros = stop() / 1_000 / (requests * each);
  agent.destroy();
  return micros;
}

function post(
  url: string,
  { agent, type, body }: { readonly agent: Agent; readonly type: string; readonly body: string }
): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (answer += chunk));
      response.once('error', reject);
      response.once('end', () => {
        resolve(answer);
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
