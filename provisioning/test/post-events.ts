// Events to an exporter, as NDJSON over HTTP.

/** @param url Of the exporter, without a path. @returns how many of them the exporter took. */
export async function postEvents(url: string, events: readonly object[]): Promise<{ accepted: number; text: string }> {
  const answer = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  });
  const text = await answer.text();
  const { accepted } = JSON.parse(text) as { accepted: number };
  return { accepted, text };
}
