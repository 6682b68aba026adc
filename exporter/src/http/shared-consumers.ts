// Notices two clients that fetch the timeline under one name: each would get a part of the samples, and neither a warning.
// Clients take turns then, and one that has fetched before comes back after another; a client alone never does that, for it
// goes on over its connection or opens a new one.
import type { Socket } from 'node:net';

/** How long a turn is remembered: some scrape intervals. */
const MEMORY_MS = 600_000;
/** Somebody may have looked once with a browser; twice is a habit. */
const TURNS = 2;

interface Turns {
  socket: WeakRef<Socket>;
  address: string | undefined;
  readonly sockets: WeakSet<Socket>;
  /** When each was heard of last. */
  readonly addresses: Map<string, number>;
  /** When a client came back after another. */
  readonly returnsMs: number[];
}

/** Bounded by the names that the timeline accepts at once, within the memory. */
export class SharedConsumers {
  readonly #now: () => number;
  readonly #onShared: (name: string) => void;
  readonly #byName = new Map<string, Turns>();

  /** `onShared` hears of a name when it becomes one that is shared. */
  constructor({ now, onShared }: { readonly now: () => number; readonly onShared: (name: string) => void }) {
    this.#now = now;
    this.#onShared = onShared;
  }

  /** A client fetches under the name. */
  note(name: string, socket: Pick<Socket, 'remoteAddress'> & object): void {
    const nowMs = this.#now();
    this.#forget(nowMs);
    const client = socket as Socket;
    const address = client.remoteAddress;
    let turns = this.#byName.get(name);
    if (turns === undefined) {
      turns = {
        socket: new WeakRef(client),
        address,
        sockets: new WeakSet(),
        addresses: new Map(),
        returnsMs: [],
      };
      this.#byName.set(name, turns);
    }
    const isBack =
      (turns.socket.deref() !== client && turns.sockets.has(client)) ||
      (address !== undefined && turns.address !== address && turns.addresses.has(address));
    const wasShared = turns.returnsMs.length >= TURNS;
    if (isBack) turns.returnsMs.push(nowMs);
    turns.returnsMs.splice(0, turns.returnsMs.length - TURNS);
    turns.socket = new WeakRef(client);
    turns.address = address;
    turns.sockets.add(client);
    if (address !== undefined) turns.addresses.set(address, nowMs);
    if (!wasShared && turns.returnsMs.length >= TURNS) this.#onShared(name);
  }

  /** Those that are shared now. */
  names(): readonly string[] {
    this.#forget(this.#now());
    return [...this.#byName].filter(([, { returnsMs }]) => returnsMs.length >= TURNS).map(([name]) => name);
  }

  #forget(nowMs: number): void {
    for (const [name, { addresses, returnsMs }] of this.#byName) {
      for (const [address, atMs] of addresses) if (nowMs - atMs > MEMORY_MS) addresses.delete(address);
      while ((returnsMs[0] ?? nowMs) < nowMs - MEMORY_MS) returnsMs.shift();
      if (addresses.size === 0) this.#byName.delete(name);
    }
  }
}
