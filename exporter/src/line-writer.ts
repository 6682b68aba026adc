// Lines for a stream that may be slow, stuck or gone: written at once where it takes them, never waited for, lost ones counted.
import type { Writable } from 'node:stream';

/** What may wait in memory for a reader that has stopped reading. */
const MAX_QUEUED_BYTES = 1_048_576;

export interface LineWriterOptions {
  readonly stream: Pick<Writable, 'write' | 'writableLength' | 'on' | 'listenerCount'>;
  readonly maxQueuedBytes?: number;
  /** The line that says how many were lost, written before the next one that is not. */
  readonly lostLine: (lost: number) => string;
}

/**
 * Standard error as a stream of Node hands a line to the system before `write` returns: a file or terminal takes it then, a
 * pipe or socket too while it has room. What it has no room for waits in memory up to `maxQueuedBytes`, and more is lost and
 * counted. So a line is there when the process ends right after it, and a reader that hangs holds nothing up.
 */
export function lineWriter(options: LineWriterOptions): (line: string) => void {
  const { stream, lostLine, maxQueuedBytes = MAX_QUEUED_BYTES } = options;
  let lost = 0;
  // A reader that has gone is no reason to end: without a listener the stream's error would be one.
  if (stream.listenerCount('error') === 0) stream.on('error', () => undefined);
  const put = (line: string): boolean => {
    if (stream.writableLength + Buffer.byteLength(line) > maxQueuedBytes) return false;
    stream.write(line);
    return true;
  };
  return (line) => {
    if (lost > 0 && put(lostLine(lost))) lost = 0;
    if (lost > 0 || !put(line)) lost += 1;
  };
}
