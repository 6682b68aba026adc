// From the text of an environment file to an environment, or to everything that is wrong with it.
import { z } from 'zod';
import {
  NO_RECEIVER,
  type Environment,
  type MuteTiming,
  type Receiver,
  type Route,
  type TimeInterval,
} from '../environments/environment.ts';
import { ALERT_NUMBERS } from './alert-numbers.ts';
import { environmentSchema, type EnvironmentDocument } from './environment-schema.ts';
import { dotted, located, schemaProblems, type Problem } from './problems.ts';
import type { Path, SourceDocument } from './source-document.ts';

export type EnvironmentResult =
  | { readonly ok: true; readonly environment: Environment }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Never throws. */
export function environmentOf(source: SourceDocument): EnvironmentResult {
  const value = source.value ?? {};
  const parsed = environmentSchema.safeParse(value);
  const ofSchema = parsed.success ? [] : schemaProblems(value, parsed.error.issues, (path) => keysAt(path, value));
  const problems = [...ofSchema, ...contradictions(value)];
  if (problems.length > 0 || !parsed.success) return { ok: false, problems: located(source, problems) };
  return { ok: true, environment: inTheGeneratorsTerms(parsed.data) };
}

type Node = { readonly [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** JSON Schema of the environment file, draft 2020-12. */
export const environmentJsonSchema = (): Readonly<Record<string, unknown>> =>
  z.toJSONSchema(environmentSchema, { io: 'input' });

/** The keys that the published schema has at a path; of the kinds of receivers those of the type that the file names. */
function keysAt(path: Path, document: unknown): readonly string[] {
  let schema: unknown = environmentJsonSchema();
  let value: unknown = document;
  for (const key of path) {
    if (!isNode(schema)) return [];
    schema = typeof key === 'number' ? schema['items'] : (schema['properties'] as Node | undefined)?.[key];
    value = isNode(value) ? (value as Record<string | number, unknown>)[key] : undefined;
    const { type } = isNode(value) ? value : {};
    const kinds = isNode(schema) ? schema['oneOf'] : undefined;
    if (Array.isArray(kinds)) {
      const names = (kind: Node) => ((kind['properties'] as Node)['type'] as Node)['const'] === type;
      schema = (kinds as Node[]).find(names);
    }
  }
  const properties = isNode(schema) ? schema['properties'] : undefined;
  return isNode(properties) ? Object.keys(properties) : [];
}

const { prometheus, exporter, receivers, mute_timings, routes, default_receiver, require_receivers } =
  environmentSchema.shape;
const SCRAPES = z.object({ prometheus, exporter });
const TIERS = z.object({ alerts: environmentSchema.shape.alerts });
const RECEIVERS = z.object({ receivers, mute_timings });
const ROUTING = z.object({ receivers, mute_timings, routes, default_receiver, require_receivers });

/** What every part allows and the whole does not. Each is looked for where its own parts are right, whatever else is wrong. */
function contradictions(value: unknown): readonly Problem[] {
  const scrapes = SCRAPES.safeParse(value);
  const tiers = TIERS.safeParse(value);
  const receiving = RECEIVERS.safeParse(value);
  const routing = ROUTING.safeParse(value);
  return [
    ...(scrapes.success ? scrapeProblems(scrapes.data) : []),
    ...(tiers.success ? tierProblems(tiers.data) : []),
    ...(receiving.success ? receiverProblems(receiving.data) : []),
    ...(routing.success ? routingProblems(routing.data) : []),
  ];
}

function scrapeProblems({ prometheus, exporter }: z.output<typeof SCRAPES>): readonly Problem[] {
  const { scrape_interval: interval, scrape_timeout: timeout } = prometheus;
  return [
    ...(timeout > interval
      ? [
          {
            path: ['prometheus', 'scrape_timeout'],
            text: `prometheus.scrape_timeout: ${timeout}s is refused; expected no more than scrape_interval, ${interval}s`,
          },
        ]
      : []),
    ...('environment' in exporter.config
      ? [
          {
            path: ['exporter', 'config', 'environment'],
            text: 'exporter.config.environment is refused; expected nothing: it is the name of the environment',
          },
        ]
      : []),
    ...exporter.shards.flatMap((shard, i) =>
      [exporter.address, ...exporter.shards.slice(0, i)].includes(shard)
        ? [
            {
              path: ['exporter', 'shards', i],
              text: `exporter.shards[${i}]: ${JSON.stringify(shard)} is refused; expected an exporter that is not named before`,
            },
          ]
        : []
    ),
  ];
}

function tierProblems({ alerts }: z.output<typeof TIERS>): readonly Problem[] {
  const { budget_warning_ratio: warning = 0, budget_critical_ratio: critical = 1 } = alerts;
  if (warning <= critical) return [];
  const text = `alerts.budget_warning_ratio: ${warning} is refused; expected no more than budget_critical_ratio, ${critical}`;
  return [{ path: ['alerts', 'budget_warning_ratio'], text }];
}

function doubled(names: readonly string[], place: string): readonly Problem[] {
  return names.flatMap((name, i) =>
    names.indexOf(name) === i
      ? []
      : [
          {
            path: [place, i, 'name'],
            text: `${place}[${i}].name: ${JSON.stringify(name)} is refused; expected a name that ${place}[${names.indexOf(name)}] has not taken`,
          },
        ]
  );
}

function receiverProblems({ receivers, mute_timings: timings }: z.output<typeof RECEIVERS>): readonly Problem[] {
  return [
    ...doubled(
      receivers.map(({ name }) => name),
      'receivers'
    ),
    ...doubled(
      timings.map(({ name }) => name),
      'mute_timings'
    ),
    ...receivers.flatMap((receiver, i): readonly Problem[] => {
      const place = `receivers[${i}]`;
      if (receiver.name === NO_RECEIVER) {
        const text = `${place}.name: "${NO_RECEIVER}" is refused; expected another name: that one sends nothing`;
        return [{ path: ['receivers', i, 'name'], text }];
      }
      if (receiver.type === 'webhook' && (receiver.url === undefined) === (receiver.url_file === undefined)) {
        return [{ path: ['receivers', i], text: `${place}: expected one of url and url_file` }];
      }
      if (receiver.type === 'email' && (receiver.username === undefined) !== (receiver.password_file === undefined)) {
        return [{ path: ['receivers', i], text: `${place}: expected username and password_file together` }];
      }
      return [];
    }),
  ];
}

const quotedList = (names: readonly string[]): string =>
  names.length === 0 ? 'none is declared' : names.map((name) => JSON.stringify(name)).join(', ');

function routingProblems(document: z.output<typeof ROUTING>): readonly Problem[] {
  const { default_receiver: fallback, routes } = document;
  const receivers = document.receivers.map(({ name }) => name);
  const timings = document.mute_timings.map(({ name }) => name);
  const unknown = (path: Path, name: string, kind: 'receiver' | 'mute timing'): Problem[] => {
    const known = kind === 'receiver' ? [...receivers, NO_RECEIVER] : timings;
    const text = `${dotted(path)}: ${JSON.stringify(name)} is no ${kind}; expected one of them: ${quotedList(known)}`;
    return known.includes(name) ? [] : [{ path, text }];
  };
  const reached = new Set([fallback, ...routes.map(({ receiver }) => receiver)]);
  return [
    ...(fallback === undefined ? [] : unknown(['default_receiver'], fallback, 'receiver')),
    ...routes.flatMap(({ receiver, mute = [], severity, team, component }, i) => [
      ...unknown(['routes', i, 'receiver'], receiver, 'receiver'),
      ...mute.flatMap((name, j) => unknown(['routes', i, 'mute', j], name, 'mute timing')),
      ...(severity === undefined && team === undefined && component === undefined
        ? [
            {
              path: ['routes', i],
              text: `routes[${i}] matches every alert; expected severity, team or component, or default_receiver instead`,
            },
          ]
        : []),
    ]),
    ...document.require_receivers.flatMap((name, i) => {
      const place = `require_receivers[${i}]: ${JSON.stringify(name)}`;
      const path = ['require_receivers', i];
      if (!receivers.includes(name)) {
        return [{ path, text: `${place} is not declared; expected it under receivers: ${quotedList(receivers)}` }];
      }
      return reached.has(name)
        ? []
        : [{ path, text: `${place} gets no alert; expected it in a route or as default_receiver` }];
    }),
    ...(document.require_receivers.length > 0 && (fallback === undefined || fallback === NO_RECEIVER)
      ? [
          {
            path: ['default_receiver'],
            text: `default_receiver is missing; expected a receiver, since require_receivers says that alerts matter here: ${quotedList(receivers)}`,
          },
        ]
      : []),
  ];
}

/** The mapping without the keys that have no value. */
const given = <T extends object>(mapping: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(mapping).filter(([, value]) => value !== undefined)) as never;

function receiverOf(receiver: EnvironmentDocument['receivers'][number]): Receiver {
  switch (receiver.type) {
    case 'slack': {
      const { name, type, channel, url_file: urlFile } = receiver;
      return { name, type, channel, urlFile };
    }
    case 'pagerduty': {
      const { name, type, routing_key_file: routingKeyFile } = receiver;
      return { name, type, routingKeyFile };
    }
    case 'webhook': {
      const { name, type, url, url_file: urlFile } = receiver;
      return given({ name, type, url, urlFile });
    }
    case 'email': {
      const { password_file: passwordFile, ...others } = receiver;
      return given({ ...others, passwordFile });
    }
  }
}

const routeOf = ({ mute, continue: goesOn, ...route }: EnvironmentDocument['routes'][number]): Route => ({
  ...given(route),
  mute: mute ?? [],
  continue: goesOn ?? false,
});

const muteTimingOf = ({ name, time_intervals }: EnvironmentDocument['mute_timings'][number]): MuteTiming => ({
  name,
  timeIntervals: time_intervals.map((interval) => given(interval) as TimeInterval),
});

const kubernetesOf = ({ storage_class: storageClass, ...others }: NonNullable<EnvironmentDocument['kubernetes']>) => ({
  ...others,
  ...(storageClass === undefined ? {} : { storageClass }),
});

function inTheGeneratorsTerms(document: EnvironmentDocument): Environment {
  const { prometheus, links, dashboards, grouping } = document;
  const [major = 0, minor = 0] = prometheus.version.split('.').map(Number);
  const numbers = document.alerts as Readonly<Record<string, number>>;
  return {
    name: document.name,
    operators: document.team,
    exporter: document.exporter.address,
    shards: document.exporter.shards,
    exporterConfig: document.exporter.config,
    alertmanager: document.alertmanager.address,
    prometheusUrl: prometheus.url,
    prometheusVersion: { major, minor },
    scrapeIntervalSeconds: prometheus.scrape_interval,
    scrapeTimeoutSeconds: prometheus.scrape_timeout,
    evaluationIntervalSeconds: prometheus.evaluation_interval,
    links: { grafanaUrl: links.grafana, runbookUrl: links.runbook },
    dashboard: { directory: dashboards.directory, timeFrom: dashboards.time_from, refresh: dashboards.refresh },
    alerts: Object.fromEntries(
      Object.entries(ALERT_NUMBERS).map(([name, { key }]) => [name, numbers[key]])
    ) as Environment['alerts'],
    grouping: { waitSeconds: grouping.wait, intervalSeconds: grouping.interval, repeatSeconds: grouping.repeat },
    receivers: document.receivers.map(receiverOf),
    defaultReceiver: document.default_receiver ?? NO_RECEIVER,
    routes: document.routes.map(routeOf),
    muteTimings: document.mute_timings.map(muteTimingOf),
    ...(document.kubernetes === undefined ? {} : { kubernetes: kubernetesOf(document.kubernetes) }),
  };
}
