// grafana_live over HTTP: a receiver that takes what Grafana's /api/live/push takes, by the rules of line protocol.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricLines, ndjson, post, runExporter } from './running-exporter.ts';
import { until } from './until.ts';

/** measurement,tags fields nanoseconds; spaces, commas and equals signs of tags are escaped. */
const LINE = /^((?:[^, \\]|\\.)+)((?:,(?:[^,= \\]|\\.)+=(?:[^,= \\]|\\.)+)*) (value=-?[0-9.e+-]+) (\d{19})$/;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-live-'));
  writeFileSync(join(folder, 'token'), 'glsa_secret\n', { mode: 0o600 });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('what happens is pushed within a second, with the token, on the channel of its thread', async () => {
  const arrived: { readonly thread: string; readonly line: string; readonly afterMs: number }[] = [];
  const refused: string[] = [];
  const startMs = Date.now();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const lines = body.split('\n').slice(0, -1);
      const isWell =
        request.method === 'POST' &&
        request.url === '/grafana/api/live/push/agents' &&
        request.headers.authorization === 'Bearer glsa_secret' &&
        lines.length > 0 &&
        lines.every((line) => LINE.test(line));
      if (!isWell) refused.push(`${request.method} ${request.url} ${body}`);
      const afterMs = Date.now() - startMs;
      for (const line of lines) arrived.push({ thread: LINE.exec(line)?.[1] ?? '', line, afterMs });
      response.writeHead(isWell ? 200 : 500).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/grafana`;
  const running = await runExporter({
    grafana_live: { url, stream: 'agents', token_file: join(folder, 'token'), labels: { job: 'orchestrator' } },
  });
  try {
    const at = Date.now();
    const states = ['running', 'waiting'];
    const events = states.map((state, n) => ({
      type: 'agent.state',
      threadId: 'live 1',
      timestamp: at + n,
      payload: { agent: 'the planner', state },
    }));
    await post(running.url, ndjson(events));
    await until('both', () => Promise.resolve(arrived.length >= 3 ? true : undefined));
    const agent = arrived.filter(({ line }) => line.includes('agent_state'));
    const head = 'live_1,__name__=orchestrator_timeline_agent_state,environment=test,job=orchestrator';
    expect(agent.slice(0, 2).map(({ line }) => line)).toEqual([
      `${head},thread=live\\ 1,agent=the\\ planner value=2 ${at}000000`,
      `${head},thread=live\\ 1,agent=the\\ planner value=3 ${at + 1}000000`,
    ]);
    expect(refused).toEqual([]);
    const failed = await metricLines(running.url, 'orchestrator_exporter_push_samples_failed_total');
    expect(failed.filter((line) => !line.endsWith(' 0'))).toEqual([]);
    expect(failed.every((line) => line.includes('receiver="grafana_live"'))).toBe(true);
  } finally {
    await running.close();
    server.closeAllConnections();
    server.close();
  }
});
