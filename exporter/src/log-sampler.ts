// How often the same thing is said: the first lines of a kind at once, then one a period with the count of the others.
import type { Log, LogFields, LogLevel } from './log.ts';

/** Lines of one kind that are written at once after a period without any. */
const BURST = 20;
const PERIOD_MS = 60_000;
/** Kinds told apart; what is beyond shares one a level, so that no input can fill the memory with kinds. */
const MAX_KINDS = 200;

interface Kind {
  readonly level: LogLevel;
  readonly message: string;
  written: number;
  suppressed: number;
  /** Of the line that was left out last. */
  fields: LogFields;
}

export class LogSampler {
  readonly periodMs = PERIOD_MS;
  readonly #write: Log;
  readonly #kinds = new Map<string, Kind>();
  #closed = false;

  constructor(write: Log) {
    this.#write = write;
  }

  readonly log: Log = (level, message, fields = {}) => {
    const kind = this.#kindOf(level, message);
    if (this.#closed || kind.written < BURST) {
      kind.written += 1;
      this.#write(level, message, fields);
      return;
    }
    kind.suppressed += 1;
    kind.fields = fields;
  };

  /** Every kind that had lines left out gets one, with the last one's fields; a kind that fell silent starts afresh. */
  endPeriod(): void {
    for (const [key, kind] of this.#kinds) {
      const { level, message, suppressed, fields } = kind;
      if (suppressed > 0) {
        this.#write(level, message, { ...fields, suppressed });
        // The kind goes on: it has had its line of the next period.
        kind.suppressed = 0;
        kind.fields = {};
      } else {
        this.#kinds.delete(key);
      }
    }
  }

  close(): void {
    this.endPeriod();
    this.#closed = true;
  }

  #kindOf(level: LogLevel, message: string): Kind {
    const key = `${level} ${message}`;
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const isFull = this.#kinds.size >= MAX_KINDS;
    const shared = isFull ? this.#kinds.get(level) : undefined;
    if (shared !== undefined) return shared;
    const kind = {
      level,
      message: isFull ? 'more kinds of lines than are told apart' : message,
      written: 0,
      suppressed: 0,
      fields: {},
    };
    this.#kinds.set(isFull ? level : key, kind);
    return kind;
  }
}
