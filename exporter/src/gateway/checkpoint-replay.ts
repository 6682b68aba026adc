// A thread as it was at one of its checkpoints, and what was broadcast of it from there on, a page at a time.
import type { GatewayBroadcast, ReplayAnswer, ReplayedAgent } from '../contract/wire.ts';
import { nanoToCents } from '../contract/money.ts';
import type { ReplayedEvent } from '../model/thread-replay.ts';
import type { AgentView, CheckpointView, ThreadView } from '../model/views.ts';
import { checkpointEntries, currentMetrics } from './answers.ts';
import { broadcastsOf } from './broadcast.ts';
import { recordOf } from './sequence.ts';

/** From a checkpoint, or from behind a broadcast; from the thread's beginning without either. */
export interface ReplayStart {
  readonly checkpointId?: string | undefined;
  readonly afterSeq?: number | undefined;
}

type Page = Omit<ReplayAnswer, 'threadId' | 'epoch' | 'complete'>;

/** Hears the events of a thread in their order, until it has its page. */
export class CheckpointReplay {
  readonly #from: ReplayStart;
  readonly #limit: number;
  readonly #events: GatewayBroadcast[] = [];
  #checkpoint: CheckpointView | undefined;
  /** The thread where the page begins. */
  #state: Pick<Page, 'metrics' | 'agents'> = { metrics: null, agents: [] };
  #hasBegun: boolean;
  #more = false;

  constructor(from: ReplayStart, limit: number) {
    this.#from = from;
    this.#limit = limit;
    this.#hasBegun = from.checkpointId === undefined && from.afterSeq === undefined;
  }

  /** Whether the checkpoint that was asked for was there; true when none was. */
  get isFound(): boolean {
    return this.#from.checkpointId === undefined || this.#checkpoint !== undefined;
  }

  /** @returns whether to go on */
  visit({ record, event, changes, thread }: ReplayedEvent): boolean {
    const { checkpointId, afterSeq = -1 } = this.#from;
    if (!this.#hasBegun && checkpointId === undefined) this.#hasBegun = record >= recordOf(afterSeq);
    if (this.#hasBegun) {
      for (const broadcast of broadcastsOf({ event, record }, changes, thread)) {
        if (broadcast.seq <= afterSeq) continue;
        if (this.#events.length === this.#limit) {
          this.#more = true;
          return false;
        }
        this.#events.push(broadcast);
      }
    }
    // Taken down at once: the next event changes the thread.
    if (checkpointId === undefined && record <= recordOf(afterSeq) && thread !== undefined) {
      this.#state = stateOf(thread);
    }
    if (!this.#hasBegun && event.type === 'checkpoint.saved' && event.checkpointId === checkpointId) {
      this.#hasBegun = true;
      this.#checkpoint = thread?.checkpoints.at(-1);
      if (thread !== undefined) this.#state = stateOf(thread);
    }
    return true;
  }

  page(): Page {
    const [checkpoint = null] = this.#checkpoint === undefined ? [] : checkpointEntries([this.#checkpoint], 1);
    const nextSeq = this.#events.at(-1)?.seq ?? this.#from.afterSeq ?? 0;
    return {
      checkpoint,
      ...this.#state,
      events: this.#events,
      nextSeq,
      more: this.#more,
    };
  }
}

function stateOf(thread: ThreadView): Pick<Page, 'metrics' | 'agents'> {
  return {
    metrics: currentMetrics(thread),
    agents: [...thread.agents.values()].map(replayedAgent),
  };
}

function replayedAgent({ agent, state, sinceMs, spend }: AgentView): ReplayedAgent {
  return { agent, state, sinceMs, costCents: nanoToCents(spend) };
}
