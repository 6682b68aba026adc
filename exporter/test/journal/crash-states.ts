// What a disk may hold after a power cut: everything that was synced, and of what was not any part, in sectors, in any order.
import { HIGH_WATER_FILE } from '../../src/journal/high-water.ts';
import { applyTo } from './simulated-disk.ts';
import type { Files, Operation } from './simulated-disk.ts';

export interface CrashState {
  readonly name: string;
  /** Operations that had been called before the cut. */
  readonly prefix: number;
  readonly files: Files;
}

export interface StateOptions {
  /** Random losses drawn for each prefix. */
  readonly draws: number;
  readonly random: () => number;
}

const SECTOR = 512;
const SNAPSHOT_STEP = 97;

/** The states of every prefix of the operations. */
export function* crashStates(
  before: Files,
  operations: readonly Operation[],
  { draws, random }: StateOptions
): Generator<CrashState> {
  for (let prefix = 0; prefix <= operations.length; prefix += 1) {
    const done = operations.slice(0, prefix);
    const state = (name: string, files: Files): CrashState => ({ name: `${prefix} ${name}`, prefix, files });
    // The process was killed: the system has everything.
    yield state('everything called so far', played(before, done));
    yield state(
      'only what was synced',
      survivors(before, done, () => false)
    );
    const last = done.at(-1);
    if (last?.kind === 'write') yield* cuts(before, done, last).map(({ name, files }) => state(name, files));
    for (let draw = 0; draw < draws; draw += 1) {
      yield state(
        `random loss ${draw}`,
        survivors(before, done, () => random() < 0.5)
      );
    }
  }
}

function played(before: Files, operations: readonly Operation[]): Files {
  const files = new Map(before);
  for (const operation of operations) applyTo(files, operation);
  return files;
}

/** The last write cut at every byte, with nothing, zeros or rubbish where the rest would be. */
function cuts(
  before: Files,
  done: readonly Operation[],
  last: Extract<Operation, { kind: 'write' }>
): { name: string; files: Files }[] {
  if (last.at === 0 && last.bytes.length < SECTOR && before.has(last.name)) return [];
  const earlier = done.slice(0, -1);
  const isMark = last.name === HIGH_WATER_FILE;
  // A mark is smaller than a sector and is replaced in one piece.
  if (isMark) return [];
  // A snapshot has one checksum: where it was cut makes no difference, so not every byte is tried.
  const step = last.name.endsWith('.seg') ? 1 : SNAPSHOT_STEP;
  return Array.from({ length: Math.ceil(last.bytes.length / step) }, (_, at) => {
    const length = at * step;
    const tail = [undefined, 0, 0xa5][length % 3];
    const bytes = Buffer.from(last.bytes);
    if (tail !== undefined) bytes.fill(tail, length);
    const kept = tail === undefined ? bytes.subarray(0, length) : bytes;
    return {
      name: `last write cut at ${length}${tail === undefined ? '' : `, then ${tail}`}`,
      files: played(before, [...earlier, { ...last, bytes: kept }]),
    };
  });
}

/**
 * What is left when of the operations that nothing made durable only those survive that `survives` lets; of a write each
 * sector is asked for on its own, and a sector that is lost before one that is not reads as zeros.
 */
function survivors(before: Files, done: readonly Operation[], survives: () => boolean): Files {
  const files = new Map(before);
  const names = new Map<string, boolean>([...before.keys()].map((name) => [name, true]));
  const lastDirectorySync = done.findLastIndex(({ kind }) => kind === 'sync-directory');
  done.forEach((operation, index) => {
    switch (operation.kind) {
      case 'create':
        names.set(operation.name, index < lastDirectorySync || survives());
        applyTo(files, operation);
        return;
      case 'remove':
        if (index < lastDirectorySync || survives()) names.set(operation.name, false);
        return;
      case 'rename':
        if (index > lastDirectorySync && !survives()) return;
        applyTo(files, operation);
        names.set(operation.to, true);
        names.set(operation.name, false);
        return;
      case 'truncate':
        if (isSynced(done, index, operation.name) || survives()) applyTo(files, operation);
        return;
      case 'write':
        if (isSynced(done, index, operation.name)) applyTo(files, operation);
        else for (const part of sectors(operation)) if (survives()) applyTo(files, part);
        return;
      case 'sync':
      case 'sync-directory':
        return;
    }
  });
  for (const [name, exists] of names) if (!exists) files.delete(name);
  return files;
}

function isSynced(done: readonly Operation[], index: number, name: string): boolean {
  return done.some((later, at) => at > index && later.kind === 'sync' && later.name === name);
}

function sectors(write: Extract<Operation, { kind: 'write' }>): Extract<Operation, { kind: 'write' }>[] {
  const parts: Extract<Operation, { kind: 'write' }>[] = [];
  for (let from = 0; from < write.bytes.length;) {
    const to = Math.min(write.bytes.length, from + SECTOR - ((write.at + from) % SECTOR));
    parts.push({ ...write, at: write.at + from, bytes: write.bytes.subarray(from, to) });
    from = to;
  }
  return parts;
}
