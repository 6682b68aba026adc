import { parseCanvasColor } from './canvas-color.ts';

test.each([
  ['#ff8000', [255, 128, 0, 1]],
  ['rgba(204, 204, 220, 0.16)', [204, 204, 220, 0.16]],
  ['rgba(0, 0, 0, 1e-3)', [0, 0, 0, 0.001]],
  ['', undefined],
  ['running', undefined],
  ['color(display-p3 1 0 0)', undefined],
  ['#ff8000; background: url(//evil)', undefined],
])('a canvas colour %s', (color, out) => {
  const parsed = parseCanvasColor(color);
  expect(parsed && [parsed.red, parsed.green, parsed.blue, parsed.opacity]).toEqual(out);
});
