// Passes the read-only query endpoints to Prometheus and nothing else.
import express, { type Request, type Response, type Router } from 'express';

const ENDPOINTS = ['query', 'query_range', 'query_exemplars', 'series', 'labels', 'label/:name/values'];
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const BODY_LIMIT = '256kb';
const ANSWER_DEADLINE_MS = 60_000;

/** Routes `/query`, `/query_range`, `/query_exemplars`, `/series`, `/labels` and `/label/NAME/values`, by GET and form POST. */
export function prometheusProxy(prometheus: URL): Router {
  const router = express.Router();
  const form = express.text({ type: 'application/x-www-form-urlencoded', limit: BODY_LIMIT });
  for (const endpoint of ENDPOINTS) {
    router
      .route(`/${endpoint}`)
      .get((request, response) => forward(prometheus, request, response))
      .post(form, (request, response) => forward(prometheus, request, response));
  }
  router.use((request, response) => {
    answerError(response, {
      status: 404,
      message: `${request.path}: the preview host passes ${ENDPOINTS.join(', ')} only`,
    });
  });
  return router;
}

async function forward(prometheus: URL, request: Request, response: Response): Promise<void> {
  const name = request.params['name'];
  if (name !== undefined && !(typeof name === 'string' && LABEL_NAME.test(name))) {
    answerError(response, { status: 400, message: 'want a Prometheus label name' });
    return;
  }
  const target = new URL(prometheus);
  target.pathname = `${prometheus.pathname.replace(/\/$/, '')}/api/v1${request.path}`;
  target.search = new URL(request.originalUrl, prometheus).search;
  const body = typeof request.body === 'string' ? request.body : undefined;
  try {
    const answer = await fetch(target, {
      method: request.method,
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
      ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    response.status(answer.status).type('application/json').send(bytes);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    answerError(response, { status: 502, message: `Prometheus at ${prometheus.origin} does not answer: ${cause}` });
  }
}

/** In the form of Prometheus's own errors, so that the page needs one way to read them. */
function answerError(response: Response, { status, message }: { status: number; message: string }): void {
  response.status(status).json({ status: 'error', errorType: 'preview', error: message });
}
