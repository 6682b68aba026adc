import { SharedConsumers } from './shared-consumers.ts';

/** Who fetches: a connection and its address. Same letters, same connection. */
interface Story {
  readonly clients: readonly (readonly [connection: string, address: string])[];
  /** Between two fetches. */
  readonly everyMs?: number;
  readonly shared: readonly string[];
}

const turns = (...clients: readonly (readonly [string, string])[]) => clients;

test.each<[string, Story]>([
  ['nobody', { clients: [], shared: [] }],
  ['one, over one connection', { clients: turns(['a', '1'], ['a', '1'], ['a', '1']), shared: [] }],
  ['one, each time over a new connection', { clients: turns(['a', '1'], ['b', '1'], ['c', '1']), shared: [] }],
  ['one whose address has changed', { clients: turns(['a', '1'], ['b', '2'], ['b', '2']), shared: [] }],
  ['somebody looked once', { clients: turns(['a', '1'], ['x', '1'], ['a', '1'], ['a', '1']), shared: [] }],
  ['two on one machine', { clients: turns(['a', '1'], ['b', '1'], ['a', '1'], ['b', '1']), shared: ['c'] }],
  [
    'two machines that connect anew each time',
    { clients: turns(['a', '1'], ['b', '2'], ['c', '1'], ['d', '2']), shared: ['c'] },
  ],
  [
    'two, but their turns are too far apart to be of now',
    { clients: turns(['a', '1'], ['b', '1'], ['a', '1'], ['b', '1']), everyMs: 600_001, shared: [] },
  ],
])('a consumer name is shared when clients take turns under it: %s', (_name, { clients, everyMs = 15_000, shared }) => {
  let now = 0;
  const heard: string[] = [];
  const consumers = new SharedConsumers({ now: () => now, onShared: (name) => heard.push(name) });
  const sockets = new Map<string, { remoteAddress: string }>();
  for (const [connection, remoteAddress] of clients) {
    const socket = sockets.get(connection) ?? { remoteAddress };
    sockets.set(connection, socket);
    consumers.note('c', socket);
    consumers.note('other', { remoteAddress: '9' });
    now += everyMs;
  }
  expect(consumers.names()).toEqual(shared);
  expect(heard).toEqual(shared);
  now += 600_001;
  expect(consumers.names()).toEqual([]);
});
