// Three jobs of one night with hours of nothing between them.
import { TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { AGENT_STATE_CODE, THREAD_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import { Random } from '../../../demo/src/random.ts';
import type { Recording } from '../test/support/recorded-prometheus.ts';

const MINUTE_MS = 60_000;
export const NIGHT_START_MS = Date.UTC(2025, 10, 24, 22);
export const NIGHT_NOW_MS = NIGHT_START_MS + 9 * 60 * MINUTE_MS;
/** Minutes after ten in the evening at which a job begins, and how many rounds it makes. */
const JOBS = [
  { at: 12, rounds: 9 },
  { at: 195, rounds: 14 },
  { at: 500, rounds: 9 },
] as const;
const AGENTS = ['supervisor', 'crawler', 'summariser'] as const;

export function nightlyJobs(): Recording {
  const random = new Random(5);
  const states = new Map(AGENTS.map((agent) => [agent, [] as [number, number][]]));
  const checkpoints: [number, number][] = [];
  const enter = (agent: (typeof AGENTS)[number], atMs: number, state: AgentState): void => {
    states.get(agent)?.push([Math.round(atMs), AGENT_STATE_CODE[state]]);
  };
  for (const job of JOBS) {
    let at = NIGHT_START_MS + job.at * MINUTE_MS;
    for (let round = 0; round < job.rounds; round += 1) {
      enter('supervisor', at, 'running');
      at += random.int([4_000, 15_000]);
      enter('supervisor', at, 'idle');
      enter('crawler', at, 'running');
      const crawled = at + random.int([60_000, 150_000]);
      enter('crawler', crawled, job.at === 195 && round === 7 ? 'failed' : 'idle');
      enter('summariser', at + 20_000, 'queued');
      enter('summariser', at + 45_000, 'running');
      at = crawled + random.int([10_000, 40_000]);
      enter('summariser', at, round === 5 ? 'waiting' : 'idle');
      if (round === 5) at += 150_000;
      checkpoints.push([at, checkpoints.length + 1]);
    }
    for (const agent of AGENTS) enter(agent, at, 'idle');
  }
  const identity = { environment: 'prod', thread: 'nightly' };
  // A heartbeat repeats what is still true.
  const beat = (samples: readonly [number, number][]): [number, number][] => [
    ...samples.filter(([ms], i) => ms !== samples[i + 1]?.[0]),
    [NIGHT_NOW_MS - 5_000, samples.at(-1)?.[1] ?? 0],
  ];
  return {
    [TIMELINE.threadState.name]: [
      { labels: identity, samples: beat([[NIGHT_START_MS + JOBS[0].at * MINUTE_MS, THREAD_STATE_CODE.running]]) },
    ],
    [TIMELINE.agentState.name]: AGENTS.map((agent) => ({
      labels: { ...identity, agent },
      samples: beat(states.get(agent) ?? []),
    })),
    [TIMELINE.checkpoint.name]: [{ labels: identity, samples: checkpoints }],
  };
}
