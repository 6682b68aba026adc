// Bodies of events: stretches of the recorded runs in all three dialects, with something in them changed, in their sense or
// in their bytes. The same random numbers give the same bodies.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../random.ts';
import { EVENT_KEYS, HOSTILE_LITERALS, HOSTILE_VALUES } from './hostile-values.ts';

export interface FuzzBody {
  readonly format: 'json' | 'ndjson';
  readonly bytes: Buffer;
  /** How many inputs it is: its events, or one where it was changed as a whole. */
  readonly inputs: number;
}

type Event = Record<string, unknown>;

const RUNS = ['helix-stategraph', 'langchain', 'openai', 'smolagents'] as const;

function recorded(name: string): Event[] {
  const text = readFileSync(join(__dirname, '../../../fixtures/runs', `${name}.events.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
}

/** The same events as the gateway broadcasts them. */
function broadcast({ type, threadId, timestamp, payload }: Event): Event {
  const facts = { threadId, timestamp, ...(payload as Event) };
  return { type: 'event', event: `orchestrator.${String(type)}`, payload: facts };
}

const METRICS = RUNS.slice(1).map(recorded);
const STREAMS: readonly (readonly Event[])[] = [
  recorded('helix-stategraph'),
  ...METRICS,
  ...METRICS.map((run) => run.map(broadcast)),
];
const MODELS = ['model-with-price', 'model-without-price', 'mistral/mistral-small-latest'] as const;
const AGENTS = ['planner', 'writer', 'planner:1', 'other'] as const;

export class EventMutations {
  readonly #random: Random;
  readonly #nowMs: () => number;
  /** Of this life: for repeats, and for the same id with other content. */
  readonly #sent: string[] = [];
  #next = 0;

  constructor(seed: number, nowMs: () => number) {
    this.#random = new Random(seed);
    this.#nowMs = nowMs;
  }

  body(): FuzzBody {
    const random = this.#random;
    const texts = this.#stretch();
    const format = random.chance(0.5) ? 'json' : 'ndjson';
    const lined = format === 'ndjson' || random.chance(0.2);
    const bytes = Buffer.from(lined ? texts.join(random.chance(0.1) ? '\r\n' : '\n') : `[${texts.join(',')}]`);
    if (!random.chance(lined ? 0.15 : 0.05)) return { format, bytes, inputs: texts.length };
    return { format, bytes: this.#scrambled(bytes), inputs: lined ? texts.length : 1 };
  }

  /** Consecutive events of a run under a thread of this life, some of them changed, some sent before. */
  #stretch(): string[] {
    const random = this.#random;
    const stream = random.pick(STREAMS);
    const from = random.int(0, stream.length - 1);
    const threadId = `t-${random.int(0, 5)}`;
    const shiftMs = random.int(-60_000, 0);
    const texts: string[] = [];
    for (const event of stream.slice(from, from + random.int(1, 40))) {
      if (this.#sent.length > 0 && random.chance(0.04)) texts.push(random.pick(this.#sent));
      if (this.#sent.length > 0 && random.chance(0.02)) texts.push(this.#twin(random.pick(this.#sent)));
      const mine = this.#own(event, threadId, this.#nowMs() + shiftMs + (this.#next += 1));
      const text = this.#asText(random.chance(0.55) ? mine : this.#mutated(mine));
      if (this.#sent.length < 200) this.#sent.push(text);
      else this.#sent[random.int(0, 199)] = text;
      texts.push(text);
    }
    if (random.chance(0.5)) texts.push(...this.#money(threadId));
    return texts;
  }

  /** An event of the same instant and thread, and of the same id where it had one, that says something else somewhere. */
  #twin(text: string): string {
    const random = this.#random;
    try {
      const event = JSON.parse(text) as Event;
      setOwn(event, random.pick(['costUsd', 'agent', 'note', 'costCents']), random.pick([0.25, 0.75, 'planner', null]));
      return JSON.stringify(event);
    } catch {
      return text;
    }
  }

  #own(event: Event, threadId: string, timestamp: number): Event {
    if (event['type'] !== 'event') return { ...event, threadId, timestamp };
    return { ...event, payload: { ...(event['payload'] as Event), threadId, timestamp } };
  }

  /** Sound cost events of every way to tell money, with the sums that people have. */
  #money(threadId: string): string[] {
    const random = this.#random;
    return Array.from({ length: random.int(1, 6) }, () => {
      const cents = random.pick([
        random.int(0, 500) / 100,
        random.int(0, 1e9) / 1e7,
        random.next() * 40,
        random.int(0, 900_000),
      ]);
      const payload: Event = random.pick([
        { costCents: cents, agent: random.pick(AGENTS) },
        { costCents: cents, budgetRemainingCents: 1_000 - cents },
        { costUsd: cents / 100, id: `e-${random.int(0, 400)}` },
        { costUsd: String(cents) },
        { costDeltaCents: cents, agent: random.pick(AGENTS), model: random.pick(MODELS), outputTokensDelta: 7 },
        { totalCostCents: cents, costDeltaCents: random.pick([cents, -cents, 1]) },
        { model: random.pick(MODELS), inputTokensDelta: random.int(0, 1e6), outputTokensDelta: random.int(0, 1e5) },
        { model: random.pick(MODELS), reasoningTokensDelta: 3, cacheReadTokensDelta: random.int(0, 1) },
        { budgetRemainingCents: cents },
      ]);
      const timestamp = this.#nowMs() + random.int(-90_000, 1_000);
      const event = { type: 'cost.updated', threadId, timestamp, payload };
      if (random.chance(0.1)) return JSON.stringify({ ...event, ...payload, payload: undefined });
      return JSON.stringify(random.chance(0.4) ? broadcast(event) : event);
    });
  }

  #mutated(event: Event): Event {
    const random = this.#random;
    const copy = structuredClone(event);
    for (let count = random.int(1, 3); count > 0; count -= 1) {
      const within = copy['payload'];
      const record = isEvent(within) && random.chance(0.7) ? within : copy;
      const keys = Object.keys(record);
      const key = keys.length === 0 ? 'payload' : random.pick(keys);
      switch (random.int(0, 9)) {
        case 0:
        case 1:
        case 2:
          setOwn(record, random.pick(EVENT_KEYS), random.pick(HOSTILE_VALUES));
          break;
        case 3:
          setOwn(record, key, random.pick(HOSTILE_VALUES));
          break;
        case 4:
          Reflect.deleteProperty(record, key);
          break;
        case 5:
          setOwn(record, random.pick(EVENT_KEYS), record[key]);
          break;
        case 6:
          setOwn(
            record,
            'timestamp',
            this.#nowMs() + random.pick([-30, -1, 0, 1, 10]) * random.pick([1, 1_000, 86_400_000])
          );
          break;
        case 7:
          setOwn(record, 'id', `e-${random.int(0, 400)}`);
          break;
        case 8:
          setOwn(
            record,
            random.pick(['agent', 'model', 'provider', 'team', 'workflow', 'nodeId']),
            `n${random.int(0, 30)}`
          );
          break;
        case 9:
          setOwn(record, key, { [key]: record[key] });
          break;
      }
    }
    return copy;
  }

  #asText(event: Event): string {
    const random = this.#random;
    const text = JSON.stringify(event);
    if (!random.chance(0.04)) return text;
    if (random.chance(0.5)) return text.replace(/:-?\d+(\.\d+)?/, () => `:${random.pick(HOSTILE_LITERALS)}`);
    const at = random.int(0, text.length);
    return (
      text.slice(0, at) +
      random.pick(['', '\\u0000', '"', '}', '{', ',', '\u2028', '\ufeff']) +
      text.slice(at + random.int(0, 3))
    );
  }

  /** Bytes changed, lost, doubled; UTF-8 need not stay whole. */
  #scrambled(bytes: Buffer): Buffer {
    const random = this.#random;
    let changed = Buffer.from(bytes);
    for (let count = random.int(1, 4); count > 0; count -= 1) {
      const at = random.int(0, changed.length);
      switch (random.int(0, 4)) {
        case 0:
          if (at < changed.length) changed[at] = random.int(0, 255);
          break;
        case 1:
          changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + random.int(1, 30))]);
          break;
        case 2:
          changed = changed.subarray(0, at);
          break;
        case 3:
          changed = Buffer.concat([
            changed.subarray(0, at),
            Buffer.from(random.pick(['\n', '\n\n', '\u0000', '{}', '[]', 'null', '\ufeff'])),
            changed.subarray(at),
          ]);
          break;
        case 4:
          changed = Buffer.concat([changed, changed.subarray(at, at + 200)]);
          break;
      }
    }
    return changed;
  }
}

function isEvent(value: unknown): value is Event {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As JSON.parse does: `__proto__` is a key like any other. */
function setOwn(record: Event, key: string, given: unknown): void {
  const value = structuredClone(given);
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
}
