// Waits for something that another program does, with a deadline.

const PAUSE_MS = 100;

/**
 * For whatever comes within a second or two on an idle machine: one that is shared stands still for seconds at times, and what
 * never comes is found all the same.
 */
export const DEADLINE_MS = 60_000;

/** The first result that is not undefined. Rejects at the deadline, or with what `attempt` throws. */
export async function eventually<T>(
  attempt: () => Promise<T | undefined> | T | undefined,
  { deadlineMs = DEADLINE_MS, what }: { deadlineMs?: number; what: string }
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (Date.now() > end) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
