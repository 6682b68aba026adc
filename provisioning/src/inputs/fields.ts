// The kinds of values in an environment file. Each carries what it accepts, which is the second half of every message about it.
import { parseDuration } from 'orchestrator-exporter/contract/duration';
import { z } from 'zod';

const DURATION_PATTERN = /^(?=\d)(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/;
const ADDRESS_PATTERN = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\]):\d{1,5}$/;

/** Text of 1 to `max` characters without control characters. */
export function text(accepts: string, max = 255): z.ZodString {
  // eslint-disable-next-line no-control-regex -- control characters are what it refuses
  const pattern = /^[^\x00-\x1f\x7f]+$/;
  return z.string({ error: accepts }).regex(pattern, { error: accepts, abort: true }).max(max, { error: accepts });
}

export function matching(pattern: RegExp, accepts: string): z.ZodString {
  return z.string({ error: accepts }).regex(pattern, { error: accepts, abort: true });
}

/** Seconds from a text such as `15m`. */
export function duration(min: string, max: string): z.ZodType<number, string> {
  const accepts = `a duration from ${min} to ${max}, such as 90s, 15m or 1h30m`;
  const [least, most] = [parseDuration(min) ?? 0, parseDuration(max) ?? 0];
  return matching(DURATION_PATTERN, accepts)
    .refine((value) => (parseDuration(value) ?? -1) >= least && (parseDuration(value) ?? -1) <= most, {
      error: accepts,
    })
    .transform((value) => (parseDuration(value) ?? 0) / 1000);
}

export function number(min: number, max: number): z.ZodNumber {
  const error = `a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

export function count(min: number, max: number): z.ZodNumber {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** HOST:PORT. */
export function address(): z.ZodType<string, string> {
  const accepts = 'HOST:PORT, such as exporter:9847';
  return matching(ADDRESS_PATTERN, accepts).refine(
    (value) => Number(value.split(':').at(-1)) >= 1 && Number(value.split(':').at(-1)) <= 65_535,
    { error: accepts }
  );
}

/** An http or https address without query and fragment; a slash at its end is taken off. */
export function httpUrl(): z.ZodType<string, string> {
  const accepts = 'an http or https URL without query and fragment, such as https://grafana.example.com';
  return matching(/^https?:\/\/[^\s{}]+$/, accepts)
    .refine((value) => URL.canParse(value) && new URL(value).search === '' && new URL(value).hash === '', {
      error: accepts,
    })
    .transform((value) => value.replace(/\/+$/, ''));
}

/** A file that holds a secret; the secret itself stands in no configuration. */
export const secretFile = (): z.ZodString =>
  matching(/^\/[^\n\r\0]+$/, 'the absolute path of a file that holds the secret, as the reading server sees it');

export function timeZone(): z.ZodType<string, string> {
  const accepts = 'an IANA time zone such as Europe/Berlin';
  return z.string({ error: accepts }).refine(
    (zone) => {
      try {
        new Intl.DateTimeFormat('en', { timeZone: zone });
        return true;
      } catch {
        return false;
      }
    },
    { error: accepts }
  );
}
