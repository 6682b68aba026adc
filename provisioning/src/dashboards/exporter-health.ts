// The exporter dashboard's first look: up, degraded, taking events.
import { AGGREGATES, ENVIRONMENT_LABEL, SELF } from 'orchestrator-exporter/contract/metrics';
import { gained, rate, sum } from '../aggregate.ts';
import type { Environment } from '../environments/environment.ts';
import { select } from '../expressions.ts';
import { failFrom, warnFrom } from './colours.ts';
import { instant, range, stat, states } from './panels.ts';
import type { Draft } from './schema.ts';
import { EXPORTER_SCOPE as EXPORTER, TARGET_SCOPE } from './variables.ts';

export const figures = ({ alerts }: Environment): readonly Draft[] => [
  stat({
    title: 'Up',
    description: 'Share of the scraped pages of the exporters, /metrics and /metrics/timeline, that answer.',
    queries: [instant(`avg(${select('up', TARGET_SCOPE)})`)],
    unit: 'percentunit',
    decimals: 0,
    steps: [
      { color: 'red', value: null },
      { color: 'green', value: 1 },
    ],
    noValue: 'no target',
  }),
  stat({
    title: 'Degraded',
    description: 'Reasons for which something cannot be relied on now; /health/ready has them in sentences.',
    queries: [instant(sum([], select(SELF.degraded.name, EXPORTER)))],
    unit: 'none',
    steps: failFrom(1),
    noValue: 'no exporter',
  }),
  stat({
    title: 'Events/s',
    description: 'Events that were accepted.',
    queries: [instant(rate([], SELF.events.name, EXPORTER))],
    unit: 'short',
    decimals: 1,
    noValue: 'no exporter',
  }),
  stat({
    title: 'Refused',
    description: 'Events that were refused in the time range, whatever the reason.',
    queries: [instant(gained([], SELF.eventsRejected.name, EXPORTER))],
    unit: 'short',
    decimals: 0,
    steps: warnFrom(0.5),
    noValue: 'no exporter',
  }),
  stat({
    title: 'Silent',
    description: 'Time since the newest event of any workflow.',
    queries: [instant(`time() - max(${select(AGGREGATES.lastEvent.name, EXPORTER)})`)],
    unit: 's',
    decimals: 0,
    steps: warnFrom(alerts.noEventsSeconds),
    noValue: 'no event yet',
  }),
  stat({
    title: 'Version',
    description: 'Version of the exporters.',
    queries: [instant(`count by (version) (${select(SELF.buildInfo.name, EXPORTER)})`, '{{version}}')],
    unit: 'none',
    noValue: 'no exporter',
    nameOnly: true,
  }),
];

const now = select(SELF.degraded.name, EXPORTER);
const given = `max by (reason) (${now} and on (${ENVIRONMENT_LABEL}, instance, reason) max_over_time(${now}[$__range] @ end()) == 1)`;
const any = `label_replace(max(${now}), "reason", "any", "", "")`;

/** A line for all together and one for each reason that was given: sixteen lines of nothing would hide the one that matters. */
export const degraded = states({
  title: 'Degraded, by reason',
  description: 'What could not be relied on and when: any of the reasons, and each that was given in the time range.',
  queries: [range(`${any} or ${given}`, '{{reason}}')],
  mappings: [
    {
      type: 'value',
      options: { 0: { text: 'fine', color: 'green', index: 0 }, 1: { text: 'degraded', color: 'red', index: 1 } },
    },
  ],
  noValue: 'no exporter',
});
