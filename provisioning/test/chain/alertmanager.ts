// A real Alertmanager on the built configuration in a directory.
import { join } from 'node:path';
import { start, type Running } from '../processes.ts';

/** One instance, without gossip. `address` is HOST:PORT of its API. */
export function startAlertmanager(directory: string, address: string): Running {
  return start(
    'prometheus-alertmanager',
    [
      `--config.file=${join(directory, 'alertmanager/alertmanager.yml')}`,
      `--storage.path=${join(directory, 'alertmanager-data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    directory
  );
}
