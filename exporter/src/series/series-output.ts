// Everything Prometheus is shown, fed by the model's changes: the pipeline's first output.
import type { OrchestratorEvent } from '../contract/event.ts';
import { OVERFLOW_LABEL } from '../contract/labels.ts';
import type { Change } from '../model/change.ts';
import type { ModelView } from '../model/views.ts';
import type { Admission } from './admission.ts';
import type { AdmissionDump } from './admission.ts';
import { AggregateFamilies } from './families/aggregates.ts';
import type { AggregatesDump } from './families/aggregates.ts';
import { PerThreadFamilies } from './families/per-thread.ts';
import type { ThreadSeriesDump } from './families/per-thread.ts';
import type { RegistryDump, SeriesRegistry } from './registry.ts';
import type { Timeline, TimelineDump } from './timeline.ts';

export interface SeriesOutputOptions {
  readonly registry: SeriesRegistry;
  readonly model: ModelView;
  readonly admission: Admission;
  readonly timeline: Timeline;
  /** Timelines that settle earlier: they hear the same, and take up what the other wrote down. */
  readonly earlier?: readonly Timeline[];
  /** Shown at zero from the start: the workflow of events that carry none. */
  readonly defaultWorkflow: string;
}

export type SeriesOutputDump =
  | readonly ['registry', RegistryDump]
  | readonly ['admission', AdmissionDump]
  | readonly ['aggregates', AggregatesDump]
  | readonly ['thread', ThreadSeriesDump]
  | readonly ['timeline', TimelineDump];

export class SeriesOutput {
  readonly #registry: SeriesRegistry;
  readonly #admission: Admission;
  readonly #timeline: Timeline;
  readonly #earlier: readonly Timeline[];
  readonly #aggregates: AggregateFamilies;
  readonly #perThread: PerThreadFamilies;

  constructor({ registry, model, admission, timeline, earlier = [], defaultWorkflow }: SeriesOutputOptions) {
    this.#registry = registry;
    this.#admission = admission;
    this.#timeline = timeline;
    this.#earlier = earlier;
    this.#aggregates = new AggregateFamilies(registry);
    this.#perThread = new PerThreadFamilies(registry, { model, admission });
    this.#aggregates.initialise(defaultWorkflow);
  }

  apply(event: OrchestratorEvent, changes: readonly Change[]): void {
    this.#show(event, changes);
    this.#timeline.apply(event);
    for (const timeline of this.#earlier) timeline.apply(event);
  }

  restore(event: OrchestratorEvent, changes: readonly Change[]): void {
    this.#show(event, changes);
    this.#timeline.restore(event);
    for (const timeline of this.#earlier) timeline.restore(event);
  }

  /** Changes that no event caused: threads that the model let go of. */
  swept(changes: readonly Change[]): void {
    for (const change of changes) this.#take(change);
  }

  #show(event: OrchestratorEvent, changes: readonly Change[]): void {
    let isFolded = false;
    for (const change of changes) isFolded = this.#take(change) || isFolded;
    // The model put the agent of the event on the lane that all names past its bounds share.
    if (isFolded && namesAgent(event)) this.#admission.foldedElsewhere();
    this.#aggregates.heard(event);
  }

  /**
   * Changes have many shapes and this is done for every one: behind this one look at its kind everything is handed on to a
   * method that sees one shape only, in which the engine finds the fields without a search.
   * @returns whether the change is of the lane `other`.
   */
  #take(change: Change): boolean {
    switch (change.kind) {
      case 'agent-seen':
        this.#perThread.seen(change);
        return change.agent === OVERFLOW_LABEL;
      case 'agent-state':
        this.#aggregates.moveAgent(change);
        this.#perThread.moveAgent(change);
        return change.agent === OVERFLOW_LABEL;
      case 'node-run':
        this.#aggregates.endRun(change);
        return change.agent === OVERFLOW_LABEL;
      case 'spend':
        this.#aggregates.spend(change);
        this.#perThread.spend(change);
        return change.agent === OVERFLOW_LABEL;
      case 'tokens':
        this.#aggregates.useTokens(change);
        return change.agent === OVERFLOW_LABEL;
      case 'thread-budget':
        this.#perThread.setBudget(change);
        return false;
      case 'checkpoint':
        this.#aggregates.noteCheckpoint(change);
        this.#perThread.noteCheckpoint(change);
        return false;
      case 'thread-started':
        this.#admission.start(change.threadId);
        this.#aggregates.start(change);
        this.#perThread.start(change);
        return false;
      case 'thread-state':
        this.#aggregates.moveThread(change);
        this.#perThread.moveThread(change);
        return false;
      case 'thread-finished':
        this.#aggregates.finish(change);
        return false;
      case 'unpriced':
        this.#aggregates.noteUnpriced(change);
        return change.agent === OVERFLOW_LABEL;
      case 'usage-settled':
        this.#aggregates.settleUsage(change);
        return change.agent === OVERFLOW_LABEL;
      case 'thread-forgotten':
        this.#aggregates.forget(change.threadId);
        this.#perThread.forget(change.threadId);
        this.#admission.forget(change.threadId);
        return false;
      case 'anomaly':
        return false;
    }
  }

  *dump(): Generator<SeriesOutputDump> {
    for (const item of this.#registry.dump()) yield ['registry', item];
    for (const item of this.#admission.dump()) yield ['admission', item];
    for (const item of this.#aggregates.dump()) yield ['aggregates', item];
    for (const item of this.#perThread.dump()) yield ['thread', item];
    for (const item of this.#timeline.dump()) yield ['timeline', item];
  }

  /** Takes one item of {@link dump}, in its order. @throws RangeError when it does not fit. */
  load(item: SeriesOutputDump): void {
    switch (item[0]) {
      case 'registry':
        this.#registry.load(item[1]);
        return;
      case 'admission':
        this.#admission.load(item[1]);
        return;
      case 'aggregates':
        this.#aggregates.load(item[1]);
        return;
      case 'thread':
        this.#perThread.load(item[1]);
        return;
      case 'timeline':
        this.#timeline.load(item[1]);
        for (const timeline of this.#earlier) timeline.load(item[1]);
        return;
    }
  }
}

function namesAgent(event: OrchestratorEvent): boolean {
  const { agent } = event as { readonly agent?: string };
  return agent !== undefined && agent !== OVERFLOW_LABEL;
}
