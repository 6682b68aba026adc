// Who hears of Grafana-managed alerts: contact points, policies, mute timings and templates that say what alertmanager.yml says.
import { COMPONENTS } from '../alerting/draft.ts';
import { ALERT_TEXT, TITLE } from '../alertmanager.ts';
import { durationText } from '../duration-text.ts';
import { NO_RECEIVER, type Environment, type Receiver, type Route } from '../environments/environment.ts';
import { ORGANISATION, uidOf } from './rules.ts';

/** Grafana expands `$` in everything of these files but templates and mute timings; `$$` is a dollar. */
function escaped<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$') as T;
  if (Array.isArray(value)) return value.map((each: unknown) => escaped(each)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, escaped(each)])) as T;
}

/** The content of a file on Grafana's server, read when it starts: it does not start without it. */
const contentOf = (path: string): string => `$__file{${path}}`;

/** Names of contact points, mute timings and templates are one organisation's, which may have several environments. */
const ofEnvironment = (environment: Environment, name: string): string => `${environment.name}-${name}`;

interface Texts {
  readonly title: string;
  readonly message: string;
}

const templateNames = (environment: Environment): Texts => {
  const name = uidOf(environment.name, 'orchestrator');
  return { title: `${name}.title`, message: `${name}.message` };
};

/** What calls the templates. */
const textsOf = (environment: Environment): Texts => {
  const names = templateNames(environment);
  return { title: `{{ template "${names.title}" . }}`, message: `{{ template "${names.message}" . }}` };
};

/** Type and settings of a contact point's integration. */
function integration(
  receiver: Receiver,
  { title, message }: Texts
): { readonly type: string; readonly settings: object } {
  switch (receiver.type) {
    case 'webhook': {
      const url = receiver.urlFile === undefined ? escaped(receiver.url) : contentOf(receiver.urlFile);
      return { type: 'webhook', settings: { url, httpMethod: 'POST', title, message } };
    }
    case 'slack':
      return {
        type: 'slack',
        settings: { recipient: escaped(receiver.channel), url: contentOf(receiver.urlFile), title, text: message },
      };
    case 'pagerduty':
      return {
        type: 'pagerduty',
        settings: { integrationKey: contentOf(receiver.routingKeyFile), summary: title, details: { alerts: message } },
      };
    case 'email':
      // Grafana sends by the server of its own configuration, [smtp].
      return { type: 'email', settings: { addresses: escaped(receiver.to), subject: title, message } };
  }
}

/** A webhook that Grafana itself knows to send nothing. */
const NOWHERE = { type: 'webhook', settings: { url: 'grafana://noop' } };

/** `alerting/contact-points.yml`: one for each receiver that gets alerts. */
export function contactPoints(environment: Environment): unknown {
  const { name, receivers, defaultReceiver, routes } = environment;
  const used = [defaultReceiver, ...routes.map(({ receiver }) => receiver)];
  const texts = textsOf(environment);
  const points = [
    ...receivers.map((receiver) => ({ name: receiver.name, ...integration(receiver, texts) })),
    ...(used.includes(NO_RECEIVER) ? [{ name: NO_RECEIVER, ...NOWHERE }] : []),
  ];
  return {
    apiVersion: 1,
    contactPoints: points.map((point) => ({
      orgId: ORGANISATION,
      name: escaped(ofEnvironment(environment, point.name)),
      receivers: [{ uid: uidOf(name, point.name), type: point.type, settings: point.settings }],
    })),
  };
}

type Matcher = readonly [label: string, operator: '=' | '=~', value: string];

interface Policy {
  readonly receiver: string;
  readonly object_matchers?: readonly Matcher[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly mute_time_intervals?: readonly string[];
  readonly continue?: true;
  readonly routes?: readonly Policy[];
}

const OF_ONE_BUDGET = ['environment', 'budget'];

/**
 * Grafana's Alertmanager cannot inhibit. That one budget speaks once is had by grouping: all that fires on a budget for one
 * receiver is one notification. Mute timings are not inherited, so they stand here again.
 */
const ofOneBudget = (receiver: string, mute: readonly string[]): Policy => ({
  receiver,
  object_matchers: [['component', '=', 'budget']],
  group_by: OF_ONE_BUDGET,
  ...(mute.length === 0 ? {} : { mute_time_intervals: mute }),
});

function policyOf(environment: Environment, route: Route): Policy {
  const { continue: goesOn, mute: timings, ...labels } = route;
  const receiver = ofEnvironment(environment, route.receiver);
  const mute = timings.map((name) => ofEnvironment(environment, name));
  const matchers = (['severity', 'team', 'component'] as const).flatMap((label): Matcher[] => {
    const value = labels[label];
    return value === undefined ? [] : [[label, '=', value]];
  });
  return {
    receiver,
    ...(matchers.length === 0 ? {} : { object_matchers: matchers }),
    ...(mute.length === 0 ? {} : { mute_time_intervals: mute }),
    ...(goesOn ? { continue: true } : {}),
    ...(labels.component === undefined ? { routes: [ofOneBudget(receiver, mute)] } : {}),
    ...(labels.component === 'budget' ? { group_by: OF_ONE_BUDGET } : {}),
  };
}

/**
 * Rules that Grafana could not evaluate: one notification, and none of a Prometheus that restarts. Who is paged for a
 * Prometheus that is gone is paged by OrchestratorExporterDown.
 */
const ofFailedQueries = (receiver: string): Policy => ({
  receiver,
  object_matchers: [['alertname', '=', 'DatasourceError']],
  group_by: ['environment', 'alertname'],
  group_wait: '5m',
});

/**
 * `alerting/policies.yml`: the routes of alertmanager.yml. Grafana has one tree per organisation and replaces it whole: the
 * environment is one policy of it, to be put beside others. The default contact point of Grafana has another name in every
 * version, so what is not the environment's goes to its default receiver, too.
 */
export function policies(environment: Environment): unknown {
  const { grouping, routes } = environment;
  const receiver = ofEnvironment(environment, environment.defaultReceiver);
  const own: Policy = {
    receiver,
    object_matchers: [
      ['environment', '=', environment.name],
      ['component', '=~', COMPONENTS.join('|')],
    ],
    group_by: ['environment', 'alertname', 'budget'],
    group_wait: durationText(grouping.waitSeconds),
    group_interval: durationText(grouping.intervalSeconds),
    repeat_interval: durationText(grouping.repeatSeconds),
    routes: [
      ofFailedQueries(receiver),
      ...routes.map((route) => policyOf(environment, route)),
      ofOneBudget(receiver, []),
    ],
  };
  return {
    apiVersion: 1,
    policies: [
      { orgId: ORGANISATION, ...escaped({ receiver, group_by: ['grafana_folder', 'alertname'], routes: [own] }) },
    ],
  };
}

/** `alerting/mute-timings.yml`; Grafana writes intervals as Alertmanager does. */
export function muteTimings(environment: Environment): unknown {
  return {
    apiVersion: 1,
    muteTimes: environment.muteTimings.map(({ name, timeIntervals }) => ({
      orgId: ORGANISATION,
      name: ofEnvironment(environment, name),
      time_intervals: timeIntervals,
    })),
  };
}

/** A rule that could not be evaluated brings the texts of its alert along, which would tell of something that is not so. */
const MESSAGE = `{{ range .Alerts }}{{ if eq .Labels.alertname "DatasourceError" }}{{ .Labels.rulename }} could not be evaluated: {{ .Annotations.Error }}
{{ else }}${ALERT_TEXT}{{ end }}{{ end }}`;

/** `alerting/templates.yml`: the texts of notifications, the same that Alertmanager sends. */
export function templates(environment: Environment): unknown {
  const defined = (name: string, text: string) => `{{ define "${name}" }}${text}{{ end }}`;
  const names = templateNames(environment);
  return {
    apiVersion: 1,
    templates: [
      {
        orgId: ORGANISATION,
        name: uidOf(environment.name, 'orchestrator'),
        template: `${defined(names.title, TITLE)}\n${defined(names.message, MESSAGE)}\n`,
      },
    ],
  };
}
