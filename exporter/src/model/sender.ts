// What a sender that is bound to a team or a workflow may say, and about which threads.

/** Absent means not bound. */
export interface Sender {
  readonly team?: string | undefined;
  readonly workflow?: string | undefined;
}

interface Labels {
  readonly team?: string | undefined;
  readonly workflow?: string | undefined;
}

/** What a bound sender's producers are told apart by; undefined for one that is not bound. */
export function producerScope({ team, workflow }: Sender): string | undefined {
  if (team === undefined && workflow === undefined) return undefined;
  return [team ?? '', workflow ?? ''].map(encodeURIComponent).join('@');
}

/**
 * Why the sender may not send an event with these labels, about a thread that `owner` began; undefined when it may. The
 * thread counts too: a running total sent for somebody else's thread would swallow the spend that is yet to come.
 */
export function trespass(sender: Sender, event: Labels, owner: Labels | undefined): string | undefined {
  for (const label of ['team', 'workflow'] as const) {
    const bound = sender[label];
    if (bound === undefined) continue;
    const expected = `the token is bound to ${label} ${JSON.stringify(bound)}`;
    if (event[label] !== bound) return `${label} ${JSON.stringify(event[label])} is refused: ${expected}`;
    // Whose the thread is, is not the sender's to know.
    if (owner !== undefined && owner[label] !== bound) return `the thread is another ${label}'s: ${expected}`;
  }
  return undefined;
}
