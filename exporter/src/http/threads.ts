// GET /v1/threads, /v1/threads/{id}/checkpoints, /v1/budgets: the model's state as JSON.
import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../clock.ts';
import { nanoToUsd, subtractUsd } from '../contract/money.ts';
import type { BudgetSnapshot, ThreadSnapshot } from '../contract/wire.ts';
import { quoted } from '../errors.ts';
import { checkpointEntries } from '../gateway/answers.ts';
import type { BudgetView, ModelView, ThreadView } from '../model/views.ts';
import { usedRatio } from '../series/families/budgets.ts';
import { sendProblem } from './answer.ts';
import { answeredQueryError, parametersOf, QueryError, wholeNumber } from './query.ts';

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1000;

/**
 * Newest activity first, `total` counts all that are held. The cursor names the last thread of the page and its time: one that
 * is heard of while somebody pages moves before it, and is not shown again.
 */
export function threadsHandler(model: ModelView): RequestHandler {
  return checked((request, response) => {
    const { limit, cursor } = pageOf(request);
    const before = cursor === undefined ? undefined : threadPlace(cursor);
    const all = [...model.threads.values()];
    const rest = before === undefined ? all : all.filter((thread) => byNewest(thread, before) > 0);
    const page = rest.sort(byNewest).slice(0, limit);
    const last = page.at(-1);
    response.json({
      threads: page.map(threadSnapshot),
      total: model.threads.size,
      ...(last === undefined || rest.length <= page.length
        ? {}
        : { nextCursor: `${last.lastEventMs}:${last.threadId}` }),
    });
  });
}

type ThreadPlace = Pick<ThreadView, 'lastEventMs' | 'threadId'>;

function byNewest(a: ThreadPlace, b: ThreadPlace): number {
  return b.lastEventMs - a.lastEventMs || (a.threadId < b.threadId ? -1 : a.threadId > b.threadId ? 1 : 0);
}

function threadPlace(cursor: string): ThreadPlace {
  const [, lastEventMs, threadId] = /^(\d{1,16}):(.+)$/s.exec(cursor) ?? [];
  if (lastEventMs !== undefined && threadId !== undefined) return { lastEventMs: Number(lastEventMs), threadId };
  throw new QueryError('invalid_cursor', `cursor ${quoted(cursor)} is refused; expected the nextCursor of an answer`);
}

/** Newest first; the cursor is the number of the last checkpoint of the page, counted over the thread's life. */
export function checkpointsHandler(model: ModelView): RequestHandler {
  return checked((request, response) => {
    const thread = threadOf(model, request, response);
    if (thread === undefined) return;
    const { limit, cursor } = pageOf(request);
    const { checkpoints, checkpointCount: total } = thread;
    const oldest = total - checkpoints.length + 1;
    const most = total + 1;
    const before = wholeNumber('cursor', cursor, { least: 1, most, fallback: most });
    const newer = most - before;
    const held = checkpoints.slice(0, Math.max(0, checkpoints.length - newer));
    const page = checkpointEntries({ ...thread, checkpoints: held }, limit);
    const last = before - page.length;
    response.json({
      threadId: thread.threadId,
      checkpoints: page,
      total,
      ...(page.length === 0 || last <= oldest ? {} : { nextCursor: String(last) }),
    });
  });
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

function pageOf(request: Request): { readonly limit: number; readonly cursor: string | undefined } {
  const { limit, cursor } = parametersOf(request, ['limit', 'cursor']);
  return { limit: wholeNumber('limit', limit, { least: 1, most: MAX_LIMIT, fallback: DEFAULT_LIMIT }), cursor };
}

/** A handler that answers 400 for a query it refused. */
function checked(handler: (request: Request, response: Response) => void): RequestHandler {
  return (request, response) => {
    try {
      handler(request, response);
    } catch (error) {
      if (!answeredQueryError(response, error)) throw error;
    }
  };
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
