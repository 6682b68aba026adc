import { chart } from './plot.ts';

test('a line goes through its points, between the powers of ten around them', () => {
  const svg = chart({
    title: 'a < b',
    x: 'n',
    lines: [
      {
        name: 'one',
        points: [
          [10, 1],
          [1_000, 100],
        ],
      },
    ],
  });
  expect(svg.match(/points="[^"]*"/g)).toEqual(['points="56,316 590,40"']);
  expect(svg.match(/>[^<>]+<\/text>/g)).toEqual(
    ['a &lt; b', '10', '100', '1,000', '1', '10', '100', 'one', 'n'].map((text) => `>${text}</text>`)
  );
});

test.each([
  ['no points', []],
  ['a zero', [[1, 0]]],
  ['what is no number', [[Number.NaN, 1]]],
] as const)('%s cannot be drawn', (_name, points) => {
  expect(() => chart({ title: '', x: '', lines: [{ name: '', points }] })).toThrow(RangeError);
});
