// Logging as a parameter: JSON lines, one a fact, fields only that the caller names.

export type LogLevel = 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/** Writes one JSON object a line; control characters cannot forge lines because JSON escapes them. */
export function jsonLog(write: (line: string) => void, now: () => number): Log {
  return (level, message, fields = {}) => {
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, message, ...fields })}\n`);
  };
}
