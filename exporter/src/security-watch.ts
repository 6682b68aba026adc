// Tokens, users and certificates that are changed on disk while the exporter runs: taken over whole, or not at all.
import type { Clock } from './clock.ts';
import { messageOf, StartupError } from './errors.ts';
import { readSmallFile } from './http/auth/secret-file.ts';
import type { ReadFile } from './http/auth/secret-file.ts';
import type { Log } from './log.ts';
import { readSecurity } from './security.ts';
import type { Security, SecurityConfig } from './security.ts';

const PERIOD_MS = 30_000;

export interface SecurityLook {
  /** Why the files as they are cannot be used; empty while what they say is in force. */
  readonly problems: readonly string[];
  /** They say something that only a start takes over. */
  readonly needsRestart: boolean;
}

export interface SecurityWatch {
  readonly config: SecurityConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly replace: (security: Security) => void;
  /** Hears of every look. */
  readonly onLook: (look: SecurityLook) => void;
  readonly readFile?: ReadFile;
}

export interface WatchedSecurity {
  /** Reads the files now. @returns whether what they say is in force. */
  readonly look: () => boolean;
  readonly stop: () => void;
}

/**
 * Says what is unwise about `first`, then looks at the files every 30 seconds. Files that cannot be used leave the old
 * ones in force; that is said once for each state of the files.
 */
export function watchSecurity(first: Security, watch: SecurityWatch): WatchedSecurity {
  const { config, clock, log, replace, onLook, readFile = readSmallFile } = watch;
  let inForce = first;
  let said = '';
  for (const warning of first.warnings) log('warn', warning);
  const look = (): boolean => {
    try {
      const found = readSecurity(config, readFile);
      said = '';
      onLook({ problems: [], needsRestart: needsRestart(first, found) });
      if (found.fingerprint === inForce.fingerprint) return true;
      if (needsRestart(first, found)) {
        log('warn', 'TLS was turned on or off, or other client certificates are asked for: that takes a restart');
      }
      for (const warning of found.warnings) if (!inForce.warnings.includes(warning)) log('warn', warning);
      inForce = found;
      replace(found);
      log('info', 'tokens, users and certificates were read anew');
      return true;
    } catch (error) {
      const problems = error instanceof StartupError ? error.problems : [messageOf(error)];
      if (problems.join('\n') !== said) {
        log('error', 'tokens, users and certificates stay as they were: the files cannot be used', {
          problems,
        });
      }
      said = problems.join('\n');
      onLook({ problems, needsRestart: needsRestart(first, inForce) });
      return false;
    }
  };
  return { look, stop: clock.every(PERIOD_MS, look) };
}

function needsRestart({ tls: before }: Security, { tls: after }: Security): boolean {
  return before?.clientAuth !== after?.clientAuth;
}
