// Many lanes, crowded pixels, overlapping and nested runs, and names that mean harm.
import { AGENT_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import { PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { FROM_MS, NOW_MS } from './panel-recordings.ts';
import type { RecordedSeries, Recording } from './recorded-prometheus.ts';

type Labels = Readonly<Record<string, string>>;

function lane(labels: Labels, states: ReadonlyArray<readonly [number, AgentState]>): RecordedSeries {
  const samples = states.map(([atMs, state]): [number, number] => [atMs, AGENT_STATE_CODE[state]]);
  const last = samples.at(-1);
  const beat = last === undefined || last[0] > NOW_MS - 5_000 ? [] : [[NOW_MS - 5_000, last[1]] as [number, number]];
  return { labels: { environment: 'prod', ...labels }, samples: [...samples, ...beat] };
}

const cost = (thread: string, agent: string, usd: number): RecordedSeries => ({
  labels: { environment: 'prod', thread, agent },
  samples: [[NOW_MS - 5_000, usd]],
});

export const THREADS = 20;
export const AGENTS = 10;
const CYCLE: readonly AgentState[] = [
  'running',
  'idle',
  'running',
  'waiting',
  'running',
  'idle',
  'queued',
  'running',
  'paused',
  'idle',
  'running',
  'failed',
];

const threadName = (i: number): string => `run-${String(i).padStart(2, '0')}`;

/** 20 threads of 10 agents, 60 states each; costs fall from the first thread to the last. */
export const CROWD: Recording = {
  [TIMELINE.agentState.name]: Array.from({ length: THREADS * AGENTS }, (_, i) => {
    const [thread, agent] = [Math.floor(i / AGENTS), i % AGENTS];
    const begin = FROM_MS + 4_000 * thread + 700 * agent;
    const step = (NOW_MS - 6_000 - begin) / 60;
    const states = Array.from({ length: 60 }, (_state, n): [number, AgentState] => [
      Math.round(begin + step * (n + (n === 0 ? 0 : 0.3 * Math.sin(i + n)))),
      n === 0 ? 'running' : (CYCLE[(n * 7 + i * 3) % CYCLE.length] ?? 'idle'),
    ]);
    return lane({ thread: threadName(thread), agent: `agent-${agent}` }, states);
  }),
  [PER_THREAD.threadCost.name]: Array.from({ length: THREADS * AGENTS }, (_, i) =>
    cost(
      threadName(Math.floor(i / AGENTS)),
      `agent-${i % AGENTS}`,
      0.01 * (1 + (i % AGENTS)) * (1 + Math.floor(i / AGENTS))
    )
  ),
};

/** Start of seven states of 1 ms: far below one pixel of the range. */
export const CROWDED_MS = FROM_MS + 300_000;

/** One agent with two runs at once, its tools, and a pixel in which it failed among six other states. */
export const NESTED: Recording = {
  [TIMELINE.threadState.name]: [
    {
      labels: { environment: 'prod', thread: 'nested' },
      samples: [
        [FROM_MS + 20_000, 2],
        [NOW_MS - 5_000, 2],
      ],
    },
  ],
  [TIMELINE.agentState.name]: [
    lane({ thread: 'nested', agent: 'supervisor' }, [
      [FROM_MS + 20_000, 'running'],
      [FROM_MS + 120_000, 'waiting'],
      [FROM_MS + 240_000, 'running'],
    ]),
    lane({ thread: 'nested', agent: 'research', shard: 'a' }, [
      [FROM_MS + 60_000, 'running'],
      [FROM_MS + 260_000, 'idle'],
      [FROM_MS + 400_000, 'running'],
      [FROM_MS + 500_000, 'completed'],
    ]),
    lane({ thread: 'nested', agent: 'research', shard: 'b' }, [
      [FROM_MS + 90_000, 'queued'],
      [FROM_MS + 130_000, 'running'],
      [FROM_MS + 200_000, 'failed'],
      [FROM_MS + 230_000, 'running'],
      [FROM_MS + 450_000, 'paused'],
    ]),
    ...['tool:search', 'tool:fetch'].map((tool, i) =>
      lane(
        { thread: 'nested', agent: tool },
        Array.from({ length: 24 }, (_, n): [number, AgentState] => [
          FROM_MS + 62_000 + 7_000 * i + 4_000 * n + (n % 2 ? 900 : 0),
          n % 2 ? 'idle' : 'running',
        ])
      )
    ),
    lane({ thread: 'nested', agent: 'writer' }, [
      ...(['running', 'idle', 'running', 'failed', 'running', 'idle', 'waiting'] as const).map(
        (state, i): [number, AgentState] => [CROWDED_MS + i, state]
      ),
      [CROWDED_MS + 7, 'idle'],
      [FROM_MS + 420_000, 'running'],
    ]),
  ],
};

export const HOSTILE_NAMES = [
  '<img src=x onerror=window.broken=1>',
  'javascript:window.broken=1',
  `endless-${'x'.repeat(5_000)}`,
  '\u202egnirts desrever',
  '\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645',
  '\ud83d\udc69\u200d\ud83d\ude80 astronaut \ud83e\uddea',
  'line one\nline two\u0007\u0000',
  '__proto__',
  '{{constructor}} ${7*7} %s',
];

export const HOSTILE: Recording = {
  [TIMELINE.agentState.name]: HOSTILE_NAMES.map((agent, i) =>
    lane({ thread: '<script>window.broken=1</script>', agent }, [
      [FROM_MS + 20_000 + 1_000 * i, 'running'],
      [FROM_MS + 300_000, 'waiting'],
    ])
  ),
};
