// The real exporter, by its own command, with a folder of its own; and the recorded runs, shifted to now.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './child-program.ts';
import { REPOSITORY } from './preview-host.ts';

export interface RunningExporter {
  readonly url: string;
  /** Sends events; rejects unless every one is accepted. */
  post(events: readonly RecordedEvent[]): Promise<void>;
  stop(): Promise<void>;
}

export interface RecordedEvent {
  readonly type: string;
  readonly threadId: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

export async function startExporter(): Promise<RunningExporter> {
  const dir = mkdtempSync(join(tmpdir(), 'preview-exporter-'));
  const config = join(dir, 'exporter.yml');
  writeFileSync(
    config,
    `environment: prod\nlisten: { host: 127.0.0.1, port: 0 }\ndata_dir: ${join(dir, 'data')}\nlabels: { team: platform, workflow: clock }\n`
  );
  const program = await startProgram({
    command: process.execPath,
    args: [join(REPOSITORY, 'exporter/bin/orchestrator-exporter.js'), '--config', config],
    ready: (output) => /"url":"(http:\/\/127\.0\.0\.1:\d+)"/.exec(output)?.[1],
  });
  const url = program.ready;
  return {
    url,
    post: async (events) => {
      const response = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(events),
      });
      const answer = (await response.json()) as { accepted?: number };
      if (answer.accepted !== events.length) {
        throw new Error(`${events.length} events sent, answer ${response.status} ${JSON.stringify(answer)}`);
      }
    },
    stop: async () => {
      await program.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The events of a recorded run, moved as a whole so that the last one happened at `endMs`. */
export function shiftedRun(name: string, endMs: number): readonly RecordedEvent[] {
  const lines = readFileSync(join(REPOSITORY, 'fixtures/runs', `${name}.events.jsonl`), 'utf8')
    .trim()
    .split('\n');
  const events = lines.map((line) => JSON.parse(line) as RecordedEvent);
  const shift = endMs - Math.max(...events.map(({ timestamp }) => timestamp));
  return events.map((event) => ({ ...event, timestamp: event.timestamp + shift }));
}
