import { readDashboard } from './dashboard.ts';

const empty = {
  uid: '',
  title: 'Untitled',
  panels: [],
  variables: [],
  from: 'now-6h',
  to: 'now',
  refresh: '',
  timeZone: 'browser',
  graphTooltip: 0,
};

test.each<[string, unknown, object]>([
  ['nothing', undefined, empty],
  ['an empty dashboard', {}, empty],
  ['fields of the wrong type', { title: 3, panels: 'x', time: [], templating: null, graphTooltip: '1' }, empty],
])('gives %s the defaults of Grafana', (_name, json, expected) => {
  expect(readDashboard(json)).toEqual(expected);
});

const target = {
  refId: 'A',
  expr: 'up',
  instant: false,
  range: true,
  hide: false,
  exemplar: false,
  format: 'time_series',
  legendFormat: '',
  interval: '',
  intervalFactor: 1,
  foreignDatasource: undefined,
};

test.each<[string, object, object]>([
  ['a range query by default', { expr: 'up' }, target],
  ['an instant query alone', { expr: 'up', instant: true, range: false }, { ...target, instant: true, range: false }],
  ['both', { expr: 'up', instant: true, range: true }, { ...target, instant: true }],
  [
    'one for another data source',
    { expr: 'up', datasource: { type: 'loki' } },
    { ...target, foreignDatasource: 'loki' },
  ],
])('reads a target as %s', (_name, json, expected) => {
  const { panels } = readDashboard({ panels: [{ id: 1, type: 'stat', targets: [json] }] });
  expect(panels[0]?.targets).toEqual([expected]);
});

test('places the panels of a collapsed row after it', () => {
  const { panels } = readDashboard({
    panels: [{ id: 1, type: 'row', collapsed: true, panels: [{ id: 2, type: 'stat' }] }, { id: 3 }],
  });
  expect(panels.map(({ id, type }) => [id, type])).toEqual([
    [1, 'row'],
    [2, 'stat'],
    [3, 'text'],
  ]);
});
