// Whole-installation series: no thread label, never removed, zero from the first sight of a workflow.
import type { OrchestratorEvent } from '../../contract/event.ts';
import { CHECKPOINT_OUTCOMES } from '../../contract/labels.ts';
import { AGGREGATES } from '../../contract/metrics.ts';
import { AGENT_STATES, FINAL_THREAD_STATES, GRAPH_STATUSES, THREAD_STATES } from '../../contract/states.ts';
import type { AgentState, ThreadState } from '../../contract/states.ts';
import type {
  AgentStateChanged,
  CheckpointNoted,
  NodeRunEnded,
  Spent,
  ThreadFinished,
  ThreadStateChanged,
  TokensUsed,
  UsageSettled,
  UsageUnpriced,
} from '../../model/change.ts';
import { RecentMap } from '../../model/recent-map.ts';
import type { HistogramCell, MillisecondsCell, MoneyCell, NumberCell } from '../cell.ts';
import { HeldByName, HeldCells } from '../held-cells.ts';
import type { SeriesRegistry } from '../registry.ts';

/** Why spend is called wasted: the statuses that are no success. */
const WASTED_STATUSES = GRAPH_STATUSES.filter((status) => status !== 'success');

/** The series of one workflow, by what else names them. */
interface WorkflowCells {
  readonly threads: HeldCells<NumberCell>;
  readonly agents: HeldCells<NumberCell>;
  readonly finished: HeldCells<NumberCell>;
  readonly wasted: HeldCells<MoneyCell>;
  readonly duration: HeldCells<HistogramCell>;
  readonly checkpoints: HeldCells<NumberCell>;
  readonly nodeDuration: HeldCells<HistogramCell>;
  readonly nodeRuns: HeldByName<HeldCells<NumberCell>>;
  readonly byAgent: HeldByName<AgentCells>;
}

interface AgentCells {
  readonly transitions: HeldCells<NumberCell>;
  readonly seconds: HeldCells<MillisecondsCell>;
  /** Of the latest team, provider and model: an agent seldom changes them. */
  spend: SpendCells | undefined;
}

interface SpendCells {
  readonly team: string;
  readonly provider: string;
  readonly model: string;
  readonly cost: HeldCells<MoneyCell>;
  readonly provenance: HeldCells<MoneyCell>;
  readonly tokens: HeldCells<NumberCell>;
}

/** What must be remembered of a thread to move the two gauges of states. */
interface Standing {
  readonly workflow: string;
  readonly cells: WorkflowCells;
  readonly lastEvent: MillisecondsCell;
  state: ThreadState | undefined;
  readonly agents: Map<string, AgentState>;
}

export type AggregatesDump =
  | readonly [
      'standing',
      threadId: string,
      workflow: string,
      state: ThreadState | null,
      agents: readonly (readonly [string, AgentState])[],
    ]
  | readonly ['known', workflows: readonly string[]];

function goesOn(standing: Standing): boolean {
  return standing.state !== undefined && !FINAL_THREAD_STATES.has(standing.state);
}

export class AggregateFamilies {
  readonly #cost;
  readonly #tokens;
  readonly #wasted;
  readonly #unpriced;
  readonly #settled;
  readonly #provenance;
  readonly #correction;
  readonly #threads;
  readonly #agents;
  readonly #finished;
  readonly #threadDuration;
  readonly #nodeRuns;
  readonly #nodeDuration;
  readonly #stateSeconds;
  readonly #transitions;
  readonly #checkpoints;
  readonly #lastEvent;
  readonly #standings = new Map<string, Standing>();
  /** The changes of an event are of one thread. */
  #latest: { readonly threadId: string; readonly standing: Standing | undefined } | undefined;
  readonly #workflows: HeldByName<WorkflowCells>;
  /** Initialised; of as many as there can be besides `other`, the latest. */
  readonly #known: RecentMap<true>;

  constructor(registry: SeriesRegistry) {
    this.#cost = registry.money(AGGREGATES.cost);
    this.#tokens = registry.numbers(AGGREGATES.tokens);
    this.#wasted = registry.money(AGGREGATES.wastedCost);
    this.#unpriced = registry.numbers(AGGREGATES.unpricedUsage);
    this.#settled = registry.numbers(AGGREGATES.unpricedSettled);
    this.#provenance = registry.money(AGGREGATES.costProvenance);
    this.#correction = registry.money(AGGREGATES.costCorrection);
    this.#threads = registry.numbers(AGGREGATES.threads);
    this.#agents = registry.numbers(AGGREGATES.agents);
    this.#finished = registry.numbers(AGGREGATES.threadsFinished);
    this.#threadDuration = registry.histogram(AGGREGATES.threadDuration);
    this.#nodeRuns = registry.numbers(AGGREGATES.nodeRuns);
    this.#nodeDuration = registry.histogram(AGGREGATES.nodeDuration);
    this.#stateSeconds = registry.milliseconds(AGGREGATES.agentStateSeconds);
    this.#transitions = registry.numbers(AGGREGATES.agentStateTransitions);
    this.#checkpoints = registry.numbers(AGGREGATES.checkpoints);
    this.#lastEvent = registry.milliseconds(AGGREGATES.lastEvent);
    this.#known = new RecentMap(registry.maxLabelValues);
    const most = registry.maxLabelValues;
    this.#workflows = new HeldByName(most, (workflow) => this.#cellsOf(workflow, most));
  }

  /** Zero for every series of a workflow whose other labels are known. Idempotent. */
  initialise(workflow: string): void {
    if (this.#known.get(workflow)) return;
    for (const state of THREAD_STATES) this.#threads.cell([workflow, state]);
    for (const state of AGENT_STATES) this.#agents.cell([workflow, state]);
    for (const status of GRAPH_STATUSES) this.#finished.cell([workflow, status]);
    for (const status of WASTED_STATUSES) this.#wasted.cell([workflow, status]);
    for (const outcome of CHECKPOINT_OUTCOMES) this.#checkpoints.cell([workflow, outcome]);
    this.#known.set(workflow, true);
  }

  /** After the changes of the event: its workflow is then known. */
  heard(event: OrchestratorEvent): void {
    this.#standing(event.threadId)?.lastEvent.raise(event.timestampMs);
  }

  start({ threadId, workflow }: { readonly threadId: string; readonly workflow: string }): void {
    this.initialise(workflow);
    // The next run of a thread goes on with its agents.
    if (this.#standings.has(threadId)) return;
    const lastEvent = this.#lastEvent.cell([workflow]);
    const cells = this.#workflows.at(workflow);
    this.#standings.set(threadId, { workflow, cells, lastEvent, state: undefined, agents: new Map() });
    this.#latest = undefined;
  }

  moveThread({ threadId, to }: ThreadStateChanged): void {
    const standing = this.#standing(threadId);
    if (standing === undefined) return;
    this.#countAgents(standing, -1);
    if (standing.state !== undefined) standing.cells.threads.at(standing.state).add(-1);
    standing.state = to;
    standing.cells.threads.at(to).add(1);
    this.#countAgents(standing, 1);
  }

  finish({ workflow, status, durationMs, spend }: ThreadFinished): void {
    const cells = this.#workflows.at(workflow);
    cells.finished.at(status).add(1);
    cells.duration.at(status).observe(durationMs / 1000);
    if (status !== 'success') cells.wasted.at(status).add(spend);
  }

  moveAgent({ threadId, workflow, agent, from: before, to, heldMs }: AgentStateChanged): void {
    const standing = this.#standing(threadId);
    if (standing !== undefined) {
      const from = standing.agents.get(agent);
      standing.agents.set(agent, to);
      if (goesOn(standing)) {
        if (from !== undefined) standing.cells.agents.at(from).add(-1);
        standing.cells.agents.at(to).add(1);
      }
    }
    const { transitions, seconds } = this.#workflows.at(workflow).byAgent.at(agent);
    transitions.at(to).add(1);
    if (before !== undefined) seconds.at(before).add(heldMs);
  }

  endRun({ workflow, node, outcome, durationMs }: NodeRunEnded): void {
    const { nodeRuns, nodeDuration } = this.#workflows.at(workflow);
    nodeRuns.at(node).at(outcome).add(1);
    if (durationMs !== undefined) nodeDuration.at(node).observe(durationMs / 1000);
  }

  spend(change: Spent): void {
    const { team, workflow, provider, model, spend } = change;
    const { cost, provenance } = this.#spendCells(change);
    cost.at(model).add(spend);
    provenance.at(change.pricedBy).add(spend);
    if (change.late) this.#correction.cell([team, workflow, provider, model]).add(spend);
  }

  useTokens(change: TokensUsed): void {
    this.#spendCells(change).tokens.at(change.direction).add(change.tokens);
  }

  noteUnpriced({ provider, model, reason }: UsageUnpriced): void {
    this.#unpriced.cell([provider, model, reason]).add(1);
  }

  settleUsage({ provider, model, by }: UsageSettled): void {
    this.#settled.cell([provider, model, by]).add(1);
  }

  noteCheckpoint({ workflow, outcome }: CheckpointNoted): void {
    this.#workflows.at(workflow).checkpoints.at(outcome).add(1);
  }

  forget(threadId: string): void {
    const standing = this.#standing(threadId);
    if (standing === undefined) return;
    this.#countAgents(standing, -1);
    if (standing.state !== undefined) standing.cells.threads.at(standing.state).add(-1);
    this.#standings.delete(threadId);
    this.#latest = undefined;
  }

  /** Beside the families themselves, which the registry holds. */
  *dump(): Generator<AggregatesDump> {
    yield ['known', [...this.#known.entries()].map(([workflow]) => workflow)];
    for (const [threadId, { workflow, state, agents }] of this.#standings) {
      yield ['standing', threadId, workflow, state ?? null, [...agents]];
    }
  }

  load(item: AggregatesDump): void {
    if (item[0] === 'known') {
      for (const workflow of item[1]) this.#known.set(workflow, true);
    } else {
      const [, threadId, workflow, state, agents] = item;
      const lastEvent = this.#lastEvent.cellAgain([workflow]);
      const cells = this.#workflows.at(workflow);
      this.#standings.set(threadId, { workflow, cells, lastEvent, state: state ?? undefined, agents: new Map(agents) });
      this.#latest = undefined;
    }
  }

  #standing(threadId: string): Standing | undefined {
    if (this.#latest?.threadId !== threadId) this.#latest = { threadId, standing: this.#standings.get(threadId) };
    return this.#latest.standing;
  }

  #cellsOf(workflow: string, most: number): WorkflowCells {
    return {
      threads: new HeldCells(this.#threads, [workflow]),
      agents: new HeldCells(this.#agents, [workflow]),
      finished: new HeldCells(this.#finished, [workflow]),
      wasted: new HeldCells(this.#wasted, [workflow]),
      duration: new HeldCells(this.#threadDuration, [workflow]),
      checkpoints: new HeldCells(this.#checkpoints, [workflow]),
      nodeDuration: new HeldCells(this.#nodeDuration, [workflow]),
      nodeRuns: new HeldByName(most, (node) => new HeldCells(this.#nodeRuns, [workflow, node])),
      byAgent: new HeldByName(most, (agent) => ({
        transitions: new HeldCells(this.#transitions, [workflow, agent]),
        seconds: new HeldCells(this.#stateSeconds, [workflow, agent]),
        spend: undefined,
      })),
    };
  }

  #spendCells(change: Spent | TokensUsed): SpendCells {
    const { workflow, agent, team, provider, model } = change;
    const cells = this.#workflows.at(workflow).byAgent.at(agent);
    const { spend } = cells;
    if (spend !== undefined && spend.model === model && spend.team === team && spend.provider === provider)
      return spend;
    return (cells.spend = {
      ...{ team, provider, model },
      cost: new HeldCells(this.#cost, [team, workflow, agent, provider]),
      provenance: new HeldCells(this.#provenance, [team, workflow, provider, model]),
      tokens: new HeldCells(this.#tokens, [team, workflow, agent, provider, model]),
    });
  }

  /** Agents count while their thread goes on; with its end they leave the gauge. */
  #countAgents(standing: Standing, sign: 1 | -1): void {
    if (!goesOn(standing)) return;
    for (const state of standing.agents.values()) standing.cells.agents.at(state).add(sign);
  }
}
