// The door of a path: asks Access, and answers 401, 403 or 429 itself.
import type { IncomingMessage } from 'node:http';
import type { RequestHandler, Response } from 'express';
import { sendProblem } from '../answer.ts';
import type { Access, Decision } from './access.ts';
import type { Principal, Scope } from './tokens.ts';

/** By whom each request under way was sent; set by the guard, read by the handlers behind it. */
const principals = new WeakMap<IncomingMessage, Principal>();

export function guard(access: Access, scope: Scope): RequestHandler {
  return async (request, response, next) => {
    const decision = await access.check(scope, { headers: request.headers, address: request.socket.remoteAddress });
    if (decision.kind === 'refused') {
      answerRefused(response, decision);
      return;
    }
    if (decision.principal !== undefined) principals.set(request, decision.principal);
    next();
  };
}

/**
 * For health probes, which often cannot send credentials: without any they get the bare status, with some they must be
 * right and get the whole answer.
 */
export function probeGuard(access: Access, bare: RequestHandler): RequestHandler {
  const whole = guard(access, 'read');
  return (request, response, next) => {
    const isBare = access.isGuarded('read') && request.headers.authorization === undefined;
    return (isBare ? bare : whole)(request, response, next);
  };
}

/** Undefined where no token was asked for. */
export function principalOf(request: IncomingMessage): Principal | undefined {
  return principals.get(request);
}

function answerRefused(response: Response, refused: Extract<Decision, { kind: 'refused' }>): void {
  if (refused.challenges.length > 0) response.set('WWW-Authenticate', [...refused.challenges]);
  if (refused.retryAfterS !== undefined) response.set('Retry-After', String(refused.retryAfterS));
  sendProblem(response, refused);
}
