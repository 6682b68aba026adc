import { readBody } from './body.ts';

const LINE = 'expected one JSON event a line';
const bad = (shown: string) => ({
  rejection: { reason: 'not_json', message: `the line ${shown} is not JSON (a syntax error); ${LINE}` },
});

test.each([
  ['one event', '{"a":1}', 'json', [{ raw: { a: 1 } }]],
  ['an array', '[{"a":1},2,null]', 'json', [{ raw: { a: 1 } }, { raw: 2 }, { raw: null }]],
  ['an empty array', '[]', 'json', []],
  ['a scalar, for the parser to refuse', '7', 'json', [{ raw: 7 }]],
  ['a document over several lines', '{\n"a":\n1}', 'json', [{ raw: { a: 1 } }]],
  ['a byte order mark', '\ufeff{"a":1}', 'json', [{ raw: { a: 1 } }]],
  ['NDJSON', '{"a":1}\n{"a":2}\n', 'ndjson', [{ raw: { a: 1 } }, { raw: { a: 2 } }]],
  ['NDJSON with CRLF and blank lines', '\r\n{"a":1}\r\n\r\n{"a":2}', 'ndjson', [{ raw: { a: 1 } }, { raw: { a: 2 } }]],
  ['an array on a line of NDJSON, for the parser to refuse', '[1]', 'ndjson', [{ raw: [1] }]],
  [
    'NDJSON with a bad line',
    '{"a":1}\n{"a":\n{"a":3}',
    'ndjson',
    [{ raw: { a: 1 } }, bad('"{\\"a\\":"'), { raw: { a: 3 } }],
  ],
  ['an empty NDJSON body', '', 'ndjson', []],
  ['NDJSON sent as JSON', '{"a":1}\n{"a":2}', 'json', [{ raw: { a: 1 } }, { raw: { a: 2 } }]],
  ['NDJSON sent as JSON with a bad line', '{"a":1}\nx', 'json', [{ raw: { a: 1 } }, bad('"x"')]],
] as const)('%s', (_name, text, contentType, items) => {
  expect(readBody(text, contentType)).toEqual({ ok: true, items });
});

const EXPECTED = 'expected one JSON event, an array of events, or NDJSON';
test.each([
  ['an empty body', '', '""'],
  ['text', 'hello', '"hello"'],
  ['text of several lines', 'a\nb', '"a\\nb"'],
  ['a long hostile body', '<script>'.repeat(1_000), `"${'<script>'.repeat(8).slice(0, 59)}...`],
])('%s is no JSON at all', (_name, text, shown) => {
  const message = `the body ${shown} is not JSON (a syntax error); ${EXPECTED}`;
  expect(readBody(text, 'json')).toEqual({ ok: false, message });
});
