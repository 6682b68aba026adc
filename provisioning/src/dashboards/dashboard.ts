// What all dashboards have in common.
import type { Environment } from '../environments/environment.ts';
import type { Scope } from '../expressions.ts';
import { select } from '../expressions.ts';
import { DASHBOARDS, linksFrom, type DashboardName } from './links.ts';
import { DATASOURCE, SCHEMA_VERSION, type Annotation, type DashboardLink } from './schema.ts';
import type { PlacedPanel } from './layout.ts';
import type { Variable } from './variables.ts';

export interface Dashboard<P = PlacedPanel> {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly P[];
  readonly links: readonly DashboardLink[];
  readonly annotations: { readonly list: readonly Annotation[] };
  readonly templating: { readonly list: readonly Variable[] };
  readonly [key: string]: unknown;
}

/** Marks where Prometheus's alerts of `scope` began to fire; to shade how long would hide the graphs on the day they matter. */
export function alertsFiring(scope: Scope): Annotation {
  const firing = select('ALERTS', [...scope, 'alertstate="firing"']);
  return {
    name: 'Alerts',
    datasource: DATASOURCE,
    enable: true,
    iconColor: 'red',
    expr: `${firing} unless ${firing} offset 1m`,
    titleFormat: '{{alertname}}',
    textFormat: '{{severity}} {{budget}} {{workflow}} {{thread}} {{agent}} {{node}}',
    tagKeys: 'severity',
    step: '60s',
  };
}

interface Content<P> {
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly panels: readonly P[];
  readonly annotations?: readonly Annotation[];
}

/** `id` is null, so that Grafana gives one; the uid is what identifies it. */
export function dashboardOf<P>(name: DashboardName, environment: Environment, content: Content<P>): Dashboard<P> {
  return {
    id: null,
    uid: DASHBOARDS[name].uid,
    title: DASHBOARDS[name].title,
    description: `${content.description} Generated; edit provisioning/src, not this file.`,
    tags: ['orchestrator'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: false,
    // Shared crosshair.
    graphTooltip: 1,
    timezone: 'browser',
    refresh: environment.dashboard.refresh,
    time: { from: environment.dashboard.timeFrom, to: 'now' },
    timepicker: {},
    fiscalYearStartMonth: 0,
    liveNow: false,
    links: linksFrom(name),
    annotations: { list: content.annotations ?? [] },
    templating: { list: content.variables },
    panels: content.panels,
  };
}
