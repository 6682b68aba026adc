// docs/config.md: the option table of config.ts as a page.
import { OPTIONS } from '../config.ts';
import { code, codeBlock, GENERATED, page, table } from './markdown.ts';

const COMMANDS = `orchestrator-exporter --config exporter.yml                  # run
orchestrator-exporter --config exporter.yml --check-config   # all problems at once; exit code 2 if there are any
orchestrator-exporter --config exporter.yml --print-config   # every option in force`;

/** A small file, complete and valid (test: "its example is a configuration"). */
export const CONFIG_EXAMPLE = `environment: prod
listen:
  host: 0.0.0.0
labels:
  team: research
threads:
  retention: 1h
budgets_file: /etc/orchestrator-exporter/budgets.yml`;

export function configPage(): string {
  const rows = Object.values(OPTIONS).map(({ path, fallback, accepts, help }) => [
    code(path),
    fallback === null ? 'none' : code(typeof fallback === 'string' ? fallback : JSON.stringify(fallback)),
    accepts,
    help,
  ]);
  return page([
    GENERATED,
    '# Configuration of the exporter',
    codeBlock('sh', COMMANDS),
    'The file is YAML; a dot in the name of an option is a level (`listen: {port: 9847}`). Unknown keys are refused. Durations are written as Prometheus writes them: `500ms`, `15m`, `1h30m`, `1d`.',
    table(['option', 'default', 'accepts', 'meaning'], rows),
    'For example:',
    codeBlock('yaml', CONFIG_EXAMPLE),
  ]);
}
