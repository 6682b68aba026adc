import type { GroupNode } from '../model/lane-tree.ts';
import type { Run } from '../model/build-states.ts';
import type { ThreadGroup } from '../model/timeline.ts';
import { runEnds } from './run-ends.ts';

const axis = { fromMs: 0, toMs: 1_000, left: 100, right: 200 };

function group(threads: ReadonlyArray<Pick<ThreadGroup, 'state' | 'runs'>>): GroupNode {
  const nothing = { lanes: [], costUsd: undefined };
  const whole = threads.map((thread) => ({ thread: 't', workflow: '', checkpoints: [], ...nothing, ...thread }));
  return { kind: 'group', key: 'g', level: 'thread', name: 'g', depth: 0, children: [], ...nothing, threads: whole };
}

const ended = (endMs: number | undefined, failed = false): Run => ({
  startMs: 0,
  endMs,
  ...(failed ? { failed } : {}),
});

test.each<{ name: string; threads: Parameters<typeof group>[0]; out: ReturnType<typeof runEnds> }>([
  { name: 'no threads, no ends', threads: [], out: [] },
  { name: 'a run that goes on has none', threads: [{ state: 'running', runs: [ended(undefined)] }], out: [] },
  {
    name: 'a run that completed',
    threads: [{ state: 'completed', runs: [ended(500)] }],
    out: [{ x: 150, failed: false }],
  },
  {
    name: 'a run that failed',
    threads: [{ state: 'failed', runs: [ended(1_000, true)] }],
    out: [{ x: 200, failed: true }],
  },
  {
    name: 'each run of a thread that was taken up again',
    threads: [{ state: 'running', runs: [ended(100, true), ended(600), ended(undefined)] }],
    out: [
      { x: 110, failed: true },
      { x: 160, failed: false },
    ],
  },
  {
    name: 'a failure is not hidden by an end beside it',
    threads: [
      { state: 'completed', runs: [ended(500)] },
      { state: 'timeout', runs: [ended(540, true)] },
    ],
    out: [{ x: 150, failed: true }],
  },
  {
    name: 'an end at the left edge lies before the view',
    threads: [{ state: 'failed', runs: [ended(0, true)] }],
    out: [],
  },
  { name: 'an end behind the view', threads: [{ state: 'failed', runs: [ended(1_001, true)] }], out: [] },
  { name: 'silence without a thread state is no end', threads: [{ state: undefined, runs: [ended(500)] }], out: [] },
])('$name', ({ threads, out }) => {
  expect(runEnds(group(threads), { axis })).toEqual(out);
});
