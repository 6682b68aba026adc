// @ts-check
// npm start: sets up, starts exporter, demo, Prometheus and Grafana, prints the addresses, and stops all of it at the end.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseStartArguments } from './arguments.mjs';
import { dockerCompose } from './choose.mjs';
import { Processes } from './processes.mjs';
import { targetsUp, until, valueOf } from './ready.mjs';
import { RUN } from './repository.mjs';
import { runMain, say } from './say.mjs';
import { buildStale, checkNode, installPackages } from './set-up.mjs';
import { onStop } from './stopping.mjs';
import { startDockerStack, stopDockerStack } from './stack-docker.mjs';
import { startLocalStack } from './stack-local.mjs';

const STATE = join(RUN, 'state.json');

/**
 * @param {import('./stack-local.mjs').Stack} stack
 * @param {AbortSignal} signal
 */
async function waitForSeries({ exporterTarget, prometheus }, signal) {
  const pages = ['/metrics', '/metrics/timeline'];
  await until({
    what: 'both targets up in Prometheus',
    withinMs: 180_000,
    signal,
    ask: () => targetsUp(prometheus, { address: exporterTarget, pages }),
  });
  await until({
    what: 'money in Prometheus',
    withinMs: 180_000,
    signal,
    ask: async () => {
      const usd = await valueOf(prometheus, 'sum(orchestrator_cost_usd_total)');
      return (usd !== undefined && usd > 0) || `sum(orchestrator_cost_usd_total) is ${usd ?? 'empty'}`;
    },
  });
}

/** @param {import('./stack-local.mjs').Stack} stack */
function sayAddresses(stack) {
  const rows = [
    [stack.frontName, stack.front],
    ['Live state', stack.exporter],
    ['Prometheus', stack.prometheus],
    ['Alertmanager', stack.alertmanager ?? 'not installed'],
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  console.log(`\n${rows.map(([name = '', url = '']) => `  ${name.padEnd(width)}  ${url}`).join('\n')}\n`);
}

/** What a bounded run has to show, from Prometheus; all but the money left have to be above zero. */
const LEFT = 'budget left of the leanest thread, USD';
const FIGURES = {
  'targets up': 'sum(up{job=~"orchestrator.*"})',
  threads: 'count(orchestrator_thread_info)',
  'USD spent': 'sum(orchestrator_cost_usd_total)',
  [LEFT]: 'min(orchestrator_thread_budget_remaining_usd)',
  'timeline samples': 'sum(count_over_time(orchestrator_timeline_agent_state[10m]))',
};

/**
 * Says the figures; a Problem when one is missing. Asked again for a while: the scrape just before may have come too late, which
 * leaves no series until the next one.
 * @param {import('./stack-local.mjs').Stack} stack
 * @param {AbortSignal} signal
 */
async function sayFigures({ prometheus }, signal) {
  /** @type {(readonly [string, number | undefined])[]} */
  let figures = [];
  const ask = async () => {
    figures = await Promise.all(
      Object.entries(FIGURES).map(
        async ([name, query]) => /** @type {const} */ ([name, await valueOf(prometheus, query)])
      )
    );
    const missing = figures.filter(([name, value]) => value === undefined || (name !== LEFT && value <= 0));
    return missing.length === 0 || `no series for ${missing.map(([name]) => name).join(', ')}`;
  };
  await until({ what: 'series of every kind in Prometheus', withinMs: 60_000, signal, ask });
  for (const [name, value] of figures) say(`${name}: ${Number(value?.toFixed(6))}`);
}

async function main() {
  const { mayUseDocker, runMs } = parseStartArguments(process.argv.slice(2));
  checkNode();
  const processes = new Processes();
  /** @type {(why: string) => void} */
  let stop = () => undefined;
  /** @type {Promise<string>} */
  const stopped = new Promise((resolve) => {
    stop = resolve;
  });
  let signals = 0;
  onStop((signal) => {
    signals += 1;
    if (signals === 1) stop(signal);
    // Whoever asks three times does not want to wait.
    else if (signals === 3) processes.killAll();
  });

  await installPackages({ withGrafana13: false });
  await buildStale();
  const compose = mayUseDocker ? dockerCompose() : undefined;
  say(
    compose !== undefined
      ? 'running in Docker: an engine and compose answer'
      : `running local processes: ${mayUseDocker ? 'no Docker engine with compose answers' : '--no-docker was given'}`
  );
  try {
    const up = (async () => {
      const stack = await (compose === undefined ? startLocalStack(processes) : startDockerStack(processes, compose));
      await waitForSeries(stack, processes.signal);
      return stack;
    })();
    // When a stop or a death comes first, what was still being started has nobody to tell.
    up.catch(() => undefined);
    const stack = await Promise.race([up, processes.failed, stopped]);
    if (typeof stack !== 'string') {
      writeFileSync(STATE, `${JSON.stringify({ ...stack, processes: processes.alive }, null, 2)}\n`);
      sayAddresses(stack);
      say(runMs === undefined ? 'Ctrl-C stops everything' : `running for ${runMs / 1000} s`);
      const timer = runMs === undefined ? undefined : setTimeout(() => stop('the time is over'), runMs);
      const why = await Promise.race([stopped, processes.failed]);
      clearTimeout(timer);
      if (why === 'the time is over') await sayFigures(stack, processes.signal);
    }
    return 0;
  } finally {
    say('stopping');
    await processes.stop();
    if (compose !== undefined) await stopDockerStack(compose);
    rmSync(STATE, { force: true });
    say('everything that was started has ended');
  }
}

await runMain(main);
