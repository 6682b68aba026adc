// An exporter for the incident tests: whole, over real HTTP, on a disk in memory that outlives it, with a clock to hand.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '../../src/app.ts';
import type { IngestAnswer } from '../../src/contract/wire.ts';
import { FuzzServer, ManualClock, startFuzzed } from '../fuzz/exporter-life.ts';
import { SimulatedDisk } from '../journal/simulated-disk.ts';
import type { Files } from '../journal/simulated-disk.ts';
import { moneyOf, strictPage } from '../strict-exposition.ts';
import type { StrictPage } from '../strict-exposition.ts';

export const NOW = new ManualClock().nowMs;

/** What a POST was answered with; `answer` is whatever JSON came. */
export interface Posted {
  readonly status: number;
  readonly answer: IngestAnswer;
}

export class Rig {
  readonly clock = new ManualClock();
  readonly errors: string[] = [];
  readonly server: FuzzServer;
  readonly #folder: string;
  readonly #started: App[] = [];
  #config: Readonly<Record<string, unknown>>;
  disk: SimulatedDisk;
  app: App;

  private constructor(server: FuzzServer, config: Readonly<Record<string, unknown>>, files: Files) {
    this.server = server;
    this.#folder = mkdtempSync(join(tmpdir(), 'exporter-incident-'));
    this.#config = config;
    this.disk = new SimulatedDisk(files);
    this.app = this.#start();
  }

  /** With a journal on `files`, empty unless told; `config` are sections of the configuration. */
  static async open(config: Readonly<Record<string, unknown>> = {}, files: Files = new Map()): Promise<Rig> {
    const rig = new Rig(await FuzzServer.open(), config, files);
    await rig.app.ready;
    return rig;
  }

  /** A budgets.yml for the configuration. */
  static file(text: string): string {
    const file = join(mkdtempSync(join(tmpdir(), 'exporter-incident-')), 'file.yml');
    writeFileSync(file, text);
    return file;
  }

  #start(): App {
    const dataDir = join(this.#folder, `${this.#started.length}`);
    mkdirSync(dataDir);
    const onError = (error: string): number => this.errors.push(error);
    const config = { data_dir: dataDir, ...this.#config };
    const app = startFuzzed(config, { clock: this.clock, storage: this.disk, onError });
    this.#started.push(app);
    this.server.app = app;
    return app;
  }

  /** Killed without a word: another exporter on what the disk holds, or on `files`. */
  async crash(files: Files = this.disk.files, config: Readonly<Record<string, unknown>> = this.#config): Promise<void> {
    this.disk = new SimulatedDisk(files);
    this.#config = config;
    this.app = this.#start();
    await this.app.ready;
  }

  async post(...events: readonly unknown[]): Promise<Posted> {
    return this.postText(JSON.stringify(events));
  }

  async postText(text: string, format: 'json' | 'ndjson' = 'json'): Promise<Posted> {
    const { status, text: answer } = await this.server.call('/v1/events', {
      format,
      bytes: Buffer.from(text),
      inputs: 1,
    });
    return { status, answer: JSON.parse(answer) as IngestAnswer };
  }

  async page(): Promise<StrictPage> {
    return strictPage((await this.server.call('/metrics')).text);
  }

  /** Series of the catalogue; the process's own come and go with its garbage. */
  async seriesNames(): Promise<string[]> {
    return catalogued(await this.page());
  }

  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    return this.server.call(path);
  }

  /** Nano-USD of the whole, or where the labels are these. */
  async spent(where: Readonly<Record<string, string>> = {}): Promise<number> {
    return Number(moneyOf(await this.page(), 'orchestrator_cost_usd_total', where));
  }

  /** The value of one series; undefined where there is none. */
  async value(name: string, where: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    for (const sample of (await this.page()).values()) {
      const isIt = Object.entries(where).every(([label, value]) => sample.labels.get(label) === value);
      if (sample.name === name && isIt) return sample.value;
    }
    return undefined;
  }

  async close(): Promise<void> {
    for (const app of this.#started) await app.close();
    await this.server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function catalogued(page: StrictPage): string[] {
  return [...page].flatMap(([series, { family }]) => (family.startsWith('orchestrator_') ? [series] : [])).sort();
}

let next = 0;

/** A cost event of 1 USD in a thread `t` unless told otherwise, each at an instant of its own. */
export function cost(
  payload: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {}
): object {
  const timestamp = NOW - 60_000 + (next += 1);
  const says = Object.keys(payload).some((key) => /cost|Tokens/i.test(key)) ? payload : { costUsd: 1, ...payload };
  return { type: 'cost.updated', threadId: 't', timestamp, payload: says, ...more };
}

export const USD = 1_000_000_000;
