// The log of a process: one JSON object a line, bounded and escaped, and what is told again and again told less often.
import { pino } from 'pino';
import type { Clock } from './clock.ts';
import { lineWriter } from './line-writer.ts';
import type { Log, LogFields, LogLevel } from './log.ts';
import { LogSampler } from './log-sampler.ts';

export interface LoggingOptions {
  /** What is less serious is not logged. */
  readonly level: LogLevel;
  /** Takes whole lines; must not throw and must not wait. */
  readonly write: (line: string) => void;
  readonly clock: Pick<Clock, 'now' | 'every'>;
}

export interface Logging {
  readonly log: Log;
  /** Says what was left out so far; what is logged afterwards is written at once. */
  readonly close: () => void;
}

/** Of a text in a line, in UTF-16 units: what others wrote may be as long as they like. */
const MAX_TEXT = 2_000;
const MAX_ITEMS = 50;
/** Characters that JSON lets stand and terminals act on: C1 controls, line separators, marks that reverse text. */
const UNSEEN = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * A log of lines `{"level", "time", ...fields, "message"}`. A line is handed to `write` before the call returns. Texts are
 * bounded, and control characters are escaped, so that nobody's text forges a line or moves a terminal's cursor.
 */
export function createLogging({ level, write, clock }: LoggingOptions): Logging {
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line) => {
        write(line.replace(UNSEEN, escaped));
      },
    }
  );
  const sampler = new LogSampler((kind, message, fields = {}) => {
    logger[kind](bounded(fields), shortened(message));
  });
  const stop = clock.every(sampler.periodMs, () => {
    sampler.endPeriod();
  });
  return {
    log: (kind, message, fields = {}) => {
      if (logger.isLevelEnabled(kind)) sampler.log(kind, message, fields);
    },
    close: () => {
      stop();
      sampler.close();
    },
  };
}

/** A log on standard error, which it never waits for; see {@link lineWriter}. */
export function logToStandardError({ level, clock }: Omit<LoggingOptions, 'write'>): Logging {
  const lostLine = (lost: number): string => {
    const message = 'lines were lost: standard error did not take them';
    return `${JSON.stringify({ level: 'error', time: new Date(clock.now()).toISOString(), lost, message })}\n`;
  };
  return createLogging({ level, clock, write: lineWriter({ stream: process.stderr, lostLine }) });
}

function bounded(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, boundedValue(value)]));
}

function boundedValue(value: LogFields[string]): LogFields[string] {
  if (typeof value === 'string') return shortened(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const more = value.length - MAX_ITEMS;
  const items = value.slice(0, MAX_ITEMS).map(shortened);
  return more > 0 ? [...items, `and ${more} more`] : items;
}

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}... (${text.length} characters)` : text;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
