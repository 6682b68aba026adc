// Events from a NATS JetStream: one durable consumer for each subject, a message acknowledged when its events are on our disk.
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { Consumer, ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import { connect, nanos } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Clock } from '../clock.ts';
import type { NatsMessageOutcome } from '../contract/metrics.ts';
import { messageOf } from '../errors.ts';
import { certificateTrouble } from '../tls-trouble.ts';
import { natsOptions } from './nats-connection.ts';
import type { NatsAddress } from './nats-connection.ts';

export interface NatsSourceOptions {
  readonly address: NatsAddress;
  readonly stream: string;
  /** Begins the names of the durable consumers. */
  readonly consumer: string;
  /** One consumer each; all of the stream when there are none. */
  readonly subjects: readonly string[];
  /** The stream is made with these when it is missing; waited for when there are none. */
  readonly streamSubjects: readonly string[];
  /** Messages of one consumer that may be under way. */
  readonly maxAckPending: number;
  /** After this long without an acknowledgement the broker sends a message again. */
  readonly ackWaitMs: number;
  /**
   * Takes the text of one message. `stored`: each of its events is on disk or refused; `refused`: it will never be taken, and
   * was counted; `later`: nothing of it counts, it is to be sent again. Never rejects.
   */
  readonly take: (text: string, format: 'json' | 'ndjson') => Promise<'stored' | 'refused' | 'later'>;
  readonly onMessage: (outcome: NatsMessageOutcome) => void;
  /** Hears that messages flow, or why not. */
  readonly onState: (problem: string | undefined) => void;
  readonly clock: Clock;
}

/** What the consumers have before them. */
export interface NatsBacklog {
  /** Messages in the stream that were not delivered yet. */
  readonly pending: number;
  /** Delivered and not acknowledged. */
  readonly unacknowledged: number;
}

const RETRY_MS = 1_000;
const REDELIVER_AFTER_MS = 1_000;
const LOOK_MS = 5_000;
/** Text of messages that may be under way at once; what the client fetched ahead comes beside it. */
const UNDER_WAY_BYTES = 32 * 1024 * 1024;
const FETCHED_MESSAGES = 64;
const OUTCOMES = { stored: 'acknowledged', refused: 'refused', later: 'sent_back' } as const;

export class NatsSource {
  readonly #options: NatsSourceOptions;
  readonly #running: Promise<void>;
  readonly #underWay = new Set<Promise<void>>();
  #connection: NatsConnection | undefined;
  #consumers: readonly Consumer[] = [];
  #messages: ConsumerMessages[] = [];
  #underWayBytes = 0;
  #isClosing = false;
  #problem: string | undefined = 'not connected yet';
  #backlog: NatsBacklog | undefined;
  #isLooking = false;
  readonly #stopLooking: () => void;
  #wake: (() => void) | undefined;

  /** Begins at once, and goes on until it is closed: a broker that is not there is waited for. */
  constructor(options: NatsSourceOptions) {
    this.#options = options;
    options.onState(this.#problem);
    this.#stopLooking = options.clock.every(LOOK_MS, () => {
      void this.#look();
    });
    this.#running = this.#run();
  }

  /** Why no messages come; undefined while they do. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** As of the last look; undefined while that is not known. */
  get backlog(): NatsBacklog | undefined {
    return this.#problem === undefined ? this.#backlog : undefined;
  }

  /** Takes no more messages, and resolves when what was under way is settled and its acknowledgements are sent. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#stopLooking();
    this.#wake?.();
    for (const messages of this.#messages) messages.stop();
    await this.#running;
    await Promise.all(this.#underWay);
    // Sends what waits to be sent; a broker that is away gets nothing and sends again later.
    await this.#connection?.drain().catch(() => undefined);
    await this.#connection?.close().catch(() => undefined);
  }

  async #run(): Promise<void> {
    const isOver = (): boolean => this.#isClosing;
    while (!isOver()) {
      try {
        await this.#consume(isOver);
      } catch (error) {
        this.#tell(
          certificateTrouble(error, { authority: 'nats.tls.ca_file', own: 'nats.tls.cert_file' }) ?? messageOf(error)
        );
      }
      if (!isOver()) await this.#pause();
    }
  }

  /** Until the consumers end, which they do when they or the stream are deleted. */
  async #consume(isOver: () => boolean): Promise<void> {
    const { maxAckPending } = this.#options;
    const connection = await this.#connected();
    const manager = await jetstreamManager(connection);
    await this.#ensureStream(manager);
    const names = await this.#ensureConsumers(manager);
    const stream = jetstream(connection);
    this.#consumers = await Promise.all(names.map((name) => stream.consumers.get(this.#options.stream, name)));
    this.#messages = [];
    try {
      for (const consumer of this.#consumers) {
        const bounds = { max_messages: Math.min(FETCHED_MESSAGES, maxAckPending), abort_on_missing_resource: true };
        this.#messages.push(await consumer.consume(bounds));
      }
      if (isOver()) return;
      this.#tell(undefined);
      void this.#look();
      await Promise.all(this.#messages.map((messages) => this.#takeAll(messages)));
    } finally {
      for (const messages of this.#messages) messages.stop();
    }
    if (!isOver())
      throw new Error(`the consumers of stream ${this.#options.stream} ended: are they or the stream deleted?`);
  }

  async #connected(): Promise<NatsConnection> {
    if (this.#connection !== undefined && !this.#connection.isClosed()) return this.#connection;
    const connection = await connect(natsOptions(this.#options.address, 'orchestrator-exporter'));
    this.#connection = connection;
    void this.#watch(connection);
    return connection;
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' || status.type === 'staleConnection') this.#tell('the connection is lost');
      if (status.type === 'reconnect') this.#tell(undefined);
    }
  }

  async #ensureStream(manager: JetStreamManager): Promise<void> {
    const { stream, streamSubjects } = this.#options;
    if (streamSubjects.length === 0) return;
    const found = await manager.streams.info(stream).catch(() => undefined);
    if (found === undefined) await manager.streams.add({ name: stream, subjects: [...streamSubjects] });
  }

  /** Makes them, or gives them the present bounds; where they stand stays. */
  async #ensureConsumers(manager: JetStreamManager): Promise<readonly string[]> {
    const { stream, consumer, subjects, maxAckPending, ackWaitMs } = this.#options;
    const bounds = { max_ack_pending: maxAckPending, ack_wait: nanos(ackWaitMs), max_deliver: -1 };
    const wanted = subjects.length === 0 ? [undefined] : subjects;
    const names: string[] = [];
    for (const subject of wanted) {
      const name = consumerName(consumer, subject);
      const found = await manager.consumers.info(stream, name).catch(() => undefined);
      if (found === undefined) {
        await manager.consumers.add(stream, {
          ...bounds,
          durable_name: name,
          ack_policy: AckPolicy.Explicit,
          deliver_policy: DeliverPolicy.All,
          ...(subject === undefined ? {} : { filter_subject: subject }),
        });
      } else await manager.consumers.update(stream, name, { ...found.config, ...bounds });
      names.push(name);
    }
    return names;
  }

  async #takeAll(messages: ConsumerMessages): Promise<void> {
    for await (const message of messages) {
      // What is not begun when it closes is sent again to the next start.
      if (this.#isClosing) return;
      const bytes = message.data.length;
      // In order, but not one after the other: the journal writes together what waits together.
      const settled = this.#takeOne(message).finally(() => {
        this.#underWay.delete(settled);
        this.#underWayBytes -= bytes;
      });
      this.#underWay.add(settled);
      this.#underWayBytes += bytes;
      while (this.#underWayBytes > UNDER_WAY_BYTES) await Promise.race(this.#underWay);
    }
  }

  async #takeOne(message: JsMsg): Promise<void> {
    const { take, onMessage } = this.#options;
    const isNdjson = message.headers?.get('Content-Type') === 'application/x-ndjson';
    const taken = await take(new TextDecoder().decode(message.data), isNdjson ? 'ndjson' : 'json');
    switch (taken) {
      case 'stored':
        message.ack();
        break;
      case 'refused':
        message.term();
        break;
      case 'later':
        message.nak(REDELIVER_AFTER_MS);
    }
    onMessage(OUTCOMES[taken]);
  }

  async #look(): Promise<void> {
    if (this.#isLooking || this.#problem !== undefined) return;
    this.#isLooking = true;
    try {
      const infos = await Promise.all(this.#consumers.map((consumer) => consumer.info()));
      this.#backlog = {
        pending: infos.reduce((sum, { num_pending }) => sum + num_pending, 0),
        unacknowledged: infos.reduce((sum, { num_ack_pending }) => sum + num_ack_pending, 0),
      };
    } catch {
      this.#backlog = undefined;
    } finally {
      this.#isLooking = false;
    }
  }

  #tell(problem: string | undefined): void {
    if (this.#problem === problem) return;
    this.#problem = problem;
    this.#options.onState(problem);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        stop();
        resolve();
      };
      const stop = this.#options.clock.every(RETRY_MS, end);
      this.#wake = end;
    });
  }
}

/** One for each subject, so that each can be handed to another exporter, and a broker of before 2.10 will do. */
export function consumerName(prefix: string, subject: string | undefined): string {
  if (subject === undefined) return prefix;
  return `${prefix}-${subject
    .replaceAll('*', 'any')
    .replaceAll('>', 'all')
    .replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;
}
