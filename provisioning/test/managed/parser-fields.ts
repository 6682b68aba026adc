// The keys that Grafana 12.4 knows in provisioned alerting files, from its parser (pkg/services/provisioning/alerting/*_types.go,
// and github.com/grafana/alerting for policies and settings). It ignores every other key and says nothing.

/** A map of known keys; `any` is not looked into, a list stands for its items. */
export type Fields = { readonly [key: string]: Fields | 'any' | readonly [Fields] };

const RELATIVE_TIME_RANGE = { from: 'any', to: 'any' } as const;

const RULE = {
  uid: 'any',
  title: 'any',
  condition: 'any',
  data: [
    {
      refId: 'any',
      queryType: 'any',
      relativeTimeRange: RELATIVE_TIME_RANGE,
      datasourceUid: 'any',
      // Passed on to the data source as it is.
      model: 'any',
    },
  ],
  dashboardUid: 'any',
  panelId: 'any',
  noDataState: 'any',
  // The sample file that comes with Grafana says executionErrorState, which is none of them.
  execErrState: 'any',
  for: 'any',
  keepFiringFor: 'any',
  missing_series_evals_to_resolve: 'any',
  annotations: 'any',
  labels: 'any',
  isPaused: 'any',
  notification_settings: {
    receiver: 'any',
    group_by: 'any',
    group_wait: 'any',
    group_interval: 'any',
    repeat_interval: 'any',
    mute_time_intervals: 'any',
    active_time_intervals: 'any',
  },
  record: { metric: 'any', from: 'any', targetDatasourceUid: 'any' },
} as const;

const ROUTE_KEYS = {
  receiver: 'any',
  group_by: 'any',
  matchers: 'any',
  object_matchers: 'any',
  mute_time_intervals: 'any',
  active_time_intervals: 'any',
  continue: 'any',
  group_wait: 'any',
  group_interval: 'any',
  repeat_interval: 'any',
} as const;
// Four levels are as deep as ours go.
const ROUTE: Fields = { ...ROUTE_KEYS, routes: [{ ...ROUTE_KEYS, routes: [{ ...ROUTE_KEYS, routes: [ROUTE_KEYS] }] }] };

export const ALERTING_FILE: Fields = {
  apiVersion: 'any',
  groups: [{ orgId: 'any', name: 'any', folder: 'any', interval: 'any', rules: [RULE] }],
  deleteRules: [{ uid: 'any', orgId: 'any' }],
  contactPoints: [
    {
      orgId: 'any',
      name: 'any',
      receivers: [{ uid: 'any', type: 'any', settings: 'any', disableResolveMessage: 'any' }],
    },
  ],
  deleteContactPoints: [{ orgId: 'any', uid: 'any' }],
  policies: [{ orgId: 'any', ...ROUTE_KEYS, routes: [ROUTE] }],
  resetPolicies: 'any',
  muteTimes: [
    {
      orgId: 'any',
      name: 'any',
      time_intervals: [
        {
          times: [{ start_time: 'any', end_time: 'any' }],
          weekdays: 'any',
          days_of_month: 'any',
          months: 'any',
          years: 'any',
          location: 'any',
        },
      ],
    },
  ],
  deleteMuteTimes: [{ orgId: 'any', name: 'any' }],
  templates: [{ orgId: 'any', name: 'any', template: 'any' }],
  deleteTemplates: [{ orgId: 'any', name: 'any' }],
};

/** Settings by type of integration; NewConfig of each receiver reads these. */
export const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  webhook: [
    ...['url', 'httpMethod', 'maxAlerts', 'authorization_scheme', 'authorization_credentials', 'username', 'password'],
    ...['title', 'message', 'tlsConfig', 'hmacConfig', 'headers', 'payload'],
  ],
  slack: [
    ...['endpointUrl', 'url', 'token', 'recipient', 'text', 'title', 'username', 'icon_emoji', 'icon_url', 'color'],
    ...['mentionChannel', 'mentionUsers', 'mentionGroups', 'footer'],
  ],
  pagerduty: [
    ...['integrationKey', 'severity', 'details', 'class', 'component', 'group', 'summary', 'source', 'client'],
    ...['client_url', 'url'],
  ],
  email: ['singleEmail', 'addresses', 'message', 'subject'],
};

/** Paths of the keys in a parsed file that Grafana would ignore. */
export function unknownKeys(value: unknown, known: Fields | 'any' | readonly [Fields], path = ''): readonly string[] {
  if (known === 'any') return [];
  if (Array.isArray(known)) {
    const [item] = known as readonly [Fields];
    return Array.isArray(value) ? value.flatMap((each, i) => unknownKeys(each, item, `${path}[${i}]`)) : [path];
  }
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => {
    const below = (known as Fields)[key];
    return below === undefined ? [`${path}.${key}`] : unknownKeys(each, below, `${path}.${key}`);
  });
}
