// Keeps a number of threads alive: plans one, runs it to its end, starts the next.
import type { GraphStatus } from 'orchestrator-exporter/contract/states';
import type { Clock } from './clock.ts';
import type { MetricsEmitter } from './metrics-emitter.ts';
import { NANO_PER_USD } from './pricing.ts';
import type { Random } from './random.ts';
import { AttemptFailed, Stopped, Thread, type ThreadPlan } from './thread.ts';
import { WORKFLOWS, type Workflow } from './workflows.ts';

export interface OrchestratorOptions {
  readonly emitter: MetricsEmitter;
  readonly clock: Clock;
  readonly random: Random;
  /** How many threads run at once. */
  readonly threads: number;
  /** Ends everything; threads that still run end as failures. */
  readonly signal: AbortSignal;
}

type Fate = 'smooth' | 'overspends' | 'retries' | 'fails' | 'times out';

const BUDGET_NANO_USD = 5 * NANO_PER_USD;
const LONG_MS = 40 * 60_000;
const SHORT_MS = 7 * 60_000;

const PLAN_OF_FATE: Readonly<Record<Fate, Pick<ThreadPlan, 'appetite' | 'failures' | 'deadlineMs'>>> = {
  smooth: { appetite: 0.9, failures: 0, deadlineMs: LONG_MS },
  overspends: { appetite: 1.6, failures: 0, deadlineMs: LONG_MS },
  retries: { appetite: 0.9, failures: 1, deadlineMs: LONG_MS },
  fails: { appetite: 0.9, failures: 3, deadlineMs: LONG_MS },
  'times out': { appetite: 0.9, failures: 0, deadlineMs: SHORT_MS },
};

/** Ten threads: one overspends, one fails and recovers by a retry, one ends badly, seven go well. */
function fatesOfTen(round: number): readonly Fate[] {
  return ['overspends', 'retries', round % 2 === 0 ? 'fails' : 'times out', ...Array<Fate>(7).fill('smooth')];
}

/** Endless stories in a seeded order; fates come in exact proportions, workflows in turn. */
function* plans(random: Random): Generator<{ plan: ThreadPlan; workflow: Workflow }, never> {
  const seen = new Set<string>();
  for (let round = 0; ; round += 1) {
    for (const fate of random.shuffle(fatesOfTen(round))) {
      const workflow = WORKFLOWS[seen.size % WORKFLOWS.length] ?? random.pick(WORKFLOWS);
      let id: string;
      do id = `${workflow.prefix}-${random.int([0x1000, 0xffff]).toString(16)}`;
      while (seen.has(id));
      seen.add(id);
      const plan = { id, workflow: workflow.name, team: workflow.team, budgetNanoUsd: BUDGET_NANO_USD };
      yield { plan: { ...plan, ...PLAN_OF_FATE[fate] }, workflow };
    }
  }
}

/** Runs until the signal aborts, then resolves. */
export async function orchestrate(options: OrchestratorOptions): Promise<void> {
  const { clock, random, signal, threads } = options;
  const stories = plans(random.fork());
  const slot = async (index: number): Promise<void> => {
    const own = random.fork();
    // Starts a few seconds apart, so that the lanes of different threads do not march in step.
    await clock.sleep(index * 2_500, signal);
    while (!signal.aborted) {
      const { plan, workflow } = stories.next().value;
      await runThread({ plan, workflow, random: own.fork() }, options);
      await clock.sleep(own.int([3_000, 15_000]), signal);
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: threads }, (_, index) => slot(index)));
  for (const outcome of settled) {
    if (outcome.status === 'rejected' && !signal.aborted) throw outcome.reason;
  }
}

async function runThread(
  story: { plan: ThreadPlan; workflow: Workflow; random: Random },
  { emitter, clock, signal }: OrchestratorOptions
): Promise<void> {
  const end = new AbortController();
  const stop = (status: GraphStatus): void => {
    end.abort(new Stopped(status));
  };
  const onShutdown = (): void => {
    stop('failure');
  };
  signal.addEventListener('abort', onShutdown, { once: true });
  const over = new AbortController();
  clock.sleep(story.plan.deadlineMs, over.signal).then(
    () => {
      stop('timeout');
    },
    () => undefined // the thread ended before its deadline
  );
  const thread = new Thread(story.plan, { emitter, clock, random: story.random, signal: end.signal });
  const started = clock.now();
  let status: GraphStatus = 'success';
  try {
    await story.workflow.run(thread);
  } catch (error) {
    status = error instanceof Stopped ? error.status : 'failure';
    // What runs beside the part that failed is ended with it.
    stop(status);
    if (!(error instanceof Stopped) && !(error instanceof AttemptFailed)) throw error;
  } finally {
    over.abort();
    signal.removeEventListener('abort', onShutdown);
    thread.complete(status, clock.now() - started);
  }
}
