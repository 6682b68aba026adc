// One file that is read again when it changes: whole or not at all. What it said before stays in force while it is bad.
import { statSync } from 'node:fs';
import { readText, type FileResult } from './config-files.ts';

export interface WatchedFileParts {
  readonly file: string;
  /** As it was read at the start. */
  readonly text: string;
  /** Puts a new text in force, or says all that is wrong with it and changes nothing. */
  readonly take: (text: string) => FileResult<void>;
  /** Hears of every attempt, also of one that found nothing new; problems are empty when it succeeded. */
  readonly onAttempt: (problems: readonly string[]) => void;
}

export class WatchedFile {
  readonly #parts: WatchedFileParts;
  #text: string;
  /** What the file system said at the last look, and at the last attempt. */
  #seen: string;
  #tried: string;
  #problems: readonly string[] = [];
  #isUnreadable = false;

  constructor(parts: WatchedFileParts) {
    this.#parts = parts;
    this.#text = parts.text;
    // Nothing is known of the time between the reading and this: the first look reads once more.
    this.#seen = '';
    this.#tried = '';
  }

  /** What is wrong with the file as it is; empty while what it says is in force. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /**
   * Reads the file when it has changed and then stayed the same from one look to the next, so that one that is being
   * written is not read. Looking follows links: a mounted ConfigMap is swapped by one. To be called every second or two.
   */
  look(): void {
    const now = signature(this.#parts.file);
    const settled = now === this.#seen;
    this.#seen = now;
    if (settled && now !== this.#tried) this.reload();
    else if (settled && this.#isUnreadable) this.#tryAgain();
  }

  /** Reads the file now. @returns whether what it says is in force. */
  reload(): boolean {
    this.#tried = signature(this.#parts.file);
    this.#problems = this.#attempt();
    this.#parts.onAttempt(this.#problems);
    return this.#problems.length === 0;
  }

  /** A disk that fails for a moment leaves no mark on the file. The same trouble is told once. */
  #tryAgain(): void {
    const before = this.#problems;
    this.#problems = this.#attempt();
    if (this.#problems.join() !== before.join()) this.#parts.onAttempt(this.#problems);
  }

  #attempt(): readonly string[] {
    const read = readText(this.#parts.file);
    this.#isUnreadable = !read.ok;
    if (!read.ok) return read.problems;
    if (read.value === this.#text) return [];
    // A file that was emptied is one that is being written far more often than one that takes everything back.
    if (read.value.trim() === '') return ['it is empty; an empty list takes everything back'];
    const taken = this.#parts.take(read.value);
    if (!taken.ok) return taken.problems;
    this.#text = read.value;
    return [];
  }
}

function signature(file: string): string {
  try {
    // Mode and owner too: they may be what keeps the file from being read. Where times are coarse, theirs alone may tell
    // nothing of a change that followed another within some milliseconds.
    const { ino, size, mode, uid, gid, mtimeMs, ctimeMs } = statSync(file);
    return `${ino} ${size} ${mode} ${uid} ${gid} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return 'absent';
  }
}
