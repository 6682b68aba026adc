// A client that follows threads as docs/gateway.md says: it remembers the last number of each, and resumes from it.
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type {
  GatewayBroadcast,
  GatewayResponse,
  ReplayAnswer,
  StreamPosition,
  SubscribeAnswer,
} from '../src/contract/wire.ts';
import { ALL_THREADS } from '../src/contract/wire.ts';

/** What was heard without a hole, and from where on. */
export interface Stretch {
  readonly after: number;
  readonly heard: GatewayBroadcast[];
}

const CUT_OFF = 'cut off';

interface Following {
  position: StreamPosition;
  readonly stretches: Stretch[];
}

export class Follower {
  /** Broadcasts of a thread whose number did not rise: there must be none. */
  repeats = 0;
  /** How often the answer to `resumeFrom` was what. */
  readonly resumed = { complete: 0, gap: 0 };
  readonly #following = new Map<string, Following>();
  #socket: WebSocket | undefined;
  #answers = new Map<string, (answer: GatewayResponse) => void>();
  #wakers: (() => void)[] = [];
  #next = 1;

  stretches(threadId: string): readonly Stretch[] {
    return this.#following.get(threadId)?.stretches ?? [];
  }

  /** Connects, and subscribes to every thread: anew, or from where it was cut off. */
  async connect(url: string, threadIds: readonly string[]): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/gateway`);
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: RawData) => {
      if (socket === this.#socket)
        this.#hear(JSON.parse((data as Buffer).toString('utf8')) as GatewayResponse | GatewayBroadcast);
    });
    await new Promise<void>((resolve) => {
      socket.once('open', resolve);
      socket.once('close', resolve);
    });
    for (const threadId of threadIds) await this.#follow(threadId);
  }

  /** As a cable that is pulled out. */
  cut(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
    const answers = [...this.#answers.values()];
    this.#answers.clear();
    for (const give of answers) give({ type: 'res', id: '', ok: false, error: { code: 'internal', message: CUT_OFF } });
  }

  /** Resolves when it has heard a broadcast of the thread with this number or a later one. */
  async until(threadId: string, seq: number): Promise<void> {
    while ((this.#following.get(threadId)?.position.seq ?? 0) < seq) {
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  async #follow(threadId: string): Promise<void> {
    const known = this.#following.get(threadId);
    const from = known === undefined ? {} : { resumeFrom: known.position };
    const answer = await this.#request('orchestrator.metrics.subscribe', { threadId, ...from }, (payload) => {
      const { stream, resume } = payload as SubscribeAnswer;
      if (stream === undefined) return;
      if (resume !== undefined) this.resumed[resume] += 1;
      // Only where nobody can tell what was missed does it begin anew.
      const isLost = resume === 'gap' && (threadId === ALL_THREADS || stream.epoch !== known?.position.epoch);
      if (known !== undefined && !isLost) return;
      const stretches = [...(known?.stretches ?? []), { after: stream.seq, heard: [] }];
      this.#following.set(threadId, { position: stream, stretches });
    });
    if (answer?.resume === 'gap' && known !== undefined && this.#following.get(threadId) === known) {
      await this.#readMissed(threadId, known, answer.stream?.seq ?? 0);
    }
  }

  /** Live broadcasts may come meanwhile, with higher numbers: they wait. */
  async #readMissed(threadId: string, known: Following, untilSeq: number): Promise<void> {
    const live: GatewayBroadcast[] = [];
    this.#waiting.set(threadId, live);
    try {
      for (let more = true; more;) {
        const params = { threadId, afterSeq: known.position.seq, limit: 7 };
        const answer = await this.#request('orchestrator.checkpoint.replay', params, (payload) => {
          const { events } = payload as ReplayAnswer;
          for (const event of events) this.#take(threadId, event, true);
        });
        if (answer === undefined) return;
        more = (answer as unknown as ReplayAnswer).more;
      }
      this.#waiting.delete(threadId);
      for (const event of live) this.#take(threadId, event, true);
      if (known.position.seq < untilSeq) known.position = { ...known.position, seq: untilSeq };
    } finally {
      this.#waiting.delete(threadId);
    }
  }

  readonly #waiting = new Map<string, GatewayBroadcast[]>();

  /** @param heard called at once with the answer, before what follows it */
  #request(method: string, params: object, heard: (payload: unknown) => void): Promise<SubscribeAnswer | undefined> {
    const id = String(this.#next++);
    return new Promise((resolve) => {
      this.#answers.set(id, (answer) => {
        if (answer.ok) heard(answer.payload);
        else if (answer.error.code === 'busy') {
          resolve(this.#request(method, params, heard));
          return;
        } else if (answer.error.message !== CUT_OFF) throw new Error(`${method}: ${answer.error.message}`);
        resolve(answer.ok ? (answer.payload as SubscribeAnswer) : undefined);
      });
      this.#socket?.send(JSON.stringify({ type: 'req', id, method, params }));
      if (this.#socket === undefined) this.cut();
    });
  }

  #hear(message: GatewayResponse | GatewayBroadcast): void {
    if (message.type === 'res') {
      const give = this.#answers.get(message.id);
      this.#answers.delete(message.id);
      give?.(message);
      return;
    }
    const threadId = String(message.payload['threadId']);
    for (const name of [threadId, ALL_THREADS]) {
      if (!this.#following.has(name)) continue;
      const live = this.#waiting.get(name);
      if (live === undefined) this.#take(name, message, false);
      else live.push(message);
    }
  }

  #take(name: string, message: GatewayBroadcast, mayRepeat: boolean): void {
    const following = this.#following.get(name);
    if (following === undefined) return;
    if (message.seq <= following.position.seq) {
      if (!mayRepeat) this.repeats += 1;
      return;
    }
    following.position = { ...following.position, seq: message.seq };
    following.stretches.at(-1)?.heard.push(message);
    for (const wake of this.#wakers.splice(0)) wake();
  }
}
