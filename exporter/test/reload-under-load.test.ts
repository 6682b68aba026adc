// F19: bad files of every kind, by signal and by a change on disk, while events come in: none is lost, nothing is taken by half.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startExporter } from './journal/exporter-process.ts';
import { metricLines, ndjson, post, runExporter } from './running-exporter.ts';

const ROUNDS = Number(process.env['RELOAD_ROUNDS'] ?? 50);
const SENDERS = 3;
const EVENTS = 20;
const WAIT_MS = 20_000;
jest.setTimeout(60_000 + ROUNDS * 4_000);

let folder: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-reload-'));
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const SENDERS_TOKEN = 'token-of-the-senders';
const tokenOf = (round: number): string => `token-of-round-${String(round).padStart(6, '0')}`;

/** Of each file what is good in the round; the numbers in it are the round's, so that each is told from all others. */
function writeGood(round: number): void {
  const budgets = [
    { name: 'daily', window: 'day', limit_usd: 1_000 + round },
    { name: 'all', window: 'month', limit_usd: 2_000 + round },
  ];
  writeFileSync(at('budgets.yml'), JSON.stringify({ budgets }));
  const prices = Array.from({ length: 1 + round }, (_, index) => ({
    model: `model-${index}`,
    usd_per_million_tokens: { input: 1 },
  }));
  writeFileSync(at('prices.yml'), JSON.stringify({ prices }));
  writeFileSync(at('token'), tokenOf(round), { mode: 0o600 });
}

const GOOD_BUDGET = 'name: daily, window: day, limit_usd: 7777';
const GOOD_PRICE = 'model: evil, usd_per_million_tokens: {input: 7777}';
/** Each with something good before, behind or around what is bad: that must not be taken either. */
const BAD: readonly { readonly budgets: string; readonly prices: string; readonly token: string }[] = [
  { budgets: '', prices: '', token: '' },
  { budgets: '{', prices: '{"prices":', token: 'short' },
  { budgets: `budgets: [{${GOOD_BUDGET}}, 5]`, prices: `prices: [{${GOOD_PRICE}}, 5]`, token: 'two words of it' },
  {
    budgets: `budgets: [{${GOOD_BUDGET}}, {${GOOD_BUDGET}}]`,
    prices: `prices: [{${GOOD_PRICE}}, {${GOOD_PRICE}}]`,
    token: 'a-first-line-of-it\na-second-line-of-it',
  },
  { budgets: `budgets: [{${GOOD_BUDGET}}]\nmore: 1`, prices: `prices: [{${GOOD_PRICE}}]\nmore: 1`, token: '\u0000' },
  {
    budgets: `budgets: [{${GOOD_BUDGET}}, {name: evil, window: fortnight, limit_usd: 1}]`,
    prices: `prices: [{${GOOD_PRICE}}, {model: m, usd_per_million_tokens: {input: -1}}]`,
    token: 'spaces in a token of some length',
  },
  {
    budgets: `budgets: [{${GOOD_BUDGET}, timezone: Mars/Olympus}]`,
    prices: `prices: [{${GOOD_PRICE}, above: 5}]`,
    token: 'ünïcödé-token-of-some-length',
  },
  { budgets: `budgets: [{${GOOD_BUDGET}}]\n---\nbudgets: []`, prices: 'prices: &a [*a]', token: '\n\n' },
  {
    budgets: `budgets: [{${GOOD_BUDGET}}]\nbudgets: []`,
    prices: `prices: [{${GOOD_PRICE}]`,
    token: 'x'.repeat(100_000),
  },
  { budgets: '[]', prices: '[]', token: '   ' },
];

function writeBad(round: number): void {
  const { budgets, prices, token } = BAD[round % BAD.length] ?? { budgets: '', prices: '', token: '' };
  // The comment makes each text another one, so that it is not passed over as known.
  writeFileSync(at('budgets.yml'), budgets === '' ? budgets : `${budgets}\n# ${round}`);
  writeFileSync(at('prices.yml'), prices === '' ? prices : `${prices}\n# ${round}`);
  writeFileSync(at('token'), token, { mode: 0o600 });
}

const SECTIONS = (): Readonly<Record<string, unknown>> => ({
  budgets_file: at('budgets.yml'),
  prices_file: at('prices.yml'),
  auth: {
    ingest: [
      { name: 'changing', token_file: at('token') },
      { name: 'senders', token_file: at('senders') },
    ],
  },
});

interface Subject {
  readonly url: string;
  /** Has the exporter notice what is on disk now. */
  readonly notice: () => Promise<void>;
  readonly close: () => Promise<unknown>;
}

async function bySignal(): Promise<Subject> {
  const { url, child, end } = await startExporter(folder, SECTIONS());
  started.push(child);
  return {
    url,
    notice: () => {
      child.kill('SIGHUP');
      return Promise.resolve();
    },
    close: () => end('SIGTERM'),
  };
}

/** The timers are let go off by hand: waiting for them would be what takes the time. */
async function byLooking(): Promise<Subject> {
  const looks: (() => void)[] = [];
  const { url, close } = await runExporter(
    { data_dir: at('data'), ...SECTIONS() },
    {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      every: (periodMs, tick) => {
        if (periodMs === 2_000 || periodMs === 30_000) looks.push(tick);
        return () => undefined;
      },
    }
  );
  return {
    url,
    notice: async () => {
      // Once to see it, once to see that it has stayed the same.
      for (let look = 0; look < 2; look++) {
        for (const tick of looks) tick();
        await new Promise(setImmediate);
      }
    },
    close,
  };
}

/** What is in force, as far as anybody outside can see: values by budget, by file, and the models that have a price. */
async function inForce(url: string): Promise<readonly string[]> {
  const lines = await metricLines(
    url,
    'orchestrator_budget_limit_usd',
    'orchestrator_exporter_priced_models',
    'orchestrator_exporter_config_last_reload_successful'
  );
  return lines
    .map((line) => `${/(?:budget|file)="(\w+)"/.exec(line)?.[1] ?? 'models'} ${line.slice(line.lastIndexOf(' ') + 1)}`)
    .sort();
}

function expected(round: number, successful: 0 | 1): readonly string[] {
  const files = ['budgets_file', 'prices_file', 'security_files'].map((file) => `${file} ${successful}`);
  return [`all ${2_000 + round}`, `daily ${1_000 + round}`, `models ${1 + round}`, ...files].sort();
}

const headers = (token: string): Readonly<Record<string, string>> => ({
  'content-type': 'application/x-ndjson',
  authorization: `Bearer ${token}`,
});

/** Sends body after body until it is told that it is over; every event must be accepted. @returns how many were. */
async function send(url: string, sender: number, isOver: () => boolean): Promise<number> {
  let accepted = 0;
  for (let batch = 0; !isOver(); batch++) {
    const events = Array.from({ length: EVENTS }, (_, index) => ({
      type: 'cost.updated',
      threadId: `t-${sender}`,
      timestamp: Date.now(),
      payload: { id: `${sender}-${batch}-${index}`, costUsd: 0.001 },
    }));
    const { status, answer } = await post(url, ndjson(events), headers(SENDERS_TOKEN));
    expect([status, answer]).toEqual([200, { accepted: EVENTS, duplicates: 0, rejected: [] }]);
    accepted += EVENTS;
  }
  return accepted;
}

async function untilInForce(url: string, wanted: readonly string[]): Promise<void> {
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const found = await inForce(url);
    if (JSON.stringify(found) === JSON.stringify(wanted) || performance.now() > until) {
      expect(found).toEqual(wanted);
      return;
    }
    await delay(5);
  }
}

/** From an address of the round's own, because an address with many wrong tokens must wait. */
async function statusOf(url: string, token: string, round: number): Promise<number | undefined> {
  const localAddress = `127.1.${Math.floor(round / 250)}.${1 + (round % 250)}`;
  const asked = request(`${url}/v1/events`, { method: 'POST', headers: headers(token), localAddress, agent: false });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

/** Whether the tokens of the round before, of this round, and of the bad file are refused. */
async function refusedTokens(url: string, round: number): Promise<readonly boolean[]> {
  const bad = BAD[round % BAD.length]?.token.replace(/[^!-~]/g, '').slice(0, 100) ?? '';
  const tokens = [tokenOf(round - 1), tokenOf(round), bad];
  return Promise.all(tokens.map(async (token) => (await statusOf(url, token, round)) === 401));
}

const TITLE = `${ROUNDS} bad files of each kind by $how under load: no event lost, nothing taken by half`;
test.each([
  { how: 'SIGHUP', start: bySignal },
  { how: 'a change on disk', start: byLooking },
])(TITLE, async ({ how, start }) => {
  writeFileSync(at('senders'), SENDERS_TOKEN, { mode: 0o600 });
  writeGood(0);
  const subject = await start();
  const { url } = subject;
  let isOver = false;
  const senders = Promise.all(Array.from({ length: SENDERS }, (_, sender) => send(url, sender, () => isOver)));
  const rounds = async (): Promise<void> => {
    for (let round = 1; round <= ROUNDS; round++) {
      writeGood(round);
      await subject.notice();
      await untilInForce(url, expected(round, 1));
      writeBad(round);
      await subject.notice();
      await untilInForce(url, expected(round, 0));
      expect(await refusedTokens(url, round)).toEqual([true, false, true]);
    }
  };
  try {
    await rounds();
    isOver = true;
    const accepted = (await senders).reduce((sum, one) => sum + one, 0);
    const [spent] = await metricLines(url, 'orchestrator_cost_usd_total');
    expect(Math.round(Number(spent?.split(' ').at(-1)) * 1_000)).toBe(accepted);
    process.stdout.write(`reload: ${ROUNDS} bad files of each of three kinds by ${how}, ${accepted} events exact\n`);
  } finally {
    isOver = true;
    await senders.catch(() => undefined);
    await subject.close();
  }
});
