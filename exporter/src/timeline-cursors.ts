// How far each consumer of the timeline was told, in a file beside the journal: a restart neither repeats a sample nor leaves
// one out. It is written after every delivery and not synced: a crash of the process loses at most the delivery under way, one
// of the machine the last ones, and what is then sent twice Prometheus drops with a warning.
import { z } from 'zod';
import { messageOf } from './errors.ts';
import type { JournalStorage } from './journal/storage.ts';
import type { Log } from './log.ts';
import type { ConsumerCursor } from './series/timeline-consumers.ts';

export const CURSORS_FILE = 'timeline-cursors.json';

const fileSchema = z.strictObject({
  version: z.literal(1),
  consumers: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(256),
        events: z.int().min(0),
        upToMs: z.number(),
        heartbeatMs: z.number().optional(),
        lastSeenMs: z.number(),
      })
    )
    .max(1_000),
});

export interface TimelineCursorsParts {
  readonly open: () => Promise<Pick<JournalStorage, 'list' | 'read' | 'cache' | 'close'>>;
  readonly cursors: () => readonly ConsumerCursor[];
  readonly log: Log;
}

export class TimelineCursors {
  readonly #parts: TimelineCursorsParts;
  #storage: Awaited<ReturnType<TimelineCursorsParts['open']>> | undefined;
  #writing: Promise<void> | undefined;
  #isStale = false;
  #isFailing = false;

  constructor(parts: TimelineCursorsParts) {
    this.#parts = parts;
  }

  /** As they were kept; undefined when nothing was, or when it cannot be read, which is logged. */
  async read(): Promise<readonly ConsumerCursor[] | undefined> {
    this.#storage = await this.#parts.open();
    try {
      if (!(await this.#storage.list()).includes(CURSORS_FILE)) return undefined;
      const text = (await this.#storage.read(CURSORS_FILE)).toString('utf8');
      const { consumers } = fileSchema.parse(JSON.parse(text));
      return consumers.map(({ heartbeatMs, ...rest }) => ({ ...rest, heartbeatMs }));
    } catch (error) {
      this.#parts.log('warn', 'how far the consumers of the timeline were told is not known: they go on from now', {
        file: CURSORS_FILE,
        error: error instanceof z.ZodError ? 'it is not what this version writes' : messageOf(error),
      });
      return undefined;
    }
  }

  /** Writes them soon, one write at a time. Nothing before {@link read}. Trouble is logged when it begins. */
  save(): void {
    if (this.#storage === undefined) return;
    this.#isStale = true;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** After the last {@link save}. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#storage?.close();
    this.#storage = undefined;
  }

  async #write(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        const text = JSON.stringify({ version: 1, consumers: this.#parts.cursors() });
        await this.#storage?.cache(CURSORS_FILE, Buffer.from(text));
        this.#isFailing = false;
      } catch (error) {
        if (!this.#isFailing) {
          this.#parts.log('warn', 'how far the consumers of the timeline were told cannot be kept', {
            file: CURSORS_FILE,
            error: messageOf(error),
          });
        }
        this.#isFailing = true;
      }
    }
  }
}
