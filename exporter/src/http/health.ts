// GET /health/live: the process turns. GET /health/ready, also as /health: it takes events; what is degraded is named, and
// does not make it unready.
import type { RequestHandler } from 'express';
import type { DegradedFinding } from '../contract/degraded.ts';
import { sendProblem } from './answer.ts';

export interface HealthParts {
  readonly environment: string;
  readonly version: string;
  /** Why no events are taken now: starting, stopping, a journal that cannot be written. Undefined when they are. */
  readonly notReady: () => string | undefined;
  /** What cannot be relied on now. */
  readonly degraded: () => readonly DegradedFinding[];
}

export const liveHandler: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

/** The whole answer, for readers. */
export function readyHandler({ notReady, degraded, environment, version }: HealthParts): RequestHandler {
  return (_request, response) => {
    const message = notReady();
    if (message === undefined) response.json({ status: 'ok', environment, version, degraded: degraded() });
    else response.status(503).json({ error: { code: 'not_ready', message }, degraded: degraded() });
  };
}

/** For everybody: whether it is ready. Why not may name files; it is in the log, and for readers. */
export function bareReadyHandler({ notReady }: HealthParts): RequestHandler {
  return (_request, response) => {
    if (notReady() === undefined) {
      response.json({ status: 'ok' });
      return;
    }
    const message = 'no events are taken now; readers are told why';
    sendProblem(response, { status: 503, code: 'not_ready', message });
  };
}
