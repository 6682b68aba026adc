// Sends many events to an exporter, a large body at a time, and keeps the truth of what was accepted.

const BODY_BYTES = 900_000;

export interface Flooded {
  readonly events: number;
  readonly nanoUsd: bigint;
}

export interface FloodEvent {
  readonly event: object;
  readonly nanoUsd: number;
}

/** Resolves when every event was accepted; rejects at the first that was not. */
export async function flood(url: string, events: Iterable<FloodEvent>): Promise<Flooded> {
  let sent = 0;
  let spent = 0n;
  let lines: string[] = [];
  let bytes = 0;
  const send = async (): Promise<void> => {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      body: lines.join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
    });
    const answer = (await response.json()) as { readonly accepted?: number };
    if (answer.accepted !== lines.length) {
      throw new Error(
        `${lines.length} events sent, answered ${response.status} ${JSON.stringify(answer).slice(0, 500)}`
      );
    }
    lines = [];
    bytes = 0;
  };
  for (const { event, nanoUsd } of events) {
    const line = JSON.stringify(event);
    lines.push(line);
    bytes += Buffer.byteLength(line) + 1;
    sent += 1;
    spent += BigInt(nanoUsd);
    if (bytes > BODY_BYTES) await send();
  }
  if (lines.length > 0) await send();
  return { events: sent, nanoUsd: spent };
}

/** Sum over all series of a money family, exact: read as decimals, not as floating point numbers. */
export function nanoUsdOf(exposition: string, metric: string): bigint {
  let sum = 0n;
  for (const line of exposition.split('\n')) {
    if (!line.startsWith(`${metric}{`)) continue;
    const [whole = '', fraction = ''] = line.slice(line.lastIndexOf(' ') + 1).split('.');
    sum += BigInt(whole + fraction.padEnd(9, '0'));
  }
  return sum;
}
