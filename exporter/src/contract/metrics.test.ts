import { CATALOGUE, type MetricRow } from './metrics.ts';
import {
  AGENT_STATE_CODE,
  AGENT_STATES,
  FINAL_THREAD_STATES,
  THREAD_STATE_CODE,
  THREAD_STATE_OF_STATUS,
} from './states.ts';

const ROWS = CATALOGUE.flatMap(({ rows }) => Object.values<MetricRow>(rows));

test('names are unique and follow the conventions', () => {
  const names = ROWS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^orchestrator_[a-z_]+$/.test(name))).toEqual([]);
  const misnamed = ROWS.filter(({ name, type }) => (type === 'counter') !== name.endsWith('_total'));
  expect(misnamed.map(({ name }) => name)).toEqual([]);
});

test('labels are unique in a metric and none is environment or le', () => {
  const wrong = ROWS.filter(
    ({ labels }) => new Set(labels).size !== labels.length || labels.includes('environment') || labels.includes('le')
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

test('histograms and only they have buckets, ascending', () => {
  const wrong = ROWS.filter(({ type, buckets = [] }) => {
    const ascending = buckets.every((bound, at) => bound > (buckets[at - 1] ?? 0));
    return (type === 'histogram') !== buckets.length > 0 || !ascending;
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
});

test('state codes are fixed, because stored samples depend on them', () => {
  expect(AGENT_STATES.map((state) => AGENT_STATE_CODE[state])).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(THREAD_STATE_CODE).toEqual({ running: 2, paused: 4, completed: 5, failed: 6, timeout: 7 });
  expect([...FINAL_THREAD_STATES].sort()).toEqual(Object.values(THREAD_STATE_OF_STATUS).sort());
});
