import { arrayToDataFrame, createDataFrame, DataTopic, FieldType, type DataFrame } from '@grafana/data';
import type { Annotation } from '../model/annotation.ts';
import { readAnnotations } from './annotations.ts';

const frameOf = (rows: object[]): DataFrame => {
  const frame = arrayToDataFrame(rows);
  frame.meta = { dataTopic: DataTopic.Annotations };
  return frame;
};
const read = (more: Partial<Annotation>): Annotation => ({
  kind: 'annotation',
  id: undefined,
  dashboardUid: undefined,
  startMs: 10,
  endMs: undefined,
  color: undefined,
  title: '',
  text: '',
  tags: [],
  ...more,
});
const EXEMPLARS = createDataFrame({
  name: 'exemplar',
  meta: { custom: { resultType: 'exemplar' }, dataTopic: DataTopic.Annotations },
  fields: [
    { name: 'Time', type: FieldType.time, values: [30, 20] },
    { name: 'Value', type: FieldType.number, values: [0.25, 1] },
    { name: 'trace_id', type: FieldType.string, values: ['abc', ''] },
  ],
});

test.each<{ name: string; frames: DataFrame[]; out: Annotation[] }>([
  { name: 'no frames', frames: [], out: [] },
  { name: 'an empty frame', frames: [createDataFrame({ fields: [] })], out: [] },
  {
    name: 'an instant as Grafana stores it',
    frames: [
      frameOf([
        { time: 10, timeEnd: 10, isRegion: false, color: 'red', title: 'Deploy', text: 'v2', tags: ['a', 'b'] },
      ]),
    ],
    out: [read({ color: 'red', title: 'Deploy', text: 'v2', tags: ['a', 'b'] })],
  },
  {
    name: 'a region, and one whose source says no more than its end',
    frames: [
      frameOf([{ time: 10, timeEnd: 90, isRegion: true, text: 'incident' }]),
      frameOf([{ time: 10, timeEnd: 90, text: 'query' }]),
    ],
    out: [read({ endMs: 90, text: 'incident' }), read({ endMs: 90, text: 'query' })],
  },
  {
    name: 'one that is no region, whatever its end; an end before its start is none',
    frames: [
      frameOf([
        { time: 10, timeEnd: 90, isRegion: false },
        { time: 10, timeEnd: 5, isRegion: true },
      ]),
    ],
    out: [read({}), read({})],
  },
  {
    name: 'whose they are and by what they are known; 0 is nobody that could be changed',
    frames: [
      frameOf([
        { time: 10, id: 42, dashboardUID: 'd' },
        { time: 10, id: 'x', dashboardUID: '' },
        { time: 10, id: 0, dashboardUID: null },
        { time: 10, id: { hostile: 1 } },
      ]),
    ],
    out: [read({ id: '42', dashboardUid: 'd' }), read({ id: 'x' }), read({}), read({})],
  },
  {
    name: 'rows without a time and cells of the wrong kind',
    frames: [
      frameOf([
        { time: 10, text: { html: '<b>' }, tags: 'x', color: 7, title: ['t'] },
        { time: null, text: 'lost' },
        { time: NaN, text: 'lost' },
      ]),
    ],
    out: [read({ color: '7' })],
  },
  {
    name: 'HTML stays the text that it is',
    frames: [frameOf([{ time: 10, text: '<img src=x onerror=alert(1)>' }])],
    out: [read({ text: '<img src=x onerror=alert(1)>' })],
  },
  {
    name: 'exemplars by their time, with what is known of them',
    frames: [EXEMPLARS],
    out: [
      read({ kind: 'exemplar', startMs: 20, title: '', text: 'Value: 1' }),
      read({ kind: 'exemplar', startMs: 30, title: '', text: 'Value: 0.25\ntrace_id: abc' }),
    ],
  },
  {
    name: 'marks on other scales are not of this axis',
    frames: [{ ...frameOf([{ time: 10 }]), name: 'xymark' }],
    out: [],
  },
])('reads $name', ({ frames, out }) => {
  expect(readAnnotations(frames)).toEqual(out);
});

test('keeps nothing of the frames: Grafana empties them', () => {
  const frame = frameOf([{ time: 10, tags: ['a'], text: 'kept' }]);
  const annotations = readAnnotations([frame]);
  frame.fields.forEach((field) => (field.values.length = 0));
  expect(annotations).toEqual([read({ tags: ['a'], text: 'kept' })]);
});
