// Where dashboards lead: links above, which keep time and variables, and links of values, which choose what was clicked.
import type { DashboardLink, DataLink } from './schema.ts';

/** The uids are fixed for ever: alerts and bookmarks link to them. The file of each is named after its uid. */
export const DASHBOARDS = {
  fleet: { uid: 'orchestrator', title: 'Orchestrator fleet', link: 'Fleet' },
  budget: { uid: 'orchestrator-budget', title: 'Orchestrator budget', link: 'Budget' },
  agents: { uid: 'orchestrator-agents', title: 'Orchestrator agents and nodes', link: 'Agents and nodes' },
  thread: { uid: 'orchestrator-thread', title: 'Orchestrator thread', link: 'Thread' },
  exporter: { uid: 'orchestrator-exporter', title: 'Orchestrator exporter', link: 'Exporter' },
  live: { uid: 'orchestrator-live', title: 'Orchestrator live', link: 'Live' },
} as const;

export type DashboardName = keyof typeof DASHBOARDS;

/** What links to a dashboard may choose beside the data source and the environment. */
type Choice = 'team' | 'workflow' | 'budget' | 'thread';

/** Links to all the others. Time is not kept where the other shows the present only. */
export function linksFrom(own: DashboardName): readonly DashboardLink[] {
  const others = (Object.keys(DASHBOARDS) as DashboardName[]).filter((name) => name !== own);
  return others.map((name) => ({
    type: 'link',
    title: DASHBOARDS[name].link,
    icon: 'dashboard',
    url: `/d/${DASHBOARDS[name].uid}`,
    includeVars: true,
    keepTime: own !== 'live' && name !== 'live',
    targetBlank: false,
    tags: [],
    asDropdown: false,
    tooltip: DASHBOARDS[name].title,
  }));
}

/** `var-NAME=VALUE`, percent-encoded by Grafana: names may hold any character. */
type Chosen = Readonly<Partial<Record<Choice, string>>>;

/** The value of a column of the clicked row. */
export const column = (title: string): string => `\${__data.fields["${title}"]:percentencode}`;
/** The label of the clicked series. */
export const seriesLabel = (label: string): string => `\${__field.labels.${label}:percentencode}`;

/** A link of a value; `kept` are variables handed on as they stand. */
export function linkTo(
  name: DashboardName,
  { kept = [], ...rest }: { kept?: readonly Choice[]; chosen?: Chosen }
): DataLink {
  const { chosen = {} } = rest;
  const parameters = [
    '${__url_time_range}',
    ...['datasource', 'environment', ...kept].map((variable) => `\${${variable}:queryparam}`),
    ...Object.entries(chosen).map(([variable, value]) => `var-${variable}=${value}`),
  ];
  return {
    title: `${DASHBOARDS[name].link}: ${Object.keys(chosen).length === 0 ? 'all' : Object.values(chosen).join(' ').replaceAll(':percentencode', '')}`,
    url: `/d/${DASHBOARDS[name].uid}?${parameters.join('&')}`,
    targetBlank: false,
  };
}
