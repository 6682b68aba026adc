// Errors that people read: start-up problems, all at once, and offending values, quoted short.

const MAX_SHOWN = 80;

/** A value as one short line for a message: JSON where that is possible. Never throws. */
export function quoted(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Cyclic or hostile: its type says enough.
  }
  text ??= value === undefined ? 'nothing' : `a ${typeof value}`;
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

/** Why the exporter cannot start; every problem that was found, each a sentence that names the value and what is accepted. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
