// What a change of the model says in the timeline: which series it moves, to what, and when.
import { AGENT_STATE_CODE, THREAD_STATE_CODE } from '../contract/states.ts';
import type { Change } from '../model/change.ts';
import type { Admission } from './admission.ts';
import type { Sample, TimelineSeriesSet } from './timeline-series.ts';

/** Undefined for a change that no sample stands for; threads that begin and go are noted in the set. */
export function sampleOf(
  change: Change,
  { series: set, admission }: { readonly series: TimelineSeriesSet; readonly admission: Admission }
): Sample | undefined {
  const { threadId, atMs } = change;
  switch (change.kind) {
    case 'thread-started':
      set.revive(threadId);
      return undefined;
    case 'thread-state': {
      const series = set.of({ family: 'threadState', threadId });
      return { series, atMs, value: THREAD_STATE_CODE[change.to] };
    }
    case 'agent-state': {
      const lane = admission.laneShown(threadId, change.agent);
      const series = set.of({ family: 'agentState', threadId, lane });
      return { series, atMs, value: AGENT_STATE_CODE[change.to] };
    }
    case 'spend':
      return { series: set.of({ family: 'threadCost', threadId }), atMs, value: change.threadTotal };
    case 'checkpoint': {
      if (change.outcome !== 'saved') return undefined;
      return { series: set.of({ family: 'checkpoint', threadId }), atMs, value: change.index };
    }
    case 'thread-forgotten':
      set.forget(threadId);
      return undefined;
    case 'thread-finished':
    case 'agent-seen':
    case 'node-run':
    case 'tokens':
    case 'unpriced':
    case 'usage-settled':
    case 'thread-budget':
    case 'anomaly':
      return undefined;
  }
}
