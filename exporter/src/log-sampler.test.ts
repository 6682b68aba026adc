import type { Log } from './log.ts';
import { LogSampler } from './log-sampler.ts';

function sampler(): { readonly log: Log; readonly sampled: LogSampler; readonly lines: string[] } {
  const lines: string[] = [];
  const sampled = new LogSampler((level, message, fields) =>
    lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`)
  );
  return { log: sampled.log, sampled, lines };
}

const times = (count: number, action: (index: number) => void): void => {
  for (let index = 0; index < count; index++) action(index);
};

test('nothing is said of nothing', () => {
  const { sampled, lines } = sampler();
  sampled.endPeriod();
  sampled.close();
  expect(lines).toEqual([]);
});

test('the first line of a kind is there at once, as are 19 more; then one a period with the last fields and the count', () => {
  const { log, sampled, lines } = sampler();
  log('error', 'disk full', { at: 0 });
  expect(lines).toEqual(['error disk full {"at":0}']);
  times(20, (index) => {
    log('error', 'disk full', { at: index + 1 });
  });
  expect(lines).toHaveLength(20);
  sampled.endPeriod();
  expect(lines.slice(20)).toEqual(['error disk full {"at":20,"suppressed":1}']);
  times(1_000, (index) => {
    log('error', 'disk full', { at: index });
  });
  expect(lines).toHaveLength(21);
  sampled.endPeriod();
  expect(lines.slice(21)).toEqual(['error disk full {"at":999,"suppressed":1000}']);
});

test('after a period of silence a kind is as good as new', () => {
  const { log, sampled, lines } = sampler();
  times(30, () => {
    log('warn', 'w');
  });
  sampled.endPeriod();
  sampled.endPeriod();
  lines.length = 0;
  log('warn', 'w', { again: true });
  expect(lines).toEqual(['warn w {"again":true}']);
});

test('kinds are told apart by level and message, and each has its own count', () => {
  const { log, sampled, lines } = sampler();
  times(22, () => {
    log('warn', 'a');
    log('error', 'a');
    log('warn', 'b');
  });
  expect(lines).toHaveLength(60);
  sampled.close();
  expect(lines.slice(60)).toEqual(['warn a {"suppressed":2}', 'error a {"suppressed":2}', 'warn b {"suppressed":2}']);
});

test('what is left out is said on close, and what comes after is written at once', () => {
  const { log, sampled, lines } = sampler();
  times(25, () => {
    log('info', 'a');
  });
  sampled.close();
  log('info', 'stopped');
  times(25, () => {
    log('info', 'a');
  });
  expect(lines.slice(20, 22)).toEqual(['info a {"suppressed":5}', 'info stopped {}']);
  expect(lines).toHaveLength(47);
});

test('100,000 kinds: none is gone in silence, and 200 and one a level are held', () => {
  const { log, sampled, lines } = sampler();
  times(100_000, (index) => {
    log(index % 2 === 0 ? 'warn' : 'error', `kind ${index}`);
  });
  const before = lines.length;
  expect(before).toBe(200 + 2 * 20);
  sampled.endPeriod();
  const told = lines.slice(before);
  expect(told).toHaveLength(2);
  const counts = told.map((line) => Number(/"suppressed":(\d+)/.exec(line)?.[1]));
  expect(before + counts.reduce((sum, count) => sum + count, 0)).toBe(100_000);
});
