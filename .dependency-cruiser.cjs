// The import direction of the architecture, as data. An edge that no rule allows fails CI.
const EXPORTER = '^exporter/src/';
const PLUGIN = '^grafana-plugin/src/';
const PROVISIONING = '^provisioning/src/';

/** The folder (or file) `from` may import only what `to` names, inside `root`. */
const layer = (root, from, to) => ({
  name: `${root.replace(/[\^/]/g, '').replace('src', '')}: ${from} imports only ${to.join(', ') || 'itself'}`,
  severity: 'error',
  from: { path: `${root}${from}`, pathNot: '\\.test\\.tsx?$' },
  to: { path: root, pathNot: [`${root}${from}`, ...to.map((name) => `${root}${name}`)] },
});

const exporterFloor = ['contract/', 'clock\\.ts', 'errors\\.ts', 'tls-trouble\\.ts', 'json-bytes\\.ts'];

module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no orphan packages', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '\\?raw$' } },
    {
      name: 'no drawers or barrels',
      severity: 'error',
      from: {},
      to: { path: '(^|/)src/.*(^|/)(utils|helpers|common|types|misc|index)\\.tsx?$' },
    },
    layer(EXPORTER, 'contract/', []),
    layer(EXPORTER, 'model/', exporterFloor),
    layer(EXPORTER, 'journal/', [...exporterFloor, 'model/']),
    layer(EXPORTER, 'series/', [...exporterFloor, 'model/']),
    layer(EXPORTER, 'gateway/', [...exporterFloor, 'model/']),
    layer(EXPORTER, 'projection\\.ts', [...exporterFloor, 'model/', 'journal/']),
    layer(EXPORTER, 'pipeline\\.ts', [
      ...exporterFloor,
      'projection\\.ts',
      'model/',
      'journal/',
      'series/',
      'gateway/',
    ]),
    layer(EXPORTER, 'source/', [...exporterFloor, 'pipeline\\.ts', 'model/']),
    layer(EXPORTER, 'http/', [...exporterFloor, 'pipeline\\.ts', 'model/', 'series/', 'gateway/', 'journal/']),
    // It listens as the exporter does, and spools in the journal's frames: all of it plain Node, light to import.
    layer(EXPORTER, 'forwarder/', [
      ...exporterFloor,
      'source/(emitter|nats-connection)\\.ts',
      'journal/(format|frame-reader|storage|lock)\\.ts',
    ]),
    {
      name: 'the forwarder is light: no package but the broker client, which only its own entry loads',
      severity: 'error',
      from: { path: `${EXPORTER}forwarder/`, pathNot: ['nats-delivery\\.ts$', '\\.test\\.ts$'] },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-peer'], pathNot: 'node_modules/@types/node' },
    },
    layer(EXPORTER, 'push/', [...exporterFloor, 'series/']),
    {
      name: 'contract is pure: no runtime dependency',
      severity: 'error',
      from: { path: `${EXPORTER}contract/`, pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'core', 'npm-dev', 'npm-peer'] },
    },
    {
      name: 'model is pure: no I/O, no prom-client',
      severity: 'error',
      from: { path: `${EXPORTER}model/`, pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'core'], pathNot: 'temporal-polyfill' },
    },
    {
      name: 'only contract crosses from the exporter',
      severity: 'error',
      from: { path: [PLUGIN, PROVISIONING] },
      to: { path: '^exporter/(src|dist)/', pathNot: '^exporter/(src|dist)/contract/' },
    },
    layer(PLUGIN, 'model/', []),
    layer(PLUGIN, 'layout/', ['model/']),
    layer(PLUGIN, 'draw/', ['layout/', 'model/']),
    layer(PLUGIN, 'read/', ['layout/', 'model/', 'options\\.ts']),
    layer(PLUGIN, 'components/', ['read/', 'draw/', 'layout/', 'model/', 'options\\.ts']),
    {
      name: 'only components import React',
      severity: 'error',
      from: { path: PLUGIN, pathNot: [`${PLUGIN}components/`, '\\.test\\.tsx?$', `${PLUGIN}testing/`] },
      to: { path: 'node_modules/(react|react-dom)/' },
    },
    {
      name: 'only components, read and the registration import @grafana',
      severity: 'error',
      from: {
        path: PLUGIN,
        pathNot: [
          `${PLUGIN}(components|read|testing)/`,
          `${PLUGIN}(module|options|suggestions|migrations)\\.tsx?$`,
          '\\.test\\.tsx?$',
        ],
      },
      to: { path: 'node_modules/@grafana/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/coverage/|\\.d\\.ts$)' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};
