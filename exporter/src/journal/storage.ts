// The few file operations a journal needs, as a parameter: the tests hand in one that records, cuts short and fails.
import { constants, promises as fs } from 'node:fs';
import path from 'node:path';

/** What teams spend is for the exporter's user only. A directory that is there keeps its mode. */
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
/**
 * On Linux a write to a file that was opened so is a write and a `fdatasync` in one call, which takes a quarter less processor
 * time than two calls through the pool of threads (open(2), O_DSYNC). Elsewhere it may leave bytes in the drive's cache.
 */
const SYNCS_BY_WRITING = process.platform === 'linux';
const APPEND_SYNCED =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL | constants.O_DSYNC;

export interface JournalFile {
  /** Writes at the end as much of `bytes` as the system takes; the number may be short without an error. */
  write(bytes: Buffer): Promise<number>;
  /** Resolves when what was written is on the disk. After a rejection nothing may be appended to the file any more. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

/** Many pieces and then one sync, or a sync after every piece. */
export type FileUse = 'whole' | 'synced-pieces';

/** A file open for reading. */
export interface ReadableFile {
  /** Length when it was opened. */
  readonly bytes: number;
  /** Up to `length` bytes from `offset` on; empty at the end. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** What reading a journal takes; a directory that does not exist holds nothing. */
export interface ReadableStorage {
  /** Names in the directory, sorted. */
  list(): Promise<readonly string[]>;
  read(name: string): Promise<Buffer>;
  /** The first bytes of a file, at most `length`. */
  readHead(name: string, length: number): Promise<Buffer>;
  size(name: string): Promise<number>;
}

export interface JournalStorage extends ReadableStorage {
  open(name: string): Promise<ReadableFile>;
  /** @param use how it will be written; `whole` unless told. @throws when the file exists. */
  create(name: string, use?: FileUse): Promise<JournalFile>;
  remove(name: string): Promise<void>;
  /** What bore the new name before is gone. */
  rename(name: string, to: string): Promise<void>;
  /** Makes creations, removals and changes of names durable. */
  syncDirectory(): Promise<void>;
  /** Replaces the first bytes of a small file, which is made when missing; durable only when `sync` says so. */
  overwrite(name: string, bytes: Buffer, sync: boolean): Promise<void>;
  /** Writes a file anew, whole: a reader finds the old one or the new one. Not durable, for what can be made again. */
  cache(name: string, bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** For looking only: makes nothing and writes nothing. */
export function readDirectory(directory: string): ReadableStorage {
  return {
    list: async () => (await fs.readdir(directory)).sort(),
    read: (name) => fs.readFile(path.join(directory, name)),
    readHead: async (name, length) => {
      const handle = await fs.open(path.join(directory, name), 'r');
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
    size: async (name) => (await fs.stat(path.join(directory, name))).size,
  };
}

/** Files of one directory, which is made when it is missing. */
export async function openDirectory(directory: string): Promise<JournalStorage> {
  await fs.mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
  const at = (name: string): string => path.join(directory, name);
  const marks = new Map<string, fs.FileHandle>();
  const forget = async (name: string): Promise<void> => {
    const handle = marks.get(name);
    marks.delete(name);
    await handle?.close();
  };
  return {
    ...readDirectory(directory),
    open: async (name) => readFrom(await fs.open(at(name), 'r')),
    create: async (name, use) => {
      if (use === 'synced-pieces' && SYNCS_BY_WRITING) {
        return appendSynced(await fs.open(at(name), APPEND_SYNCED, FILE_MODE));
      }
      return appendTo(await fs.open(at(name), 'ax', FILE_MODE));
    },
    remove: (name) => fs.unlink(at(name)),
    rename: (name, to) => fs.rename(at(name), at(to)),
    syncDirectory: async () => {
      const handle = await fs.open(directory, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    overwrite: async (name, bytes, sync) => {
      let handle = marks.get(name);
      if (handle === undefined) {
        handle = await fs.open(at(name), constants.O_RDWR | constants.O_CREAT, FILE_MODE);
        marks.set(name, handle);
      }
      try {
        await handle.write(bytes, 0, bytes.length, 0);
        if (sync) await handle.datasync();
      } catch (error) {
        await forget(name).catch(() => undefined);
        throw error;
      }
    },
    cache: async (name, bytes) => {
      const unfinished = `${name}.new`;
      await fs.writeFile(at(unfinished), bytes, { mode: FILE_MODE });
      await fs.rename(at(unfinished), at(name));
    },
    close: async () => {
      await Promise.all([...marks.keys()].map(forget));
    },
  };
}

function appendTo(handle: fs.FileHandle): JournalFile {
  return {
    write: async (bytes) => (await handle.write(bytes, 0, bytes.length, null)).bytesWritten,
    sync: () => handle.datasync(),
    truncate: (length) => handle.truncate(length),
    close: () => handle.close(),
  };
}

/** What was written is on the disk; what was cut off is after a sync. */
function appendSynced(handle: fs.FileHandle): JournalFile {
  let isCut = false;
  return {
    ...appendTo(handle),
    truncate: (length) => {
      isCut = true;
      return handle.truncate(length);
    },
    sync: () => (isCut ? handle.datasync() : Promise.resolve()),
  };
}

async function readFrom(handle: fs.FileHandle): Promise<ReadableFile> {
  try {
    const { size } = await handle.stat();
    return {
      bytes: size,
      read: async (offset, length) => {
        const buffer = Buffer.allocUnsafe(length);
        const { bytesRead } = await handle.read(buffer, 0, length, offset);
        return buffer.subarray(0, bytesRead);
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
