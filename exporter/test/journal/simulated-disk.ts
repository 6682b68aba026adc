// A disk in memory that remembers every operation, so that a test can ask what would be left of it after a crash at any
// moment, and that can be told to fail.
import type { JournalFile, JournalStorage, ReadableFile } from '../../src/journal/storage.ts';

export type Operation =
  | { readonly kind: 'create'; readonly name: string }
  | { readonly kind: 'write'; readonly name: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly name: string; readonly length: number }
  | { readonly kind: 'sync'; readonly name: string }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | { readonly kind: 'sync-directory' };

export type Files = ReadonlyMap<string, Buffer>;

/** What a call of the disk does instead of what it should. `short` writes that many bytes and says so. */
export type Fault = { readonly error: string } | { readonly short: number };
/** Asked before each call; `what` is the name of the operation. */
export type Faults = (what: string, name: string, bytes: number) => Fault | undefined;

export class DiskError extends Error {
  readonly code: string;
  constructor(code: string, what: string) {
    super(`${code}: ${what}`);
    this.code = code;
  }
}

export class SimulatedDisk implements JournalStorage {
  readonly operations: Operation[] = [];
  readonly #files: Map<string, Buffer>;
  faults: Faults = () => undefined;

  constructor(files: Files = new Map()) {
    this.#files = new Map(files);
  }

  get files(): Files {
    return new Map(this.#files);
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.#files.keys()].sort());
  }

  read(name: string): Promise<Buffer> {
    const bytes = this.#files.get(name);
    return bytes === undefined ? Promise.reject(new DiskError('ENOENT', name)) : Promise.resolve(bytes);
  }

  open(name: string): Promise<ReadableFile> {
    return this.read(name).then((bytes) => ({
      bytes: bytes.length,
      read: (offset, length) =>
        Promise.resolve((this.#files.get(name) ?? Buffer.alloc(0)).subarray(offset, offset + length)),
      close: () => Promise.resolve(),
    }));
  }

  cache(name: string, bytes: Buffer): Promise<void> {
    return this.#call({ what: 'cache', name }, () => {
      this.#apply({ kind: 'create', name });
      this.#apply({ kind: 'write', name, at: 0, bytes });
    });
  }

  async readHead(name: string, length: number): Promise<Buffer> {
    return (await this.read(name)).subarray(0, length);
  }

  async size(name: string): Promise<number> {
    return (await this.read(name)).length;
  }

  create(name: string): Promise<JournalFile> {
    return this.#call({ what: 'create', name }, () => {
      if (this.#files.has(name)) throw new DiskError('EEXIST', name);
      this.#apply({ kind: 'create', name });
      return this.#file(name);
    });
  }

  remove(name: string): Promise<void> {
    return this.#call({ what: 'remove', name }, () => {
      this.#apply({ kind: 'remove', name });
    });
  }

  rename(name: string, to: string): Promise<void> {
    return this.#call({ what: 'rename', name }, () => {
      if (!this.#files.has(name)) throw new DiskError('ENOENT', name);
      this.#apply({ kind: 'rename', name, to });
    });
  }

  syncDirectory(): Promise<void> {
    return this.#call({ what: 'sync-directory', name: '' }, () => {
      this.#apply({ kind: 'sync-directory' });
    });
  }

  overwrite(name: string, bytes: Buffer, sync: boolean): Promise<void> {
    return this.#call({ what: 'overwrite', name }, () => {
      if (!this.#files.has(name)) this.#apply({ kind: 'create', name });
      this.#apply({ kind: 'write', name, at: 0, bytes });
      if (sync) this.#apply({ kind: 'sync', name });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #file(name: string): JournalFile {
    return {
      write: (bytes) =>
        this.#call({ what: 'write', name, bytes: bytes.length }, (fault) => {
          const taken = fault === undefined ? bytes.length : Math.min(fault.short, bytes.length);
          const at = this.#files.get(name)?.length ?? 0;
          this.#apply({ kind: 'write', name, at, bytes: Buffer.from(bytes.subarray(0, taken)) });
          return taken;
        }),
      sync: () =>
        this.#call({ what: 'sync', name }, () => {
          this.#apply({ kind: 'sync', name });
        }),
      truncate: (length) =>
        this.#call({ what: 'truncate', name }, () => {
          this.#apply({ kind: 'truncate', name, length });
        }),
      close: () => this.#call({ what: 'close', name }, () => undefined),
    };
  }

  /** A failing write may still have reached the disk, in part or whole: half of it does here. */
  #call<T>(call: { what: string; name: string; bytes?: number }, act: (fault?: { short: number }) => T): Promise<T> {
    const fault = this.faults(call.what, call.name, call.bytes ?? 0);
    return new Promise((resolve) => {
      if (fault !== undefined && 'error' in fault) {
        if (call.what === 'write') act({ short: Math.floor((call.bytes ?? 0) / 2) });
        throw new DiskError(fault.error, `${call.what} ${call.name}`);
      }
      resolve(act(fault));
    });
  }

  #apply(operation: Operation): void {
    this.operations.push(operation);
    applyTo(this.#files, operation);
  }
}

export function applyTo(files: Map<string, Buffer>, operation: Operation): void {
  switch (operation.kind) {
    case 'create':
      files.set(operation.name, Buffer.alloc(0));
      return;
    case 'write': {
      const { name, at, bytes } = operation;
      const before = files.get(name) ?? Buffer.alloc(0);
      const after = Buffer.alloc(Math.max(before.length, at + bytes.length));
      before.copy(after);
      bytes.copy(after, at);
      files.set(name, after);
      return;
    }
    case 'truncate':
      files.set(operation.name, (files.get(operation.name) ?? Buffer.alloc(0)).subarray(0, operation.length));
      return;
    case 'remove':
      files.delete(operation.name);
      return;
    case 'rename':
      files.set(operation.to, files.get(operation.name) ?? Buffer.alloc(0));
      files.delete(operation.name);
      return;
    case 'sync':
    case 'sync-directory':
      return;
  }
}
