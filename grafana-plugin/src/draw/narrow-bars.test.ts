import { createRecordingContext } from '../testing/recording-context.ts';
import { fillNarrowBars, lineTransparency, parseCanvasColor } from './narrow-bars.ts';

describe('the transparency of a line of device pixels', () => {
  test.each<{
    name: string;
    bars: Array<{ x: number; width: number }>;
    line?: Partial<Parameters<typeof lineTransparency>[1]>;
    out: number[];
  }>([
    { name: 'no bars let everything through', bars: [], out: [1, 1, 1, 1] },
    { name: 'a line without pixels', bars: [{ x: 0, width: 2 }], line: { length: 0 }, out: [] },
    { name: 'whole pixels are covered whole', bars: [{ x: 1, width: 2 }], out: [1, 0, 0, 1] },
    { name: 'parts of pixels in part', bars: [{ x: 0.5, width: 2.25 }], out: [0.5, 0, 0.25, 1] },
    { name: 'a bar within one pixel', bars: [{ x: 2.25, width: 0.5 }], out: [1, 1, 0.5, 1] },
    { name: 'an opacity below one', bars: [{ x: 0, width: 1 }], line: { opacity: 0.25 }, out: [0.75, 1, 1, 1] },
    {
      name: 'bars that share a pixel are painted over each other',
      bars: [
        { x: 0, width: 1.5 },
        { x: 1.5, width: 0.5 },
      ],
      out: [0, 0.25, 1, 1],
    },
    { name: 'more device pixels than pixels', bars: [{ x: 0.5, width: 1 }], line: { scale: 2 }, out: [1, 0, 0, 1] },
    { name: 'a rounding error is no pixel', bars: [{ x: 0.9999999, width: 1.0000002 }], out: [1, 0, 1, 1] },
    { name: 'a line that begins later', bars: [{ x: 10, width: 1 }], line: { from: 9 }, out: [1, 0, 1, 1] },
    {
      name: 'what stands outside, has no width, or is no number',
      bars: [
        { x: -5, width: 6 },
        { x: 3, width: 9 },
        { x: 1, width: 0 },
        { x: 1, width: -3 },
        { x: NaN, width: 1 },
        { x: 1, width: NaN },
      ],
      out: [0, 1, 1, 0],
    },
  ])('$name', ({ bars, line, out }) => {
    expect([...lineTransparency(bars, { from: 0, length: 4, scale: 1, opacity: 1, ...line })]).toEqual(out);
  });
});

test.each([
  ['#ff8000', { red: 255, green: 128, blue: 0, opacity: 1 }],
  ['rgba(204, 204, 220, 0.16)', { red: 204, green: 204, blue: 220, opacity: 0.16 }],
  ['rgba(0, 0, 0, 1e-3)', { red: 0, green: 0, blue: 0, opacity: 0.001 }],
  ['', undefined],
  ['running', undefined],
  ['color(display-p3 1 0 0)', undefined],
  ['#ff8000; background: url(//evil)', undefined],
])('a canvas colour %s', (color, out) => {
  expect(parseCanvasColor(color)).toEqual(out);
});

test('where lines of pixels cannot be made, every bar is a rectangle', () => {
  const context = createRecordingContext();
  const bars = Array.from({ length: 100 }, (_, i) => ({ x: 2 * i, y: 5, width: 1, height: 16 }));
  fillNarrowBars(context, [{ bars, color: '#ff8000' }]);
  expect(context.drawn).toEqual(bars.map(({ x }) => `fillRect ${x} 5 1 16 #ff8000`));
});
