// What cannot be relied on now, by closed reasons: the one source of the gauge and of the health pages.
import { DEGRADED_REASONS, type DegradedFinding, type DegradedReason } from './contract/degraded.ts';
import type { ReloadableFile } from './contract/metrics.ts';
import type { BudgetView } from './model/views.ts';
import type { SecurityLook } from './security-watch.ts';

/** Budgets that are named each; the rest is a number. */
const MAX_BUDGETS = 20;

/** Each is asked when somebody looks. */
export interface DegradedParts {
  readonly durable: boolean;
  /** A sentence on what the start found missing. */
  readonly damage: () => string | undefined;
  readonly journalProblem: () => string | undefined;
  readonly snapshotProblem: () => string | undefined;
  readonly overLimit: () => string | undefined;
  readonly budgets: () => readonly BudgetView[];
  /** A sentence on why the file is refused. */
  readonly refused: (file: ReloadableFile) => string | undefined;
  readonly security: () => SecurityLook;
  readonly sharedConsumers: () => readonly string[];
  /** A sentence for each. */
  readonly failingPushes: () => readonly string[];
  readonly unpriced: () => number;
  readonly foldedLabels: () => readonly string[];
  readonly threadsOverCap: () => number;
  /** Why no messages come from NATS. */
  readonly natsProblem: () => string | undefined;
}

/** Findings in the order of the reasons; a reason may have several. */
export function degradedFindings(parts: DegradedParts): readonly DegradedFinding[] {
  return DEGRADED_REASONS.flatMap((reason) => sentences(reason, parts).map((message) => ({ reason, message })));
}

function sentences(reason: DegradedReason, parts: DegradedParts): readonly string[] {
  switch (reason) {
    case 'memory_only':
      return parts.durable ? [] : ['state lives in memory only: it is lost when the exporter stops'];
    case 'journal_damaged':
      return known(parts.damage());
    case 'journal_unwritable':
      return known(parts.journalProblem());
    case 'snapshot_failed': {
      const problem = parts.snapshotProblem();
      if (problem === undefined) return [];
      return [`no snapshot of the journal could be made, so it grows and a restart takes longer: ${problem}`];
    }
    case 'journal_over_limit':
      return known(parts.overLimit());
    case 'budget_invalid':
      return invalidBudgets(parts.budgets());
    case 'budgets_file_refused':
      return known(parts.refused('budgets_file'));
    case 'prices_file_refused':
      return known(parts.refused('prices_file'));
    case 'security_files_refused': {
      const count = parts.security().problems.length;
      // Which files those are is for the log: the page may be open to all, and the text would name their paths.
      return count === 0
        ? []
        : [`tokens, users and certificates stay as they were: the log names what is wrong with their files (${count})`];
    }
    case 'restart_needed':
      return parts.security().needsRestart
        ? ['TLS was turned on or off, or other client certificates are asked for: that takes a restart']
        : [];
    case 'unpriced_usage': {
      const count = parts.unpriced();
      return count === 0 ? [] : [`usage reports that wait for a price: ${count}; their cost is not counted yet`];
    }
    case 'series_folded': {
      const labels = parts.foldedLabels();
      return labels.length === 0
        ? []
        : [`labels have reached their cap, and what came later is shown as "other": ${labels.join(', ')}`];
    }
    case 'timeline_consumer_shared': {
      const names = parts.sharedConsumers();
      return names.length === 0
        ? []
        : [
            `several clients fetch the timeline under one name, so that each gets a part of the samples; give every Prometheus server a consumer of its own: ${names.join(', ')}`,
          ];
    }
    case 'push_failing':
      return parts.failingPushes();
    case 'threads_over_cap': {
      const count = parts.threadsOverCap();
      return count === 0 ? [] : [`threads without series of their own, because threads.max is reached: ${count}`];
    }
    case 'nats_unavailable': {
      const problem = parts.natsProblem();
      return problem === undefined ? [] : [`no events come from NATS: ${problem}`];
    }
  }
}

function known(sentence: string | undefined): readonly string[] {
  return sentence === undefined ? [] : [sentence];
}

function invalidBudgets(views: readonly BudgetView[]): readonly string[] {
  const invalid = views.filter((view) => !view.valid);
  const named = invalid
    .slice(0, MAX_BUDGETS)
    .map((view) => `the numbers of budget ${view.name} cannot be trusted: ${view.untrusted.join('; ')}`);
  const more = invalid.length - named.length;
  return more > 0 ? [...named, `and those of ${more} more budgets`] : named;
}
