// What the agents do: who calls which model how often, who waits for whom. The figures are lifelike, not measured.
import type { ModelCall, Thread } from './thread.ts';
import { AttemptFailed } from './thread.ts';
import type { Range } from './random.ts';

const ROUTE: ModelCall = {
  model: 'gpt-5-mini',
  latencyMs: [700, 2_600],
  inputTokens: [2_000, 6_000],
  outputTokens: [60, 240],
};
const READ: ModelCall = {
  model: 'claude-sonnet-4-5',
  latencyMs: [2_500, 9_000],
  inputTokens: [9_000, 24_000],
  outputTokens: [400, 1_400],
};
const WRITE: ModelCall = {
  model: 'claude-sonnet-4-5',
  latencyMs: [7_000, 20_000],
  inputTokens: [8_000, 16_000],
  outputTokens: [1_500, 3_200],
};
const REVIEW: ModelCall = {
  model: 'gpt-5',
  latencyMs: [3_000, 8_000],
  inputTokens: [8_000, 18_000],
  outputTokens: [300, 900],
};
const SUMMARISE: ModelCall = {
  model: 'mistral-large-latest',
  latencyMs: [1_200, 4_000],
  inputTokens: [4_000, 9_000],
  outputTokens: [150, 500],
};

const QUEUE_MS: Range = [300, 9_000];
const PERSON_MS: Range = [12_000, 45_000];
const WINDOW_MS: Range = [15_000, 35_000];
/** A tool that answers from memory or an index. */
const QUICK_MS: Range = [2, 40];
/** A tool that goes over a network or runs something. */
const SLOW_MS: Range = [150, 2_500];
const MAX_ATTEMPTS = 3;

export interface Tool {
  readonly name: string;
  readonly slow: boolean;
}

/** An agent that reads with tools between its model calls. */
export interface Reader {
  readonly agent: string;
  readonly task: string;
  readonly tools: readonly Tool[];
  readonly calls: Range;
}

export async function supervise(thread: Thread, task: string): Promise<void> {
  await thread.node({ node: 'route', agent: 'supervisor', task }, () => thread.callModel('supervisor', ROUTE));
  thread.checkpoint();
}

/** Reads with tools; tries again after a failure, and gives up after three attempts. */
export async function read(thread: Thread, reader: Reader): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await attemptToRead(thread, reader, attempt);
      return;
    } catch (error) {
      if (!(error instanceof AttemptFailed) || attempt === MAX_ATTEMPTS) throw error;
      await thread.sleep(thread.random.int([1_500, 4_000]));
      await thread.hold(reader.agent, 'queued', { ms: 2_000 * 2 ** attempt, task: `retry after: ${error.message}` });
    }
  }
}

async function attemptToRead(thread: Thread, reader: Reader, attempt: number): Promise<void> {
  const { agent, tools } = reader;
  const task = attempt === 1 ? reader.task : `retry: ${reader.task}`;
  await thread.node({ node: agent, agent, task }, async () => {
    for (let call = thread.random.int(reader.calls); call > 0; call -= 1) {
      await thread.callModel(agent, READ);
      for (let use = thread.random.int([1, 4]); use > 0; use -= 1) await useTool(thread, thread.random.pick(tools));
      thread.stumble('the search index does not answer');
    }
    thread.checkpoint();
  });
}

async function useTool(thread: Thread, tool: Tool): Promise<void> {
  await thread.node({ node: `tool:${tool.name}` }, () =>
    thread.sleep(thread.random.latency(tool.slow ? SLOW_MS : QUICK_MS))
  );
  await thread.sleep(thread.random.latency([5, 120]));
}

/** Queues for its turn, then writes in a few long calls. */
export async function write(thread: Thread, { agent, task }: { agent: string; task: string }): Promise<void> {
  await thread.hold(agent, 'queued', { ms: thread.random.latency(QUEUE_MS), task });
  await thread.node({ node: agent, agent, task }, async () => {
    for (let call = thread.random.int([2, 3]); call > 0; call -= 1) await thread.callModel(agent, WRITE);
    thread.checkpoint();
  });
}

/** Reads what was written and, `withPerson`, waits until somebody has looked at it. */
export async function review(
  thread: Thread,
  { task, withPerson }: { task: string; withPerson: boolean }
): Promise<void> {
  const agent = 'reviewer';
  await thread.hold(agent, 'queued', { ms: thread.random.latency(QUEUE_MS), task });
  await thread.node({ node: agent, agent, task }, async () => {
    await thread.callModel(agent, REVIEW);
    if (withPerson) {
      const ms = thread.random.int(PERSON_MS);
      await thread.hold(agent, 'waiting', { ms, task: 'a person approves' });
      await thread.hold(agent, 'running', { ms: thread.random.int([400, 1_200]), task });
    }
  });
  thread.checkpoint();
}

/** Announces itself, pauses until the release window opens, then publishes. */
export async function publish(thread: Thread, task: string): Promise<void> {
  const agent = 'publisher';
  await thread.node({ node: agent, agent, task }, async () => {
    await thread.callModel(agent, SUMMARISE);
    await thread.hold(agent, 'paused', { ms: thread.random.int(WINDOW_MS), task: 'until the release window' });
    await thread.hold(agent, 'running', { ms: thread.random.int([800, 2_500]), task });
    await useTool(thread, { name: 'upload', slow: true });
  });
  thread.checkpoint();
}
