// alertmanager.yml: who hears of what, and what several alerts say of one thing said once.
import { COMPONENTS } from './alerting/draft.ts';
import { INHIBITIONS, type Inhibition } from './alerting/inhibition.ts';
import { durationText } from './duration-text.ts';
import { NO_RECEIVER, type Environment, type Receiver, type Route } from './environments/environment.ts';

// A group may hold several alerts, so the texts go through all of them; common annotations would be empty then.
/** Title of a notification, in the template language of Alertmanager, which Grafana shares. */
export const TITLE =
  '[{{ .Status | toUpper }}:{{ .Alerts | len }}] {{ with .CommonLabels.alertname }}{{ . }}{{ else }}Budget {{ .CommonLabels.budget }}{{ end }} ({{ .CommonLabels.environment }})';
/** What a notification says of one alert. */
export const ALERT_TEXT = [
  '{{ .Annotations.summary }}',
  '{{ .Annotations.description }}',
  'Runbook: {{ .Annotations.runbook_url }}',
  'Dashboard: {{ .Annotations.dashboard_url }}',
  '',
].join('\n');
const TEXT = `{{ range .Alerts }}${ALERT_TEXT}{{ end }}`;

/** A receiver's part of alertmanager.yml; secrets are read from files by Alertmanager itself. */
function receiverConfig(receiver: Receiver): Record<string, unknown> {
  switch (receiver.type) {
    case 'webhook': {
      const { url, urlFile } = receiver;
      return { webhook_configs: [{ ...(url === undefined ? { url_file: urlFile } : { url }), send_resolved: true }] };
    }
    case 'slack':
      return {
        slack_configs: [
          {
            channel: receiver.channel,
            api_url_file: receiver.urlFile,
            send_resolved: true,
            title: TITLE,
            text: TEXT,
          },
        ],
      };
    case 'pagerduty':
      return {
        pagerduty_configs: [
          {
            routing_key_file: receiver.routingKeyFile,
            send_resolved: true,
            description: TITLE,
            details: { alerts: TEXT },
          },
        ],
      };
    case 'email':
      return {
        email_configs: [
          {
            to: receiver.to,
            from: receiver.from,
            smarthost: receiver.smarthost,
            ...(receiver.username === undefined
              ? {}
              : { auth_username: receiver.username, auth_password_file: receiver.passwordFile }),
            send_resolved: true,
            headers: { Subject: TITLE },
            text: TEXT,
            html: '',
          },
        ],
      };
  }
}

/** An inhibition in Alertmanager's terms. */
const inhibitRule = ({ source, targets, equal }: Inhibition): unknown => ({
  source_matchers: [`alertname="${source}"`],
  target_matchers: [`alertname=~"${targets.join('|')}"`],
  equal,
});

/** A route of the environment in Alertmanager's terms. */
function routeConfig({ receiver, mute, continue: goesOn, ...labels }: Route): unknown {
  const matchers = (['severity', 'team', 'component'] as const).flatMap((label) => {
    const value = labels[label];
    return value === undefined ? [] : [`${label}=${JSON.stringify(value)}`];
  });
  return {
    receiver,
    matchers,
    ...(mute.length === 0 ? {} : { mute_time_intervals: mute }),
    ...(goesOn ? { continue: true } : {}),
  };
}

/**
 * The one route that an Alertmanager takes over that sends other alerts, too: nothing of another environment or of somebody
 * else's rules goes by the routes in it.
 */
function environmentRoute({ name, defaultReceiver, grouping, routes }: Environment): unknown {
  return {
    receiver: defaultReceiver,
    matchers: [`environment=${JSON.stringify(name)}`, `component=~"${COMPONENTS.join('|')}"`],
    group_by: ['environment', 'alertname', 'budget'],
    group_wait: durationText(grouping.waitSeconds),
    group_interval: durationText(grouping.intervalSeconds),
    repeat_interval: durationText(grouping.repeatSeconds),
    routes: routes.map(routeConfig),
  };
}

/** `alertmanager.yml`: the environment's routes, and of what several alerts say of one thing only the most telling. */
export function alertmanagerConfig(environment: Environment): unknown {
  const { receivers, muteTimings } = environment;
  const used = [environment.defaultReceiver, ...environment.routes.map(({ receiver }) => receiver)];
  return {
    route: { receiver: environment.defaultReceiver, group_by: ['alertname'], routes: [environmentRoute(environment)] },
    ...(muteTimings.length === 0
      ? {}
      : {
          time_intervals: muteTimings.map(({ name, timeIntervals }) => ({ name, time_intervals: timeIntervals })),
        }),
    inhibit_rules: INHIBITIONS.map(inhibitRule),
    receivers: [
      ...(used.includes(NO_RECEIVER) ? [{ name: NO_RECEIVER }] : []),
      ...receivers.map((receiver) => ({ name: receiver.name, ...receiverConfig(receiver) })),
    ],
  };
}
