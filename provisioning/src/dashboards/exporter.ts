// The exporters: whether they take events, keep them and hand them on, and what that costs them.
import type { Environment } from '../environments/environment.ts';
import { alertsFiring, dashboardOf, type Dashboard } from './dashboard.ts';
import { gateway, nats, receivers, scrapes } from './exporter-delivery.ts';
import { degraded, figures } from './exporter-health.ts';
import { ingest, journal, journalFigures, process } from './exporter-intake.ts';
import { firing } from './alerts-firing.ts';
import { layOut, sized, type Section } from './layout.ts';
import { ENVIRONMENT_SCOPE as ENV, exporterVariables } from './variables.ts';

const OWN_ALERTS = [...ENV, 'component="exporter"'];

export function exporterDashboard(environment: Environment): Dashboard {
  const sections: readonly Section[] = [
    {
      panels: [
        ...sized(4, 3, figures(environment)),
        { w: 14, h: 7, panel: degraded },
        {
          w: 10,
          h: 7,
          panel: firing(
            OWN_ALERTS,
            'Alerts about the exporters that fire now, newest first, whether Prometheus evaluates them or Grafana.'
          ),
        },
      ],
    },
    { title: 'Events', panels: sized(8, 8, ingest) },
    { title: 'Journal', panels: [...sized(8, 8, journal), ...sized(6, 3, journalFigures)] },
    { title: 'Series and scrapes', panels: sized(8, 8, scrapes) },
    { title: 'Gateway', panels: sized(8, 8, gateway) },
    { title: 'Process', panels: sized(8, 8, process) },
    // Most have neither.
    { title: 'NATS', collapsed: true, panels: sized(8, 8, nats) },
    { title: 'Receivers of remote_write and grafana_live', collapsed: true, panels: sized(8, 8, receivers) },
  ];
  return dashboardOf('exporter', environment, {
    description: 'The exporters: whether they take events, keep them and hand them on.',
    variables: exporterVariables(environment.name),
    panels: layOut(sections),
    annotations: [alertsFiring(OWN_ALERTS)],
  });
}
