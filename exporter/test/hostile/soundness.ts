// What must hold after anything was sent: every sample finite, every series of the catalogue, no object's prototype touched.
import { CATALOGUE } from '../../src/contract/metrics.ts';
import type { MetricRow } from '../../src/contract/metrics.ts';

const FAMILIES = new Set(CATALOGUE.flatMap(({ rows }) => Object.values<MetricRow>(rows).map(({ name }) => name)));
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)(?: \S+)?$/;
const PROTOTYPE = JSON.stringify(prototypeNow());

function prototypeNow(): unknown {
  return [Object.prototype, Array.prototype, Function.prototype].map((each) =>
    Reflect.ownKeys(each).map(String).sort()
  );
}

/** Samples of a page that should not be there; empty when all is well. */
export function unsoundSamples(text: string): string[] {
  return text.split('\n').filter((line) => {
    if (line === '' || line.startsWith('#')) return false;
    const [, name = '', , value = ''] = SAMPLE.exec(line) ?? [];
    const known =
      FAMILIES.has(name) || FAMILIES.has(name.replace(/_(bucket|sum|count)$/, '')) || /^(process|nodejs)_/.test(name);
    return !known || !Number.isFinite(Number(value));
  });
}

export function prototypesAreUntouched(): boolean {
  return JSON.stringify(prototypeNow()) === PROTOTYPE && !('polluted' in {});
}

/** Every label value of a metric, unescaped. */
export function seriesCount(text: string): number {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}
