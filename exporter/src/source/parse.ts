// Any dialect to the contract's event.
import type { ParseResult } from '../contract/event.ts';

export interface ParseContext {
  readonly receivedMs: number;
  /** Labels of events that carry none. */
  readonly team: string;
  readonly workflow: string;
}

export function parseEvent(raw: unknown, context: ParseContext): ParseResult {
  void raw;
  void context;
  return { ok: false, rejection: { reason: 'unknown_type', message: '' } };
}
