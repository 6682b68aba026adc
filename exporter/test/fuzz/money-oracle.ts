// What accepted events are worth, told a second time: from the rules of docs/events.md, over the JSON as it was sent, in
// BigInt. Shares no code with src.

const MAX_SUM = 2n ** 53n - 1n;
const AHEAD_MS = 5 * 60_000;
const SILENT_MS = 7 * 86_400_000;

/** Nano-USD a token, times 10^9, so that prices with fractions of a nano stay whole. */
export type OraclePrices = ReadonlyMap<string, Readonly<Partial<Record<'input' | 'output', bigint>>>>;

interface Run {
  mark: bigint;
  heard: boolean;
}

interface Thread {
  startedMs: number;
  endedMs: number | undefined;
  isOver: boolean;
  newestMs: number;
  total: bigint;
  run: Run;
  prior: Run | undefined;
  isHeld: boolean;
  wasForgotten: boolean;
}

type Fields = (name: string) => unknown;

interface Said {
  readonly type: string;
  readonly get: Fields;
  readonly content: string;
}

export class MoneyOracle {
  readonly threads = new Map<string, Thread>();
  readonly #contents = new Map<string, string>();
  readonly #prices: OraclePrices;
  readonly #retentionMs: number;
  total = 0n;

  constructor({ prices, retentionMs }: { readonly prices: OraclePrices; readonly retentionMs: number }) {
    this.#prices = prices;
    this.#retentionMs = retentionMs;
  }

  /** An event that was not refused. @returns whether it must be a repeat, or must have been refused for its id. */
  take(raw: object, nowMs: number): 'counted' | 'duplicate' | 'conflict' {
    const said = read(raw as Record<string, unknown>);
    const given = said.get('id');
    const id = typeof given === 'string' ? `id ${given}` : `content ${said.content}`;
    const known = this.#contents.get(id);
    if (known !== undefined) return known === said.content ? 'duplicate' : 'conflict';
    this.#contents.set(id, said.content);
    this.#count(said, nowMs);
    return 'counted';
  }

  /** Whether an event whose id was refused says something else than the one before. */
  conflicts(raw: object): boolean {
    const said = read(raw as Record<string, unknown>);
    const known = this.#contents.get(`id ${String(said.get('id'))}`);
    return known !== undefined && known !== said.content;
  }

  /** Threads that ended, or fell silent, long enough ago are forgotten, but not what they have reported. */
  sweep(nowMs: number): void {
    for (const thread of this.threads.values()) {
      if (thread.newestMs + (thread.isOver ? this.#retentionMs : SILENT_MS) > nowMs) continue;
      thread.isHeld = false;
      thread.wasForgotten = true;
    }
  }

  #count({ type, get }: Said, nowMs: number): void {
    const toldMs = Math.floor(Number(get('timestamp')));
    const atMs = toldMs > nowMs + AHEAD_MS ? nowMs : toldMs;
    const thread = this.#thread(String(get('threadId')), atMs);
    const isCost = type === 'cost.updated';
    const total = isCost ? amount(get('costCents') ?? get('totalCostCents'), 7) : undefined;
    if (thread.endedMs !== undefined && begins(type, get, { atMs, thread, total })) {
      thread.startedMs = atMs;
      thread.endedMs = undefined;
      thread.isOver = false;
      thread.prior = thread.run;
      thread.run = { mark: thread.run.mark, heard: false };
    }
    thread.newestMs = Math.max(thread.newestMs, atMs, nowMs);
    if (isCost) this.#spend(thread, { atMs, total, get });
    const target = type === 'state.changed' ? get('to') : type === 'route:next' ? get('nextNodeId') : undefined;
    if ((type === 'graph.complete' || target === 'END') && !thread.isOver) {
      thread.isOver = true;
      thread.endedMs = atMs;
    }
  }

  #thread(id: string, atMs: number): Thread {
    const known = this.threads.get(id);
    if (known?.isHeld === true) return known;
    const fresh = { startedMs: atMs, newestMs: 0, prior: undefined, isHeld: true };
    const thread: Thread =
      known === undefined
        ? {
            endedMs: undefined,
            isOver: false,
            total: 0n,
            run: { mark: 0n, heard: false },
            wasForgotten: false,
            ...fresh,
          }
        : Object.assign(known, fresh);
    this.threads.set(id, thread);
    return thread;
  }

  #spend(
    thread: Thread,
    { atMs, total, get }: { readonly atMs: number; readonly total: bigint | undefined; readonly get: Fields }
  ): void {
    const run = atMs < thread.startedMs ? (thread.prior ?? thread.run) : thread.run;
    const own = ownSpend(get, total);
    let spend: bigint;
    if (total === undefined) {
      spend = own ?? (run.heard ? 0n : this.#price(get));
      if (run.mark + spend <= MAX_SUM) run.mark += spend;
    } else {
      // The first total of a run that came after another may have begun at zero.
      if (!run.heard && thread.prior !== undefined && run === thread.run && (total < run.mark || total === own)) {
        run.mark = 0n;
      }
      run.heard = true;
      spend = total > run.mark ? total - run.mark : 0n;
      run.mark = total > run.mark ? total : run.mark;
    }
    if (thread.total + spend > MAX_SUM) return;
    thread.total += spend;
    this.total += spend;
  }

  #price(get: Fields): bigint {
    const tokens = (name: string): bigint => {
      const count = get(name);
      return typeof count === 'number' && count > 0 ? BigInt(count) : 0n;
    };
    const model = get('model');
    const prices = typeof model === 'string' ? this.#prices.get(model) : undefined;
    if (prices === undefined || tokens('cacheReadTokensDelta') > 0n || tokens('cacheWriteTokensDelta') > 0n) return 0n;
    const { input = 0n, output = 0n } = prices;
    const used =
      tokens('inputTokensDelta') * input + (tokens('outputTokensDelta') + tokens('reasoningTokensDelta')) * output;
    const price = (used + 500_000_000n) / 1_000_000_000n;
    return price > 10n ** 15n ? 0n : price;
  }
}

function ownSpend(get: Fields, total: bigint | undefined): bigint | undefined {
  const delta = get('costDeltaCents');
  if (total !== undefined && typeof delta === 'number' && delta < 0) return undefined;
  return delta === undefined ? amount(get('costUsd'), 9) : amount(delta, 7);
}

function begins(
  type: string,
  get: Fields,
  at: { readonly atMs: number; readonly thread: Thread; readonly total: bigint | undefined }
): boolean {
  const endedMs = at.thread.endedMs ?? 0;
  if (type === 'node.start' || type === 'node:start') return at.atMs >= endedMs;
  if (at.atMs <= endedMs) return false;
  const target = type === 'state.changed' ? get('to') : type === 'route:next' ? get('nextNodeId') : undefined;
  if (target !== undefined && target !== '') return target !== 'END';
  if (type === 'agent.active') return true;
  if (type === 'agent.state') return get('state') !== 'completed' && get('state') !== 'failed';
  return at.total !== undefined && at.total < at.thread.run.mark;
}

/** Where a dialect keeps what it says; null is as good as nothing. */
function read(raw: Record<string, unknown>): Said {
  const type = String(raw['type']);
  const look = (...places: readonly Record<string, unknown>[]): Fields => {
    return (name) => {
      for (const place of places) {
        if (Object.hasOwn(place, name) && place[name] !== null && place[name] !== undefined) return place[name];
      }
      return undefined;
    };
  };
  if (type === 'event') {
    const payload = raw['payload'] as Record<string, unknown>;
    const name = String(raw['event']).replace('orchestrator.', '');
    const get = look(payload);
    return { type: name, get, content: contentOf(name, get, without(payload, ['threadId', 'timestamp', 'id'])) };
  }
  if (type.includes(':')) {
    const get = look(raw);
    return { type, get, content: contentOf(type, get, without(raw, ['id'])) };
  }
  const payload = (raw['payload'] ?? {}) as Record<string, unknown>;
  const get = look(raw, payload);
  const beside = without(raw, ['type', 'threadId', 'timestamp', 'payload', 'id']);
  const within = without(payload, ['id']);
  return { type, get, content: contentOf(type, get, Object.keys(beside).length === 0 ? within : [within, beside]) };
}

function without(record: Record<string, unknown>, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !names.includes(key)));
}

function contentOf(type: string, get: Fields, said: unknown): string {
  return JSON.stringify([get('threadId'), type, get('timestamp'), sorted(said)]);
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}

/** Decimal text times 10^places, rounded half away from zero. What is negative was accepted because it rounds to nothing. */
function amount(value: unknown, places: number): bigint | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const [mantissa = '', power = '0'] = String(value).replace(/^-/, '').toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = places - fraction.length + Number(power);
  const digits = BigInt(whole + fraction);
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const unit = 10n ** BigInt(-shift);
  return (digits + unit / 2n) / unit;
}
