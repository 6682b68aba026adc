// A scraper that gives up when its system has all of an answer and itself none: it closes in good order, as its time is over.
import { once } from 'node:events';
import { connect } from 'node:net';
import { systemClock } from '../src/clock.ts';
import { ndjson, post, runExporter } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { until } from './until.ts';

let monotonicMs = 1_000_000;
let running: RunningExporter;
beforeAll(async () => {
  const clock = { ...systemClock, monotonic: () => monotonicMs };
  running = await runExporter({ timeline: { lateness: '10ms' } }, clock);
});
afterAll(() => running.close());

/** Reads a whole answer over a connection of its own and closes that after a while. @returns the body */
async function scraped(consumer: string, timeout: string | undefined, closedAfterMs: number): Promise<string> {
  const { port } = new URL(running.url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  const header = timeout === undefined ? '' : `X-Prometheus-Scrape-Timeout-Seconds: ${timeout}\r\n`;
  socket.write(`GET /metrics/timeline?consumer=${consumer} HTTP/1.1\r\nHost: localhost\r\n${header}\r\n`);
  let text = '';
  socket.setEncoding('utf8');
  while (!text.includes('# EOF\n')) text += ((await once(socket, 'data')) as [string])[0];
  monotonicMs += closedAfterMs;
  socket.end();
  await once(socket, 'close');
  return text;
}

const asFetched = async (consumer: string): Promise<string> =>
  (await fetch(`${running.url}/metrics/timeline?consumer=${consumer}`)).text();

test.each([
  { name: 'when its time was over', timeout: '1', closedAfterMs: 1_000, isAgain: true },
  {
    name: 'a little before, as its time began before the request came',
    timeout: '1',
    closedAfterMs: 900,
    isAgain: true,
  },
  { name: 'some seconds after, on a machine that stood still', timeout: '0.5', closedAfterMs: 10_000, isAgain: true },
  { name: 'before, so it had read it', timeout: '1', closedAfterMs: 899, isAgain: false },
  { name: 'long after, as one that is at rest', timeout: '1', closedAfterMs: 10_900, isAgain: false },
  { name: 'without a time', timeout: undefined, closedAfterMs: 1_000, isAgain: false },
  { name: 'with no number for one', timeout: '1s', closedAfterMs: 1_000, isAgain: false },
  { name: 'with a time below nothing', timeout: '-1', closedAfterMs: 1_000, isAgain: false },
  { name: 'with an endless time', timeout: 'Infinity', closedAfterMs: 1_000, isAgain: false },
])('a connection closed $name: told again $isAgain', async ({ name, timeout, closedAfterMs, isAgain }) => {
  const consumer = name.replaceAll(/[^a-z]/g, '').slice(0, 60);
  const timestamp = Date.now() - 100;
  const told = new RegExp(`agent_state\\{.*thread="${consumer}".* ${(timestamp / 1_000).toFixed(3)}\\n`);
  const event = { type: 'agent.state', threadId: consumer, timestamp, payload: { agent: 'a', state: 'running' } };
  await post(running.url, ndjson([event]));
  await until('the transition', async () =>
    told.test(await asFetched(`probe-${consumer.slice(0, 50)}`)) ? true : undefined
  );
  expect(await scraped(consumer, timeout, closedAfterMs)).toMatch(told);
  expect(told.test(await asFetched(consumer))).toBe(isAgain);
});
