import { readDashboard } from './dashboard.ts';
import { ALL, parseLabelValues, resolveVariables } from './variables.ts';

test.each([
  ['label_values(up, job)', { label: 'job', selector: 'up' }],
  ['label_values(job)', { label: 'job', selector: undefined }],
  ['label_values(up{a="b, c", d=~"e|f"}, job)', { label: 'job', selector: 'up{a="b, c", d=~"e|f"}' }],
  [' label_values( up , job ) ', { label: 'job', selector: 'up' }],
  ['', undefined],
  ['query_result(up)', undefined],
  ['label_values(up, job-name)', undefined],
])('reads the query %s', (query, expected) => {
  expect(parseLabelValues(query)).toEqual(expected);
});

const variable = (model: object): object => ({ templating: { list: [model] } });
const thread = { name: 'thread', type: 'query', query: 'label_values(info, thread)', multi: true, includeAll: true };

test.each<[string, object, string[] | undefined, unknown]>([
  [
    'all threads by default',
    thread,
    undefined,
    { options: ['a', 'b.c'], selected: [ALL], value: ['a', 'b.c'], text: 'All', problem: undefined },
  ],
  [
    'a custom value for all',
    { ...thread, allValue: '.+' },
    ['All'],
    { options: ['a', 'b.c'], selected: [ALL], value: '.+', text: 'All', problem: undefined },
  ],
  [
    'the values of the address, known or not',
    thread,
    ['b.c', 'new'],
    { options: ['a', 'b.c'], selected: ['b.c', 'new'], value: ['b.c', 'new'], text: 'b.c + new', problem: undefined },
  ],
  [
    'the saved value while it exists',
    { ...thread, multi: false, current: { value: 'b.c' } },
    undefined,
    { options: ['a', 'b.c'], selected: ['b.c'], value: 'b.c', text: 'b.c', problem: undefined },
  ],
  [
    'the first value where the saved one is gone',
    { ...thread, multi: false, includeAll: false, current: { value: 'gone' } },
    undefined,
    { options: ['a', 'b.c'], selected: ['a'], value: 'a', text: 'a', problem: undefined },
  ],
  [
    'what a regex leaves',
    { ...thread, regex: '/b\\.(.*)/', includeAll: false },
    undefined,
    { options: ['c'], selected: ['c'], value: ['c'], text: 'c', problem: undefined },
  ],
  [
    'custom options with texts',
    { name: 'thread', type: 'custom', query: 'one : 1, 2,' },
    undefined,
    { options: ['1', '2'], selected: ['1'], value: '1', text: '1', problem: undefined },
  ],
  [
    'a query function of Grafana itself, named as such',
    { ...thread, query: 'query_result(up)', multi: false, includeAll: false },
    undefined,
    { options: [], selected: [], value: '', text: '', problem: 'only label_values() works here, not query_result(up)' },
  ],
  [
    'a failing Prometheus, with its reason',
    { ...thread, query: 'label_values(down, thread)' },
    undefined,
    { options: [], selected: [ALL], value: [], text: 'All', problem: 'connection refused' },
  ],
])('resolves %s', async (_name, model, chosen, expected) => {
  const { variables } = readDashboard(variable(model));
  const [resolved] = await resolveVariables({
    models: variables,
    chosen: new Map(chosen === undefined ? [] : [['thread', chosen]]),
    labelValues: ({ selector }) =>
      selector === 'down' ? Promise.reject(new Error('connection refused')) : Promise.resolve(['a', 'b.c']),
  });
  const { options, selected, binding, problem } = resolved!;
  expect({ options, selected, value: binding.value, text: binding.text, problem }).toEqual(expected);
});

test('lets a variable use those before it', async () => {
  const asked: (string | undefined)[] = [];
  const { variables } = readDashboard({
    templating: {
      list: [
        { name: 'env', type: 'custom', query: 'prod' },
        { name: 'thread', type: 'query', query: { query: 'label_values(info{e="$env"}, thread)' } },
      ],
    },
  });
  await resolveVariables({
    models: variables,
    chosen: new Map(),
    labelValues: ({ selector }) => {
      asked.push(selector);
      return Promise.resolve([]);
    },
  });
  expect(asked).toEqual(['info{e="prod"}']);
});
