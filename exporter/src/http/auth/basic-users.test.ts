import { hashSync } from 'bcryptjs';
import { BasicUsers, isBcryptHash } from './basic-users.ts';

const HASH = hashSync('right', 4);
const htpasswd = HASH.replace(/^\$2[ab]/, '$2y');

test.each([
  { name: 'the right password', user: 'ann', password: 'right', is: 'right' },
  { name: 'a hash as htpasswd writes it', user: 'bob', password: 'right', is: 'right' },
  { name: 'a wrong password', user: 'ann', password: 'wrong', is: 'wrong' },
  { name: 'no password', user: 'ann', password: '', is: 'wrong' },
  { name: 'an unknown user', user: 'eve', password: 'right', is: 'wrong' },
  { name: 'a key that every object has', user: '__proto__', password: 'right', is: 'wrong' },
  { name: 'a long password', user: 'ann', password: 'x'.repeat(5_000), is: 'wrong' },
])('$name is $is, twice', async ({ user, password, is }) => {
  const users = new BasicUsers(
    new Map([
      ['ann', HASH],
      ['bob', htpasswd],
    ])
  );
  expect([await users.check(user, password), await users.check(user, password)]).toEqual([is, is]);
});

test('what was right is remembered, what was wrong is compared again, and nobody gets in by another`s memory', async () => {
  const compared: string[] = [];
  const users = new BasicUsers(
    new Map([
      ['ann', HASH],
      ['a', HASH],
    ]),
    (password, hash) => {
      compared.push(hash === HASH ? password : `${password} to a fake hash`);
      return Promise.resolve(password === 'right');
    }
  );
  for (const [user, password] of [
    ['ann', 'right'],
    ['ann', 'right'],
    ['ann', 'no'],
    ['ann', 'no'],
    ['a', 'nnright'],
    ['eve', 'right'],
  ] as const) {
    await users.check(user, password);
  }
  expect(compared).toEqual(['right', 'no', 'no', 'nnright', 'right to a fake hash']);
});

test('unknown users cost what known ones may cost: each name always the same, and every cost in use occurs', async () => {
  const costs: string[] = [];
  const hashes = ['$04$', '$06$', '$09$'].map((cost) => HASH.replace('$04$', cost));
  const users = new BasicUsers(new Map(hashes.map((hash, index) => [`user${index}`, hash])), (_password, hash) => {
    costs.push(hash.slice(3, 7));
    return Promise.resolve(false);
  });
  const names = Array.from({ length: 60 }, (_, index) => `nobody${index}`);
  for (const name of [...names, ...names]) await users.check(name, 'x');
  expect(costs.slice(0, 60)).toEqual(costs.slice(60));
  expect(new Set(costs)).toEqual(new Set(['$04$', '$06$', '$09$']));
});

test('only what was right is recalled', async () => {
  const users = new BasicUsers(new Map([['ann', HASH]]));
  expect(users.recalls('ann', 'right')).toBe(false);
  await users.check('ann', 'right');
  await users.check('ann', 'wrong');
  await users.check('eve', 'right');
  expect([users.recalls('ann', 'right'), users.recalls('ann', 'wrong'), users.recalls('eve', 'right')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('one comparison runs at a time, sixteen wait, and the next is told to come back', async () => {
  let running = 0;
  let most = 0;
  const users = new BasicUsers(new Map([['ann', HASH]]), async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running -= 1;
    return false;
  });
  const results = await Promise.all(Array.from({ length: 20 }, (_, index) => users.check('ann', `p${index}`)));
  expect(results).toEqual([...Array<string>(16).fill('wrong'), ...Array<string>(4).fill('busy')]);
  expect(most).toBe(1);
  expect(await users.check('ann', 'again')).toBe('wrong');
});

test.each([
  { text: HASH, is: true },
  { text: htpasswd, is: true },
  { text: '', is: false },
  { text: 'password', is: false },
  { text: HASH.replace('$04$', '$03$'), is: false },
  { text: HASH.replace('$04$', '$14$'), is: true },
  { text: HASH.replace('$04$', '$15$'), is: false },
  { text: HASH.replace(/^\$2[ab]/, '$1'), is: false },
  { text: `${HASH}x`, is: false },
  { text: `${HASH}\n`, is: false },
])('$text is a hash: $is', ({ text, is }) => {
  expect(isBcryptHash(text)).toBe(is);
});
