import { EventEmitter } from 'node:events';
import { attachEmitter } from './emitter.ts';

class Subscribable {
  readonly callbacks = new Set<(event: unknown) => void>();
  subscribe(callback: (event: unknown) => void): () => void {
    this.callbacks.add(callback);
    return () => this.callbacks.delete(callback);
  }
  emit(event: unknown): void {
    for (const callback of this.callbacks) callback(event);
  }
}

test('a MetricsEmitter hands over what it emits until it is detached', () => {
  const emitter = new Subscribable();
  const heard: unknown[] = [];
  const detach = attachEmitter(emitter, (raw) => heard.push(raw));
  emitter.emit(1);
  detach();
  detach();
  emitter.emit(2);
  expect([heard, emitter.callbacks.size]).toEqual([[1], 0]);
});

test('an object that has subscribe and is a Node emitter too is heard once', () => {
  const emitter = Object.assign(new EventEmitter(), {
    subscribe: (callback: () => void) => emitter.on('metrics', callback),
  });
  const heard: unknown[] = [];
  attachEmitter(emitter, (raw) => heard.push(raw))();
  emitter.emit('metrics', 1);
  expect(heard).toEqual([1]);
});

test('a Node emitter is heard on both of its events until it is detached', () => {
  const emitter = new EventEmitter();
  const heard: unknown[] = [];
  const detach = attachEmitter(emitter, (raw) => heard.push(raw));
  emitter.emit('metrics', 1);
  emitter.emit('state-graph:event', 2);
  emitter.emit('other', 3);
  detach();
  emitter.emit('metrics', 4);
  expect([heard, emitter.listenerCount('metrics'), emitter.listenerCount('state-graph:event')]).toEqual([[1, 2], 0, 0]);
});

test('nothing that ingest throws reaches the orchestrator', () => {
  const emitter = new EventEmitter();
  attachEmitter(emitter, () => {
    throw new Error('ingest');
  });
  expect(() => emitter.emit('metrics', 1)).not.toThrow();
});

const EXPECTED = 'expected an object with subscribe(callback), or a Node EventEmitter with on and off';
test.each([
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['text', 'emitter', 'string'],
  ['an object without listeners', { on: 1, emit: () => {} }, 'an object with the keys [on, emit]'],
  ['an emitter that cannot be left', { on: () => {} }, 'an object with the keys [on]'],
])('%s is refused', (_name, emitter, shown) => {
  expect(() => attachEmitter(emitter, () => {})).toThrow(new TypeError(`cannot attach to ${shown}: ${EXPECTED}`));
});
