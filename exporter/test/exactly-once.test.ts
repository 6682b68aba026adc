// Every way in which an event can come twice, or not when it should, over HTTP: once in one life of the exporter, and once with
// a restart between any two bodies. What was counted must be the same.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricLines, ndjson, post, runExporter, sumOf } from './running-exporter.ts';
import type { RunningExporter } from './running-exporter.ts';
import { secretFolder } from './secret-files.ts';

const NOW = Date.now() - 10_000;
const DAY_MS = 86_400_000;

interface Told {
  readonly thread?: string;
  readonly at?: number;
  readonly [field: string]: unknown;
}

const cost = ({ thread = 't', at = NOW, ...payload }: Told): object => ({
  type: 'cost.updated',
  threadId: thread,
  timestamp: at,
  payload,
});

/** A body and what its answer counts: accepted, duplicates, and the reason of each refused event. */
type Step = readonly [events: readonly object[], accepted: number, duplicates: number, rejected: readonly string[]];

interface Story {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Of all spend, in USD. */
  readonly usd: number;
  /** Anomalies counted in one life. */
  readonly anomalies?: Readonly<Record<string, number>>;
}

const N = { producer: 'worker-1' };
const STORIES: readonly { readonly of: string; readonly stories: readonly Story[] }[] = [
  {
    of: 'by id',
    stories: [
      { name: 'nothing is nothing', steps: [[[], 0, 0, []]], usd: 0 },
      {
        name: 'a repeat in the same body and in another',
        steps: [
          [[cost({ id: 'a', costUsd: 1 }), cost({ id: 'a', costUsd: 1 })], 1, 1, []],
          [[cost({ id: 'a', costUsd: 1 })], 0, 1, []],
        ],
        usd: 1,
      },
      {
        name: 'the same id with another amount is refused, with the same amount it is a repeat still',
        steps: [
          [[cost({ id: 'a', costUsd: 1 })], 1, 0, []],
          [[cost({ id: 'a', costUsd: 2 }), cost({ id: 'a', costUsd: 1 })], 0, 1, ['id_conflict']],
        ],
        usd: 1,
      },
      {
        name: 'the same id on another thread is refused',
        steps: [
          [[cost({ id: 'a', costUsd: 1 })], 1, 0, []],
          [[cost({ id: 'a', costUsd: 1, thread: 'u' })], 0, 0, ['id_conflict']],
        ],
        usd: 1,
      },
      {
        name: 'without an id an exact repeat is one, and another time is not',
        steps: [
          [[cost({ costUsd: 1 })], 1, 0, []],
          [[cost({ costUsd: 1 }), cost({ costUsd: 1, at: NOW + 1 })], 1, 1, []],
        ],
        usd: 2,
      },
    ],
  },
  {
    of: 'by producer and seq',
    stories: [
      {
        name: 'repeats are known by their number',
        steps: [
          [[cost({ ...N, seq: 0, costUsd: 1 }), cost({ ...N, seq: 1, costUsd: 2 })], 2, 0, []],
          [
            [
              cost({ ...N, seq: 0, costUsd: 1 }),
              cost({ ...N, seq: 1, costUsd: 2 }),
              cost({ ...N, seq: 2, costUsd: 4 }),
            ],
            1,
            2,
            [],
          ],
        ],
        usd: 7,
      },
      {
        name: 'two numbers with the same content are two events, and so are two producers with one number',
        steps: [
          [[cost({ ...N, seq: 1, costUsd: 1 }), cost({ ...N, seq: 2, costUsd: 1 })], 2, 0, []],
          [[cost({ producer: 'worker-2', seq: 1, costUsd: 1 })], 1, 0, []],
        ],
        usd: 3,
      },
      {
        name: 'a known number with another amount is refused',
        steps: [
          [[cost({ ...N, seq: 1, costUsd: 1 })], 1, 0, []],
          [[cost({ ...N, seq: 1, costUsd: 2 }), cost({ ...N, seq: 1, costUsd: 1 })], 0, 1, ['id_conflict']],
        ],
        usd: 1,
      },
      {
        name: 'a gap is counted, and what fills it late counts once',
        steps: [
          [[cost({ ...N, seq: 1, costUsd: 1 }), cost({ ...N, seq: 4, costUsd: 2 })], 2, 0, []],
          [[cost({ ...N, seq: 3, costUsd: 4 })], 1, 0, []],
          [[cost({ ...N, seq: 3, costUsd: 4 }), cost({ ...N, seq: 2, costUsd: 8 })], 1, 1, []],
        ],
        usd: 15,
        anomalies: { seq_gap: 1 },
      },
      {
        name: 'a number under another id is a repeat, unless it is later than all before: then counting began anew',
        steps: [
          [[cost({ ...N, id: 'a', seq: 1, costUsd: 1, at: NOW })], 1, 0, []],
          [[cost({ ...N, id: 'b', seq: 1, costUsd: 1, at: NOW })], 0, 1, []],
          [[cost({ ...N, id: 'c', seq: 1, costUsd: 1, at: NOW + 1 })], 0, 0, ['id_conflict']],
        ],
        usd: 1,
      },
      {
        name: 'seq without producer, and producer without seq, tell nothing',
        steps: [[[cost({ seq: 1, costUsd: 1 }), cost({ seq: 1, costUsd: 2 }), cost({ ...N, costUsd: 4 })], 3, 0, []]],
        usd: 7,
      },
      {
        name: 'numbers and names that are none are refused',
        steps: [
          [
            [
              cost({ ...N, seq: -1, costUsd: 1 }),
              cost({ ...N, seq: 1.5, costUsd: 1 }),
              cost({ ...N, seq: 2 ** 53, costUsd: 1 }),
              cost({ ...N, seq: '1', costUsd: 1 }),
              cost({ producer: 'a\u0000b', seq: 1, costUsd: 1 }),
              cost({ producer: ['p'], seq: 1, costUsd: 1 }),
              cost({ ...N, seq: 2 ** 53 - 1, costUsd: 1 }),
            ],
            1,
            0,
            Array.from({ length: 6 }, () => 'invalid_field'),
          ],
        ],
        usd: 1,
      },
    ],
  },
  {
    of: 'by running totals',
    stories: [
      {
        name: 'only the rise counts; a repeat under another id adds nothing, and a fall is counted and adds nothing',
        steps: [
          [[cost({ id: 'a', costCents: 100 }), cost({ id: 'b', costCents: 250, at: NOW + 1 })], 2, 0, []],
          [[cost({ id: 'c', costCents: 250, at: NOW + 2 })], 1, 0, []],
          [[cost({ id: 'd', costCents: 200, at: NOW + 3 }), cost({ id: 'e', costCents: 300, at: NOW + 4 })], 2, 0, []],
        ],
        usd: 3,
        anomalies: { total_fell: 1 },
      },
      {
        name: 'fractions of a cent add up',
        steps: [
          [[cost({ id: 'a', costCents: 0.0000001 })], 1, 0, []],
          [[cost({ id: 'b', costCents: 0.0000003, at: NOW + 1 })], 1, 0, []],
        ],
        usd: 3e-9,
      },
    ],
  },
  {
    of: 'at the time of the event',
    stories: [
      {
        name: 'within 7 days back and 5 minutes ahead nothing is noted',
        steps: [
          [[cost({ id: 'a', costUsd: 1, at: NOW - 7 * DAY_MS + 60_000 })], 1, 0, []],
          [[cost({ id: 'b', costUsd: 1, at: NOW + 5 * 60_000 })], 1, 0, []],
        ],
        usd: 2,
        anomalies: { clock_skew: 0 },
      },
      {
        name: 'outside of it money counts all the same, and is noted',
        steps: [
          [[cost({ id: 'a', costUsd: 1, at: NOW - 8 * DAY_MS })], 1, 0, []],
          [[cost({ id: 'b', costUsd: 2, at: NOW + 600_000 }), cost({ id: 'c', costUsd: 4, at: 0 })], 2, 0, []],
        ],
        usd: 7,
        anomalies: { clock_skew: 3 },
      },
    ],
  },
];

let folder: string;
let running: RunningExporter | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'exporter-once-'));
});
afterEach(async () => {
  await running?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<RunningExporter> {
  await running?.close();
  running = await runExporter({ data_dir: folder });
  return running;
}

async function reasonsAfter(url: string, events: readonly object[]): Promise<unknown> {
  const { status, answer } = await post(url, ndjson(events), { 'content-type': 'application/x-ndjson' });
  const { accepted, duplicates, rejected } = answer as {
    accepted: number;
    duplicates: number;
    rejected: { reason: string }[];
  };
  return [status, accepted, duplicates, rejected.map(({ reason }) => reason)];
}

describe.each(STORIES)('$of', ({ stories }) => {
  test.each(stories)('$name', async ({ steps, usd, anomalies = {} }) => {
    for (const restarts of [false, true]) {
      rmSync(folder, { recursive: true, force: true });
      let { url } = await start();
      for (const [events, accepted, duplicates, rejected] of steps) {
        expect(await reasonsAfter(url, events)).toEqual([200, accepted, duplicates, rejected]);
        if (restarts) ({ url } = await start());
      }
      const spent = sumOf(await metricLines(url, 'orchestrator_cost_usd_total'));
      expect({ restarts, spent: Math.round(spent * 1e9) }).toEqual({ restarts, spent: Math.round(usd * 1e9) });
      if (restarts) continue;
      for (const [kind, count] of Object.entries(anomalies)) {
        const lines = await metricLines(url, 'orchestrator_exporter_event_anomalies_total');
        expect(lines.filter((line) => line.includes(`kind="${kind}"`))).toEqual([expect.stringMatching(` ${count}$`)]);
      }
    }
  });
});

test('what is missing of producers stands in the metrics, after a restart too', async () => {
  const { url } = await start();
  await post(url, ndjson([1, 4, 10].map((seq) => cost({ ...N, seq, costUsd: 1 }))));
  const names = ['orchestrator_exporter_producers', 'orchestrator_exporter_producer_seq_missing'];
  const wanted = [
    'orchestrator_exporter_producer_seq_missing{environment="test"} 7',
    'orchestrator_exporter_producers{environment="test"} 1',
  ];
  expect(await metricLines(url, ...names)).toEqual(wanted);
  expect(await metricLines((await start()).url, ...names)).toEqual(wanted);
});

test('a bound sender cannot use up the numbers of another', async () => {
  const secrets = secretFolder();
  const token = (name: string): string => `a-token-of-enough-length-for-${name}`;
  const ingest = ['red', 'blue'].map((name) => ({
    name,
    token_file: secrets.write(name, token(name)),
    team: name,
  }));
  running = await runExporter({ data_dir: folder, auth: { ingest } });
  const { url } = running;
  const send = async (team: string, costUsd: number): Promise<unknown> => {
    const body = ndjson([cost({ ...N, seq: 7, costUsd, thread: `of-${team}` })]);
    const headers = { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token(team)}` };
    return (await post(url, body, headers)).answer;
  };
  expect(await send('red', 1)).toMatchObject({ accepted: 1 });
  expect(await send('blue', 2)).toMatchObject({ accepted: 1 });
  expect(await send('blue', 2)).toMatchObject({ accepted: 0, duplicates: 1 });
  secrets.remove();
});
