// Listens to a live orchestrator object in the same process.

/** Node events that carry orchestrator events: the MetricsEmitter's and the StateGraph's. */
const NODE_EVENTS = ['metrics', 'state-graph:event'] as const;

/**
 * Hands every event of a live emitter to `ingest`: by `subscribe(callback) -> unsubscribe` where the object has it, else
 * by the Node events `metrics` and `state-graph:event`. Returns what detaches again. Nothing that `ingest` throws
 * reaches the orchestrator.
 * @throws TypeError when the object is neither.
 */
export function attachEmitter(emitter: unknown, ingest: (raw: unknown) => void): () => void {
  const listen = (raw: unknown): void => {
    try {
      ingest(raw);
    } catch {
      // The orchestrator's work goes before being observed; ingest counts and logs its own failures.
    }
  };
  const subscribe = method(emitter, 'subscribe');
  if (subscribe !== undefined) {
    const unsubscribe = subscribe.call(emitter, listen);
    return once(() => {
      if (typeof unsubscribe === 'function') Reflect.apply(unsubscribe, undefined, []);
    });
  }
  const on = method(emitter, 'on');
  const off = method(emitter, 'off') ?? method(emitter, 'removeListener');
  if (on === undefined || off === undefined) {
    throw new TypeError(
      `cannot attach to ${kindOf(emitter)}: expected an object with subscribe(callback), or a Node EventEmitter with on and off`
    );
  }
  for (const name of NODE_EVENTS) on.call(emitter, name, listen);
  return once(() => {
    for (const name of NODE_EVENTS) off.call(emitter, name, listen);
  });
}

type Method = (this: unknown, ...args: readonly unknown[]) => unknown;

function method(target: unknown, name: string): Method | undefined {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null) return undefined;
  const value: unknown = Reflect.get(target, name);
  return typeof value === 'function' ? (value as Method) : undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object'
    ? `an object with the keys [${Object.keys(value).slice(0, 8).join(', ')}]`
    : typeof value;
}

function once(action: () => void): () => void {
  let pending = true;
  return () => {
    if (!pending) return;
    pending = false;
    action();
  };
}
