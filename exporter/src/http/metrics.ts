// GET /metrics: our families, the exporter's own, then prom-client's registry, as one page, in the format and the coding that
// the client asks for. Answered without express, as POST /v1/events is: a body that hardly changed costs little more.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
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
import { INTERNAL, NOT_READY, wrongMethod } from './answer.ts';
import type { Access } from './auth/access.ts';
import { refusalHeaders } from './auth/guard.ts';
import { BareAnswers } from './bare-answer.ts';
import { acceptedType, wantsGzip } from './negotiation.ts';
import { sendPieces } from './pieces.ts';

export interface MetricsParts {
  readonly registry: SeriesRegistry;
  readonly self: SelfMetrics;
  readonly budgetFamilies: BudgetFamilies;
  readonly budgets: { views(nowMs: number): readonly BudgetView[] };
  readonly clock: Clock;
  readonly access: Pick<Access, 'isGuarded' | 'check'>;
  /** The operator's own headers, over those of the exporter. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** False until everything counted before this start is back: half-restored totals would look like a reset. */
  readonly started: () => boolean;
  /** Hears of errors that reached the end; the client is told 500 and nothing more. */
  readonly onError: (error: unknown) => void;
}

/** Everything from the credentials to the answer. */
export function metricsListener(parts: MetricsParts): RequestListener {
  const answers = new BareAnswers(parts.headers);
  return (request, response) => {
    answer(parts, answers, { request, response }).catch((error: unknown) => {
      parts.onError(error);
      // What was begun cannot be answered otherwise.
      if (response.headersSent) response.destroy();
      else answers.problem(response, INTERNAL);
    });
  };
}

async function answer(
  parts: MetricsParts,
  answers: BareAnswers,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse }
): Promise<void> {
  const { self, budgetFamilies, budgets, clock, access } = parts;
  if (access.isGuarded('read')) {
    const { headers, socket } = request;
    const decision = await access.check('read', { headers, address: socket.remoteAddress });
    if (decision.kind === 'refused') {
      answers.problem(response, decision, refusalHeaders(decision).flat());
      return;
    }
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const allowed = 'GET, HEAD';
    answers.problem(response, wrongMethod(request.method ?? '', allowed), ['Allow', allowed]);
    return;
  }
  if (!parts.started()) {
    answers.problem(response, NOT_READY, ['Retry-After', '1']);
    return;
  }
  const format = formatFor(request);
  const gzip = wantsGzip(request);
  const head = ['Content-Type', CONTENT_TYPES[format], 'Vary', 'Accept, Accept-Encoding'];
  if (request.method === 'HEAD') {
    answers.begin(response, head);
    response.end();
    return;
  }
  const startedMs = clock.monotonic();
  budgetFamilies.show(budgets.views(clock.now()));
  const ofProcess = await self.registry.metrics();
  // That was a millisecond or two at one stretch.
  const waitingSinceMs = clock.monotonic();
  await nextTurn();
  const waitedForTurnMs = clock.monotonic() - waitingSinceMs;
  answers.begin(response, gzip ? [...head, 'Content-Encoding', 'gzip'] : head);
  const pieces = piecesOf(parts, { format, ofProcess });
  const waitedMs = await sendPieces(response, { pieces, gzip, now: () => clock.monotonic() });
  self.scrapeSeconds('/metrics', (clock.monotonic() - startedMs - waitedForTurnMs - waitedMs) / 1000);
}

/** @param ofProcess what prom-client's registry says, in the text format. */
function* piecesOf(
  { registry, self }: MetricsParts,
  { format, ofProcess }: { readonly format: ExpositionFormat; readonly ofProcess: string }
): Generator<Piece> {
  yield* registry.pieces(format);
  yield* self.series.pieces(format);
  yield new FixedPiece(format === 'text' ? ofProcess : `${openMetricsOf(ofProcess)}${OPENMETRICS_END}`);
}

/** What a client may ask for and is then given; Prometheus 3 names a way of escaping names, which ours do not need. */
const OFFERS: Readonly<Record<string, ExpositionFormat>> = {
  [CONTENT_TYPES.text]: 'text',
  [CONTENT_TYPES.openmetrics]: 'openmetrics',
  [`${CONTENT_TYPES.openmetrics}; escaping=allow-utf-8`]: 'openmetrics',
};
const OFFERED = Object.keys(OFFERS);

/** The format with the greatest weight in Accept; text where neither is better, or neither is named. */
function formatFor(request: IncomingMessage): ExpositionFormat {
  const accepted = acceptedType(request, OFFERED);
  return (accepted !== false && OFFERS[accepted]) || 'text';
}
