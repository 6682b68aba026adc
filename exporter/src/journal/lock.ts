// One writer per directory. The holder listens on a Unix socket in it: the kernel closes that with the process, however it
// ends, so a lock can be told from what a killed process left behind without guessing by ids or ages.
//
// The sockets are numbered, lock.1, lock.2, ... Binding makes the file and fails when it exists, so of two that find the
// same stale lock only one gets the next number. Between bind and listen a socket looks stale; therefore, once it listens, a
// taker looks again: a higher number, or a lower one that answers, means that another was first. Of two takers the one with
// the lower number listens before it looks, and the other looks after it has bound: they cannot both pass.
//
// It works for containers that share a volume, because the socket belongs to the file system and not to the network. It
// cannot work between machines that share one: whoever comes second there takes over, and the first one notices
// (`isHeld`) and stops writing.
import { randomInt } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What sockaddr_un takes on every system, without the closing zero. */
const MAX_SOCKET_PATH = 103;
const NAME = /^lock\.(\d{1,9})$/;
const ANSWER_MS = 500;
const ATTEMPTS = 20;
/** Time in which one that has bound will listen, at the latest. */
const BIND_GRACE_MS = 20;

export interface DirectoryLock {
  /** False when another has taken the directory over, or it is gone. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** Another process writes the journal in this directory. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
  constructor(directory: string, holder: string) {
    super(
      `the directory ${JSON.stringify(directory)} is in use by ${holder}; one exporter may write a journal: stop the other one, or give this one a directory of its own`
    );
  }
}

/** @throws DirectoryInUseError while another process holds it; what the system says when it cannot make sockets there. */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const place = await socketPlace(directory);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const held = await take(directory, place);
      if (held !== undefined) return held;
      await delay(randomInt(BIND_GRACE_MS, 5 * BIND_GRACE_MS));
    }
  } catch (error) {
    await place.close();
    throw error;
  }
  await place.close();
  throw new DirectoryInUseError(directory, 'others that are starting at the same time');
}

/** Where sockets are made: the directory, under a name that is short enough. */
interface SocketPlace {
  readonly at: (name: string) => string;
  readonly close: () => Promise<void>;
}

async function socketPlace(directory: string): Promise<SocketPlace> {
  const at = (name: string): string => path.join(path.resolve(directory), name);
  if (Buffer.byteLength(at('lock.999999999')) <= MAX_SOCKET_PATH) return { at, close: () => Promise.resolve() };
  // Linux knows every open directory under a short name too.
  const handle = await fs.open(directory, 'r');
  const short = `/proc/self/fd/${handle.fd}`;
  const close = (): Promise<void> => handle.close();
  try {
    await fs.access(short);
  } catch (error) {
    await close();
    throw new Error(
      `the path of the directory ${JSON.stringify(directory)} is too long for a lock: expected at most ${MAX_SOCKET_PATH - 'lock.999999999'.length - 1} bytes`,
      { cause: error }
    );
  }
  return { at: (name) => `${short}/${name}`, close };
}

/** Undefined when another taker was faster: then try again. */
async function take(directory: string, place: SocketPlace): Promise<DirectoryLock | undefined> {
  const found = await numbers(directory);
  for (const number of found) {
    const holder = await holderOf(place.at(`lock.${number}`));
    if (holder !== undefined) throw new DirectoryInUseError(directory, holder);
  }
  const own = (found.at(-1) ?? 0) + 1;
  const server = await listen(place.at(`lock.${own}`));
  if (server === undefined) return undefined;
  const now = await numbers(directory);
  const isFirst = now.at(-1) === own && (await noneAnswers(now.slice(0, -1), place));
  if (!isFirst) {
    await close(server);
    return undefined;
  }
  for (const number of now.slice(0, -1)) await fs.unlink(path.join(directory, `lock.${number}`)).catch(() => undefined);
  return {
    isHeld: async () => (await numbers(directory).catch(unlessGone([own]))).at(-1) === own,
    release: async () => {
      await close(server);
      await place.close();
    },
  };
}

/** A directory that cannot be read tells nothing of others; one that is gone holds no lock. */
function unlessGone(known: readonly number[]): (error: unknown) => readonly number[] {
  return (error) => ((error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : known);
}

/** Ascending. */
async function numbers(directory: string): Promise<readonly number[]> {
  const names = await fs.readdir(directory);
  return names
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

async function noneAnswers(others: readonly number[], place: SocketPlace): Promise<boolean> {
  for (const number of others) if ((await holderOf(place.at(`lock.${number}`))) !== undefined) return false;
  return true;
}

/** Undefined when nobody listens there; else who says that it does. */
function holderOf(socketPath: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(socketPath);
    const holder = (): void => {
      socket.destroy();
      resolve(said.trim() === '' ? 'another process' : said.trim().slice(0, 200));
    };
    socket.setEncoding('utf8').setTimeout(ANSWER_MS, holder);
    socket.on('data', (text: string) => {
      said += text;
    });
    socket.on('end', holder);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const isFree = error.code === 'ECONNREFUSED' || error.code === 'ENOENT' || error.code === 'ENOTSOCK';
      if (isFree) resolve(undefined);
      // A full backlog, a missing permission: somebody may well be there.
      else holder();
    });
  });
}

/** Undefined when the file exists. */
function listen(socketPath: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(`process ${process.pid} on ${hostname()}\n`);
  });
  // The lock lives as long as the process, and does not make it live longer.
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(socketPath, () => {
      resolve(server);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
