// How fast a thread spends, by event time: replayed or delayed, the same events give the same answer.
import type { BurnRateAnswer } from '../contract/wire.ts';
import { nanoToCents, nanoToUsd, subtractUsd, type NanoUsd } from '../contract/money.ts';
import { MAX_SPEND_STEPS } from './spend.ts';
import type { SpendStep, ThreadView } from './views.ts';

/** Rates look at the last 5 minutes before the thread's newest event, or at the thread's run where it is shorter. */
export const RECENT_MS = 5 * 60_000;

/**
 * Rate = spend of the recent stretch divided by its length, the stretch ending at the thread's newest event, and shorter where
 * not all of its steps are held. The trend
 * compares its second half with its first in percent, null while the first half spent nothing. Minutes remaining are
 * the remaining budget at this rate: 0 when it is used up, null without a budget or a rate.
 */
export function burnRateOf(thread: ThreadView): BurnRateAnswer {
  const { spendSteps, lastEventMs, startedMs, budgetRemaining } = thread;
  const wantedMs = Math.max(startedMs, lastEventMs - RECENT_MS);
  // Of a thread that spends very often the oldest steps are gone: what is known begins with the first that is held.
  const held = spendSteps.length < MAX_SPEND_STEPS ? undefined : spendSteps[0];
  const cut = held !== undefined && held.atMs > wantedMs ? held : undefined;
  const fromMs = cut?.atMs ?? wantedMs;
  const durationMs = Math.max(0, lastEventMs - fromMs);
  const recent = spendSteps.filter((step) => step.atMs >= fromMs);
  const before = cut?.total ?? totalBefore(thread, fromMs);
  const cost = subtractUsd(recent.at(-1)?.total ?? before, before);
  const perSecond = durationMs > 0 ? nanoToUsd(cost) / (durationMs / 1_000) : 0;
  return {
    threadId: thread.threadId,
    burnRatePerHour: perSecond * 3_600,
    burnRatePerMinute: perSecond * 60,
    burnRatePerSecond: perSecond,
    recentCostCents: nanoToCents(cost),
    recentDurationMs: durationMs,
    samplesUsed: recent.length,
    estimatedMinutesRemaining: minutesRemaining(budgetRemaining, perSecond),
    costTrendPercentage: trend(recent, { before, middleMs: fromMs + durationMs / 2 }),
    lastUpdated: spendSteps.at(-1)?.atMs ?? null,
  };
}

/** The run's first event may carry its first spend: steps at `fromMs` itself are recent. */
function totalBefore({ spendSteps, spendBase }: ThreadView, fromMs: number): NanoUsd {
  return spendSteps.findLast((step) => step.atMs < fromMs)?.total ?? spendBase;
}

function minutesRemaining(remaining: NanoUsd | undefined, perSecond: number): number | null {
  if (remaining === undefined) return null;
  if (remaining <= 0) return 0;
  return perSecond > 0 ? nanoToUsd(remaining) / (perSecond * 60) : null;
}

function trend(recent: readonly SpendStep[], half: { before: NanoUsd; middleMs: number }): number | null {
  const end = recent.at(-1)?.total ?? half.before;
  const middle = recent.findLast((step) => step.atMs < half.middleMs)?.total ?? half.before;
  const first = middle - half.before;
  return first > 0 ? ((end - middle - first) / first) * 100 : null;
}
