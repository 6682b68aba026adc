// Files that hold secrets: read whole, bounded, and looked at for who else may read them.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Certificates with their chains stay well below. */
const MAX_FILE_BYTES = 1_048_576;
const GROUP_OR_WORLD = 0o077;

export interface FileContent {
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
}

/** How files are read; throws what the system throws. */
export type ReadFile = (path: string) => FileContent;

/** @throws Error when the file is no regular file, is larger than 1 MiB or cannot be read. */
export const readSmallFile: ReadFile = (path) => {
  // Without waiting: opening a named pipe would stop the process until somebody writes.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error('it is no regular file');
    if (stat.size > MAX_FILE_BYTES) throw new Error(`it is larger than ${MAX_FILE_BYTES} bytes`);
    const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
    const length = readSync(file, buffer, 0, buffer.length, 0);
    return { text: buffer.toString('utf8', 0, length), mode: stat.mode & 0o777 };
  } finally {
    closeSync(file);
  }
};

/** A sentence when others than the owner may use the file. */
export function modeWarning(path: string, mode: number): string | undefined {
  if ((mode & GROUP_OR_WORLD) === 0) return undefined;
  return `${path} holds a secret and has mode 0${mode.toString(8)}: others than its owner may use it; expected 0600 or 0400`;
}
