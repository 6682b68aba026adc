// What Grafana provisions from is held to the keys that its parsers know (pkg/services/provisioning/*/types.go of 12.4): it
// ignores any other in silence, and a misspelt setting would look like one that is in force.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ENVIRONMENTS } from './environments.ts';

/** Keys of a mapping; `*` stands for any key, an array for a list of such mappings, null for a value that is not looked into. */
type Known = null | readonly [Known] | { readonly [key: string]: Known };

const DATASOURCES: Known = {
  apiVersion: null,
  prune: null,
  deleteDatasources: [{ name: null, orgId: null }],
  datasources: [
    {
      ...keys('name type uid access orgId url user database basicAuth basicAuthUser withCredentials isDefault'),
      ...keys('version editable correlations secureJsonData'),
      // The Prometheus data source's own, from its settings of 12.4.
      jsonData: keys(
        'timeInterval httpMethod prometheusType prometheusVersion cacheLevel incrementalQuerying queryTimeout manageAlerts'
      ),
    },
  ],
};

const DASHBOARDS: Known = {
  apiVersion: null,
  providers: [
    {
      ...keys('name orgId type folder folderUid disableDeletion editable allowUiUpdates updateIntervalSeconds'),
      options: keys('path foldersFromFilesStructure'),
    },
  ],
};

const PLUGINS: Known = {
  apiVersion: null,
  apps: [keys('type org_id org_name disabled jsonData secureJsonData')],
};

function keys(names: string): Record<string, Known> {
  return Object.fromEntries(names.split(' ').map((name) => [name, null]));
}

/** Paths of keys that are not known. */
function unknownKeys(value: unknown, known: Known, path = ''): readonly string[] {
  if (known === null || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) {
    const [of = null] = Array.isArray(known) ? (known as readonly Known[]) : [];
    return of === null ? [`${path} is a list`] : value.flatMap((item, i) => unknownKeys(item, of, `${path}[${i}]`));
  }
  const allowed = known as Readonly<Record<string, Known>>;
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = path === '' ? key : `${path}.${key}`;
    const of = allowed[key];
    return of === undefined ? [here] : unknownKeys(inner, of, here);
  });
}

test.each([
  { what: 'an empty file has none', file: '{}', unknown: [] },
  {
    what: 'a misspelt key is found',
    file: 'providers: [{name: a, folderUID: b}]',
    unknown: ['providers[0].folderUID'],
  },
  {
    what: 'a misspelt inner key is found',
    file: 'providers: [{options: {Path: b}}]',
    unknown: ['providers[0].options.Path'],
  },
  {
    what: 'a list where a mapping belongs is found',
    file: 'providers: [{options: [a]}]',
    unknown: ['providers[0].options is a list'],
  },
])('$what', ({ file, unknown }) => {
  expect(unknownKeys(parse(file), DASHBOARDS)).toEqual(unknown);
});

describe.each(ENVIRONMENTS)('$name', ({ name }) => {
  const root = join(__dirname, '..', 'generated', name, 'grafana');

  test.each([
    { folder: 'datasources', known: DATASOURCES },
    { folder: 'dashboards', known: DASHBOARDS },
    { folder: 'plugins', known: PLUGINS },
  ])('every key of $folder is one that Grafana reads', ({ folder, known }) => {
    const files = readdirSync(join(root, 'provisioning', folder));
    expect(files).not.toEqual([]);
    const unknown = files.flatMap((file) =>
      unknownKeys(parse(readFileSync(join(root, 'provisioning', folder, file), 'utf8')), known)
    );
    expect(unknown).toEqual([]);
  });

  test('a folder of dashboards holds one file for each uid, named after it', () => {
    const files = readdirSync(join(root, 'dashboards'));
    const uids = files.map(
      (file) => (JSON.parse(readFileSync(join(root, 'dashboards', file), 'utf8')) as { uid: string }).uid
    );
    expect(files).toEqual(uids.map((uid) => `${uid}.json`));
  });
});
