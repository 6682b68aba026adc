// @ts-check
// Programs from Debian's packages: installed where this user may, else named in a message that says how.
import { existsSync } from 'node:fs';
import { attempt, programOf, succeeds } from './commands.mjs';
import { say } from './say.mjs';

/** A mirror that is away for a moment is asked again; another apt-get that works is waited for. */
const OPTIONS = ['-o', 'Acquire::Retries=3', '-o', 'DPkg::Lock::Timeout=120'];

/** How to call apt-get as root, or undefined when there is no apt-get or no way to be root without a password. */
export function aptGet() {
  if (!existsSync('/etc/debian_version')) return undefined;
  const apt = programOf('apt-get');
  if (apt === undefined) return undefined;
  if (process.getuid?.() === 0) return { command: apt, before: /** @type {string[]} */ ([]) };
  const sudo = programOf('sudo');
  return sudo !== undefined && succeeds(sudo, ['-n', 'true']) ? { command: sudo, before: ['-n', apt] } : undefined;
}

/**
 * Installs packages; a failure is not the end, for the caller looks again for what it needs.
 * @param {readonly string[]} packages
 * @returns {Promise<boolean>} whether apt-get could be called and ended well
 */
export async function installDebianPackages(packages) {
  const apt = aptGet();
  if (apt === undefined) return false;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const run = (/** @type {string} */ log, /** @type {string[]} */ args) =>
    attempt({ what: `apt-get ${args[0]}`, log, command: apt.command, args: [...apt.before, ...OPTIONS, ...args], env });
  say(`installing Debian packages: ${packages.join(', ')}`);
  await run('apt-update', ['update']);
  const { code } = await run('apt-install', ['install', '-y', '--no-install-recommends', ...packages]);
  return code === 0;
}
