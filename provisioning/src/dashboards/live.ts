// One thread as it happens. The exporter pushes it to Grafana Live (`grafana_live`), and the panel streams it: nothing is polled.
// A stream shows what comes while it is open; history is the other dashboards'.
import type { Environment } from '../environments/environment.ts';
import { dashboardOf, type Dashboard } from './dashboard.ts';
import { liveTimeline } from './panels.ts';
import { GRID_WIDTH, type LiveDraft, type Placed } from './schema.ts';
import { threadVariables } from './variables.ts';

/** `grafana_live.stream` unless told otherwise. */
const STREAM = 'orchestrator';

/** The dashboard of one environment, of one thread at a time: each has a channel of its own. */
export function liveDashboard(environment: Environment): Dashboard<Placed<LiveDraft>> {
  const dashboard = dashboardOf('live', environment, {
    description: 'One thread as it happens, pushed by the exporter.',
    variables: threadVariables(environment.name, false),
    panels: [
      {
        id: 1,
        gridPos: { x: 0, y: 0, w: GRID_WIDTH, h: 18 },
        ...liveTimeline({
          title: 'Agents now: $thread',
          description:
            'States of the agents within a second of their happening, from the moment this page was opened. Empty where the exporter has no grafana_live.',
          channel: `stream/${STREAM}/$thread`,
        }),
      },
    ],
  });
  // The axis moves between the samples.
  return { ...dashboard, refresh: '', time: { from: 'now-5m', to: 'now' }, liveNow: true };
}
