import type { Annotation } from '../model/annotation.ts';
import { annotationMarks } from './annotation-marks.ts';

const AXIS = { fromMs: 1_000, toMs: 2_000, left: 100, right: 600 };
type Times = readonly [startMs: number, endMs?: number];
const annotation = ([startMs, endMs]: Times, kind: Annotation['kind'] = 'annotation'): Annotation => ({
  kind,
  id: undefined,
  dashboardUid: undefined,
  startMs,
  endMs,
  color: undefined,
  title: '',
  text: `${startMs}`,
  tags: [],
});

describe('marks of annotations', () => {
  test.each<{ name: string; given: Annotation[]; axis?: Partial<typeof AXIS>; out: string[] }>([
    { name: 'none', given: [], out: [] },
    { name: 'an instant', given: [annotation([1_200])], out: ['200+0 start end 1200'] },
    { name: 'a region', given: [annotation([1_200, 1_700])], out: ['200+250 start end 1200'] },
    { name: 'a region that began before has no line there', given: [annotation([0, 1_500])], out: ['100+250 - end 0'] },
    { name: 'one that goes on beyond', given: [annotation([1_500, 9_000])], out: ['350+250 start - 1500'] },
    { name: 'one all around', given: [annotation([0, 9_000])], out: ['100+500 - - 0'] },
    {
      name: 'the edges are in view',
      given: [annotation([1_000]), annotation([2_000])],
      out: ['100+0 start end 1000', '600+0 start end 2000'],
    },
    {
      name: 'what lies outside is not',
      given: [annotation([999.9]), annotation([2_000.1]), annotation([0, 999])],
      out: [],
    },
    {
      name: 'several in one pixel are one mark',
      given: [annotation([1_200]), annotation([1_200.5])],
      out: ['200+0 start end 1200 1200.5'],
    },
    {
      name: 'an exemplar there is another',
      given: [annotation([1_200]), annotation([1_200], 'exemplar')],
      out: ['200+0 start end 1200', 'exemplar 200+0 start end 1200'],
    },
    { name: 'an axis of no length shows none', given: [annotation([1_000])], axis: { toMs: 1_000 }, out: [] },
  ])('$name', ({ given, axis, out }) => {
    const marks = annotationMarks(given, { ...AXIS, ...axis }).map((mark) =>
      [
        ...(mark.kind === 'exemplar' ? ['exemplar'] : []),
        `${mark.x}+${mark.width}`,
        mark.hasStart ? 'start' : '-',
        mark.hasEnd ? 'end' : '-',
        ...mark.annotations.map(({ text }) => text),
      ].join(' ')
    );
    expect(marks).toEqual(out);
  });

  test('no more marks than places, however many annotations', () => {
    const many = Array.from({ length: 50_000 }, (_, i) => annotation([1_000 + i / 50]));
    expect(annotationMarks(many, AXIS)).toHaveLength(501);
  });
});
