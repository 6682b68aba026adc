// GET /v1/threads, /v1/threads/{id}/checkpoints, /v1/threads/{id}/events, /v1/budgets: the model's state as JSON.
import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../clock.ts';
import { nanoToUsd, subtractUsd } from '../contract/money.ts';
import type { BudgetSnapshot, ThreadSnapshot } from '../contract/wire.ts';
import { quoted } from '../errors.ts';
import { checkpointEntries } from '../gateway/answers.ts';
import type { BudgetView, ModelView, ThreadView } from '../model/views.ts';
import { usedRatio } from '../series/families/budgets.ts';
import { sendProblem } from './answer.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** Newest activity first; `?limit=` 1 to 1000, 100 by default; `total` counts all that are held. */
export function threadsHandler(model: ModelView): RequestHandler {
  return (request, response) => {
    const limit = limitOf(request, response);
    if (limit === undefined) return;
    const newest = [...model.threads.values()].sort((a, b) => b.lastEventMs - a.lastEventMs).slice(0, limit);
    response.json({ threads: newest.map(threadSnapshot), total: model.threads.size });
  };
}

/** Newest first. */
export function checkpointsHandler(model: ModelView): RequestHandler {
  return (request, response) => {
    const thread = threadOf(model, request, response);
    const limit = thread === undefined ? undefined : limitOf(request, response);
    if (thread === undefined || limit === undefined) return;
    response.json({ threadId: thread.threadId, checkpoints: checkpointEntries(thread, limit) });
  };
}

/** Events are not kept while state lives in memory only; said plainly rather than answered with an empty list. */
export function threadEventsHandler(model: ModelView): RequestHandler {
  return (request, response) => {
    if (threadOf(model, request, response) === undefined) return;
    sendProblem(response, {
      status: 501,
      code: 'not_stored',
      message:
        'events are not stored: state lives in memory only. /metrics/timeline and /v1/threads/{id}/checkpoints tell what is known',
    });
  };
}

export function budgetsHandler(budgets: { views(nowMs: number): readonly BudgetView[] }, clock: Clock): RequestHandler {
  return (_request, response) => {
    response.json({ budgets: budgets.views(clock.now()).map(budgetSnapshot) });
  };
}

function threadOf(model: ModelView, request: Request, response: Response): ThreadView | undefined {
  const id = request.params['id'];
  const thread = typeof id === 'string' ? model.threads.get(id) : undefined;
  if (thread === undefined) {
    const message = `no thread ${quoted(id)} is held; it may have been forgotten`;
    sendProblem(response, { status: 404, code: 'unknown_thread', message });
  }
  return thread;
}

function limitOf(request: Request, response: Response): number | undefined {
  const given = request.query['limit'];
  if (given === undefined) return DEFAULT_LIMIT;
  const limit = typeof given === 'string' && /^\d{1,4}$/.test(given) ? Number(given) : Number.NaN;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  const message = `limit ${quoted(given)} is refused; expected a whole number from 1 to ${MAX_LIMIT}`;
  sendProblem(response, { status: 400, code: 'invalid_limit', message });
  return undefined;
}

function threadSnapshot(thread: ThreadView): ThreadSnapshot {
  const { threadId, workflow, team, state, startedMs, lastEventMs, stepCount, tokens } = thread;
  return {
    threadId,
    workflow,
    team,
    state,
    startedMs,
    lastEventMs,
    ...(thread.endedMs === undefined ? {} : { endedMs: thread.endedMs }),
    ...(thread.currentNode === undefined ? {} : { currentNode: thread.currentNode }),
    stepCount,
    checkpoints: thread.checkpointCount,
    costUsd: nanoToUsd(thread.total),
    inputTokens: tokens.input,
    outputTokens: tokens.output,
    ...(thread.budgetLimit === undefined ? {} : { budgetLimitUsd: nanoToUsd(thread.budgetLimit) }),
    ...(thread.budgetRemaining === undefined ? {} : { budgetRemainingUsd: nanoToUsd(thread.budgetRemaining) }),
    agents: [...thread.agents.values()].map((agent) => ({
      agent: agent.agent,
      state: agent.state,
      sinceMs: agent.sinceMs,
      lastEventMs: agent.lastEventMs,
      costUsd: nanoToUsd(agent.spend),
      ...(agent.task === undefined ? {} : { task: agent.task }),
    })),
  };
}

function budgetSnapshot(view: BudgetView): BudgetSnapshot {
  const { name, owner, window, timezone, thresholds, valid, untrusted } = view;
  return {
    name,
    owner,
    window,
    timezone,
    limitUsd: nanoToUsd(view.limit),
    spentUsd: nanoToUsd(view.spent),
    remainingUsd: nanoToUsd(subtractUsd(view.limit, view.spent)),
    usedRatio: usedRatio(view),
    thresholds,
    ...(view.periodStartMs === undefined ? {} : { periodStartMs: view.periodStartMs }),
    ...(view.periodEndMs === undefined ? {} : { periodEndMs: view.periodEndMs }),
    ...(view.exhaustionMs === undefined ? {} : { exhaustionMs: view.exhaustionMs }),
    valid,
    untrusted,
  };
}
