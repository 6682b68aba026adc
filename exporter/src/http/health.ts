// GET /health/live: the process turns. GET /health/ready: it takes events; what is degraded is named, and does not make it unready.
import type { RequestHandler } from 'express';
import { sendProblem } from './answer.ts';

export interface HealthParts {
  readonly environment: string;
  readonly version: string;
  /** Why no events are taken now: starting, stopping, a journal that cannot be written. Undefined when they are. */
  readonly notReady: () => string | undefined;
  /** Sentences on what cannot be relied on now. */
  readonly degraded: () => readonly string[];
}

export const liveHandler: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

export function readyHandler({ notReady, degraded, environment, version }: HealthParts): RequestHandler {
  return (_request, response) => {
    const reason = notReady();
    if (reason === undefined) response.json({ status: 'ok', environment, version, degraded: degraded() });
    else sendProblem(response, { status: 503, code: 'not_ready', message: reason });
  };
}
