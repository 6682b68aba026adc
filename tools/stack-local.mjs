// @ts-check
// The stack as local processes: exporter, Alertmanager, Prometheus, the demo, and Grafana or the preview host.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findAlertmanager, findGrafana, findPrometheus } from './choose.mjs';
import { mustRun } from './commands.mjs';
import { answers, freePort, until } from './ready.mjs';
import { ROOT, RUN } from './repository.mjs';
import { say } from './say.mjs';

/** @typedef {import('./processes.mjs').Processes} Processes */
/**
 * URLs as the person reaches them; `exporterTarget` is HOST:PORT as Prometheus reaches the exporter.
 * @typedef {{ exporter: string, exporterTarget: string, prometheus: string, alertmanager: string | undefined, front: string, frontName: string }} Stack
 */

const HOST = '127.0.0.1';
const PLUGIN_ID = 'helix-orchestrator-panel';
const PROVISIONING = join(RUN, 'provisioning');
const BUDGETS = join(ROOT, 'provisioning/budgets.yml');
const PLUGIN = join(ROOT, 'grafana-plugin/dist');
const NODE = process.execPath;

/**
 * The wanted ports, or the next free ones, said plainly.
 * @template {string} Name
 * @param {Record<Name, number>} wanted
 * @returns {Promise<Record<Name, number>>}
 */
async function choosePorts(wanted) {
  /** @type {Set<number>} */
  const taken = new Set();
  const ports = { ...wanted };
  for (const name of /** @type {Name[]} */ (Object.keys(wanted))) {
    ports[name] = await freePort(wanted[name], taken);
    taken.add(ports[name]);
    if (ports[name] !== wanted[name]) say(`port ${wanted[name]} is taken: ${name} gets ${ports[name]}`);
  }
  return ports;
}

/** @param {number} port */
function writeExporterConfig(port) {
  const file = join(RUN, 'exporter.yml');
  const config = {
    environment: 'dev',
    listen: { host: HOST, port },
    data_dir: join(RUN, 'exporter'),
    budgets_file: BUDGETS,
  };
  // JSON is YAML, and quotes whatever a path may contain.
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`);
  return file;
}

/** What is opened first. The preview host draws our panel and few others, so it shows the dashboard that is about it. */
const FIRST_DASHBOARD = { grafana: 'orchestrator', preview: 'orchestrator-thread' };

/**
 * Starts everything and waits until each part answers.
 * @param {Processes} processes
 * @returns {Promise<Stack>}
 */
export async function startLocalStack(processes) {
  const prometheusProgram = await findPrometheus();
  const alertmanagerProgram = findAlertmanager();
  const grafana = findGrafana();
  say(`Prometheus: ${prometheusProgram}`);
  say(`Alertmanager: ${alertmanagerProgram ?? 'not installed, left out (Debian package prometheus-alertmanager)'}`);
  say(
    'reason' in grafana
      ? `front: the preview host with the built panel, because of Grafana: ${grafana.reason}`
      : `front: Grafana ${grafana.version}, ${grafana.program}`
  );

  const ports = await choosePorts({ exporter: 9847, prometheus: 9090, alertmanager: 9093, front: 3000 });
  /** @param {keyof typeof ports} name */
  const urlOf = (name) => `http://${HOST}:${ports[name]}`;
  await generateProvisioning(ports);
  const config = writeExporterConfig(ports.exporter);

  const exporterBin = join(ROOT, 'exporter/bin/orchestrator-exporter.js');
  processes.start({ name: 'exporter', command: NODE, args: [exporterBin, '--config', config] });
  const ready = (/** @type {string} */ what, /** @type {string} */ url) =>
    until({ what, withinMs: 120_000, signal: processes.signal, ask: () => answers(url) });
  await ready('exporter ready', `${urlOf('exporter')}/health/ready`);

  if (alertmanagerProgram !== undefined) {
    startAlertmanager(processes, { program: alertmanagerProgram, port: ports.alertmanager });
    await ready('Alertmanager ready', `${urlOf('alertmanager')}/-/ready`);
  }
  startPrometheus(processes, { program: prometheusProgram, port: ports.prometheus });
  await ready('Prometheus ready', `${urlOf('prometheus')}/-/ready`);

  if ('reason' in grafana) {
    const args = ['grafana-plugin/preview/dist/main.js', '--prometheus', urlOf('prometheus')];
    args.push('--dashboards', join(PROVISIONING, 'grafana/dashboards'), '--plugin', PLUGIN);
    args.push('--port', String(ports.front), '--host-version', '12.4');
    processes.start({ name: 'preview', command: NODE, args });
  } else startGrafana(processes, { ...grafana, port: ports.front });
  const front = `${urlOf('front')}/d/${FIRST_DASHBOARD['reason' in grafana ? 'preview' : 'grafana']}`;
  await ready('dashboard page', front);

  const demo = [join(ROOT, 'demo/dist/main.js'), '--exporter', urlOf('exporter')];
  processes.start({ name: 'demo', command: NODE, args: demo });
  return {
    exporter: urlOf('exporter'),
    exporterTarget: `${HOST}:${ports.exporter}`,
    prometheus: urlOf('prometheus'),
    alertmanager: alertmanagerProgram === undefined ? undefined : urlOf('alertmanager'),
    front,
    frontName: 'reason' in grafana ? 'Preview host (not Grafana)' : 'Grafana',
  };
}

/** @param {Record<'exporter' | 'prometheus' | 'alertmanager' | 'front', number>} ports */
async function generateProvisioning(ports) {
  rmSync(PROVISIONING, { recursive: true, force: true });
  const args = ['provisioning/dist/main.js', 'build', '--budgets', BUDGETS, '--env', 'provisioning/env/dev.yml'];
  args.push('--out', PROVISIONING);
  const prometheus = `http://${HOST}:${ports.prometheus}`;
  for (const [path, value] of [
    ['exporter.address', `${HOST}:${ports.exporter}`],
    ['prometheus.url', prometheus],
    ['alertmanager.address', `${HOST}:${ports.alertmanager}`],
    ['links.grafana', `http://${HOST}:${ports.front}`],
    // Prometheus serves the runbook itself.
    ['links.runbook', `${prometheus}/user/alerts.md`],
    ['dashboards.directory', join(PROVISIONING, 'grafana/dashboards')],
  ]) {
    args.push('--set', `${path}=${value}`);
  }
  await mustRun({ what: 'generating the provisioning', log: 'provisioning', command: NODE, args });
}

/**
 * @param {Processes} processes
 * @param {{ program: string, port: number }} options
 */
function startAlertmanager(processes, { program, port }) {
  const args = [`--config.file=${join(PROVISIONING, 'alertmanager/alertmanager.yml')}`];
  args.push(`--storage.path=${join(RUN, 'alertmanager')}`, `--web.listen-address=${HOST}:${port}`);
  // One instance: no gossip port.
  args.push('--cluster.listen-address=');
  processes.start({ name: 'alertmanager', command: program, args });
}

/**
 * @param {Processes} processes
 * @param {{ program: string, port: number }} options
 */
function startPrometheus(processes, { program, port }) {
  const args = [`--config.file=${join(PROVISIONING, 'prometheus/prometheus.yml')}`];
  args.push(`--storage.tsdb.path=${join(RUN, 'prometheus')}`, '--storage.tsdb.retention.time=7d');
  args.push(`--web.listen-address=${HOST}:${port}`);
  // Serves the runbook that the alerts link to under /user/alerts.md.
  args.push(`--web.user-assets=${join(ROOT, 'docs')}`);
  processes.start({ name: 'prometheus', command: program, args });
}

/**
 * Grafana with the plugin and the provisioning by environment, its own data under .run; whoever can reach the loopback
 * port may look.
 * @param {Processes} processes
 * @param {{ program: string, args: string[], home: string, port: number }} options
 */
function startGrafana(processes, { program, args, home, port }) {
  const data = join(RUN, 'grafana');
  const plugins = join(data, 'plugins');
  mkdirSync(plugins, { recursive: true });
  rmSync(join(plugins, PLUGIN_ID), { force: true });
  symlinkSync(PLUGIN, join(plugins, PLUGIN_ID));
  const env = {
    GF_PATHS_DATA: data,
    GF_PATHS_LOGS: join(data, 'log'),
    GF_PATHS_PLUGINS: plugins,
    GF_PATHS_PROVISIONING: join(PROVISIONING, 'grafana/provisioning'),
    GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: PLUGIN_ID,
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    GF_SERVER_HTTP_ADDR: HOST,
    GF_SERVER_HTTP_PORT: String(port),
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_AUTH_DISABLE_LOGIN_FORM: 'true',
    GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GF_NEWS_NEWS_FEED_ENABLED: 'false',
    // Nothing here is signed, and the keys to check that would be fetched from the network.
    GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED: 'true',
  };
  processes.start({ name: 'grafana', command: program, args: [...args, '--homepath', home], env });
}
