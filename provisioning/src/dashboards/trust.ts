// Whether the figures can be trusted: what the exporters say of themselves, in a line.
import { AGGREGATES, BUDGETS, SELF } from 'orchestrator-exporter/contract/metrics';
import { gained, sum } from '../aggregate.ts';
import type { Environment } from '../environments/environment.ts';
import { select } from '../expressions.ts';
import { failFrom, warnAndFail, warnFrom } from './colours.ts';
import { linkTo } from './links.ts';
import { instant, stat } from './panels.ts';
import type { Draft } from './schema.ts';
import { ENVIRONMENT_SCOPE as ENV } from './variables.ts';

const toExporter = linkTo('exporter', {});
export const trust = (environment: Environment): readonly Draft[] => [
  stat({
    title: 'Silent',
    description: 'Time since the newest event of any workflow.',
    queries: [instant(`time() - max(${select(AGGREGATES.lastEvent.name, ENV)})`)],
    unit: 's',
    decimals: 0,
    steps: warnFrom(environment.alerts.noEventsSeconds),
    noValue: 'no event yet',
    links: [toExporter],
  }),
  stat({
    title: 'Degraded',
    description: 'Reasons for which an exporter says that something cannot be relied on.',
    queries: [instant(sum([], select(SELF.degraded.name, ENV)))],
    unit: 'none',
    steps: failFrom(1),
    noValue: 'no exporter',
    links: [toExporter],
  }),
  stat({
    title: 'Untrusted',
    description: 'Budgets of which used and remaining are known to be wrong, as when usage waits for a price.',
    queries: [instant(sum([], `1 - ${select(BUDGETS.valid.name, ENV)}`))],
    unit: 'none',
    steps: failFrom(1),
    noValue: 'no budget',
    links: [toExporter],
  }),
  stat({
    title: 'Unpriced',
    description: 'Usage reports without a price that are held for a late one: their cost is not counted yet.',
    queries: [instant(sum([], select(SELF.unpricedPending.name, ENV)))],
    unit: 'none',
    steps: failFrom(1),
    noValue: 'no exporter',
    links: [toExporter],
  }),
  stat({
    title: 'Refused',
    description: 'Events that were refused in the time range, whatever the reason.',
    queries: [instant(gained([], SELF.eventsRejected.name, ENV))],
    unit: 'short',
    decimals: 0,
    steps: warnAndFail(0.5, 1_000),
    noValue: 'no exporter',
    links: [toExporter],
  }),
  stat({
    title: 'Folded',
    description: 'Values that became "other" in the time range, because their label had reached its cap.',
    queries: [instant(gained([], SELF.labelOverflow.name, ENV))],
    unit: 'short',
    decimals: 0,
    steps: warnFrom(0.5),
    noValue: 'no exporter',
    links: [toExporter],
  }),
];
