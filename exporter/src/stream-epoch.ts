// What tells this exporter's broadcasts from those of any other: as long as its journal goes on, numbers of broadcasts do.
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const EPOCH_FILE = 'stream-epoch';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The epoch that is kept beside the journal, or a new one.
 * @param goesOn whether every record that was ever acknowledged is still counted: else old numbers might name other events
 */
export function streamEpoch(directory: string, goesOn: boolean): string {
  const file = join(directory, EPOCH_FILE);
  const known = goesOn ? read(file) : undefined;
  if (known !== undefined && UUID.test(known)) return known;
  const epoch = randomUUID();
  try {
    writeFileSync(file, epoch, { mode: 0o600 });
  } catch {
    // Then the next start has another one, and clients take a new snapshot.
  }
  return epoch;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
