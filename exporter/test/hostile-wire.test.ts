// Hostile bytes below HTTP and WebSocket libraries, and hostile questions; after each the process answers as before.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runExporter, TestSocket } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { HANDSHAKES, RAW_FRAMES } from './hostile/frames.ts';
import { HEADS } from './hostile/heads.ts';
import { PARAMETERS, QUERIES } from './hostile/queries.ts';
import { prototypesAreUntouched } from './hostile/soundness.ts';
import { strictPage } from './strict-exposition.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
let folder: string;
let running: RunningExporter;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-hostile-'));
  running = await runExporter({ data_dir: folder, limits: { message_bytes: 20_000 } });
});
afterAll(async () => {
  await running.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  strictPage(await (await fetch(`${running.url}/metrics`)).text());
  expect(prototypesAreUntouched()).toBe(true);
  expect(running.log.filter((line) => line.startsWith('error'))).toEqual([]);
});

/** What comes back until the other end closes; `then` is sent behind a first answer. */
async function exchange(sends: string, then?: Buffer): Promise<Buffer> {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1').on('error', () => undefined);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => {
    if (chunks.length === 0 && then !== undefined) socket.write(then);
    chunks.push(chunk);
  });
  socket.write(Buffer.from(sends, 'latin1'));
  await once(socket, 'close');
  return Buffer.concat(chunks);
}

const statusOf = (answer: Buffer): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer.toString('latin1'))?.[1] ?? 0);

test.each(HEADS)('$name: $status, in few words', async ({ sends, status }) => {
  const answer = await exchange(sends);
  expect(statusOf(answer)).toBe(status);
  expect(answer.length).toBeLessThan(2_000);
  expect(answer.toString('latin1')).not.toMatch(/node_modules|\n\s+at |X-Powered-By/i);
});

const handshake = (path: string, head: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n${head}\r\n`;
const SOUND = `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n`;

test.each(HANDSHAKES)('a handshake with $name: $status', async ({ head, status }) => {
  for (const path of ['/v1/gateway', '/v1/ingest']) {
    expect(statusOf(await exchange(handshake(path, head)))).toBe(status);
  }
});

/** The code of the last close frame that a server sent, which is not masked. */
function closeCode(answer: Buffer): number {
  const at = answer.lastIndexOf(0x88);
  return at === -1 ? 0 : answer.readUInt16BE(at + 2);
}

test.each(RAW_FRAMES)('$name: closed with $code', async ({ bytes, code }) => {
  for (const path of ['/v1/gateway', '/v1/ingest']) {
    const answer = await exchange(handshake(path, SOUND), bytes);
    expect([statusOf(answer), closeCode(answer)]).toEqual([101, code]);
  }
});

test.each(QUERIES)('events of a thread with %s: refused by name', async (_name, query, code) => {
  const answer = await fetch(`${running.url}/v1/threads/t/events?${query}`);
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  expect([answer.status, error.code]).toEqual([400, code]);
  expect(error.message).toMatch(/ is refused; expected | is no parameter here; known are /);
  expect(error.message.length).toBeLessThan(300);
});

test.each(PARAMETERS)('the gateway with %s: refused by name', async (_name, method, params, code) => {
  const socket = await new TestSocket(`${running.url}/v1/gateway`).opened();
  const error = {
    code,
    message: expect.stringMatching(
      /is refused: |no thread .* is held|is no method; known are |is no request; expected /
    ) as string,
  };
  expect(await socket.request('1', method, params)).toEqual({ type: 'res', id: '1', ok: false, error });
  socket.socket.terminate();
});
