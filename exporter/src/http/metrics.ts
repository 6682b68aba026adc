// GET /metrics: our families, then prom-client's registry, as one page.
import type { RequestHandler } from 'express';
import type { Clock } from '../clock.ts';
import type { BudgetView } from '../model/views.ts';
import { TEXT_CONTENT_TYPE } from '../series/exposition.ts';
import type { BudgetFamilies } from '../series/families/budgets.ts';
import type { SeriesRegistry } from '../series/registry.ts';
import type { SelfMetrics } from '../series/self.ts';
import { sendText } from './answer.ts';

export interface MetricsParts {
  readonly registry: SeriesRegistry;
  readonly self: SelfMetrics;
  readonly budgetFamilies: BudgetFamilies;
  readonly budgets: { views(nowMs: number): readonly BudgetView[] };
  readonly clock: Clock;
}

export function metricsHandler(parts: MetricsParts): RequestHandler {
  const { registry, self, budgetFamilies, budgets, clock } = parts;
  return async (_request, response) => {
    const startedMs = clock.monotonic();
    budgetFamilies.show(budgets.views(clock.now()));
    const own = await self.registry.metrics();
    await sendText(response, { type: TEXT_CONTENT_TYPE, pages: pagesOf(registry, own) });
    self.scrapeSeconds('/metrics', (clock.monotonic() - startedMs) / 1000);
  };
}

function* pagesOf(registry: SeriesRegistry, own: string): Generator<string> {
  yield* registry.pages();
  yield own;
}
