// One set of series per admitted thread, one per lane of it; gone when the thread is forgotten.
import { PER_THREAD } from '../../contract/metrics.ts';
import { AGENT_STATES, THREAD_STATES } from '../../contract/states.ts';
import type { AgentState, ThreadState } from '../../contract/states.ts';
import type {
  AgentSeen,
  AgentStateChanged,
  CheckpointNoted,
  Spent,
  ThreadBudgetReported,
  ThreadStarted,
  ThreadStateChanged,
} from '../../model/change.ts';
import type { ModelView, ThreadView } from '../../model/views.ts';
import type { Admission } from '../admission.ts';
import type { Cell, CellValue, MillisecondsCell, MoneyCell, NumberCell } from '../cell.ts';
import type { Family } from '../family.ts';
import type { SeriesRegistry } from '../registry.ts';

/** Gauges of which the cell of the present state is 1 and the others are 0. */
interface OneHot<S extends string> {
  readonly cells: ReadonlyMap<S, NumberCell>;
  present: S | undefined;
  /** Of the present state. */
  cell: NumberCell | undefined;
}

interface Lane {
  readonly state: OneHot<AgentState>;
  readonly entered: MillisecondsCell;
  readonly lastEvent: MillisecondsCell;
}

interface ThreadCells {
  info: { readonly labels: string; readonly cell: NumberCell } | undefined;
  readonly state: OneHot<ThreadState>;
  readonly lanes: Map<string, Lane>;
  readonly cost: Map<string, MoneyCell>;
  readonly checkpoints: NumberCell;
  lastCheckpoint: MillisecondsCell | undefined;
  limit: MoneyCell | undefined;
  remaining: MoneyCell | undefined;
}

/** The series of one thread in a snapshot. What is left out has no series. */
export interface ThreadSeriesDump {
  readonly threadId: string;
  readonly info?: readonly string[] | undefined;
  readonly state?: ThreadState | undefined;
  readonly lanes: readonly (readonly [lane: string, AgentState | null, entered: CellValue, lastEvent: CellValue])[];
  readonly cost: readonly (readonly [lane: string, CellValue])[];
  readonly checkpoints: CellValue;
  readonly lastCheckpoint?: CellValue | undefined;
  readonly limit?: CellValue | undefined;
  readonly remaining?: CellValue | undefined;
}

function turnTo<S extends string>(oneHot: OneHot<S>, state: S): void {
  oneHot.cell?.set(0);
  oneHot.cell = oneHot.cells.get(state);
  oneHot.cell?.set(1);
  oneHot.present = state;
}

export class PerThreadFamilies {
  readonly #model: ModelView;
  readonly #admission: Admission;
  readonly #threads = new Map<string, ThreadCells>();
  #latest: { readonly threadId: string; readonly thread: ThreadCells | undefined } | undefined;
  readonly #info;
  readonly #state;
  readonly #agentState;
  readonly #entered;
  readonly #lastEvent;
  readonly #cost;
  readonly #limit;
  readonly #remaining;
  readonly #checkpoints;
  readonly #lastCheckpoint;

  constructor(registry: SeriesRegistry, sources: { readonly model: ModelView; readonly admission: Admission }) {
    this.#model = sources.model;
    this.#admission = sources.admission;
    const bound = 'bounded-elsewhere';
    this.#info = registry.numbers(PER_THREAD.threadInfo, bound);
    this.#state = registry.numbers(PER_THREAD.threadState, bound);
    this.#agentState = registry.numbers(PER_THREAD.agentState, bound);
    this.#entered = registry.milliseconds(PER_THREAD.agentStateEntered, bound);
    this.#lastEvent = registry.milliseconds(PER_THREAD.agentLastEvent, bound);
    this.#cost = registry.money(PER_THREAD.threadCost, bound);
    this.#limit = registry.money(PER_THREAD.threadBudgetLimit, bound);
    this.#remaining = registry.money(PER_THREAD.threadBudgetRemaining, bound);
    this.#checkpoints = registry.numbers(PER_THREAD.threadCheckpoints, bound);
    this.#lastCheckpoint = registry.milliseconds(PER_THREAD.threadLastCheckpoint, bound);
  }

  start({ threadId, workflow, team }: ThreadStarted): void {
    this.#latest = undefined;
    const thread = this.#shown(threadId);
    if (thread !== undefined) this.#showInfo(thread, [threadId, workflow, team]);
  }

  moveThread({ threadId, to }: ThreadStateChanged): void {
    const thread = this.#shown(threadId);
    if (thread !== undefined) turnTo(thread.state, to);
  }

  moveAgent({ threadId, agent, to, atMs }: AgentStateChanged): void {
    const thread = this.#shown(threadId);
    if (thread === undefined) return;
    const lane = this.#lane(thread, threadId, agent);
    turnTo(lane.state, to);
    lane.entered.set(atMs);
    lane.lastEvent.raise(atMs);
  }

  seen({ threadId, agent, atMs }: AgentSeen): void {
    const thread = this.#shown(threadId);
    if (thread !== undefined) this.#lane(thread, threadId, agent).lastEvent.raise(atMs);
  }

  spend({ threadId, agent, spend }: Spent): void {
    const thread = this.#shown(threadId);
    if (thread === undefined) return;
    this.#costOf(thread, threadId, agent).add(spend);
    this.#showBudget(thread, threadId);
  }

  setBudget({ threadId }: ThreadBudgetReported): void {
    const thread = this.#shown(threadId);
    if (thread !== undefined) this.#showBudget(thread, threadId);
  }

  noteCheckpoint({ threadId, outcome, count, atMs }: CheckpointNoted): void {
    const thread = outcome === 'saved' ? this.#shown(threadId) : undefined;
    if (thread === undefined) return;
    thread.checkpoints.set(count);
    thread.lastCheckpoint ??= this.#lastCheckpoint.cell([threadId]);
    thread.lastCheckpoint.set(atMs);
  }

  forget(threadId: string): void {
    const thread = this.#threads.get(threadId);
    this.#latest = undefined;
    if (thread !== undefined) this.#drop(threadId, thread);
  }

  *dump(): Generator<ThreadSeriesDump> {
    for (const [threadId, thread] of this.#threads) {
      yield {
        threadId,
        info: thread.info && (JSON.parse(thread.info.labels) as string[]),
        state: thread.state.present,
        lanes: [...thread.lanes].map(([lane, { state, entered, lastEvent }]) => [
          lane,
          state.present ?? null,
          entered.dump(),
          lastEvent.dump(),
        ]),
        cost: [...thread.cost].map(([lane, cell]) => [lane, cell.dump()]),
        checkpoints: thread.checkpoints.dump(),
        lastCheckpoint: thread.lastCheckpoint?.dump(),
        limit: thread.limit?.dump(),
        remaining: thread.remaining?.dump(),
      };
    }
  }

  load({ threadId, info, state, lanes, cost, ...rest }: ThreadSeriesDump): void {
    const thread = this.#thread(threadId);
    this.#latest = undefined;
    if (info !== undefined) this.#showInfo(thread, info);
    if (state !== undefined) turnTo(thread.state, state);
    for (const [name, present, entered, lastEvent] of lanes) {
      const lane = this.#laneOf(thread, threadId, name);
      if (present !== null) turnTo(lane.state, present);
      lane.entered.load(entered);
      lane.lastEvent.load(lastEvent);
    }
    for (const [name, value] of cost) this.#costCell(thread, threadId, name).load(value);
    thread.checkpoints.load(rest.checkpoints);
    if (rest.lastCheckpoint !== undefined) {
      thread.lastCheckpoint = this.#lastCheckpoint.cell([threadId]);
      thread.lastCheckpoint.load(rest.lastCheckpoint);
    }
    if (rest.limit !== undefined) {
      thread.limit = this.#limit.cell([threadId]);
      thread.limit.load(rest.limit);
    }
    if (rest.remaining !== undefined) {
      thread.remaining = this.#remaining.cell([threadId]);
      thread.remaining.load(rest.remaining);
    }
  }

  /** Undefined for a thread that is not admitted. The changes of an event are of one thread. */
  #shown(threadId: string): ThreadCells | undefined {
    if (this.#latest?.threadId === threadId) return this.#latest.thread;
    const thread = this.#threads.get(threadId) ?? (this.#admission.has(threadId) ? this.#thread(threadId) : undefined);
    this.#latest = { threadId, thread };
    return thread;
  }

  #thread(threadId: string): ThreadCells {
    let thread = this.#threads.get(threadId);
    if (thread === undefined) {
      thread = {
        info: undefined,
        state: {
          cells: new Map(THREAD_STATES.map((state) => [state, this.#state.cell([threadId, state])])),
          present: undefined,
          cell: undefined,
        },
        lanes: new Map(),
        cost: new Map(),
        checkpoints: this.#checkpoints.cell([threadId]),
        lastCheckpoint: undefined,
        limit: undefined,
        remaining: undefined,
      };
      this.#threads.set(threadId, thread);
    }
    return thread;
  }

  #showInfo(thread: ThreadCells, values: readonly string[]): void {
    const labels = JSON.stringify(values);
    if (thread.info?.labels === labels) return;
    if (thread.info !== undefined) this.#info.remove(thread.info.cell);
    const cell = this.#info.cell(values);
    cell.set(1);
    thread.info = { labels, cell };
  }

  #lane(thread: ThreadCells, threadId: string, agent: string): Lane {
    // A lane that is there was admitted; one that was not is asked about every time, for each fold is counted.
    return thread.lanes.get(agent) ?? this.#laneOf(thread, threadId, this.#admission.lane(threadId, agent));
  }

  #laneOf(thread: ThreadCells, threadId: string, name: string): Lane {
    let lane = thread.lanes.get(name);
    if (lane === undefined) {
      const cells = new Map(AGENT_STATES.map((state) => [state, this.#agentState.cell([threadId, name, state])]));
      lane = {
        state: { cells, present: undefined, cell: undefined },
        entered: this.#entered.cell([threadId, name]),
        lastEvent: this.#lastEvent.cell([threadId, name]),
      };
      thread.lanes.set(name, lane);
    }
    return lane;
  }

  #costOf(thread: ThreadCells, threadId: string, agent: string): MoneyCell {
    return thread.cost.get(agent) ?? this.#costCell(thread, threadId, this.#admission.lane(threadId, agent));
  }

  #costCell(thread: ThreadCells, threadId: string, name: string): MoneyCell {
    let cell = thread.cost.get(name);
    if (cell === undefined) thread.cost.set(name, (cell = this.#cost.cell([threadId, name])));
    return cell;
  }

  /** From the model's view, which also knows the budgets of budgets.yml; absent while neither side names one (any more). */
  #showBudget(thread: ThreadCells, threadId: string): void {
    const view: ThreadView | undefined = this.#model.threads.get(threadId);
    if (view?.budgetLimit !== undefined) {
      thread.limit ??= this.#limit.cell([threadId]);
      thread.limit.set(view.budgetLimit);
    } else if (thread.limit !== undefined) {
      this.#limit.remove(thread.limit);
      thread.limit = undefined;
    }
    if (view?.budgetRemaining !== undefined) {
      thread.remaining ??= this.#remaining.cell([threadId]);
      thread.remaining.set(view.budgetRemaining);
    } else if (thread.remaining !== undefined) {
      this.#remaining.remove(thread.remaining);
      thread.remaining = undefined;
    }
  }

  #drop(threadId: string, thread: ThreadCells): void {
    const removeAll = <C extends Cell>(family: Family<C>, cells: Iterable<C | undefined>): void => {
      for (const cell of cells) if (cell !== undefined) family.remove(cell);
    };
    removeAll(this.#info, [thread.info?.cell]);
    removeAll(this.#state, thread.state.cells.values());
    for (const lane of thread.lanes.values()) {
      removeAll(this.#agentState, lane.state.cells.values());
      removeAll(this.#entered, [lane.entered]);
      removeAll(this.#lastEvent, [lane.lastEvent]);
    }
    removeAll(this.#cost, thread.cost.values());
    removeAll(this.#checkpoints, [thread.checkpoints]);
    removeAll(this.#lastCheckpoint, [thread.lastCheckpoint]);
    removeAll(this.#limit, [thread.limit]);
    removeAll(this.#remaining, [thread.remaining]);
    this.#threads.delete(threadId);
  }
}
