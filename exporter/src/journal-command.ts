// orchestrator-exporter journal verify|stats|export DIR: what operators do with a journal that lies on a disk. Looks only; a
// journal that is being written may be looked at too, and may then seem to end in a write that was cut off.
import { messageOf, quoted, StartupError } from './errors.ts';
import type { JournalEntry } from './journal/journal.ts';
import type { JournalDamage } from './journal/recovery.ts';
import { readKept } from './journal/restart.ts';
import { readDirectory } from './journal/storage.ts';

const COMMANDS = ['verify', 'stats', 'export'] as const;

/**
 * @param write takes text for standard output and resolves when more may come.
 * @returns the exit code: 0, or 1 when verify found damage.
 * @throws StartupError when the arguments are wrong or the directory cannot be read.
 */
export async function runJournalCommand(
  [name, directory, ...rest]: readonly string[],
  write: (text: string) => Promise<void>
): Promise<number> {
  const command = COMMANDS.find((known) => known === name);
  if (command === undefined || directory === undefined || rest.length > 0) {
    throw new StartupError([
      `journal ${quoted([name, directory, ...rest])}: expected one of ${COMMANDS.join(', ')} and a directory`,
    ]);
  }
  switch (command) {
    case 'verify':
      return verify(directory, write);
    case 'stats':
      await stats(directory, write);
      return 0;
    case 'export':
      await exportEntries(directory, write);
      return 0;
  }
}

async function read(
  directory: string,
  onEntry: (entry: JournalEntry, seq: number) => void
): ReturnType<typeof readKept> {
  try {
    return await readKept(readDirectory(directory), onEntry);
  } catch (cause) {
    throw new StartupError([`the journal in ${quoted(directory)} cannot be read: ${messageOf(cause)}`], { cause });
  }
}

async function verify(directory: string, write: (text: string) => Promise<void>): Promise<number> {
  const { segments, snapshots, damage, records, bytes } = await read(directory, () => undefined);
  const isSerious =
    damage.some(({ kind }) => kind !== 'torn_tail') ||
    snapshots.some(({ state }) => state !== 'whole' && state !== 'newer');
  await write(
    [
      ...segments.map(
        ({ name, bytes: size, frames, records: held, sealed }) =>
          `${name}  ${size} bytes  ${frames} frames  ${held} records  ${sealed ? 'sealed' : 'not sealed'}`
      ),
      ...snapshots.map(
        ({ name, bytes: size, state, next }) =>
          `${name}  ${size} bytes  ${state}${next === undefined ? '' : `, holds what records 1 to ${next - 1} came to`}`
      ),
      ...damage.map(damageText),
      `${records} records in ${bytes} bytes: ${isSerious ? 'damaged' : 'sound'}`,
      '',
    ].join('\n')
  );
  return isSerious ? 1 : 0;
}

function damageText({ file, kind, offset, bytes, records }: JournalDamage): string {
  const lost = kind === 'torn_tail' ? 'a write that was cut off' : `${records ?? 'an unknown number of'} records lost`;
  return `${file}  ${kind} at ${offset}, ${bytes} bytes: ${lost}`;
}

async function stats(directory: string, write: (text: string) => Promise<void>): Promise<void> {
  const types = new Map<string, number>();
  const threads = new Set<string>();
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  const { segments, snapshots, records, bytes, damage } = await read(directory, (entry) => {
    const type = 'sweptMs' in entry ? 'sweep' : entry.event.type;
    types.set(type, (types.get(type) ?? 0) + 1);
    if ('sweptMs' in entry) return;
    threads.add(entry.event.threadId);
    firstMs = Math.min(firstMs, entry.event.timestampMs);
    lastMs = Math.max(lastMs, entry.event.timestampMs);
  });
  const times =
    threads.size === 0
      ? []
      : [
          ['first event', timeText(firstMs)],
          ['last event', timeText(lastMs)],
        ];
  const rows = [
    ['segments', segments.length],
    ['snapshots', snapshots.length],
    ['bytes', bytes],
    ['records', records],
    ['threads', threads.size],
    ...times,
    ...[...types].sort(([a], [b]) => (a < b ? -1 : 1)),
    ['damage', damage.length],
  ];
  await write(rows.map(([what, value]) => `${what}: ${value}\n`).join(''));
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

const LINES_AT_ONCE = 1_000;

async function exportEntries(directory: string, write: (text: string) => Promise<void>): Promise<void> {
  let lines: string[] = [];
  let written: Promise<void> = Promise.resolve();
  const flush = (): void => {
    const text = lines.join('');
    lines = [];
    written = written.then(() => write(text));
  };
  const { damage } = await read(directory, (entry, seq) => {
    lines.push(`${JSON.stringify({ seq, ...entry })}\n`);
    if (lines.length >= LINES_AT_ONCE) flush();
  });
  flush();
  await written;
  if (damage.some(({ kind }) => kind !== 'torn_tail')) {
    throw new StartupError([
      `the journal in ${quoted(directory)} is damaged and not everything could be exported; see journal verify`,
    ]);
  }
}
