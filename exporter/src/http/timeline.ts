// GET /metrics/timeline?consumer=NAME: each consumer's next samples; its cursor moves when the response was sent whole.
import type { Socket } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../clock.ts';
import { quoted } from '../errors.ts';
import { OPENMETRICS_CONTENT_TYPE } from '../series/exposition.ts';
import type { SelfMetrics } from '../series/self.ts';
import { CONSUMER_NAME } from '../series/timeline-consumers.ts';
import type { Delivery } from '../series/timeline-delivery.ts';
import type { Timeline } from '../series/timeline.ts';
import { sendProblem, sendText } from './answer.ts';
import type { SharedConsumers } from './shared-consumers.ts';

export interface TimelineParts {
  readonly timeline: Timeline;
  /** Hears who fetches under which name. */
  readonly shared: SharedConsumers;
  readonly self: SelfMetrics;
  readonly clock: Clock;
}

export function timelineHandler(parts: TimelineParts): RequestHandler {
  const lastOf = new LastDeliveries(parts.clock);
  return async (request, response) => {
    if (isFromOtherPage(request)) {
      const message = 'a page of another site may not fetch the timeline: it would take samples away from a consumer';
      sendProblem(response, { status: 403, code: 'cross_site', message });
      return;
    }
    const consumer = request.query['consumer'];
    if (typeof consumer !== 'string' || !CONSUMER_NAME.test(consumer)) {
      sendProblem(response, {
        status: 400,
        code: 'invalid_consumer',
        message: `consumer ${quoted(consumer)} is refused; expected ?consumer=NAME of 1 to 64 letters, digits, _ or -, one name for each Prometheus server`,
      });
      return;
    }
    if (request.method === 'HEAD') {
      // Only a body moves the cursor.
      response.set('Content-Type', OPENMETRICS_CONTENT_TYPE).end();
      return;
    }
    await serve({ ...parts, lastOf }, consumer, { request, response });
  };
}

/** Browsers say so; an image or a link in any page could move a cursor otherwise. Other clients send no such header. */
function isFromOtherPage(request: Request): boolean {
  const site = request.get('sec-fetch-site') ?? 'none';
  return site !== 'none' && site !== 'same-origin';
}

async function serve(
  { timeline, shared, lastOf, self, clock }: TimelineParts & { readonly lastOf: LastDeliveries },
  consumer: string,
  { request, response }: { readonly request: Request; readonly response: Response }
): Promise<void> {
  for (;;) {
    const startedMs = clock.monotonic();
    const answer = timeline.read(consumer);
    switch (answer.kind) {
      case 'delivery':
        shared.note(consumer, request.socket);
        lastOf.set(request, answer);
        await deliver(answer, response);
        self.scrapeSeconds('/metrics/timeline', (clock.monotonic() - startedMs) / 1000);
        return;
      case 'too-many-consumers':
        sendProblem(response, {
          status: 429,
          code: 'too_many_consumers',
          message: `${answer.max} consumers hold a cursor already; a name is free again an hour after its last scrape`,
        });
        return;
      case 'busy':
        // Two scrapes at once under one name: one after the other, so that their samples neither overlap nor go missing.
        await Promise.race([answer.released, closed(response)]);
        if (response.destroyed) return;
    }
  }
}

function closed(response: Response): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
  });
}

/** How long a scrape may take: Prometheus and what is like it say so, in seconds. */
const SCRAPE_TIMEOUT = 'x-prometheus-scrape-timeout-seconds';
/** From this part of it on a client may have given up: its time began before the request came. */
const NEARLY = 0.9;
/** Later than so long after it nobody closes for that: servers close a connection when nothing came over it for a while. */
const AFTER_MS = 10_000;
const MAX_TIMEOUT_S = 86_400;

/**
 * What went last over each connection. A client that gives up in the middle of a response, or just before it, resets the
 * connection: what the system had taken of it by then did not arrive. One that gives up when its own system had taken all of it
 * closes in good order, as one does that has read it; but just when its time for the scrape was over, and none does so then
 * that goes on.
 */
class LastDeliveries {
  readonly #clock: Clock;
  readonly #last = new WeakMap<Socket, { readonly delivery: Delivery; readonly overMs: number | undefined }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(request: Request, delivery: Delivery): void {
    const { socket } = request;
    if (!this.#last.has(socket)) {
      socket.once('close', (hadError) => {
        // Ended by the other side.
        if (hadError || (socket.readableEnded && this.#hadGivenUp(socket))) this.#last.get(socket)?.delivery.takeBack();
      });
    }
    const seconds = Number(request.get(SCRAPE_TIMEOUT));
    const overMs =
      seconds > 0 && seconds <= MAX_TIMEOUT_S ? this.#clock.monotonic() + NEARLY * seconds * 1_000 : undefined;
    this.#last.set(socket, { delivery, overMs });
  }

  #hadGivenUp(socket: Socket): boolean {
    const { overMs = Number.POSITIVE_INFINITY } = this.#last.get(socket) ?? {};
    const sinceMs = this.#clock.monotonic() - overMs;
    return sinceMs >= 0 && sinceMs < AFTER_MS;
  }
}

/** Ends the delivery when the response is over: whole when its last byte went to the system and the connection stood. */
async function deliver(delivery: Delivery, response: Response): Promise<void> {
  // Taken now: node detaches it before `finish`, which it also emits after a write that failed.
  const { socket } = response;
  response.once('finish', () => {
    delivery.done(socket !== null && socket.errored === null && !socket.destroyed);
  });
  // After `finish` this changes nothing; without it the client went away and gets the same samples next time.
  response.once('close', () => {
    delivery.done(false);
  });
  if (response.destroyed) {
    delivery.done(false);
    return;
  }
  try {
    await sendText(response, { type: OPENMETRICS_CONTENT_TYPE, pages: delivery.pages });
  } catch (error) {
    delivery.done(false);
    throw error;
  }
}
