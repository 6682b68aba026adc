// A recorded run: lines of events, read, shifted in time, in the dialect that they were recorded in.

/** One recorded event with the time at which it is to be sent. */
export interface TimedEvent {
  readonly atMs: number;
  readonly event: Readonly<Record<string, unknown>>;
}

type JsonObject = Record<string, unknown>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where the dialect keeps `timestamp` and `threadId`: the event itself, or the payload of a gateway broadcast. */
function holderOf(event: JsonObject): { holder: JsonObject; isPayload: boolean } {
  return typeof event['timestamp'] !== 'number' && isObject(event['payload'])
    ? { holder: event['payload'], isPayload: true }
    : { holder: event, isPayload: false };
}

/**
 * The events of one file's text in the order of its lines; blank lines are passed over. A line that is no JSON object
 * with a `timestamp` in ms becomes a problem that names file and line.
 */
export function readRun(file: string, text: string): { events: TimedEvent[]; problems: string[] } {
  const events: TimedEvent[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const event = parse(line);
    const atMs = event === undefined ? undefined : holderOf(event).holder['timestamp'];
    if (event !== undefined && typeof atMs === 'number' && Number.isFinite(atMs)) events.push({ atMs, event });
    else problems.push(`${file}:${index + 1}: not a JSON object with a timestamp in ms: ${line.slice(0, 80)}`);
  }
  if (events.length === 0 && problems.length === 0) problems.push(`${file}: no events`);
  return { events, problems };
}

function parse(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export interface Shift {
  /** Which event of the run falls on `atMs`. */
  readonly anchor: 'first' | 'last';
  readonly atMs: number;
  /** Distances are divided by it. */
  readonly speed: number;
  /** Appended to thread ids, so that a run can be told from an earlier replay of it. */
  readonly suffix: string;
}

/** The run moved to `atMs`, distances kept (at speed 1 to the millisecond). Recorded durations stay as they are. */
export function shiftRun(events: readonly TimedEvent[], { anchor, atMs, speed, suffix }: Shift): TimedEvent[] {
  const times = events.map((event) => event.atMs);
  const origin = anchor === 'first' ? Math.min(...times) : Math.max(...times);
  return events.map(({ atMs: recordedMs, event }) => {
    const shiftedMs = atMs + Math.round((recordedMs - origin) / speed);
    const { holder, isPayload } = holderOf(event);
    const moved: JsonObject = { ...holder, timestamp: shiftedMs };
    if (suffix !== '' && typeof moved['threadId'] === 'string') moved['threadId'] += suffix;
    return { atMs: shiftedMs, event: isPayload ? { ...event, payload: moved } : moved };
  });
}
