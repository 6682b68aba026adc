import type { CostUpdated } from '../contract/event.ts';
import { nano } from '../contract/money.ts';
import { OrchestratorModel } from './orchestrator-model.ts';
import { correctionOf } from './unpriced-usage.ts';

const T = Date.UTC(2026, 2, 10, 12);
const usage = (id: string, fields: Partial<CostUpdated> = {}): CostUpdated => ({
  type: 'cost.updated',
  id,
  threadId: 't',
  timestampMs: T,
  dialect: 'metrics-emitter',
  team: 'x',
  workflow: 'w',
  model: 'm',
  tokens: { input: 1 },
  ...fields,
});

/** What the late price of `u` changes, after the usage itself and `between`. */
function spends(...between: CostUpdated[]): number[] {
  const model = new OrchestratorModel({ retentionMs: 1 });
  model.apply(usage('u'));
  const waiting = model.unpriced.get('u');
  if (waiting === undefined) throw new Error('the usage does not wait');
  const correction = correctionOf(waiting, { amount: nano(5), nowMs: T + 1_000 });
  for (const event of between) model.apply(event);
  const changes = [...model.apply(correction), ...model.apply(correction)];
  return changes.flatMap((change) => (change.kind === 'spend' ? [change.spend] : []));
}

test.each<[string, CostUpdated[], number[]]>([
  ['adds its money, and the second time nothing', [], [5]],
  ['adds nothing once a running total includes the usage', [usage('v', { total: nano(9) })], []],
  ['adds its money beside what other events tell of themselves', [usage('v', { spend: nano(9) })], [5]],
  ['adds its money beside a total of another thread', [usage('v', { threadId: 'u', total: nano(9) })], [5]],
])('a late price %s', (_name, between, expected) => {
  expect(spends(...between)).toEqual(expected);
});

test('a correction of what never waited changes nothing, and makes no thread', () => {
  const model = new OrchestratorModel({ retentionMs: 1 });
  expect(model.apply(usage('c', { corrects: 'nothing', tokens: {}, pricing: { amount: nano(5) } }))).toEqual([]);
  expect(model.threads.size).toBe(0);
});

test('a correction is no word of the agent: it neither appears nor is it heard of', () => {
  const model = new OrchestratorModel({ retentionMs: 1 });
  model.apply(usage('u', { agent: 'a' }));
  const waiting = model.unpriced.get('u');
  if (waiting === undefined) throw new Error('the usage does not wait');
  model.sweep(T + 8 * 86_400_000);
  const changes = model.apply(correctionOf(waiting, { amount: nano(5), nowMs: T + 8 * 86_400_000 }));
  expect(changes.filter(({ kind }) => kind.startsWith('agent-'))).toEqual([]);
  expect(changes.filter(({ kind }) => kind === 'spend')).toMatchObject([{ agent: 'a', spend: 5, late: true }]);
});
