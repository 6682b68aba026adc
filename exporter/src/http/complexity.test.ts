import { complexityProblem } from './complexity.ts';

const LIMITS = { maxDepth: 3, maxKeys: 5 };
function nested(depth: number, open = '['): unknown {
  const close = open === '[' ? ']' : '}';
  return JSON.parse(open.repeat(depth) + (open === '{"a":' ? '1' : '') + close.repeat(depth)) as unknown;
}

test.each([
  { name: 'a number', value: 1, is: undefined },
  { name: 'null', value: null, is: undefined },
  { name: 'an empty object', value: {}, is: undefined },
  { name: 'three levels of arrays', value: nested(3), is: undefined },
  { name: 'four levels of arrays', value: nested(4), is: 'the event is nested deeper than 3 levels' },
  { name: 'three levels of objects', value: nested(3, '{"a":'), is: undefined },
  { name: 'four levels of objects', value: nested(4, '{"a":'), is: 'the event is nested deeper than 3 levels' },
  { name: 'a hundred thousand levels', value: nested(100_000), is: 'the event is nested deeper than 3 levels' },
  { name: 'five keys', value: { a: 1, b: 2, c: 3, d: 4, e: 5 }, is: undefined },
  { name: 'six elements', value: [1, 2, 3, 4, 5, 6], is: 'the event has more than 5 keys and elements' },
  {
    name: 'six keys over two levels',
    value: { a: 1, b: [1, 2, 3, 4] },
    is: 'the event has more than 5 keys and elements',
  },
  {
    name: 'a key that every object has',
    value: JSON.parse('{"__proto__":{"a":{"b":{}}}}') as unknown,
    is: 'the event is nested deeper than 3 levels',
  },
])('$name: $is', ({ value, is }) => {
  expect(complexityProblem(value, LIMITS)).toBe(is);
});
