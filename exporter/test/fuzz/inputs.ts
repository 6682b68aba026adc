// How much the fuzz tests try. FUZZ_INPUTS=30000000 is the long run, FUZZ_SEED another draw; both stand in what is printed.

/** All inputs together: events and bodies, configurations, journals. */
export const FUZZ_INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 300_000);
export const FUZZ_SEED = Number(process.env['FUZZ_SEED'] ?? 1);

/** What each kind has of them. */
export const SHARES = {
  events: Math.ceil(FUZZ_INPUTS * 0.95),
  configs: Math.ceil(FUZZ_INPUTS * 0.048),
  journals: Math.ceil(FUZZ_INPUTS * 0.002),
};

/** One line for the log of a run. */
export function report(what: string, { inputs, startedMs }: { inputs: number; startedMs: number }, more: object): void {
  const seconds = (Date.now() - startedMs) / 1_000;
  const rate = Math.round(inputs / seconds);
  process.stdout.write(
    `fuzz: ${inputs} ${what}, seed ${FUZZ_SEED}, ${seconds.toFixed(1)} s, ${rate} a second, ${JSON.stringify(more)}\n`
  );
}
