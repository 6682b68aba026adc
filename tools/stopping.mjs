// @ts-check
// When a program of ours is to stop: on a signal, or when the npm that started it is gone.
import { clearInterval, setInterval } from 'node:timers';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
const LOOK_MS = 500;

/**
 * Calls back at every signal to stop, with its name. npm passes SIGTERM to the shell between it and us, which ends without
 * passing it on, so that the loss of the parent counts as SIGTERM where npm started us.
 * @param {(signal: NodeJS.Signals) => void} callback
 * @returns {() => void} ends the watch
 */
export function onStop(callback) {
  for (const signal of SIGNALS) process.on(signal, callback);
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.env['npm_lifecycle_event'] === undefined || process.ppid === parent) return;
    clearInterval(timer);
    callback('SIGTERM');
  }, LOOK_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    for (const signal of SIGNALS) process.off(signal, callback);
  };
}
