// GET /v1/threads, /v1/budgets: the model's state as JSON.
import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../clock.ts';
import { nanoToUsd, subtractUsd } from '../contract/money.ts';
import type { BudgetSnapshot, ThreadSnapshot } from '../contract/wire.ts';
import { quoted } from '../errors.ts';
import type { BudgetView, ModelView, ThreadView } from '../model/views.ts';
import { usedRatio } from '../series/families/budgets.ts';
import { answeredQueryError, pageOf, QueryError } from './query.ts';

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

export function budgetsHandler(budgets: { views(nowMs: number): readonly BudgetView[] }, clock: Clock): RequestHandler {
  return (_request, response) => {
    response.json({ budgets: budgets.views(clock.now()).map(budgetSnapshot) });
  };
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
