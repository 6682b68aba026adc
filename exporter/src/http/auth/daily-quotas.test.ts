import { DailyQuotas } from './daily-quotas.ts';
import type { Principal } from './tokens.ts';

const DAY_MS = 86_400_000;
const sender = (quota: Principal['quota'], name = 'ci'): Principal => ({ name, scope: 'ingest', binding: {}, quota });

test.each([
  { name: 'no quota', quota: {}, wanted: [{ events: 1e9, bytes: 1e12 }], ok: [true] },
  {
    name: 'events up to the quota',
    quota: { events: 3 },
    wanted: [
      { events: 2, bytes: 9 },
      { events: 1, bytes: 9 },
      { events: 1, bytes: 9 },
    ],
    ok: [true, true, false],
  },
  {
    name: 'a body larger than the quota',
    quota: { events: 3 },
    wanted: [
      { events: 4, bytes: 1 },
      { events: 3, bytes: 1 },
    ],
    ok: [false, true],
  },
  {
    name: 'bytes up to the quota',
    quota: { bytes: 10 },
    wanted: [
      { events: 1, bytes: 10 },
      { events: 1, bytes: 1 },
    ],
    ok: [true, false],
  },
  {
    name: 'an empty body past the quota',
    quota: { events: 1 },
    wanted: [
      { events: 1, bytes: 1 },
      { events: 0, bytes: 0 },
    ],
    ok: [true, true],
  },
])('$name', ({ quota, wanted, ok }) => {
  const quotas = new DailyQuotas(() => 0);
  expect(wanted.map((each) => quotas.reserve(sender(quota), each).ok)).toEqual(ok);
});

test('a new UTC day begins anew; until then the sender is told how long to wait', () => {
  let now = 20 * DAY_MS + 1;
  const quotas = new DailyQuotas(() => now);
  const one = { events: 1, bytes: 1 };
  expect(quotas.reserve(sender({ events: 1 }), one).ok).toBe(true);
  expect(quotas.reserve(sender({ events: 1 }), one)).toEqual({
    ok: false,
    message: '1 events on top of 1 sent today pass the 1 that the token ci may send in a UTC day',
    retryAfterS: 86_400,
  });
  now = 21 * DAY_MS - 1;
  expect(quotas.reserve(sender({ events: 1 }), one)).toMatchObject({ ok: false, retryAfterS: 1 });
  now = 21 * DAY_MS;
  expect(quotas.reserve(sender({ events: 1 }), one).ok).toBe(true);
});

test('what did not count is given back, to the day it was taken from and to nobody else', () => {
  let now = 0;
  const quotas = new DailyQuotas(() => now);
  const first = quotas.reserve(sender({ events: 2 }), { events: 2, bytes: 1 });
  expect(quotas.reserve(sender({ events: 2 }, 'other'), { events: 2, bytes: 1 }).ok).toBe(true);
  if (first.ok) first.refund({ events: 1, bytes: 0 });
  expect(quotas.reserve(sender({ events: 2 }), { events: 1, bytes: 1 }).ok).toBe(true);
  expect(quotas.reserve(sender({ events: 2 }), { events: 1, bytes: 1 }).ok).toBe(false);
  now = DAY_MS;
  expect(quotas.reserve(sender({ events: 2 }), { events: 2, bytes: 1 }).ok).toBe(true);
  if (first.ok) first.refund({ events: 1, bytes: 0 });
  expect(quotas.reserve(sender({ events: 2 }), { events: 1, bytes: 1 }).ok).toBe(false);
});

test('a clock that is set back to the day before begins nothing anew', () => {
  let now = 20 * DAY_MS;
  const quotas = new DailyQuotas(() => now);
  const one = { events: 1, bytes: 1 };
  expect(quotas.reserve(sender({ events: 1 }), one).ok).toBe(true);
  now -= 1;
  expect(quotas.reserve(sender({ events: 1 }), one).ok).toBe(false);
  now += DAY_MS + 1;
  expect(quotas.reserve(sender({ events: 1 }), one).ok).toBe(true);
});
