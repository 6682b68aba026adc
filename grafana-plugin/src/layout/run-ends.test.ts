import type { GroupNode } from '../model/lane-tree.ts';
import type { Run, RunOutcome } from '../model/build-states.ts';
import type { ThreadGroup } from '../model/timeline.ts';
import { runEnds, type EndedRun } from './run-ends.ts';

const axis = { fromMs: 0, toMs: 1_000, left: 100, right: 200 };

function group(threads: ReadonlyArray<Pick<ThreadGroup, 'state' | 'runs'>>): GroupNode {
  const nothing = { lanes: [], costUsd: undefined };
  const whole = threads.map((thread, i) => ({
    thread: `t${i}`,
    workflow: '',
    checkpoints: [],
    ...nothing,
    ...thread,
  }));
  return { kind: 'group', key: 'g', level: 'thread', name: 'g', depth: 0, children: [], ...nothing, threads: whole };
}

const run = (endMs: number | undefined, outcome?: RunOutcome): Run => ({
  startMs: 0,
  endMs,
  ...(outcome === undefined ? {} : { outcome }),
});

const ended = (thread: string, atMs: number, outcome: RunOutcome): EndedRun => ({ thread, atMs, outcome });

test.each<{ name: string; threads: Parameters<typeof group>[0]; out: ReturnType<typeof runEnds> }>([
  { name: 'no threads, no ends', threads: [], out: [] },
  { name: 'a run that goes on has none', threads: [{ state: 'running', runs: [run(undefined)] }], out: [] },
  {
    name: 'a run that completed',
    threads: [{ state: 'completed', runs: [run(500, 'completed')] }],
    out: [{ x: 150, failed: false, runs: [ended('t0', 500, 'completed')] }],
  },
  {
    name: 'a run that failed',
    threads: [{ state: 'failed', runs: [run(1_000, 'failed')] }],
    out: [{ x: 200, failed: true, runs: [ended('t0', 1_000, 'failed')] }],
  },
  {
    name: 'a run that timed out is no success',
    threads: [{ state: 'timeout', runs: [run(500, 'timeout')] }],
    out: [{ x: 150, failed: true, runs: [ended('t0', 500, 'timeout')] }],
  },
  {
    name: 'each run of a thread that was taken up again',
    threads: [{ state: 'running', runs: [run(100, 'failed'), run(600, 'completed'), run(undefined)] }],
    out: [
      { x: 110, failed: true, runs: [ended('t0', 100, 'failed')] },
      { x: 160, failed: false, runs: [ended('t0', 600, 'completed')] },
    ],
  },
  {
    name: 'a failure is not hidden by an end beside it, and both are told, by time',
    threads: [
      { state: 'timeout', runs: [run(540, 'timeout')] },
      { state: 'completed', runs: [run(500, 'completed')] },
    ],
    out: [{ x: 150, failed: true, runs: [ended('t1', 500, 'completed'), ended('t0', 540, 'timeout')] }],
  },
  {
    name: 'an end at the left edge lies before the view',
    threads: [{ state: 'failed', runs: [run(0, 'failed')] }],
    out: [],
  },
  { name: 'an end behind the view', threads: [{ state: 'failed', runs: [run(1_001, 'failed')] }], out: [] },
  { name: 'silence is no end', threads: [{ state: undefined, runs: [run(500)] }], out: [] },
])('$name', ({ threads, out }) => {
  expect(runEnds(group(threads), { axis })).toEqual(out);
});
