// One thread of work: its budget, its running total, and every event that says what its agents do.
import type { AgentState, GraphStatus } from 'orchestrator-exporter/contract/states';
import type { Clock } from './clock.ts';
import type { MetricsEmitter } from './metrics-emitter.ts';
import { costOf, MODELS, NANO_PER_CENT, type ModelName, type Usage } from './pricing.ts';
import type { Random, Range } from './random.ts';

/** So that a thread that fails has spent something by then. */
const CHECKPOINTS_BEFORE_FAILURE = 9;

export interface ThreadPlan {
  readonly id: string;
  readonly workflow: string;
  readonly team: string;
  readonly budgetNanoUsd: number;
  /** Multiplies what the model calls use; past 1 the budget will not do. */
  readonly appetite: number;
  /** How many attempts at a piece of work go wrong in this thread. */
  readonly failures: number;
  /** The thread is given up after this time. */
  readonly deadlineMs: number;
}

export interface ModelCall {
  readonly model: ModelName;
  readonly latencyMs: Range;
  readonly inputTokens: Range;
  readonly outputTokens: Range;
}

/** Work that went wrong in a way that may be tried again. */
export class AttemptFailed extends Error {
  override readonly name = 'AttemptFailed';
}

/** The thread was told to stop; `status` is how it ends. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly status: GraphStatus;

  constructor(status: GraphStatus) {
    super(`stopped: ${status}`);
    this.status = status;
  }
}

export interface ThreadWorld {
  readonly emitter: MetricsEmitter;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts with a `Stopped` as its reason. */
  readonly signal: AbortSignal;
}

export class Thread {
  readonly plan: ThreadPlan;
  readonly random: Random;
  readonly #world: ThreadWorld;
  readonly #labels: { readonly workflow: string; readonly team: string };
  #totalNanoUsd = 0;
  #checkpoints = 0;
  #failuresLeft: number;

  constructor(plan: ThreadPlan, world: ThreadWorld) {
    this.plan = plan;
    this.random = world.random;
    this.#world = world;
    this.#labels = { workflow: plan.workflow, team: plan.team };
    this.#failuresLeft = plan.failures;
  }

  async sleep(ms: number): Promise<void> {
    await this.#world.clock.sleep(ms, this.#world.signal);
  }

  /** Runs a node on the agent's lane; without an agent the node is a lane of its own, as tool calls are. */
  async node(step: { node: string; agent?: string; task?: string }, work: () => Promise<void>): Promise<void> {
    const { emitter, clock } = this.#world;
    const facts = { ...this.#labels, ...(step.agent === undefined ? {} : { agent: step.agent }) };
    const started = clock.now();
    emitter.emitNodeStart(this.plan.id, step.node, facts);
    if (step.agent !== undefined && step.task !== undefined) {
      emitter.emitAgentActive(this.plan.id, step.agent, { ...this.#labels, task: step.task });
    }
    try {
      await work();
    } catch (error) {
      // A stopped thread falls silent in the middle, as a killed graph does; graph.complete speaks for it.
      if (error instanceof Error && !(error instanceof Stopped)) {
        const duration = clock.now() - started;
        emitter.emitNodeError(this.plan.id, step.node, { ...facts, error: { message: error.message }, duration });
      }
      throw error;
    }
    emitter.emitNodeComplete(this.plan.id, step.node, { ...facts, duration: clock.now() - started });
  }

  /** Holds the agent in a state for a while; what follows sets the next state. */
  async hold(agent: string, state: AgentState, { ms, task }: { ms: number; task: string }): Promise<void> {
    this.#world.emitter.emitAgentState(this.plan.id, agent, { ...this.#labels, state, task });
    await this.sleep(ms);
  }

  /** One call of a model: takes its time, then books its tokens and its price. */
  async callModel(agent: string, call: ModelCall): Promise<void> {
    await this.sleep(this.random.latency(call.latencyMs));
    const inputTokens = Math.round(this.random.int(call.inputTokens) * this.plan.appetite);
    const outputTokens = Math.round(this.random.int(call.outputTokens) * this.plan.appetite);
    const cacheReadTokens = Math.floor(inputTokens * 0.3 * this.random.unit());
    this.#book(agent, call.model, { inputTokens, outputTokens, cacheReadTokens });
  }

  #book(agent: string, model: ModelName, usage: Usage): void {
    this.#totalNanoUsd += costOf(model, usage);
    this.#world.emitter.emitCostUpdated(this.plan.id, {
      ...this.#labels,
      costCents: this.#totalNanoUsd / NANO_PER_CENT,
      budgetRemainingCents: (this.plan.budgetNanoUsd - this.#totalNanoUsd) / NANO_PER_CENT,
      agent,
      model,
      provider: MODELS[model].provider,
      inputTokensDelta: usage.inputTokens - usage.cacheReadTokens,
      outputTokensDelta: usage.outputTokens,
      cacheReadTokensDelta: usage.cacheReadTokens,
    });
  }

  checkpoint(): void {
    this.#checkpoints += 1;
    this.#world.emitter.emitCheckpointSaved(this.plan.id, {
      ...this.#labels,
      checkpointIndex: this.#checkpoints,
      checkpointId: `${this.plan.id}-cp-${this.#checkpoints}`,
    });
  }

  /** Throws while the plan has failures left, once the thread is well under way. */
  stumble(message: string): void {
    if (this.#failuresLeft === 0 || this.#checkpoints < CHECKPOINTS_BEFORE_FAILURE) return;
    this.#failuresLeft -= 1;
    throw new AttemptFailed(message);
  }

  complete(status: GraphStatus, durationMs: number): void {
    this.#world.emitter.emitGraphComplete(this.plan.id, { ...this.#labels, status, duration: durationMs });
  }
}
