// The WebSocket subprotocol, which is also where browsers, that cannot set headers, put a token.

/** Offered beside `bearer.<token>`; it is the one that is answered, so that the token is not said back. */
export const SUBPROTOCOL = 'orchestrator.v1';
export const BEARER_SUBPROTOCOL = 'bearer.';

/** The subprotocol to answer with, out of those offered: clients that offered any fail without an answer. */
export function chosenSubprotocol(offered: ReadonlySet<string>): string | false {
  if (offered.has(SUBPROTOCOL)) return SUBPROTOCOL;
  return [...offered].find((name) => name.startsWith(BEARER_SUBPROTOCOL)) ?? false;
}
