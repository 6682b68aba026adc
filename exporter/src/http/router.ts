// All paths of the exporter as one express Router, which a host may mount in its own app.
import type { RequestListener } from 'node:http';
import { Router } from 'express';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Clock } from '../clock.ts';
import type { ReadPastCheckpoints } from '../model/past-checkpoints.ts';
import type { BudgetView, ModelView } from '../model/views.ts';
import { INTERNAL, methodNotAllowed, NOT_READY, securityHeaders, sendProblem } from './answer.ts';
import type { Access } from './auth/access.ts';
import { guard, probeGuard } from './auth/guard.ts';
import { checkpointsHandler } from './checkpoints.ts';
import { bareReadyHandler, liveHandler, readyHandler } from './health.ts';
import type { HealthParts } from './health.ts';
import { LANDING_ASSETS } from './landing/assets.ts';
import { threadEventsHandler } from './thread-events.ts';
import type { ReadHistory } from './thread-events.ts';
import { budgetsHandler, threadsHandler } from './threads.ts';
import { timelineHandler } from './timeline.ts';
import type { TimelineParts } from './timeline.ts';

export interface RouterParts {
  readonly model: ModelView;
  /** Undefined where no journal is kept. */
  readonly history: ReadHistory | undefined;
  readonly past: ReadPastCheckpoints | undefined;
  readonly budgets: { views(nowMs: number): readonly BudgetView[] };
  readonly clock: Clock;
  readonly timeline: TimelineParts;
  /** What is served without express too, by path, with all that stands before it: see events.ts and metrics.ts. */
  readonly bare: ReadonlyMap<string, RequestListener>;
  readonly health: HealthParts;
  readonly access: Access;
  /** The operator's own headers, over those of the exporter. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** False until everything counted before this start is back: until then no total may be shown. */
  readonly started: () => boolean;
  /** Hears of errors that reached the end; the client is told 500 and nothing more. */
  readonly onError: (error: unknown) => void;
}

/** Serves its own paths only: what it does not know goes on to the host's next handler. */
export function createRouter(parts: RouterParts): Router {
  const { model } = parts;
  const router = Router({ strict: false });
  const headers = securityHeaders(parts.headers);
  const mayRead = guard(parts.access, 'read');
  const probe = probeGuard(parts.access, bareReadyHandler(parts.health));
  /** What keeps a path from everybody; the others are for those who may read. */
  const guards: Readonly<Record<string, RequestHandler>> = {
    '/health/live': open,
    '/health': probe,
    '/health/ready': probe,
  };
  const get: Readonly<Record<string, RequestHandler>> = {
    '/metrics/timeline': timelineHandler(parts.timeline),
    '/health/live': liveHandler,
    '/health': readyHandler(parts.health),
    '/health/ready': readyHandler(parts.health),
    '/v1/threads': threadsHandler(model),
    '/v1/threads/:id/checkpoints': checkpointsHandler(model, parts.past),
    '/v1/threads/:id/events': threadEventsHandler(parts.history),
    '/v1/budgets': budgetsHandler(parts.budgets, parts.clock),
  };
  const afterStart = requireStart(parts.started);
  for (const [path, handler] of Object.entries(get)) {
    const gate = path.startsWith('/health') ? [] : [afterStart];
    router
      .route(path)
      .all(headers, guards[path] ?? mayRead)
      .get(...gate, handler)
      .all(methodNotAllowed('GET, HEAD'));
  }
  for (const [path, listener] of parts.bare) {
    router.all(path, (request, response) => {
      listener(request, response);
    });
  }
  for (const asset of LANDING_ASSETS) {
    const send: RequestHandler = (_request, response) => {
      response.set('Content-Type', asset.type).send(asset.body);
    };
    // The page holds nothing; what it asks for is guarded.
    router.route(asset.path).all(headers).get(send).all(methodNotAllowed('GET, HEAD'));
  }
  router.use(lastResort(parts.onError, headers));
  return router;
}

const open: RequestHandler = (_request, _response, next) => {
  next();
};

/** A scrape of half-restored totals would look like a reset; one that fails is a gap, and the next one is right. */
function requireStart(started: () => boolean): RequestHandler {
  return (_request, response, next) => {
    if (started()) {
      next();
      return;
    }
    response.set('Retry-After', '1');
    sendProblem(response, NOT_READY);
  };
}

/** Answers an error that no handler expected: no stack, no message of it. */
function lastResort(onError: (error: unknown) => void, headers: RequestHandler): ErrorRequestHandler {
  // Four parameters make it an error handler.
  return (error: unknown, request, response, _next) => {
    if (error instanceof URIError) {
      headers(request, response, () => {
        sendProblem(response, { status: 400, code: 'bad_request', message: 'the path is not valid percent-encoding' });
      });
      return;
    }
    onError(error);
    // What was begun cannot be answered otherwise; express would print the error.
    if (response.headersSent) response.destroy();
    else sendProblem(response, INTERNAL);
  };
}

/** For the exporter's own server, after the router. */
export function notFound(headers: RouterParts['headers']): RequestHandler {
  const setHeaders = securityHeaders(headers);
  return (request, response) => {
    void setHeaders(request, response, () => {
      sendProblem(response, {
        status: 404,
        code: 'not_found',
        message: 'there is nothing at this path; GET / lists what is',
      });
    });
  };
}
