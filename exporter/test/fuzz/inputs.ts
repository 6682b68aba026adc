// How much the fuzz tests try. FUZZ_INPUTS=30000000 is the long run, FUZZ_SEED another draw; both stand in what is printed.

export const FUZZ_SEED = Number(process.env['FUZZ_SEED'] ?? 1);

/** Of all inputs; an event, a body that is none, a configuration and a journal are one each. */
const SHARES = { events: 0.95, configs: 0.048, journals: 0.002 };

/** How many inputs a kind has of all of them. */
export function shareOf(kind: keyof typeof SHARES, inputs = '300000'): number {
  return Math.ceil(Number(inputs) * SHARES[kind]);
}

/** One line for the log of a run. */
export function report(what: string, { inputs, startedMs }: { inputs: number; startedMs: number }, more: object): void {
  const seconds = (Date.now() - startedMs) / 1_000;
  const rate = Math.round(inputs / seconds);
  process.stdout.write(
    `fuzz: ${inputs} ${what}, seed ${FUZZ_SEED}, ${seconds.toFixed(1)} s, ${rate} a second, ${JSON.stringify(more)}\n`
  );
}
