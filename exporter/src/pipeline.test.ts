import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import type { BudgetDefinition } from './contract/budgets.ts';
import type { OrchestratorEvent, Source } from './contract/event.ts';
import { nano, usdText } from './contract/money.ts';
import type { Journal, JournalEntry } from './journal/journal.ts';
import { MemoryJournal } from './journal/memory-journal.ts';
import { BudgetLedger } from './model/budgets.ts';
import type { Change } from './model/change.ts';
import { OrchestratorModel } from './model/orchestrator-model.ts';
import { Producers } from './model/producers.ts';
import { Pipeline, type PipelineParts, type RawItem, type Tally } from './pipeline.ts';
import { Projection, type Output, type ProjectionParts } from './projection.ts';
import { readBody } from './source/body.ts';
import { parseEvent } from './source/parse.ts';

const T = 1_800_000_000_000;

function run(name: string): readonly RawItem[] {
  const text = readFileSync(join(__dirname, '../../fixtures/runs', `${name}.events.jsonl`), 'utf8');
  const body = readBody(text, 'ndjson');
  if (!body.ok) throw new Error(body.message);
  return body.items;
}

const FRAMEWORK_RUNS: readonly RawItem[] = ['openai', 'langchain', 'smolagents'].flatMap((name) => [...run(name)]);

class CountingTally implements Tally {
  readonly counts: Record<string, number> = {};
  accepted(type: string, source: Source): void {
    this.#count(`accepted ${type} ${source}`);
  }
  rejected(reason: string): void {
    this.#count(`rejected ${reason}`);
  }
  duplicate(): void {
    this.#count('duplicate');
  }
  anomaly(kind: string): void {
    this.#count(`anomaly ${kind}`);
  }
  lagSeconds(seconds: number): void {
    this.counts['lag'] = (this.counts['lag'] ?? 0) + seconds;
  }
  #count(key: string): void {
    this.counts[key] = (this.counts[key] ?? 0) + 1;
  }
}

class RecordingOutput implements Output {
  readonly changes: Change[] = [];
  apply(_event: OrchestratorEvent, changes: readonly Change[]): void {
    this.changes.push(...changes);
  }
  swept(changes: readonly Change[]): void {
    this.changes.push(...changes);
  }
  of<K extends Change['kind']>(kind: K): Extract<Change, { kind: K }>[] {
    return this.changes.filter((change): change is Extract<Change, { kind: K }> => change.kind === kind);
  }
}

/** A journal whose appends settle when the test says so. */
class HeldJournal implements Journal {
  readonly durable = true;
  records = 0;
  readonly appends: { entries: readonly JournalEntry[]; done: () => void; fail: () => void }[] = [];
  append(entries: readonly JournalEntry[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.appends.push({
        entries,
        done: resolve,
        fail: () => {
          reject(new Error('disk full'));
        },
      });
    });
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const YEAR_BUDGET: BudgetDefinition = {
  name: 'all',
  match: {},
  limit: nano(1_000_000),
  window: 'month',
  windowText: 'month',
  timezone: 'UTC',
  weekStart: 'monday',
  thresholds: [1],
  owner: '',
};

function start({ outputs, onError, ...parts }: Partial<PipelineParts & ProjectionParts> = {}) {
  const output = new RecordingOutput();
  const tally = new CountingTally();
  const clock: Clock & { nowMs: number } = {
    nowMs: T,
    now: () => clock.nowMs,
    monotonic: () => 0,
    every: () => () => {},
  };
  const model = parts.model ?? new OrchestratorModel({ retentionMs: 60_000 });
  const budgets = new BudgetLedger([YEAR_BUDGET]);
  const pipeline = new Pipeline({
    parse: parseEvent,
    model,
    projection: new Projection({
      model,
      budgets,
      outputs: outputs ?? [output],
      producers: parts.producers,
      ...(onError === undefined ? {} : { onError }),
    }),
    journal: new MemoryJournal(),
    clock,
    tally,
    defaults: { team: 'sre', workflow: 'support' },
    ...parts,
  });
  return { output, tally, clock, model, budgets, pipeline };
}

const cost = (costCents: number, more: object = {}, atMs = T): RawItem => ({
  raw: { type: 'cost.updated', threadId: 't', timestamp: atMs, payload: { costCents, agent: 'a', ...more } },
});

describe('the recorded runs', () => {
  const sums = (output: RecordingOutput) => ({
    usd: usdText(nano(output.of('spend').reduce((sum, { spend }) => sum + spend, 0))),
    input: output.of('tokens').reduce((sum, { direction, tokens }) => sum + (direction === 'input' ? tokens : 0), 0),
    output: output.of('tokens').reduce((sum, { direction, tokens }) => sum + (direction === 'output' ? tokens : 0), 0),
    agents: [...new Set(output.of('spend').map(({ agent }) => agent))],
  });
  const TRUTH = { usd: '0.000544', input: 4576, output: 288, agents: ['any_agent'] };

  test('the three framework runs give exactly their spend and their tokens', async () => {
    const { output, pipeline, model, tally } = start();
    expect(await pipeline.ingest(FRAMEWORK_RUNS, 'http')).toEqual({ accepted: 76, duplicates: 0, rejected: [] });
    expect(sums(output)).toEqual(TRUTH);
    expect([...model.threads.values()].map(({ threadId, state, total }) => [threadId, state, usdText(total)])).toEqual([
      ['run-openai', 'completed', '0.0001248'],
      ['run-langchain', 'completed', '0.0001637'],
      ['run-smolagents', 'completed', '0.0002555'],
    ]);
    expect(Object.keys(tally.counts).filter((key) => key.startsWith('anomaly'))).toEqual(['anomaly clock_skew']);
  });

  test('the same runs sent again add nothing and are answered as duplicates', async () => {
    const { output, pipeline, tally } = start();
    await pipeline.ingest(FRAMEWORK_RUNS, 'http');
    const changes = output.changes.length;
    expect(await pipeline.ingest(FRAMEWORK_RUNS, 'websocket')).toEqual({ accepted: 0, duplicates: 76, rejected: [] });
    expect(output.changes).toHaveLength(changes);
    expect(sums(output)).toEqual(TRUTH);
    expect(tally.counts['duplicate']).toBe(76);
  });

  test('the runs interleaved with one another, batch by batch, give the same sums', async () => {
    const { output, pipeline } = start();
    const files = ['openai', 'langchain', 'smolagents'].map(run);
    const mixed = Array.from({ length: 28 }, (_, line) => files.flatMap((file) => file.slice(line, line + 1)));
    await Promise.all(mixed.map((batch) => pipeline.ingest(batch, 'http')));
    expect(sums(output)).toEqual(TRUTH);
  });

  test('the tool has a lane of its own with its run of 2 to 3 ms at its true millisecond', async () => {
    const { output, pipeline } = start();
    await pipeline.ingest(FRAMEWORK_RUNS, 'http');
    const lane = 'tool:get_current_time';
    expect(output.of('node-run').filter(({ agent }) => agent === lane)).toMatchObject([
      { threadId: 'run-openai', atMs: 1758026593453, outcome: 'completed', durationMs: 2.52 },
      { threadId: 'run-langchain', atMs: 1758028601281, outcome: 'completed', durationMs: 2.967 },
      { threadId: 'run-smolagents', atMs: 1758026600209, outcome: 'completed', durationMs: 2.559 },
    ]);
    const states = output
      .of('agent-state')
      .filter(({ agent, threadId }) => agent === lane && threadId === 'run-openai')
      .map(({ atMs, from, to, heldMs }) => ({ atMs, from, to, heldMs }));
    expect(states).toEqual([
      { atMs: 1758026593450, from: undefined, to: 'running', heldMs: 0 },
      { atMs: 1758026593453, from: 'running', to: 'idle', heldMs: 3 },
      { atMs: 1758026594436, from: 'idle', to: 'completed', heldMs: 983 },
    ]);
  });

  test('the StateGraph run gives 57 node runs, 57 checkpoints and three completed threads', async () => {
    const { output, pipeline, model } = start();
    expect(await pipeline.ingest(run('helix-stategraph'), 'emitter')).toEqual({
      accepted: 342,
      duplicates: 0,
      rejected: [],
    });
    expect(output.of('node-run').filter(({ outcome }) => outcome === 'completed')).toHaveLength(57);
    expect(output.of('node-run')).toHaveLength(57);
    expect(output.of('checkpoint').filter(({ outcome }) => outcome === 'saved')).toHaveLength(57);
    expect(output.of('thread-finished').map(({ threadId, status }) => [threadId, status])).toEqual([
      ['session-3', 'success'],
      ['session-1', 'success'],
      ['session-2', 'success'],
    ]);
    expect([...model.threads.values()].map(({ state, checkpointCount }) => [state, checkpointCount])).toEqual([
      ['completed', 19],
      ['completed', 19],
      ['completed', 19],
    ]);
    expect(output.of('anomaly')).toEqual([]);
  });
});

describe('one batch', () => {
  test('an empty batch is answered without touching the journal', async () => {
    const journal = new HeldJournal();
    const { pipeline } = start({ journal });
    expect(await pipeline.ingest([], 'http')).toEqual({ accepted: 0, duplicates: 0, rejected: [] });
    expect(journal.appends).toEqual([]);
  });

  test('a bad event costs no other, and the answer names its index, reason and value', async () => {
    const { pipeline, tally, model } = start();
    const answer = await pipeline.ingest(
      [cost(1), { raw: 7 }, { rejection: { reason: 'not_json', message: 'line 3' } }, cost(-2), cost(3, {}, T + 1)],
      'http'
    );
    expect(answer).toEqual({
      accepted: 2,
      duplicates: 0,
      rejected: [
        { index: 1, reason: 'not_an_object', message: 'an event must be a JSON object, not 7' },
        { index: 2, reason: 'not_json', message: 'line 3' },
        {
          index: 3,
          reason: 'invalid_amount',
          message: 'costCents must be an amount in cents within 0 to 1e6 USD, not -2',
        },
      ],
    });
    expect(usdText(model.threads.get('t')!.total)).toBe('0.03');
    expect(tally.counts).toEqual({
      'accepted cost.updated http': 2,
      'rejected not_an_object': 1,
      'rejected not_json': 1,
      'rejected invalid_amount': 1,
      lag: 0,
    });
  });

  test('an id sent again with other content is a conflict and adds nothing', async () => {
    const { pipeline, model } = start();
    await pipeline.ingest([cost(1, { id: 'e-1' })], 'http');
    const answer = await pipeline.ingest([cost(1, { id: 'e-1' }), cost(5, { id: 'e-1' })], 'http');
    expect(answer).toEqual({
      accepted: 0,
      duplicates: 1,
      rejected: [
        {
          index: 1,
          reason: 'id_conflict',
          message: 'the id "e-1" was accepted before with other content; expected a new id or an exact repeat',
        },
      ],
    });
    expect(usdText(model.threads.get('t')!.total)).toBe('0.01');
  });

  test('only the latest ids are remembered', async () => {
    const { pipeline } = start({ maxIds: 2 });
    await pipeline.ingest([cost(1), cost(2, {}, T + 1), cost(3, {}, T + 2)], 'http');
    expect(await pipeline.ingest([cost(3, {}, T + 2)], 'http')).toMatchObject({ duplicates: 1 });
    expect(await pipeline.ingest([cost(1)], 'http')).toMatchObject({ accepted: 1 });
  });

  test('labels that an event does not carry are those of its thread, and only else the configured ones', async () => {
    const { pipeline, output } = start();
    const named = (costCents: number, more: object) => cost(costCents, more, T + costCents);
    await pipeline.ingest([named(1, { team: 'search', workflow: 'rank' }), named(2, {})], 'http');
    await pipeline.ingest([named(3, {}), named(4, { team: 'ads' })], 'http');
    expect(output.of('spend').map(({ team, workflow }) => [team, workflow])).toEqual([
      ['search', 'rank'],
      ['search', 'rank'],
      ['search', 'rank'],
      ['ads', 'rank'],
    ]);
  });

  test('the lag is the time from the event to its receipt, never negative', async () => {
    const { pipeline, tally } = start();
    await pipeline.ingest([cost(1, {}, T - 1_500), cost(2, {}, T + 1_000)], 'http');
    expect(tally.counts['lag']).toBe(1.5);
  });
});

describe('the journal goes first', () => {
  test('nothing is shown and nothing is answered before the journal has the events', async () => {
    const journal = new HeldJournal();
    const { pipeline, output } = start({ journal });
    const answer = pipeline.ingest([cost(1)], 'http');
    await Promise.resolve();
    expect(output.changes).toEqual([]);
    journal.appends[0]!.done();
    expect(await answer).toMatchObject({ accepted: 1 });
    expect(output.of('spend')).toHaveLength(1);
  });

  const repeats = [
    { by: 'its content', first: {}, second: {} },
    { by: 'its id', first: { id: 'a' }, second: { id: 'a' } },
    { by: 'its number', first: { producer: 'p', seq: 1 }, second: { producer: 'p', seq: 1 } },
    {
      by: 'its number under another id',
      first: { id: 'a', producer: 'p', seq: 1 },
      second: { id: 'b', producer: 'p', seq: 1 },
    },
  ];

  test.each(repeats)('a duplicate by $by of an event under way is answered when that is durable', async (repeat) => {
    const journal = new HeldJournal();
    const { pipeline } = start({ journal });
    const settled: string[] = [];
    const first = pipeline.ingest([cost(1, repeat.first)], 'http').then(() => settled.push('first'));
    const second = pipeline
      .ingest([cost(1, repeat.second)], 'http')
      .then(({ duplicates }) => settled.push(`duplicates ${duplicates}`));
    await new Promise(setImmediate);
    expect([settled, journal.appends.length]).toEqual([[], 1]);
    journal.appends[0]!.done();
    await Promise.all([first, second]);
    expect(settled.sort()).toEqual(['duplicates 1', 'first']);
  });

  test.each(repeats)('events that the journal refused did not count and can be sent again: $by', async (repeat) => {
    const journal = new HeldJournal();
    const { pipeline, output, tally } = start({ journal });
    const first = pipeline.ingest([cost(1, repeat.first)], 'http');
    const waiting = pipeline.ingest([cost(1, repeat.second)], 'http');
    journal.appends[0]!.fail();
    await expect(first).rejects.toThrow('disk full');
    await expect(waiting).rejects.toThrow('disk full');
    expect([output.changes, tally.counts]).toEqual([[], {}]);
    const again = pipeline.ingest([cost(1, repeat.second)], 'http');
    journal.appends[1]!.done();
    expect(await again).toEqual({ accepted: 1, duplicates: 0, rejected: [] });
  });

  test('numbers of a batch that failed are waited for while later ones count, and count when they are sent again', async () => {
    const journal = new HeldJournal();
    const producers = new Producers();
    const { pipeline, model } = start({ journal, producers });
    const numbered = (seq: number): RawItem => cost(0, { costCents: undefined, costUsd: 1, producer: 'p', seq });
    const failing = pipeline.ingest([numbered(1), numbered(2)], 'http');
    const later = pipeline.ingest([numbered(3)], 'http');
    journal.appends[0]!.fail();
    journal.appends[1]!.done();
    await expect(failing).rejects.toThrow('disk full');
    expect([await later, producers.missing]).toEqual([{ accepted: 1, duplicates: 0, rejected: [] }, 2]);
    const again = pipeline.ingest([1, 2, 3].map(numbered), 'http');
    journal.appends[2]!.done();
    expect([await again, producers.missing]).toEqual([{ accepted: 2, duplicates: 1, rejected: [] }, 0]);
    expect(usdText(model.threads.get('t')!.total)).toBe('3');
  });

  test('what is older than all gaps that a producer may have is refused, since it may have counted', async () => {
    const { pipeline } = start({ producers: new Producers({ maxGaps: 1 }) });
    const seqs = [1, 3, 5, 2, 4, 1];
    const items = seqs.map((seq) => cost(0, { costUsd: 1, costCents: undefined, producer: 'p', seq }));
    expect(await pipeline.ingest(items, 'http')).toEqual({
      accepted: 4,
      duplicates: 1,
      rejected: [{ index: 3, reason: 'seq_unknown', message: expect.stringContaining('seq 2 of producer "p"') }],
    });
  });

  test('batches are applied in the order of the journal, whichever append settles first', async () => {
    const journal = new HeldJournal();
    const { pipeline, output } = start({ journal });
    const batches = [1, 2, 3].map((cents) => pipeline.ingest([cost(cents, {}, T + cents)], 'http'));
    journal.appends[2]!.done();
    journal.appends[0]!.done();
    await batches[0];
    await new Promise(setImmediate);
    expect(output.of('spend').map(({ atMs }) => atMs - T)).toEqual([1]);
    journal.appends[1]!.done();
    await Promise.all(batches);
    expect(output.of('spend').map(({ atMs }) => atMs - T)).toEqual([1, 2, 3]);
  });

  test('a batch behind one that failed is applied all the same', async () => {
    const journal = new HeldJournal();
    const { pipeline, output } = start({ journal });
    const failing = pipeline.ingest([cost(1)], 'http');
    const good = pipeline.ingest([cost(2, {}, T + 2)], 'http');
    journal.appends[1]!.done();
    journal.appends[0]!.fail();
    await expect(failing).rejects.toThrow('disk full');
    expect(await good).toMatchObject({ accepted: 1 });
    expect(output.of('spend')).toHaveLength(1);
  });

  test('a closed journal refuses', async () => {
    const journal = new MemoryJournal();
    const { pipeline } = start({ journal });
    await pipeline.ingest([cost(1)], 'http');
    await journal.close();
    await expect(pipeline.ingest([cost(2, {}, T + 1)], 'http')).rejects.toThrow('the journal is closed');
    expect([journal.records, journal.durable]).toEqual([1, false]);
  });
});

describe('outputs', () => {
  test('one that throws loses neither the event nor the other outputs', async () => {
    const errors: unknown[] = [];
    const broken: Output = {
      apply: () => {
        throw new Error('broken');
      },
      swept: () => {
        throw new Error('broken sweep');
      },
    };
    const good = new RecordingOutput();
    const { pipeline, clock } = start({ outputs: [broken, good], onError: (error) => errors.push(error) });
    expect(await pipeline.ingest([cost(1)], 'http')).toMatchObject({ accepted: 1 });
    clock.nowMs += 8 * 86_400_000;
    await pipeline.sweep();
    expect(good.of('spend')).toHaveLength(1);
    expect(good.of('thread-forgotten')).toHaveLength(1);
    expect(errors).toEqual([new Error('broken'), new Error('broken sweep')]);
  });

  test('a sweep tells the outputs what was forgotten, and nothing when nothing was', async () => {
    const { pipeline, output, clock, model } = start();
    await pipeline.ingest(FRAMEWORK_RUNS, 'http');
    const before = output.changes.length;
    await pipeline.sweep();
    expect(output.changes).toHaveLength(before);
    clock.nowMs += 60_000;
    await pipeline.sweep();
    expect(output.changes.slice(before).map(({ kind, threadId }) => [kind, threadId])).toEqual([
      ['thread-forgotten', 'run-openai'],
      ['thread-forgotten', 'run-langchain'],
      ['thread-forgotten', 'run-smolagents'],
    ]);
    expect(model.threads.size).toBe(0);
  });

  test('budgets book events from years ago at their receipt', async () => {
    const { pipeline, budgets } = start();
    await pipeline.ingest(FRAMEWORK_RUNS, 'http');
    expect(budgets.views(T).map(({ spent }) => usdText(spent))).toEqual(['0.000544']);
  });
});

describe('restore', () => {
  /** Remembers what was appended, as a durable journal does. */
  class KeptJournal extends MemoryJournal {
    readonly entries: JournalEntry[] = [];
    override append(entries: readonly JournalEntry[]): Promise<void> {
      this.entries.push(...entries);
      return super.append(entries);
    }
  }

  class RestoringOutput extends RecordingOutput {
    readonly events: OrchestratorEvent[] = [];
    restore(event: OrchestratorEvent, changes: readonly Change[]): void {
      this.events.push(event);
      this.changes.push(...changes);
    }
  }

  test('the entries of a run bring back its model, budgets and changes, sweeps in their place, and tally nothing', async () => {
    const journal = new KeptJournal();
    const first = start({ journal });
    await first.pipeline.ingest(FRAMEWORK_RUNS, 'http');
    first.clock.nowMs += 60_000;
    await first.pipeline.sweep();
    await first.pipeline.ingest(run('helix-stategraph'), 'emitter');
    const output = new RestoringOutput();
    const second = start({ outputs: [output] });
    for (const entry of journal.entries) second.pipeline.restore(entry);
    expect(output.changes).toEqual(first.output.changes);
    expect([...second.model.threads]).toEqual([...first.model.threads]);
    expect(second.budgets.views(T)).toEqual(first.budgets.views(T));
    expect(second.tally.counts).toEqual({});
    expect(journal.entries.filter((entry) => 'sweptMs' in entry)).toEqual([
      { sweptMs: T + 60_000, retentionMs: 60_000, silentRetentionMs: 7 * 86_400_000 },
    ]);
  });

  test('a sweep of the journal goes by the retention that was in force then', async () => {
    const journal = new KeptJournal();
    const first = start({ journal });
    await first.pipeline.ingest(FRAMEWORK_RUNS, 'http');
    first.clock.nowMs += 60_000;
    await first.pipeline.sweep();
    const second = start({ model: new OrchestratorModel({ retentionMs: 3_600_000 }) });
    for (const entry of journal.entries) second.pipeline.restore(entry);
    expect(second.output.of('thread-forgotten')).toHaveLength(3);
  });

  test('a repeat of an event that was restored is a duplicate, other content a conflict', async () => {
    const journal = new KeptJournal();
    await start({ journal }).pipeline.ingest([cost(1, { id: 'e-1' })], 'http');
    const { pipeline, model } = start();
    for (const entry of journal.entries) pipeline.restore(entry);
    expect(usdText(model.threads.get('t')!.total)).toBe('0.01');
    expect(await pipeline.ingest([cost(1, { id: 'e-1' }), cost(2, { id: 'e-1' })], 'http')).toMatchObject({
      accepted: 0,
      duplicates: 1,
      rejected: [{ index: 1, reason: 'id_conflict' }],
    });
  });

  test('what was accepted twice, because its id had been let go of, counts twice after a restart too', async () => {
    const journal = new KeptJournal();
    const own = (): RawItem => cost(0, { id: 'e-1', costCents: undefined, costUsd: 0.01 });
    const first = start({ journal, maxIds: 1 });
    for (const item of [own(), cost(1, { id: 'e-2' }, T + 1), own()]) await first.pipeline.ingest([item], 'http');
    const second = start();
    for (const entry of journal.entries) second.pipeline.restore(entry);
    expect(journal.entries).toHaveLength(3);
    expect(second.model.threads.get('t')?.total).toBe(first.model.threads.get('t')?.total);
  });

  test('an output that shows only what happens now hears nothing of it', async () => {
    const journal = new KeptJournal();
    await start({ journal }).pipeline.ingest([cost(1)], 'http');
    const { pipeline, output } = start();
    for (const entry of journal.entries) pipeline.restore(entry);
    expect(output.changes).toEqual([]);
  });

  test('a sweep that the journal refuses forgets nothing, and the next one does', async () => {
    const journal = new HeldJournal();
    const { pipeline, clock, model, output } = start({ journal });
    const sent = pipeline.ingest([cost(1)], 'http');
    journal.appends[0]!.done();
    await sent;
    clock.nowMs += 8 * 86_400_000;
    const refused = pipeline.sweep();
    await pipeline.sweep();
    expect(journal.appends).toHaveLength(2);
    journal.appends[1]!.fail();
    await expect(refused).rejects.toThrow('disk full');
    expect([model.threads.size, output.of('thread-forgotten').length]).toEqual([1, 0]);
    const swept = pipeline.sweep();
    journal.appends[2]!.done();
    await swept;
    expect([model.threads.size, output.of('thread-forgotten').length]).toEqual([0, 1]);
  });
});

describe('bound senders', () => {
  const red = { team: 'red' };
  const blue = { team: 'blue' };

  test('a thread is the first one`s from its first event on, before that is durable', async () => {
    const journal = new HeldJournal();
    const { pipeline, model, tally } = start({ journal });
    const first = pipeline.ingest([cost(1)], 'http', red);
    expect(await pipeline.ingest([cost(2), cost(3, { team: 'red' })], 'http', blue)).toMatchObject({
      accepted: 0,
      rejected: [{ reason: 'forbidden' }, { reason: 'forbidden' }],
    });
    journal.appends[0]!.done();
    await first;
    expect([journal.appends.length, model.threads.get('t')?.team]).toEqual([1, 'red']);
    expect(tally.counts).toMatchObject({ 'rejected forbidden': 2 });
  });

  test('a thread whose first events could not be stored is free again', async () => {
    const journal = new HeldJournal();
    const { pipeline, model } = start({ journal });
    const failing = pipeline.ingest([cost(1)], 'http', red);
    journal.appends[0]!.fail();
    await expect(failing).rejects.toThrow('disk full');
    const second = pipeline.ingest([cost(1)], 'http', blue);
    journal.appends[1]!.done();
    await second;
    expect(model.threads.get('t')?.team).toBe('blue');
  });

  test('what a sender may not send is refused before its id is looked up', async () => {
    const { pipeline } = start();
    await pipeline.ingest([cost(1, { id: 'e', team: 'blue' })], 'http');
    const repeat = await pipeline.ingest([cost(1, { id: 'e', team: 'blue' })], 'http', red);
    expect(repeat).toMatchObject({ accepted: 0, duplicates: 0, rejected: [{ reason: 'forbidden' }] });
  });
});
