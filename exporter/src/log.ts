// Logging as a parameter: lines of JSON, one a fact, with fields that only the caller names.

/** From the least to the most serious. */
export const LOG_LEVELS = ['info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;
