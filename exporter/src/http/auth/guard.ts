// The door of a path: asks Access, and answers 401, 403 or 429 itself.
import type { RequestHandler, Response } from 'express';
import { sendProblem } from '../answer.ts';
import type { Access, Decision } from './access.ts';
import type { Scope } from './tokens.ts';

export function guard(access: Access, scope: Scope): RequestHandler {
  return async (request, response, next) => {
    const decision = await access.check(scope, { headers: request.headers, address: request.socket.remoteAddress });
    if (decision.kind === 'refused') {
      answerRefused(response, decision);
      return;
    }
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

function answerRefused(response: Response, refused: Extract<Decision, { kind: 'refused' }>): void {
  for (const [name, value] of refusalHeaders(refused)) response.append(name, value);
  sendProblem(response, refused);
}

/** Names and values; the same name may come more than once. */
export function refusalHeaders({
  challenges,
  retryAfterS,
}: Extract<Decision, { kind: 'refused' }>): [string, string][] {
  const headers = challenges.map((challenge): [string, string] => ['WWW-Authenticate', challenge]);
  if (retryAfterS !== undefined) headers.push(['Retry-After', String(retryAfterS)]);
  return headers;
}
