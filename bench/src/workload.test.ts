import { centsToNano } from 'orchestrator-exporter/contract/money';
import { readPatterns } from './recorded-runs.ts';
import { Workload } from './workload.ts';

interface Sent {
  readonly type: string;
  readonly event?: string;
  readonly threadId?: string;
  readonly timestamp?: number;
  readonly payload?: Readonly<Record<string, unknown>>;
}

const PATTERNS = readPatterns('../fixtures/runs');
const workload = (threads: number, turns: number): Workload =>
  new Workload({ patterns: PATTERNS, sender: 's', threads, turns });
const sent = (load: Workload, count: number): readonly Sent[] =>
  load
    .body(count, { endMs: 1_000, spanMs: 100 })
    .text.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Sent);
const threadOf = ({ threadId, payload }: Sent): unknown => threadId ?? payload?.['threadId'];

test('all three dialects are in it, and the recorded runs cost what fixtures/README.md says', () => {
  expect(PATTERNS.map(({ dialect, turn, turnNano }) => [dialect, turn.length, turnNano])).toEqual([
    ['metrics-emitter', 22, 124_800],
    ['gateway', 22, 124_800],
    ['metrics-emitter', 27, 163_700],
    ['gateway', 27, 163_700],
    ['metrics-emitter', 24, 255_500],
    ['gateway', 24, 255_500],
    ['state-graph', 113, 0],
  ]);
});

test.each([
  [7, 3],
  [400, 8],
])('a body says what its events spend: the rise of the totals that %i threads of %i turns tell', (threads, turns) => {
  const load = workload(threads, turns);
  const totals = new Map<unknown, number>();
  let told = 0;
  for (let n = 0; n < 20; n++) {
    const body = load.body(100, { endMs: n, spanMs: 1 });
    told += body.spendNano;
    for (const line of body.text.trimEnd().split('\n')) {
      const event = JSON.parse(line) as Sent;
      const cents = event.payload?.['costCents'];
      if (typeof cents === 'number') totals.set(threadOf(event), centsToNano(cents) ?? Number.NaN);
    }
  }
  expect(told).toBe([...totals.values()].reduce((sum, total) => sum + total, 0));
  expect(told).toBeGreaterThan(0);
});

test('a thread ends after its last turn, and another one begins in its place', () => {
  const load = workload(1, 2);
  const events = sent(load, 2 * 22 + 1 + 1);
  expect(new Set(events.slice(0, -1).map(threadOf))).toEqual(new Set(['s-1']));
  expect(events.at(-2)).toMatchObject({ type: 'graph.complete', threadId: 's-1' });
  expect(events.at(-1)).toMatchObject({
    type: 'event',
    event: 'orchestrator.node.start',
    payload: { threadId: 's-2' },
  });
  expect(load.begun).toBe(2);
});

test('times ascend within the span of a body, up to its end', () => {
  const times = sent(workload(7, 1), 50).map(({ timestamp, payload }) => timestamp ?? Number(payload?.['timestamp']));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect([times[0], times.at(-1)]).toEqual([902, 1_000]);
});

test('no event is told twice, however often a run is repeated', () => {
  const lines = workload(5, 50).body(5_000, { endMs: 0, spanMs: 0 }).text.trimEnd().split('\n');
  const said = lines.map((line) => line.replace(/"budgetRemainingCents":[^,}]+/, ''));
  // Without a clock, what is left of a StateGraph's or a gateway's turn may be the same: their ids come from their times.
  const withIds = said.filter((line) => line.includes('"id":'));
  expect(new Set(withIds).size).toBe(withIds.length);
  expect(withIds.length).toBeGreaterThan(1_000);
});
