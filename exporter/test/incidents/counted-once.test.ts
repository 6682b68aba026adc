// Incidents in which spend counted twice, not at all, or as something else.
import { EventEmitter } from 'node:events';
import { createExporter } from '../../src/library.ts';
import { cost, NOW, Rig, USD } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.open();
});
afterEach(() => rig.close());

test('LiteLLM#34805: spend buffered in memory was lost at every SIGTERM - does not happen here', async () => {
  expect((await rig.post(cost(), cost())).status).toBe(200);
  await rig.crash();
  expect(await rig.spent()).toBe(2 * USD);
});

test('LiteLLM#38157: the queue was never drained at shutdown - does not happen here', async () => {
  const posted = Array.from({ length: 5 }, () => rig.post(cost()));
  const answers = await Promise.all(posted);
  await rig.app.close();
  await rig.crash();
  expect([answers.map(({ status }) => status), await rig.spent()]).toEqual([[200, 200, 200, 200, 200], 5 * USD]);
});

test('LiteLLM#34820: rows were taken off the queue before their write was awaited - does not happen here', async () => {
  const event = cost();
  rig.disk.faults = (what) => (what === 'sync' ? { error: 'EIO' } : undefined);
  expect((await rig.post(event)).status).toBe(503);
  expect(await rig.spent()).toBe(0);
  rig.disk.faults = () => undefined;
  expect((await rig.post(event)).answer).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  await rig.crash();
  expect(await rig.spent()).toBe(USD);
});

test('LiteLLM#15740: one call was logged by two paths and cost twice - does not happen here', async () => {
  const timestamp = NOW - 5;
  const payload = { costUsd: 1, model: 'm' };
  await rig.post({ type: 'cost.updated', threadId: 't', timestamp, payload });
  const broadcast = {
    type: 'event',
    event: 'orchestrator.cost.updated',
    payload: { ...payload, threadId: 't', timestamp },
  };
  expect((await rig.post(broadcast)).answer).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
  expect(await rig.spent()).toBe(USD);
});

test('LiteLLM#17814: without an id nothing told a repeat from a second call - does not happen here', async () => {
  const first = cost({ costUsd: 1, note: 'a' });
  await rig.post(first, first);
  await rig.post(first);
  await rig.post({ ...first, payload: { costUsd: 1, note: 'b' } });
  expect(await rig.spent()).toBe(2 * USD);
});

test('LiteLLM#28247: each restart added the stored total to itself - does not happen here', async () => {
  await rig.post(cost({ costCents: 300 }));
  for (let restart = 0; restart < 4; restart += 1) {
    await rig.crash();
    await rig.post(cost({ costCents: 300 }));
  }
  expect(await rig.spent()).toBe(3 * USD);
});

test('LiteLLM#30460: counters drifted up under retries - does not happen here', async () => {
  const totals = [100, 150, 150.5, 200].map((costCents) => cost({ costCents }));
  for (let retry = 0; retry < 5; retry += 1) await rig.post(...totals);
  expect(await rig.spent()).toBe(2 * USD);
});

test('LiteLLM#36926: a total and its own part were both added, exactly double - does not happen here', async () => {
  await rig.post(cost({ totalCostCents: 100, costDeltaCents: 100 }));
  await rig.post(cost({ totalCostCents: 250, costDeltaCents: 150 }));
  expect(await rig.spent()).toBe(2.5 * USD);
});

test('LiteLLM#13280: of nine calls at once eight were logged - does not happen here', async () => {
  const answers = await Promise.all(Array.from({ length: 9 }, () => rig.post(cost({ agent: 'a' }))));
  expect(answers.map(({ answer }) => answer.accepted)).toEqual(Array<number>(9).fill(1));
  expect(await rig.spent({ agent: 'a' })).toBe(9 * USD);
});

test('LiteLLM#6633: an empty id was a key, and all but the first row vanished - does not happen here', async () => {
  const { answer } = await rig.post(
    cost({ id: '', costUsd: 1 }),
    cost({ id: '', costUsd: 1 }),
    cost({ id: null, costUsd: 1 }),
    cost({ id: null, costUsd: 1 })
  );
  expect(answer).toMatchObject({
    accepted: 2,
    duplicates: 0,
    rejected: [{ reason: 'invalid_field' }, { reason: 'invalid_field' }],
  });
  expect(await rig.spent()).toBe(2 * USD);
});

test('LiteLLM#10598: what had no price cost zero, and nobody could tell - does not happen here', async () => {
  const file = Rig.file('budgets: [{name: b, limit_usd: 5, window: day}]');
  await rig.crash(new Map(), { budgets_file: file });
  await rig.post(cost({ model: 'm', inputTokensDelta: 1_000 }));
  expect([
    await rig.value('orchestrator_unpriced_usage_total', { model: 'm', reason: 'no_table' }),
    await rig.value('orchestrator_budget_valid', { budget: 'b' }),
  ]).toEqual([1, 0]);
});

test('LiteLLM#1806: a cost without tokens was dropped - does not happen here', async () => {
  await rig.post(cost({ costUsd: '0.000000001' }));
  expect(await rig.spent()).toBe(1);
});

test('LiteLLM#34733: the last writer reset the window of a budget - does not happen here', async () => {
  const file = Rig.file('budgets: [{name: b, limit_usd: 5, window: hour}]');
  await rig.crash(new Map(), { budgets_file: file });
  const hour = rig.clock.nowMs - (rig.clock.nowMs % 3_600_000);
  rig.clock.nowMs = hour + 60_000;
  const at = (timestamp: number, costUsd: number): object => ({
    type: 'cost.updated',
    threadId: `t${timestamp}`,
    timestamp,
    payload: { costUsd },
  });
  // What belongs to the hour before arrives between two of this hour.
  await rig.post(at(hour + 1, 1), at(hour - 1, 10), at(hour + 2, 2));
  expect(await rig.value('orchestrator_budget_spent_usd', { budget: 'b' })).toBe(3);
});

test('LiteLLM#34732: requests at once slipped past the budget unseen - does not happen here', async () => {
  const file = Rig.file('budgets: [{name: b, limit_usd: 2, window: day}]');
  await rig.crash(new Map(), { budgets_file: file });
  await Promise.all(Array.from({ length: 5 }, () => rig.post(cost())));
  expect(await rig.value('orchestrator_budget_remaining_usd', { budget: 'b' })).toBe(-3);
});

test('LiteLLM#6288: spend showed up to 60 s later - does not happen here', async () => {
  for (let call = 1; call <= 3; call += 1) {
    await rig.post(cost());
    expect(await rig.spent()).toBe(call * USD);
  }
});

test('LiteLLM#40221: a cache of 200 counters let totals go - does not happen here', async () => {
  await rig.post(cost({ costCents: 500 }, { threadId: 'first' }));
  await rig.post(...Array.from({ length: 1_000 }, (_, at) => cost({ costCents: 1 }, { threadId: `other-${at}` })));
  await rig.post(cost({ costCents: 600 }, { threadId: 'first' }));
  expect(await rig.spent()).toBe(16 * USD);
});

test('LiteLLM#27639: what was reserved for a failed call was never given back - does not happen here', async () => {
  await rig.post(cost({ costCents: 100, budgetRemainingCents: 900 }));
  rig.disk.faults = (what) => (what === 'write' ? { error: 'ENOSPC' } : undefined);
  const failed = cost({ costCents: 1_000, budgetRemainingCents: 0 });
  expect((await rig.post(failed)).status).toBe(503);
  expect(await rig.value('orchestrator_thread_budget_remaining_usd', { thread: 't' })).toBe(9);
  rig.disk.faults = () => undefined;
  await rig.post(cost({ costCents: 200, budgetRemainingCents: 800 }));
  expect([await rig.spent(), await rig.value('orchestrator_thread_budget_remaining_usd', { thread: 't' })]).toEqual([
    2 * USD,
    8,
  ]);
});

test('JetStream (StreamDefaultDuplicatesWindow): a repeat after two minutes was stored again - does not happen here', async () => {
  const event = cost({ costUsd: 1, id: 'e-1' });
  await rig.post(event);
  rig.clock.nowMs += 3 * 3_600_000;
  await rig.crash();
  expect((await rig.post(event)).answer).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
  expect(await rig.spent()).toBe(USD);
});

test('prom-client (float sums): ten times 0.1 was not 1, and a million small sums drifted - does not happen here', async () => {
  await rig.post(...Array.from({ length: 10 }, () => cost({ costUsd: 0.1 })));
  expect(await rig.spent()).toBe(USD);
  await rig.post(cost({ costUsd: 999_999 }), ...Array.from({ length: 100 }, () => cost({ costUsd: 1e-7 })));
  expect(await rig.spent()).toBe(1_000_000 * USD + 10_000);
});

test('prom-client (labels by reference): an object changed after it was handed over changed what had counted - does not happen here', async () => {
  const emitter = new EventEmitter();
  const detach = rig.app.attach(emitter);
  const reused = cost({ costUsd: 1, agent: 'planner' }) as { timestamp: number; payload: { agent: string } };
  emitter.emit('metrics', reused);
  reused.timestamp += 1;
  reused.payload.agent = 'writer';
  emitter.emit('metrics', reused);
  reused.payload.agent = 'nobody';
  detach();
  await rig.post(cost({ costUsd: 0 }));
  expect([await rig.spent({ agent: 'planner' }), await rig.spent({ agent: 'writer' })]).toEqual([USD, USD]);
});

test('prom-client (labels by reference), before the journal is read: it did so too - does not happen here', async () => {
  const emitter = new EventEmitter();
  const opening = rig.crash();
  rig.app.attach(emitter);
  const reused = cost({ costUsd: 1, agent: 'planner' }) as { payload: { agent: string } };
  emitter.emit('metrics', reused);
  reused.payload.agent = 'nobody';
  await opening;
  await rig.post(cost({ costUsd: 0 }));
  expect(await rig.spent({ agent: 'planner' })).toBe(USD);
});

test('LiteLLM#10595: two workers on one port told different totals - does not happen here', async () => {
  const folder = Rig.file('').replace('/file.yml', '');
  const log = (): void => undefined;
  const first = createExporter({ environment: 'e', data_dir: folder }, { log });
  await first.ready();
  const second = createExporter({ environment: 'e', data_dir: folder }, { log });
  await expect(second.ready()).rejects.toThrow(/in use|used by|locked/);
  await second.close();
  await first.close();
});
