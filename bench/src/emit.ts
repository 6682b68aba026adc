// What an exporter in the orchestrator's own process costs it: in the call that emits, and of a core.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { EmitOptions, EmitResult } from './emit-process.ts';
import { median } from './latencies.ts';
import { table, threeDigits } from './table.ts';

export interface EmitBenchOptions extends Omit<EmitOptions, 'attached' | 'fixtures'> {
  readonly rounds: number;
  readonly repository: string;
}

interface Pair {
  readonly alone: EmitResult;
  readonly attached: EmitResult;
}

export async function measureEmit(
  options: EmitBenchOptions
): Promise<{ readonly text: string; readonly wrong: readonly string[] }> {
  const pairs: Pair[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const alone = await emitIn(options, false);
    pairs.push({ alone, attached: await emitIn(options, true) });
  }
  const of = (figure: (pair: Pair) => number): string => threeDigits(median(pairs.map(figure)));
  const row = (name: string, pick: (pair: Pair) => EmitResult): string[] => [
    name,
    of((pair) => pick(pair).callUs.p50),
    of((pair) => pick(pair).callUs.p99),
    of((pair) => pick(pair).callUs.max),
    of((pair) => pick(pair).cpuPercent),
  ];
  const rows = [
    ['emitter', 'call p50 us', 'p99 us', 'max us', 'CPU % of a core'],
    row('with a listener of its own only', ({ alone }) => alone),
    row('with this exporter too, journal with fsync', ({ attached }) => attached),
  ];
  const added = [
    `- added to the call: median ${of(({ alone, attached }) => attached.callUs.p50 - alone.callUs.p50)} us (bar 1), p99 ${of(({ alone, attached }) => attached.callUs.p99 - alone.callUs.p99)} us (bar 20)`,
    `- taken from the orchestrator's process: ${of(({ alone, attached }) => attached.cpuPercent - alone.cpuPercent)} % of a core (bar 1)`,
  ];
  const wrong = pairs.flatMap(({ attached: { events, counted } }) =>
    events === counted ? [] : [`${String(counted)} events were counted, expected ${events}`]
  );
  return { text: `${table(rows)}\n\n${added.join('\n')}`, wrong };
}

async function emitIn({ repository, ...options }: EmitBenchOptions, attached: boolean): Promise<EmitResult> {
  const argument = JSON.stringify({ ...options, attached, fixtures: join(repository, 'fixtures/runs') });
  const child = fork(join(repository, 'bench/dist/emit-process.js'), [argument]);
  const ended = once(child, 'exit');
  const [result] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => {
      throw new Error(`the emitter ended with code ${String(code)} and left no result`);
    }),
  ])) as [EmitResult];
  await ended;
  return result;
}
