import { parseCanvasColor } from './canvas-color.ts';
import { paintSpan, type PixelLine } from './pixel-line.ts';

function lineOf(length: number): PixelLine {
  const words = new Uint32Array(length);
  return { words, bytes: new Uint8ClampedArray(words.buffer) };
}

const RED = parseCanvasColor('#ff0000')!;
const BLUE = parseCanvasColor('#0000ff')!;
const FAINT = parseCanvasColor('rgba(0, 255, 0, 0.2)')!;
type Span = readonly [start: number, end: number, color: typeof RED];

describe('spans on a line of four pixels', () => {
  test.each<{ name: string; spans: readonly Span[]; out: string[] }>([
    { name: 'none leave it empty', spans: [], out: ['', '', '', ''] },
    { name: 'whole pixels are covered whole', spans: [[1, 3, RED]], out: ['', '255 0 0 255', '255 0 0 255', ''] },
    {
      name: 'parts of pixels in part',
      spans: [[0.5, 2.75, RED]],
      out: ['255 0 0 128', '255 0 0 255', '255 0 0 191', ''],
    },
    { name: 'a span within one pixel', spans: [[2.25, 2.75, RED]], out: ['', '', '255 0 0 128', ''] },
    { name: 'an opacity below one', spans: [[0, 2, FAINT]], out: ['0 255 0 51', '0 255 0 51', '', ''] },
    {
      name: 'a later span lies over an earlier one',
      spans: [
        [0, 2, RED],
        [1, 3, BLUE],
      ],
      out: ['255 0 0 255', '0 0 255 255', '0 0 255 255', ''],
    },
    {
      name: 'two that share a pixel are mixed there',
      spans: [
        [0, 1.5, RED],
        [1.5, 2, BLUE],
      ],
      out: ['255 0 0 255', '85 0 170 192', '', ''],
    },
    { name: 'a rounding error is no pixel', spans: [[0.9999999, 2.0000001, RED]], out: ['', '255 0 0 255', '', ''] },
    {
      name: 'what reaches outside is cut off',
      spans: [
        [-5, 1, RED],
        [3, 99, BLUE],
      ],
      out: ['255 0 0 255', '', '', '0 0 255 255'],
    },
    {
      name: 'what has no width, or is no number, is nothing',
      spans: [
        [1, 1, RED],
        [2, 1, RED],
        [NaN, 2, RED],
        [1, NaN, RED],
        [Infinity, Infinity, RED],
      ],
      out: ['', '', '', ''],
    },
  ])('$name', ({ spans, out }) => {
    const line = lineOf(4);
    for (const [start, end, color] of spans) {
      paintSpan(line, start, end, color);
    }
    const pixels = Array.from({ length: 4 }, (_, i) => [...line.bytes.subarray(4 * i, 4 * i + 4)].join(' '));
    expect(pixels.map((pixel) => (pixel === '0 0 0 0' ? '' : pixel))).toEqual(out);
  });
});
