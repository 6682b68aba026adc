// A program that a test starts, with its output kept for failure messages; ended by its own process id.
import { spawn } from 'node:child_process';
import { DEADLINE_MS, eventually } from './eventually.ts';

export interface ChildProgram {
  /** Everything it wrote so far, both streams. */
  output(): string;
  /** SIGTERM, then SIGKILL at the deadline; resolves with the exit code once it is gone (null after a signal). */
  stop(): Promise<number | null>;
}

export interface ReadyProgram<T> extends ChildProgram {
  readonly ready: T;
}

export interface ProgramOptions<T> {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Asked again and again with the output so far; undefined while it is not up. */
  readonly ready: (output: string) => Promise<T | undefined> | T | undefined;
}

/** Rejects with the program's output when it ends or is not ready in time. */
export async function startProgram<T>(options: ProgramOptions<T>): Promise<ReadyProgram<T>> {
  const { command, args, cwd, ready } = options;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd === undefined ? {} : { cwd }) });
  let text = '';
  let failure: Error | undefined;
  const keep = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      failure = error;
      resolve(null);
    });
    child.once('exit', resolve);
  });
  const program: ChildProgram = {
    output: () => text,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null || failure !== undefined) return ended;
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
      const code = await ended;
      clearTimeout(hard);
      return code;
    },
  };
  try {
    const value = await eventually(
      async () => {
        if (failure !== undefined || child.exitCode !== null) {
          throw new Error(`${command} ended at once: ${failure?.message ?? String(child.exitCode)}\n${text}`);
        }
        return ready(text);
      },
      { what: `${command} to be ready` }
    );
    return { ...program, ready: value };
  } catch (error) {
    await program.stop();
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${text.slice(-4_000)}`);
  }
}
