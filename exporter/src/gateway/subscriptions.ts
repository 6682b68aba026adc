// Who listens to which thread.
import { ALL_THREADS } from '../contract/wire.ts';

export class Subscriptions<Client> {
  readonly #byThread = new Map<string, Set<Client>>();
  readonly #byClient = new Map<Client, Set<string>>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  countOf(client: Client): number {
    return this.#byClient.get(client)?.size ?? 0;
  }

  has(client: Client, threadId: string): boolean {
    return this.#byClient.get(client)?.has(threadId) ?? false;
  }

  add(client: Client, threadId: string): void {
    if (this.has(client, threadId)) return;
    entryOf(this.#byThread, threadId).add(client);
    entryOf(this.#byClient, client).add(threadId);
    this.#count += 1;
  }

  remove(client: Client, threadId: string): void {
    if (!this.has(client, threadId)) return;
    this.#byClient.get(client)?.delete(threadId);
    const clients = this.#byThread.get(threadId);
    clients?.delete(client);
    if (clients?.size === 0) this.#byThread.delete(threadId);
    this.#count -= 1;
  }

  removeClient(client: Client): void {
    for (const threadId of [...(this.#byClient.get(client) ?? [])]) this.remove(client, threadId);
    this.#byClient.delete(client);
  }

  /** Everybody who hears of this thread, once each. */
  listeners(threadId: string): ReadonlySet<Client> {
    return new Set([...(this.#byThread.get(threadId) ?? []), ...(this.#byThread.get(ALL_THREADS) ?? [])]);
  }
}

function entryOf<K, V>(map: Map<K, Set<V>>, key: K): Set<V> {
  let set = map.get(key);
  if (set === undefined) map.set(key, (set = new Set()));
  return set;
}
