// @ts-check
// The checks that CI runs briefly and `npm run endurance` for long: where each is and how long is long. docs/testing.md shows
// the same as a table (tested).

/**
 * @typedef {object} Check
 * @property {string} file test file, from the exporter's folder
 * @property {string} test pattern of the names of its tests that are meant; all of them when empty
 * @property {Readonly<Record<string, number>>} long environment variables of the long mode
 */

/** @type {Readonly<Record<string, Check>>} */
export const CHECKS = {
  kill: { file: 'test/journal/kill.test.ts', test: 'SIGKILL', long: { KILL_RUNS: 1_000 } },
  term: { file: 'test/journal/kill.test.ts', test: 'SIGTERM', long: { TERM_RUNS: 500 } },
  forwarder: { file: 'test/forwarder/real-exporter.test.ts', test: 'killed', long: { FORWARDER_KILLS: 200 } },
  nats: { file: 'test/nats/broker-kills.test.ts', test: 'kills of the broker', long: { NATS_KILLS: 100 } },
  restarts: { file: 'test/endurance/restarts.test.ts', test: '', long: { RESTARTS: 200 } },
  'crash-states': { file: 'test/journal/crash-states.test.ts', test: '', long: { JOURNAL_STATES: 100_000 } },
  damage: { file: 'test/journal/damage.test.ts', test: '', long: { JOURNAL_DAMAGES: 10_000 } },
  faults: { file: 'test/journal/faults.test.ts', test: '', long: {} },
  'full-disk': { file: 'test/endurance/full-disk.test.ts', test: '', long: { DISK_CYCLES: 100 } },
  'hostile-names': { file: 'test/endurance/hostile-names.test.ts', test: '', long: { HOSTILE_NAMES: 1_000_000 } },
  'fuzz-events': { file: 'test/fuzz/events.test.ts', test: '', long: { FUZZ_INPUTS: 30_000_000 } },
  'fuzz-configs': { file: 'test/fuzz/config-files.test.ts', test: '', long: { FUZZ_INPUTS: 30_000_000 } },
  'fuzz-journals': { file: 'test/fuzz/journals.test.ts', test: '', long: { FUZZ_INPUTS: 30_000_000 } },
  reload: { file: 'test/reload-under-load.test.ts', test: '', long: { RELOAD_ROUNDS: 500 } },
  'hostile-inputs': { file: 'test/hostile-inputs.test.ts', test: '', long: {} },
  'token-timing': { file: 'test/token-timing.test.ts', test: '', long: { TIMING_SAMPLES: 100_000 } },
  pricing: { file: 'test/pricing-arithmetic.test.ts', test: '', long: { PRICING_CASES: 2_000_000 } },
  'budget-years': { file: 'test/budget-years.test.ts', test: '', long: { BUDGET_YEARS: 20 } },
  'burn-paths': { file: 'test/burn-paths.test.ts', test: '', long: { BURN_PATHS: 1_000 } },
};
