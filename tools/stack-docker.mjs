// @ts-check
// The stack in containers, by docker-compose.yml at the root.
import { attempt } from './commands.mjs';
import { answers, isFree, until } from './ready.mjs';
import { Problem, say } from './say.mjs';

/** @typedef {{ command: string, before: string[] }} Compose */

/** As docker-compose.yml publishes them. */
const PORTS = { exporter: 9847, prometheus: 9090, alertmanager: 9093, front: 3000 };
const BUILD_MS = 15 * 60_000;

/**
 * Starts the containers and waits until each part answers.
 * @param {import('./processes.mjs').Processes} processes
 * @param {Compose} compose
 * @returns {Promise<import('./stack-local.mjs').Stack>}
 */
export async function startDockerStack(processes, { command, before }) {
  const taken = [];
  for (const port of Object.values(PORTS)) if (!(await isFree(port))) taken.push(port);
  if (taken.length > 0) {
    throw new Problem(
      `docker-compose.yml publishes ports that are taken: ${taken.join(', ')}. Free them, or run local processes on\n` +
        "other ports with 'npm start -- --no-docker'."
    );
  }
  say('pulling and building images, then starting containers; the first time this takes some minutes');
  // Attached: it lives as long as the containers, and its log is theirs.
  processes.start({ name: 'compose', command, args: [...before, 'up', '--build', '--abort-on-container-exit'] });
  const url = (/** @type {keyof typeof PORTS} */ name) => `http://127.0.0.1:${PORTS[name]}`;
  const ready = (/** @type {string} */ what, /** @type {string} */ address) =>
    until({ what, withinMs: BUILD_MS, signal: processes.signal, ask: () => answers(address) });
  await ready('exporter ready', `${url('exporter')}/health/ready`);
  await ready('Prometheus ready', `${url('prometheus')}/-/ready`);
  await ready('Alertmanager ready', `${url('alertmanager')}/-/ready`);
  await ready('Grafana ready', `${url('front')}/api/health`);
  return {
    exporter: url('exporter'),
    exporterTarget: 'exporter:9847',
    prometheus: url('prometheus'),
    alertmanager: url('alertmanager'),
    front: url('front'),
    frontName: 'Grafana',
  };
}

/**
 * Removes the containers; their volumes stay.
 * @param {Compose} compose
 */
export async function stopDockerStack({ command, before }) {
  await attempt({ what: 'removing the containers', log: 'compose-down', command, args: [...before, 'down'] });
}
