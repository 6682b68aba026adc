// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStartArguments, parseTestArguments } from './arguments.mjs';

for (const [args, expected] of /** @type {const} */ ([
  [[], { mayUseDocker: true, runMs: undefined }],
  [['--no-docker'], { mayUseDocker: false, runMs: undefined }],
  [['--for', '1s'], { mayUseDocker: true, runMs: 1_000 }],
  [['--no-docker', '--for=90m'], { mayUseDocker: false, runMs: 5_400_000 }],
])) {
  test(`npm start understands [${args.join(' ')}]`, () => {
    assert.deepEqual(parseStartArguments([...args]), expected);
  });
}

for (const [args, message] of /** @type {const} */ ([
  [['--for', ''], /--for '': expected a duration such as 60s or 5m/],
  [['--for', '60'], /--for '60': expected a duration/],
  [['--for', '1h; rm -r /'], /expected a duration/],
  [['--docker'], /'--docker'.*\nusage: npm start/s],
  [['now'], /'now'/],
])) {
  test(`npm start refuses [${args.join(' ')}]`, () => {
    assert.throws(() => parseStartArguments([...args]), message);
  });
}

const KNOWN = ['a', 'b', 'c'];

for (const [args, expected] of /** @type {const} */ ([
  [[], ['a', 'b', 'c']],
  [['--only', 'b'], ['b']],
  [
    ['--only', 'c', '--only', 'a,c'],
    ['a', 'c'],
  ],
])) {
  test(`npm test understands [${args.join(' ')}]`, () => {
    assert.deepEqual(parseTestArguments([...args], KNOWN), expected);
  });
}

for (const [args, message] of /** @type {const} */ ([
  [['--only', ''], /--only : not known\nusage: npm test -- \[--only a\|b\|c\]/],
  [['--only', 'a,../x'], /--only \.\.\/x: not known/],
  [['--fast'], /'--fast'/],
])) {
  test(`npm test refuses [${args.join(' ')}]`, () => {
    assert.throws(() => parseTestArguments([...args], KNOWN), message);
  });
}
