// @ts-check
// Which of the ways to run this machine allows, and why the others not.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isProgram, programOf, succeeds } from './commands.mjs';
import { installDebianPackages } from './debian.mjs';
import { Problem, say } from './say.mjs';

/** The oldest Grafana that the panel runs on, as in its plugin.json. */
const GRAFANA_LEAST = [12, 3];

/** The way to call compose where a Docker engine answers; undefined without engine or compose. */
export function dockerCompose() {
  if (!succeeds('docker', ['info'])) return undefined;
  if (succeeds('docker', ['compose', 'version'])) return { command: 'docker', before: ['compose'] };
  return succeeds('docker-compose', ['version']) ? { command: 'docker-compose', before: [] } : undefined;
}

/** Prometheus from the PATH, else from Debian's package; a Problem says what to install where neither is possible. */
export async function findPrometheus() {
  const present = programOf('prometheus');
  if (present !== undefined) return present;
  say('no prometheus on the PATH');
  await installDebianPackages(['prometheus', 'prometheus-alertmanager']);
  const installed = programOf('prometheus');
  if (installed !== undefined) return installed;
  throw new Problem(
    'Prometheus is needed and is not on the PATH, and could not be installed as a Debian package from here.\n' +
      "Do one of these and try again: 'sudo apt-get install prometheus', or put the binary from\n" +
      'https://prometheus.io/download/ on the PATH, or start a Docker engine.'
  );
}

/** Alertmanager under either of its names; undefined where it is not installed, which is no failure. */
export function findAlertmanager() {
  return programOf('prometheus-alertmanager', 'alertmanager');
}

/**
 * Grafana from GRAFANA_HOME or the PATH, when it is new enough and complete.
 * @returns {{ program: string, args: string[], home: string, version: string } | { reason: string }}
 */
export function findGrafana() {
  const givenHome = process.env['GRAFANA_HOME'];
  const candidates =
    givenHome === undefined || givenHome === ''
      ? [programOf('grafana', 'grafana-server')]
      : ['bin/grafana', 'bin/grafana-server'].map((path) => join(givenHome, path)).filter(isProgram);
  const [program] = candidates;
  if (program === undefined) {
    return { reason: givenHome ? `GRAFANA_HOME has no bin/grafana` : 'no grafana on the PATH, GRAFANA_HOME not set' };
  }
  const args = program.endsWith('grafana-server') ? [] : ['server'];
  const { stdout } = spawnSync(program, [...args, '-v'], { encoding: 'utf8', timeout: 10_000 });
  const version = /Version ((\d+)\.(\d+)[\w.+-]*)/.exec(stdout ?? '');
  if (version === null) return { reason: `${program} does not tell its version` };
  const [, text = '', major, minor] = version;
  const order = Number(major) - (GRAFANA_LEAST[0] ?? 0) || Number(minor) - (GRAFANA_LEAST[1] ?? 0);
  if (order < 0) return { reason: `${program} is ${text}, the panel needs ${GRAFANA_LEAST.join('.')}` };
  const homes = [givenHome, dirname(dirname(realpathSync(program))), '/usr/share/grafana'];
  const home = homes.find((folder) => folder && existsSync(join(folder, 'public/build')));
  return home === undefined
    ? { reason: `${program} has no public/build beside it; set GRAFANA_HOME to a complete installation` }
    : { program, args, home, version: text };
}
