// The environment file: its keys, what each accepts, what holds where it is left out. Parsing, messages and the published JSON
// Schema all come from here.
import { z } from 'zod';
import { ALERT_NUMBERS } from './alert-numbers.ts';
import { address, duration, httpUrl, matching, secretFile, text, timeZone } from './fields.ts';

const mapping = { error: 'a mapping' };
const list = { error: 'a list' };

const receiverName = text('a name of 1 to 64 characters', 64);

const slack = z.strictObject(
  {
    name: receiverName,
    type: z.literal('slack'),
    channel: text('a channel, such as #orchestrator').describe('The channel to write to.'),
    url_file: secretFile().describe('File that holds the incoming webhook address.'),
  },
  mapping
);
const pagerduty = z.strictObject(
  {
    name: receiverName,
    type: z.literal('pagerduty'),
    routing_key_file: secretFile().describe('File that holds the integration key.'),
  },
  mapping
);
const webhook = z.strictObject(
  {
    name: receiverName,
    type: z.literal('webhook'),
    url: httpUrl().optional().describe('The address, where it is no secret.'),
    url_file: secretFile().optional().describe('File that holds the address. Alertmanager 0.26 and newer.'),
  },
  mapping
);
const mailAddress = (): z.ZodString => matching(/^[^\s@]+@[^\s@]+$/, 'an e-mail address');
const email = z.strictObject(
  {
    name: receiverName,
    type: z.literal('email'),
    to: mailAddress(),
    from: mailAddress(),
    smarthost: address().describe(
      'Mail server as HOST:PORT. Grafana uses the server of its own configuration instead.'
    ),
    username: text('a user name').optional(),
    password_file: secretFile().optional().describe('File that holds the password of `username`.'),
  },
  mapping
);

const WEEKDAY = 'sunday|monday|tuesday|wednesday|thursday|friday|saturday';
const MONTH = 'january|february|march|april|may|june|july|august|september|october|november|december|[1-9]|1[0-2]';
const span = (unit: string): RegExp => new RegExp(`^(${unit})(:(${unit}))?$`);
const timeOfDay = (): z.ZodString =>
  matching(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "a time of day from '00:00' to '24:00', in quotes");
const ranges = (unit: string, accepts: string) =>
  z
    .array(matching(span(unit), accepts), list)
    .min(1, list)
    .optional();

const timeInterval = z.strictObject(
  {
    times: z
      .array(z.strictObject({ start_time: timeOfDay(), end_time: timeOfDay() }, mapping), list)
      .min(1, list)
      .optional(),
    weekdays: ranges(WEEKDAY, 'a weekday or a range, such as saturday or monday:friday'),
    days_of_month: ranges('-?([1-9]|[12]\\d|3[01])', "days of the month, such as '1', '1:5' or '-1'"),
    months: ranges(MONTH, 'a month or a range, such as december or 6:8'),
    years: ranges('\\d{4}', "a year or a range, such as '2026' or '2026:2027'"),
    location: timeZone().optional().describe('Time zone of the interval; UTC where it is left out.'),
  },
  mapping
);

const route = z.strictObject(
  {
    receiver: receiverName.describe('Name of a receiver.'),
    severity: z.enum(['info', 'warning', 'critical'], { error: 'info, warning or critical' }).optional(),
    team: text('the label team of alerts: an owner of a budget, or a team of threads', 128).optional(),
    component: z.enum(['budget', 'orchestrator', 'exporter'], { error: 'budget, orchestrator or exporter' }).optional(),
    mute: z.array(text('the name of a mute timing', 64), list).optional().describe('Names of mute timings.'),
    continue: z.boolean({ error: 'true or false' }).optional().describe('Ask the routes behind this one too.'),
  },
  mapping
);

const alerts = z
  .strictObject(Object.fromEntries(Object.values(ALERT_NUMBERS).map(({ key, schema }) => [key, schema])), mapping)
  .prefault({})
  .describe('Numbers of the alerts; what is left out is as in production.');

const prometheus = z.strictObject(
  {
    url: httpUrl().describe("As Grafana's server reaches it; Prometheus scrapes itself at its host and port."),
    version: matching(/^\d{1,3}\.\d{1,3}$/, "a version in quotes, such as '3.5'")
      .prefault('3.5')
      .describe('The oldest Prometheus that has to load the files: an older one refuses keys that it does not know.'),
    scrape_interval: duration('1s', '5m').prefault('15s'),
    scrape_timeout: duration('1s', '5m').prefault('10s').describe('At most the interval.'),
    evaluation_interval: duration('1s', '5m').prefault('15s'),
  },
  mapping
);

const dnsLabel = (): z.ZodString =>
  matching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'a name of lower-case letters, digits and dashes, at most 63');

const kubernetes = z
  .strictObject(
    {
      namespace: dnsLabel(),
      image: matching(
        /^[a-z0-9][\w.\-/:]*(@sha256:[0-9a-f]{64})?$/,
        'an image, such as registry.example.com/name:1.0'
      ).describe('The image that is built from exporter/Dockerfile.'),
      storage: matching(/^\d{1,6}(Mi|Gi|Ti)$/, 'a size such as 20Gi')
        .prefault('20Gi')
        .describe('Volume of the journal, above its `journal.max_bytes`.'),
      storage_class: text('the name of a storage class').optional(),
      labels: z
        .record(
          matching(/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9][\w.-]{0,62}$/, 'the name of a label'),
          matching(/^([A-Za-z0-9][\w.-]{0,62})?$/, 'the value of a label'),
          mapping
        )
        .prefault({})
        .describe('What the selectors of the Prometheus operator ask for, such as release: kube-prometheus-stack.'),
    },
    mapping
  )
  .optional()
  .describe('Writes a kustomization: the exporter, what the Prometheus operator reads, dashboards.');

export const environmentSchema = z.strictObject(
  {
    name: matching(
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
      'a name of letters, digits, dots, dashes and underscores, at most 63'
    ).describe('Label `environment` of every series and alert; the exporter is configured with the same.'),
    // It stands in templates of alerts.
    team: matching(/^[^{}\p{Cc}]{1,128}$/u, 'the name of a team, without braces').describe(
      "Who runs it: label `team` of alerts that are nobody else's."
    ),
    exporter: z.strictObject(
      {
        address: address().describe('HOST:PORT as Prometheus reaches it.'),
        shards: z
          .array(address(), list)
          .prefault([])
          .describe(
            'Further exporters, with which it shares the threads (docs/scale.md): budgets are added up over all of them. Not exporters that get the same events.'
          ),
        config: z
          .record(z.string(), z.unknown(), mapping)
          .prefault({})
          .describe("Further keys of the exporter's configuration (docs/config.md); they go above what is generated."),
      },
      mapping
    ),
    alertmanager: z.strictObject({ address: address().describe('HOST:PORT as Prometheus reaches it.') }, mapping),
    prometheus,
    links: z
      .strictObject(
        {
          grafana: httpUrl().describe('Address of Grafana in a browser.'),
          runbook: httpUrl().describe('Address of docs/alerts.md in a browser, wherever you keep it.'),
        },
        mapping
      )
      .describe('Where the links of alerts lead.'),
    dashboards: z
      .strictObject(
        {
          directory: matching(/^\/[^\n\r\0]*$/, 'an absolute path')
            .prefault('/etc/grafana/dashboards')
            .describe("Folder of the dashboard files as Grafana's server sees it."),
          time_from: matching(/^now-\d{1,4}[smhdwM]$/, 'a time relative to now, such as now-1h').prefault('now-1h'),
          refresh: matching(/^(\d{1,4}[smhd])?$/, "an interval such as 30s, or '' for none").prefault('30s'),
        },
        mapping
      )
      .prefault({}),
    alerts,
    grouping: z
      .strictObject(
        {
          wait: duration('0s', '1h').prefault('10s').describe('From the first alert of a group to its notification.'),
          interval: duration('1s', '1d').prefault('1m').describe('Between notifications of a group that changes.'),
          repeat: duration('1m', '30d').prefault('4h').describe('Between notifications of a group that does not.'),
        },
        mapping
      )
      .prefault({}),
    receivers: z
      .array(
        z.discriminatedUnion('type', [slack, pagerduty, webhook, email], {
          error: 'a receiver of type slack, pagerduty, webhook or email',
        }),
        list
      )
      .prefault([]),
    default_receiver: receiverName
      .optional()
      .describe('Receiver of alerts that no route matches. Without it they are sent to nobody.'),
    routes: z.array(route, list).prefault([]).describe('The first route that matches an alert decides.'),
    mute_timings: z
      .array(
        z.strictObject(
          { name: text('a name of 1 to 64 characters', 64), time_intervals: z.array(timeInterval, list).min(1, list) },
          mapping
        ),
        list
      )
      .prefault([])
      .describe('When notifications are held back, in the terms of Alertmanager.'),
    require_receivers: z
      .array(receiverName, list)
      .prefault([])
      .describe('Names of receivers without which nothing is built. Set it where a lost page matters.'),
    kubernetes,
  },
  mapping
);

export type EnvironmentDocument = z.output<typeof environmentSchema>;
