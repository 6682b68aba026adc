// One thread of an orchestrator as series, in the states that a panel must be able to show.
import { AGENT_STATES, AGENT_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import { PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import type { RecordedSeries, Recording } from './recorded-prometheus.ts';

/** The instant at which the pages stand still. */
export const NOW_MS = Date.UTC(2025, 10, 24, 12);
export const FROM_MS = NOW_MS - 600_000;
/** A little of the future, for the forecast. */
export const TO_MS = NOW_MS + 120_000;
export const THREAD = 'session-42';
const SCRAPE_MS = 15_000;
const LIMIT_USD = 5;

/** Milliseconds before now, and the state entered then. */
type Change = readonly [number, AgentState];

const CHANGES: Readonly<Record<string, readonly Change[]>> = {
  supervisor: [
    [540_000, 'running'],
    [537_000, 'idle'],
    [300_000, 'running'],
    [298_500, 'idle'],
  ],
  research: [
    [536_000, 'queued'],
    [530_000, 'running'],
    [300_000, 'failed'],
    [297_000, 'running'],
  ],
  'tool:get_current_time': [
    [400_123, 'running'],
    [400_120, 'completed'],
  ],
  writer: [
    [290_000, 'running'],
    [200_000, 'waiting'],
  ],
};

/** Milliseconds before now, and the spend in USD from then on. */
const SPEND: readonly (readonly [number, number])[] = Array.from({ length: 54 }, (_, step) => [
  540_000 - step * 10_000,
  Math.round(step * 0.06 * 1_000) / 1_000,
]);

export interface RecordedSegment {
  readonly agent: string;
  readonly state: AgentState;
  readonly startMs: number;
  readonly endMs: number;
}

/** What the panel must draw of the exact recording: every state but idle and completed, to the millisecond. */
export const EXPECTED_SEGMENTS: readonly RecordedSegment[] = Object.entries(CHANGES).flatMap(([agent, changes]) =>
  changes.map(([beforeMs, state], index) => ({
    agent,
    state,
    startMs: NOW_MS - beforeMs,
    endMs: NOW_MS - (changes[index + 1]?.[0] ?? 0),
  }))
);

const identity = { environment: 'prod', thread: THREAD };

const exactAgents = (): RecordedSeries[] =>
  Object.entries(CHANGES).map(([agent, changes]) => ({
    labels: { ...identity, agent },
    samples: heartbeat(changes.map(([beforeMs, state]) => [NOW_MS - beforeMs, AGENT_STATE_CODE[state]])),
  }));

/** The exporter repeats what is still true; the repeat is no change. */
function heartbeat(samples: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const last = samples.at(-1);
  return last === undefined ? [] : [...samples, [NOW_MS - 5_000, last[1]]];
}

/** What scrapes every 15 s see of a value that changes at given instants. */
function scraped(changes: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const samples: (readonly [number, number])[] = [];
  for (let at = FROM_MS; at <= NOW_MS; at += SCRAPE_MS) {
    const change = changes.findLast(([ms]) => ms <= at);
    if (change !== undefined) samples.push([at, change[1]]);
  }
  return samples;
}

function money(factor: number): Recording {
  const total = SPEND.map(([beforeMs, usd]): [number, number] => [NOW_MS - beforeMs, usd * factor]);
  const remaining = total.map(([ms, usd]): [number, number] => [ms, LIMIT_USD - usd]);
  return {
    [TIMELINE.threadCost.name]: [{ labels: identity, samples: heartbeat(total) }],
    [PER_THREAD.threadBudgetLimit.name]: [{ labels: identity, samples: scraped(total.map(([ms]) => [ms, LIMIT_USD])) }],
    [PER_THREAD.threadBudgetRemaining.name]: [{ labels: identity, samples: scraped(remaining) }],
    [PER_THREAD.threadCost.name]: [{ labels: { ...identity, agent: 'research' }, samples: scraped(total) }],
  };
}

const info: Recording = {
  [PER_THREAD.threadInfo.name]: [
    { labels: { ...identity, workflow: 'review', team: 'platform' }, samples: scraped([[FROM_MS, 1]]) },
  ],
};

const threadState = (...changes: readonly (readonly [number, number])[]): Recording => ({
  [TIMELINE.threadState.name]: [
    { labels: identity, samples: heartbeat(changes.map(([beforeMs, code]) => [NOW_MS - beforeMs, code])) },
  ],
});

const checkpoints: Recording = {
  [TIMELINE.checkpoint.name]: [
    {
      labels: identity,
      samples: [530_000, 410_000, 300_000, 150_000, 40_000].map((ms, index) => [NOW_MS - ms, index]),
    },
  ],
};

export const EXACT: Recording = {
  ...info,
  ...money(1),
  ...threadState([540_000, 2]),
  ...checkpoints,
  [TIMELINE.agentState.name]: exactAgents(),
};

export const OVERSPENT: Recording = { ...EXACT, ...money(2) };

/** The thread ended a minute before now, in the state with this code. */
export const endedWith = (code: number): Recording => ({ ...EXACT, ...threadState([540_000, 2], [60_000, code]) });

export const FAILED: Recording = endedWith(6);

/** A stock exporter without the exact-time series: one gauge a state, 0 or 1, as scraped. */
export const SAMPLED: Recording = {
  ...info,
  ...Object.fromEntries(Object.entries(money(1)).filter(([name]) => name !== TIMELINE.threadCost.name)),
  [PER_THREAD.agentState.name]: Object.entries(CHANGES).flatMap(([agent, changes]) =>
    AGENT_STATES.map((state) => ({
      labels: { ...identity, agent, state },
      samples: scraped(changes.map(([beforeMs, entered]) => [NOW_MS - beforeMs, entered === state ? 1 : 0])),
    }))
  ),
};
