// Whole-installation series: no thread label, never removed, zero from the first sight of a workflow.
import type { OrchestratorEvent } from '../../contract/event.ts';
import { CHECKPOINT_OUTCOMES } from '../../contract/labels.ts';
import { AGGREGATES } from '../../contract/metrics.ts';
import { AGENT_STATES, FINAL_THREAD_STATES, GRAPH_STATUSES, THREAD_STATES } from '../../contract/states.ts';
import type { AgentState, ThreadState } from '../../contract/states.ts';
import type { Change } from '../../model/change.ts';
import { RecentMap } from '../../model/recent-map.ts';
import type { MillisecondsCell } from '../cell.ts';
import type { SeriesRegistry } from '../registry.ts';

/** Why spend is called wasted: the statuses that are no success. */
const WASTED_STATUSES = GRAPH_STATUSES.filter((status) => status !== 'success');

/** What must be remembered of a thread to move the two gauges of states. */
interface Standing {
  readonly workflow: string;
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
    this.#standings.get(event.threadId)?.lastEvent.raise(event.timestampMs);
  }

  apply(change: Change): void {
    const { workflow } = change;
    switch (change.kind) {
      case 'thread-started':
        this.#start(change);
        return;
      case 'thread-state':
        this.#moveThread(change.threadId, change.to);
        return;
      case 'thread-finished':
        this.#finished.cell([workflow, change.status]).add(1);
        this.#threadDuration.cell([workflow, change.status]).observe(change.durationMs / 1000);
        if (change.status !== 'success') this.#wasted.cell([workflow, change.status]).add(change.spend);
        return;
      case 'agent-state':
        this.#moveAgent(change.threadId, change.agent, change.to);
        this.#transitions.cell([workflow, change.agent, change.to]).add(1);
        if (change.from !== undefined) {
          this.#stateSeconds.cell([workflow, change.agent, change.from]).add(change.heldMs);
        }
        return;
      case 'node-run':
        this.#nodeRuns.cell([workflow, change.node, change.outcome]).add(1);
        if (change.durationMs !== undefined) {
          this.#nodeDuration.cell([workflow, change.node]).observe(change.durationMs / 1000);
        }
        return;
      case 'spend': {
        const { team, agent, provider, model } = change;
        this.#cost.cell([team, workflow, agent, provider, model]).add(change.spend);
        this.#provenance.cell([team, workflow, provider, model, change.pricedBy]).add(change.spend);
        if (change.late) this.#correction.cell([team, workflow, provider, model]).add(change.spend);
        return;
      }
      case 'tokens': {
        const { team, agent, provider, model, direction } = change;
        this.#tokens.cell([team, workflow, agent, provider, model, direction]).add(change.tokens);
        return;
      }
      case 'unpriced':
        this.#unpriced.cell([change.provider, change.model, change.reason]).add(1);
        return;
      case 'usage-settled':
        this.#settled.cell([change.provider, change.model, change.by]).add(1);
        return;
      case 'checkpoint':
        this.#checkpoints.cell([workflow, change.outcome]).add(1);
        return;
      case 'thread-forgotten':
        this.#forget(change.threadId);
        return;
      case 'agent-seen':
      case 'thread-budget':
      case 'anomaly':
        return;
    }
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
      this.#standings.set(threadId, { workflow, lastEvent, state: state ?? undefined, agents: new Map(agents) });
    }
  }

  #start(change: { readonly threadId: string; readonly workflow: string }): void {
    this.initialise(change.workflow);
    // The next run of a thread goes on with its agents.
    if (this.#standings.has(change.threadId)) return;
    const { workflow } = change;
    const lastEvent = this.#lastEvent.cell([workflow]);
    this.#standings.set(change.threadId, { workflow, lastEvent, state: undefined, agents: new Map() });
  }

  #moveThread(threadId: string, to: ThreadState): void {
    const standing = this.#standings.get(threadId);
    if (standing === undefined) return;
    this.#countAgents(standing, -1);
    if (standing.state !== undefined) this.#threads.cell([standing.workflow, standing.state]).add(-1);
    standing.state = to;
    this.#threads.cell([standing.workflow, to]).add(1);
    this.#countAgents(standing, 1);
  }

  #moveAgent(threadId: string, agent: string, to: AgentState): void {
    const standing = this.#standings.get(threadId);
    if (standing === undefined) return;
    const from = standing.agents.get(agent);
    standing.agents.set(agent, to);
    if (!goesOn(standing)) return;
    if (from !== undefined) this.#agents.cell([standing.workflow, from]).add(-1);
    this.#agents.cell([standing.workflow, to]).add(1);
  }

  #forget(threadId: string): void {
    const standing = this.#standings.get(threadId);
    if (standing === undefined) return;
    this.#countAgents(standing, -1);
    if (standing.state !== undefined) this.#threads.cell([standing.workflow, standing.state]).add(-1);
    this.#standings.delete(threadId);
  }

  /** Agents count while their thread goes on; with its end they leave the gauge. */
  #countAgents(standing: Standing, sign: 1 | -1): void {
    if (!goesOn(standing)) return;
    for (const state of standing.agents.values()) this.#agents.cell([standing.workflow, state]).add(sign);
  }
}
