import { framesOf, type FrameRequest, type PrometheusData } from './frames.ts';

const request: FrameRequest = {
  refId: 'A',
  expr: 'agent_state[$__range]',
  legendFormat: '',
  format: 'time_series',
  stepMs: 15_000,
  stepText: '15s',
  notices: [],
};
const executedQueryString = 'Expr: agent_state[$__range]\nStep: 15s';
const timeField = { name: 'Time', type: 'time', config: { interval: 15_000 } };
const series = { type: 'timeseries-multi', typeVersion: [0, 1], preferredVisualisationType: 'graph' };
const metric = { __name__: 'agent_state', agent: 'a1' };

test('keeps every raw sample of a range selector at its own millisecond, and holes as absence', () => {
  const data: PrometheusData = {
    resultType: 'matrix',
    result: [
      {
        metric,
        values: [
          [1641889530.123, '2'],
          [1641889530.126, '5'],
          [1641889575.001, '2'],
        ],
      },
      { metric: { agent: 'a2' }, values: [[1641889530.5, '0']] },
    ],
  };
  expect(framesOf(data, request)).toEqual([
    {
      schema: {
        refId: 'A',
        meta: { ...series, custom: { resultType: 'matrix', calculatedMinStep: 15_000 }, executedQueryString },
        fields: [
          timeField,
          {
            name: 'agent_state',
            type: 'number',
            labels: metric,
            config: { displayNameFromDS: 'agent_state{agent="a1"}' },
          },
        ],
      },
      data: {
        values: [
          [1641889530123, 1641889530126, 1641889575001],
          [2, 5, 2],
        ],
      },
    },
    {
      schema: {
        refId: 'A',
        meta: { ...series, custom: { resultType: 'matrix' } },
        fields: [
          timeField,
          { name: 'Value', type: 'number', labels: { agent: 'a2' }, config: { displayNameFromDS: '{agent="a2"}' } },
        ],
      },
      data: { values: [[1641889530500], [0]] },
    },
  ]);
});

test('sends NaN and infinities as entities, which are samples and not holes', () => {
  const values: [number, string][] = [
    [1, 'NaN'],
    [2, '+Inf'],
    [3, '-Inf'],
    [4, '1e-9'],
  ];
  const [frame] = framesOf({ resultType: 'matrix', result: [{ metric, values }] }, request);
  expect(frame?.data).toEqual({
    values: [
      [1_000, 2_000, 3_000, 4_000],
      [null, null, null, 1e-9],
    ],
    entities: [null, { NaN: [0], Inf: [1], NegInf: [2] }],
  });
});

test.each<[string, PrometheusData, unknown]>([
  ['an empty matrix', { resultType: 'matrix', result: [] }, { fields: [], values: [] }],
  ['an empty vector', { resultType: 'vector', result: [] }, { fields: [], values: [] }],
  [
    'a vector',
    { resultType: 'vector', result: [{ metric: {}, value: [1.5, '7'] }] },
    {
      fields: [
        timeField,
        { name: 'Value', type: 'number', labels: {}, config: { displayNameFromDS: 'agent_state[$__range]' } },
      ],
      values: [[1_500], [7]],
    },
  ],
  [
    'a string',
    { resultType: 'string', result: [1, '<b>'] },
    { fields: [timeField, { name: 'Value', type: 'string', labels: {}, config: {} }], values: [[1_000], ['<b>']] },
  ],
])('gives one frame for %s', (_name, data, expected) => {
  const frames = framesOf(data, request);
  expect(frames.map(({ schema, data: { values } }) => ({ fields: schema.fields, values }))).toEqual([expected]);
  expect(frames.map(({ schema }) => schema.meta?.['custom'])).toEqual([
    { resultType: data.resultType, calculatedMinStep: 15_000 },
  ]);
});

test.each([
  ['{{agent}} of {{ nobody }}', { displayNameFromDS: 'a1 of ' }],
  ['__auto', {}],
])('names a series by the legend %s', (legendFormat, expected) => {
  const data: PrometheusData = { resultType: 'vector', result: [{ metric, value: [1, '1'] }] };
  expect(framesOf(data, { ...request, legendFormat })[0]?.schema.fields[1]?.config).toEqual(expected);
});

test('puts a table query into one frame ordered by time, and warnings into its notices', () => {
  const data: PrometheusData = {
    resultType: 'vector',
    result: [
      { metric: { agent: 'a2' }, value: [2, 'NaN'] },
      { metric: { agent: 'a1', team: 't' }, value: [1, '1'] },
    ],
  };
  expect(framesOf(data, { ...request, format: 'table', notices: ['too many'] })).toEqual([
    {
      schema: {
        refId: 'A',
        meta: {
          preferredVisualisationType: 'rawPrometheus',
          custom: { resultType: 'vector', calculatedMinStep: 15_000 },
          executedQueryString,
          notices: [{ severity: 'warning', text: 'too many' }],
        },
        fields: [
          timeField,
          { name: 'agent', type: 'string', config: { filterable: true } },
          { name: 'team', type: 'string', config: { filterable: true } },
          { name: 'Value #A', type: 'number', config: {} },
        ],
      },
      data: {
        values: [
          [1_000, 2_000],
          ['a1', 'a2'],
          ['t', null],
          [1, null],
        ],
        entities: [null, null, null, { NaN: [1] }],
      },
    },
  ]);
});
