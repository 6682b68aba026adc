// The dashboard "Orchestrator live": one thread as it happens. The exporter pushes it to Grafana Live (`grafana_live`), and the panel
// streams it: nothing is polled. A stream shows what comes while it is open; history is the other dashboard's.
import type { Environment } from '../environments/environment.ts';
import type { Dashboard } from './orchestrator.ts';
import { DASHBOARD_TITLE, DASHBOARD_UID, SCHEMA_VERSION } from './orchestrator.ts';
import { GRID_WIDTH, liveTimeline, type LivePanel } from './panels.ts';
import { variables } from './variables.ts';

/** Fixed for ever, as the other's. */
export const LIVE_DASHBOARD_UID = 'orchestrator-live';
/** `grafana_live.stream` unless told otherwise. */
const STREAM = 'orchestrator';

/** The dashboard of one environment, of one thread at a time: each has a channel of its own. */
export function liveDashboard(environment: Environment): Dashboard<LivePanel> {
  const list = variables(environment.name).map((variable) =>
    variable.name === 'thread' ? { ...variable, multi: false, includeAll: false, current: {} } : variable
  );
  return {
    id: null,
    uid: LIVE_DASHBOARD_UID,
    title: `${DASHBOARD_TITLE} live`,
    description: 'One thread as it happens, pushed by the exporter. Generated; edit provisioning/src, not this file.',
    tags: ['orchestrator'],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: false,
    graphTooltip: 1,
    timezone: 'browser',
    refresh: '',
    time: { from: 'now-5m', to: 'now' },
    timepicker: {},
    fiscalYearStartMonth: 0,
    // The axis moves between the samples.
    liveNow: true,
    links: [
      {
        type: 'link',
        title: 'History and budgets',
        icon: 'dashboard',
        url: `/d/${DASHBOARD_UID}`,
        includeVars: true,
        keepTime: false,
        targetBlank: false,
        tags: [],
        asDropdown: false,
        tooltip: '',
      },
    ],
    annotations: { list: [] },
    templating: { list },
    panels: [
      liveTimeline({
        id: 1,
        title: 'Agents now: $thread',
        description:
          'States of the agents within a second of their happening, from the moment this page was opened. Empty where the exporter has no grafana_live.',
        gridPos: { x: 0, y: 0, w: GRID_WIDTH, h: 18 },
        channel: `stream/${STREAM}/$thread`,
      }),
    ],
  };
}
