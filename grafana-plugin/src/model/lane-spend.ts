// When each agent of a thread spent what. Agents' running totals are samples; the thread's own total is exact in time but
// names no agent. Together they tell the instant of most steps, without comparing any clocks. Money in USD, times in ms.
import type { MoneyPoint } from './burn-down.ts';

/** Money that was spent at some instant of [fromMs, toMs]: exactly then where both are the same. */
export interface SpendStep {
  readonly fromMs: number;
  readonly toMs: number;
  readonly usd: number;
}

export interface AgentTotal {
  readonly agent: string;
  /** Running total, ascending in time. */
  readonly points: readonly MoneyPoint[];
}

export interface ThreadTotals {
  /** Running total of the thread at exact times, ascending; empty where it was not read. */
  readonly exact: readonly MoneyPoint[];
  readonly agents: readonly AgentTotal[];
  /** Distance of the agents' samples. */
  readonly intervalMs: number;
}

export interface SpendContext {
  /** A total that is there at this instant or before holds what was spent earlier; one that comes later rose from zero. */
  readonly baselineMs: number;
  readonly isActive: (agent: string, atMs: number) => boolean;
}

/** Whole nano-dollars, the exporter's smallest amount: sums of them are exact, so that they can be compared. */
const NANO = 1e9;
const nano = (usd: number) => Math.round(usd * NANO);

interface Rise {
  readonly agent: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly amount: number;
}

interface Rises {
  readonly all: readonly Rise[];
  /** What all totals held before the first rise. */
  readonly before: number;
  /** A total fell: sums of totals say nothing from then on. */
  readonly brokenMs: number;
}

function risesOf({ agents, intervalMs }: ThreadTotals, baselineMs: number): Rises {
  const all: Rise[] = [];
  let before = 0;
  let brokenMs = Infinity;
  for (const { agent, points } of agents) {
    const [first] = points;
    if (first === undefined) {
      continue;
    }
    const isHeld = first.atMs <= baselineMs;
    let held = isHeld ? nano(first.usd) : 0;
    before += held;
    let lastMs = isHeld ? first.atMs : Math.max(baselineMs, first.atMs - intervalMs);
    for (const { atMs, usd } of isHeld ? points.slice(1) : points) {
      const now = nano(usd);
      if (now < held) {
        // A counter that fell began anew from zero.
        brokenMs = Math.min(brokenMs, atMs);
        held = 0;
      }
      if (now > held) {
        all.push({ agent, fromMs: lastMs, toMs: atMs, amount: now - held });
      }
      held = now;
      lastMs = atMs;
    }
  }
  return { all, before, brokenMs };
}

/** Rises that were seen at one instant, by that instant. */
function windowsOf(rises: readonly Rise[]): ReadonlyArray<readonly [toMs: number, rises: readonly Rise[]]> {
  const byEnd = new Map<number, Rise[]>();
  for (const rise of rises) {
    const own = byEnd.get(rise.toMs) ?? [];
    own.push(rise);
    byEnd.set(rise.toMs, own);
  }
  return [...byEnd].sort(([a], [b]) => a - b);
}

interface Delta {
  readonly atMs: number;
  readonly amount: number;
}

const MAX_SHARED_STEPS = 12;
const MAX_TRIES = 4_000;

/**
 * Whose each of `deltas` is, given how much each agent spent in all of them: an agent that was active then, or any where
 * none was. Undefined where the amounts allow more than one answer, none, or where there are too many to try.
 */
function assign(
  deltas: readonly Delta[],
  rises: readonly Rise[],
  isActive: SpendContext['isActive']
): readonly string[] | undefined {
  const [only, second] = rises;
  if (only !== undefined && second === undefined) {
    return deltas.map(() => only.agent);
  }
  if (deltas.length > MAX_SHARED_STEPS) {
    return undefined;
  }
  const names = rises.map(({ agent }) => agent);
  const candidates = deltas.map(({ atMs }) => {
    const active = names.filter((agent) => isActive(agent, atMs));
    return active.length > 0 ? active : names;
  });
  const left = new Map(rises.map(({ agent, amount }) => [agent, amount]));
  const chosen: string[] = [];
  let found: readonly string[] | undefined;
  let tries = 0;
  /** False: not worth going on. */
  const tryFrom = (i: number): boolean => {
    const delta = deltas[i];
    if (delta === undefined) {
      const isSecond = found !== undefined;
      found = [...chosen];
      return !isSecond;
    }
    return (candidates[i] ?? []).every((agent) => {
      const rest = (left.get(agent) ?? 0) - delta.amount;
      tries += 1;
      if (rest < 0 || tries > MAX_TRIES) {
        return tries <= MAX_TRIES;
      }
      left.set(agent, rest);
      chosen.push(agent);
      const goesOn = tryFrom(i + 1);
      chosen.pop();
      left.set(agent, rest + delta.amount);
      return goesOn;
    });
  };
  return tryFrom(0) ? found : undefined;
}

/** The exact series as changes, and how far sums of the agents' totals have come in it. */
function exactSteps(exact: readonly MoneyPoint[]) {
  const totals = exact.map(({ usd }) => nano(usd));
  let at = -1;
  return {
    /** Moves on to where the thread had spent `total`: the changes since; undefined where it never had that. */
    moveTo(total: number): Delta[] | undefined {
      const deltas: Delta[] = [];
      while (at + 1 < totals.length && (totals[at + 1] ?? Infinity) <= total) {
        at += 1;
        const amount = (totals[at] ?? 0) - (at === 0 ? 0 : (totals[at - 1] ?? 0));
        if (amount > 0) {
          deltas.push({ atMs: exact[at]?.atMs ?? 0, amount });
        }
      }
      return (at < 0 ? 0 : totals[at]) === total ? deltas : undefined;
    },
  };
}

/**
 * Steps of each agent, ascending. The sum of the agents' totals at a sample is a value that the thread's exact total went
 * through, which tells the exact changes that lie between two samples. They are given to agents so that each gets what its
 * own total rose by. Where that has one answer the steps are exact; where it has several they lie between the first and
 * the last of those changes; without an exact series between the two samples.
 */
export function spendSteps(totals: ThreadTotals, context: SpendContext): ReadonlyMap<string, readonly SpendStep[]> {
  const { all, before, brokenMs } = risesOf(totals, context.baselineMs);
  const exact = exactSteps(totals.exact);
  const steps = new Map<string, SpendStep[]>();
  const add = (agent: string, step: SpendStep) => {
    const own = steps.get(agent) ?? [];
    own.push(step);
    steps.set(agent, own);
  };
  let total = before;
  let isKnown = exact.moveTo(total) !== undefined;
  for (const [toMs, rises] of windowsOf(all)) {
    total += rises.reduce((sum, { amount }) => sum + amount, 0);
    const deltas = toMs < brokenMs ? exact.moveTo(total) : undefined;
    const isBetween = isKnown && deltas !== undefined;
    isKnown = deltas !== undefined;
    const owners = isBetween ? assign(deltas, rises, context.isActive) : undefined;
    if (isBetween && owners !== undefined) {
      deltas.forEach(({ atMs, amount }, i) => add(owners[i] ?? '', { fromMs: atMs, toMs: atMs, usd: amount / NANO }));
      continue;
    }
    const [first, last] = isBetween ? [deltas[0]?.atMs, deltas.at(-1)?.atMs] : [];
    for (const { agent, fromMs, amount } of rises) {
      add(agent, { fromMs: first ?? fromMs, toMs: last ?? toMs, usd: amount / NANO });
    }
  }
  return steps;
}

/** Steps of the thread itself out of its exact total. */
export function threadSteps(exact: readonly MoneyPoint[], baselineMs: number): SpendStep[] {
  let held: number | undefined;
  return exact.flatMap(({ atMs, usd }): SpendStep[] => {
    const before = held ?? (atMs <= baselineMs ? nano(usd) : 0);
    held = nano(usd);
    const amount = held >= before ? held - before : held;
    return amount === 0 ? [] : [{ fromMs: atMs, toMs: atMs, usd: amount / NANO }];
  });
}
