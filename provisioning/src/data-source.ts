// The data source that dashboards and, later, Grafana's own alert rules refer to. The uid never changes and is the same in
// every environment, else nothing is portable (grafana#60769).
import type { Environment } from './environments/environment.ts';

export const DATASOURCE_UID = 'prometheus';
export const DATASOURCE_NAME = 'Prometheus';

/** `provisioning/datasources/*.yml` of Grafana. Unknown keys are silently ignored there, so only documented ones are used. */
export function dataSources(environment: Environment): unknown {
  return {
    apiVersion: 1,
    datasources: [
      {
        name: DATASOURCE_NAME,
        type: 'prometheus',
        uid: DATASOURCE_UID,
        access: 'proxy',
        orgId: 1,
        url: environment.prometheusUrl,
        isDefault: true,
        editable: false,
        version: 1,
        jsonData: {
          // The floor of the query step and of $__rate_interval: the scrape interval.
          timeInterval: `${environment.scrapeIntervalSeconds}s`,
          httpMethod: 'POST',
          prometheusType: 'Prometheus',
          // Its rules are among those that Grafana lists; that is the default, unless the server's configuration says otherwise.
          manageAlerts: true,
        },
      },
    ],
  };
}
