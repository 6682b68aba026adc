// GET /metrics: our families, then prom-client's registry, as one page, in the format and the coding that the client asks for.
import type { Request, RequestHandler } from 'express';
import type { Clock } from '../clock.ts';
import type { BudgetView } from '../model/views.ts';
import { CONTENT_TYPES, OPENMETRICS_END } from '../series/exposition.ts';
import type { ExpositionFormat } from '../series/exposition.ts';
import type { BudgetFamilies } from '../series/families/budgets.ts';
import { FixedPiece } from '../series/page.ts';
import type { Piece } from '../series/page.ts';
import type { SeriesRegistry } from '../series/registry.ts';
import type { SelfMetrics } from '../series/self.ts';
import { openMetricsOf } from '../series/text-to-openmetrics.ts';
import { wantsGzip } from './answer.ts';
import { sendPieces } from './pieces.ts';

export interface MetricsParts {
  readonly registry: SeriesRegistry;
  readonly self: SelfMetrics;
  readonly budgetFamilies: BudgetFamilies;
  readonly budgets: { views(nowMs: number): readonly BudgetView[] };
  readonly clock: Clock;
}

export function metricsHandler(parts: MetricsParts): RequestHandler {
  const { registry, self, budgetFamilies, budgets, clock } = parts;
  return async (request, response) => {
    const format = formatFor(request);
    response.set('Content-Type', CONTENT_TYPES[format]).vary('Accept').vary('Accept-Encoding');
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const startedMs = clock.monotonic();
    budgetFamilies.show(budgets.views(clock.now()));
    const own = await self.registry.metrics();
    const pieces = piecesOf(registry, { format, own });
    const waitedMs = await sendPieces(response, { pieces, gzip: wantsGzip(request), now: () => clock.monotonic() });
    self.scrapeSeconds('/metrics', (clock.monotonic() - startedMs - waitedMs) / 1000);
  };
}

/** @param own what prom-client's registry says, in the text format. */
function* piecesOf(
  registry: SeriesRegistry,
  { format, own }: { readonly format: ExpositionFormat; readonly own: string }
): Generator<Piece> {
  yield* registry.pieces(format);
  yield new FixedPiece(format === 'text' ? own : `${openMetricsOf(own)}${OPENMETRICS_END}`);
}

/** What a client may ask for and is then given; Prometheus 3 names a way of escaping names, which ours do not need. */
const OFFERS: Readonly<Record<string, ExpositionFormat>> = {
  [CONTENT_TYPES.text]: 'text',
  [CONTENT_TYPES.openmetrics]: 'openmetrics',
  [`${CONTENT_TYPES.openmetrics}; escaping=allow-utf-8`]: 'openmetrics',
};

/** The format with the greatest weight in Accept; text where neither is better, or neither is named. */
function formatFor(request: Request): ExpositionFormat {
  const accepted = request.accepts(Object.keys(OFFERS));
  return (accepted !== false && OFFERS[accepted]) || 'text';
}
