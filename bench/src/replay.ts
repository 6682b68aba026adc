// How long a restart takes on a journal: reading all of it, and going on from a snapshot.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { threeDigits } from './table.ts';

const PROCESS = join(import.meta.dirname, 'replay-process.js');

interface Restart {
  readonly readySeconds: number;
  readonly cpuSeconds: number;
  readonly rssMiB: number;
}

export interface Replay {
  readonly events: number;
  readonly written: { readonly mib: number; readonly seconds: number };
  /** Without any snapshot. */
  readonly whole: Restart;
  readonly snapshot: { readonly mib: number; readonly seconds: number; readonly fixedSeconds: number };
  /** From the snapshot, with the last segment behind it. */
  readonly behind: Restart;
}

/** @param folder on the disk that is measured; what is made in it is removed again. */
export async function measureReplay(events: number, folder: string): Promise<Replay> {
  mkdirSync(folder, { recursive: true });
  const directory = mkdtempSync(join(folder, 'replay-'));
  const step = async <T>(what: string): Promise<T> => {
    const { stdout } = await promisify(execFile)(process.execPath, [PROCESS, what, directory, String(events)]);
    return JSON.parse(stdout) as T;
  };
  try {
    return {
      events,
      written: await step('write'),
      whole: await step('restart'),
      snapshot: await step('snapshot'),
      behind: await step('restart'),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function replayText({ events, written, whole, snapshot, behind }: Replay): string {
  return [
    `${events} events, ${threeDigits(written.mib)} MiB, written in ${threeDigits(written.seconds)} s.`,
    `Reading all of it: ${restartText(whole)}.`,
    `A snapshot of it: ${threeDigits(snapshot.mib)} MiB in ${threeDigits(snapshot.seconds)} s, of which ${threeDigits(snapshot.fixedSeconds)} s for reading and writing snapshots.`,
    `From the snapshot: ${restartText(behind)}.`,
  ].join('\n');
}

function restartText({ readySeconds, cpuSeconds, rssMiB }: Restart): string {
  return `ready after ${threeDigits(readySeconds)} s, ${threeDigits(cpuSeconds)} s of processor, rss ${threeDigits(rssMiB)} MiB`;
}
