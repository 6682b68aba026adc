// Waiting for what is bound to come: the bound is far past what a machine needs that stands still for a while, so that only
// what never comes fails.
import { setTimeout as delay } from 'node:timers/promises';

const WITHIN_MS = 90_000;
const EVERY_MS = 50;

/** Asks again and again until the answer is not undefined. @throws an error that names `what` when it never is. */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadlineMs = performance.now() + WITHIN_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadlineMs) throw new Error(`not within ${WITHIN_MS / 1_000} s: ${what}`);
    await delay(EVERY_MS);
  }
}

/** As {@link until}, for what is true or not. */
export async function untilTrue(what: string, ask: () => boolean | Promise<boolean>): Promise<void> {
  await until(what, async () => ((await ask()) ? true : undefined));
}
