// Timeline samples as Influx line protocol, as Grafana's /api/live/push/:stream takes it: a line for each sample, a measurement for
// each thread, so that a dashboard subscribes to the thread it shows. Grafana turns the tags of a line into the labels of a field.
// https://grafana.com/docs/grafana/latest/setup-grafana/set-up-grafana-live/#data-streaming-from-telegraf
import { ENVIRONMENT_LABEL, TIMELINE } from '../contract/metrics.ts';
import { valueOf } from './write-request.ts';
import type { PushedSample } from './write-request.ts';

/** Where the panel looks for the name of a metric. */
const NAME_TAG = '__name__';

export interface LineOptions {
  readonly environment: string;
  /** Further labels of every series, such as those that a scrape adds. */
  readonly labels: Readonly<Record<string, string>>;
}

/** In the order of their time; ends are no lines. Empty when there is nothing else. */
export function influxLines(samples: readonly PushedSample[], { environment, labels }: LineOptions): string {
  return samples
    .filter(({ value }) => value !== undefined)
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ series, atMs, value = 0 }) => {
      const row = TIMELINE[series.family];
      const own = row.labels.map((label, at) => [label, series.values[at] ?? ''] as const);
      const tags = [[NAME_TAG, row.name], [ENVIRONMENT_LABEL, environment], ...Object.entries(labels), ...own]
        .filter(([, text]) => text !== '')
        .map(([name, text]) => `,${name}=${tagText(text)}`);
      return `${channelPath(series.ref.threadId)}${tags.join('')} value=${valueOf(series.family, value)} ${Math.round(atMs)}000000\n`;
    })
    .join('');
}

/** The thread as part of a channel `stream/<stream>/<path>`: what Grafana does not take in one becomes `_`. */
export function channelPath(threadId: string): string {
  return threadId.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 100);
}

/** Grafana joins labels with commas and equals signs and splits them again without escapes, so neither may stand in a value. */
function tagText(text: string): string {
  return text.replace(/[,=\\"{}\n]/g, '_').replace(/ /g, '\\ ');
}
