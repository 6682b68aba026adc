import { addressGroup, FailureBackoff } from './failure-backoff.ts';

test('nine failures are free; from the tenth on each doubles the wait, up to a minute', () => {
  let now = 0;
  const backoff = new FailureBackoff(() => now);
  const waits = Array.from({ length: 18 }, () => {
    const wait = backoff.failed('a');
    now += wait;
    return wait;
  });
  expect(waits).toEqual([
    0, 0, 0, 0, 0, 0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000,
  ]);
});

test('a wait ends by itself, others do not wait, and quiet is forgotten', () => {
  let now = 0;
  const backoff = new FailureBackoff(() => now);
  for (let count = 0; count < 10; count++) backoff.failed('a');
  expect([backoff.waitMs('a'), backoff.waitMs('b')]).toEqual([1_000, 0]);
  now = 999;
  expect(backoff.waitMs('a')).toBe(1);
  now = 1_000;
  expect(backoff.waitMs('a')).toBe(0);
  expect(backoff.failed('a')).toBe(2_000);
  expect(backoff.failed('b')).toBe(0);
  now += 15 * 60_000;
  expect(backoff.failed('a')).toBe(0);
});

test('only so many addresses are remembered, the latest', () => {
  const backoff = new FailureBackoff(() => 0, 2);
  for (const key of ['a', 'b', 'c']) for (let count = 0; count < 10; count++) backoff.failed(key);
  expect(['a', 'b', 'c'].map((key) => backoff.waitMs(key))).toEqual([0, 1_000, 1_000]);
});

test.each([
  { address: undefined, group: 'unknown' },
  { address: '10.1.2.3', group: '10.1.2.3' },
  { address: '::ffff:10.1.2.3', group: '10.1.2.3' },
  { address: '2001:db8:1:2:3:4:5:6', group: '2001:db8:1:2::/64' },
  { address: '2001:DB8:1:2::6', group: '2001:db8:1:2::/64' },
  { address: '::1', group: '0:0:0:0::/64' },
  { address: 'fe80::1%eth0', group: 'fe80:0:0:0::/64' },
  { address: '1::', group: '1:0:0:0::/64' },
  { address: 'not an address', group: 'not an address' },
])('$address counts as $group', ({ address, group }) => {
  expect(addressGroup(address)).toBe(group);
});
