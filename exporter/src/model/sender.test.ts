import { trespass } from './sender.ts';

const event = { team: 'red', workflow: 'w' };

test.each([
  { name: 'a sender that is not bound', sender: {}, owner: { team: 'blue', workflow: 'x' }, is: undefined },
  { name: 'its own team', sender: { team: 'red' }, owner: undefined, is: undefined },
  { name: 'its own team`s thread', sender: { team: 'red' }, owner: { team: 'red', workflow: 'x' }, is: undefined },
  {
    name: 'another team',
    sender: { team: 'blue' },
    owner: undefined,
    is: 'team "red" is refused: the token is bound to team "blue"',
  },
  {
    name: 'another team`s thread',
    sender: { team: 'red' },
    owner: { team: 'blue', workflow: 'w' },
    is: `the thread is another team's: the token is bound to team "red"`,
  },
  {
    name: 'another workflow',
    sender: { team: 'red', workflow: 'v' },
    owner: undefined,
    is: 'workflow "w" is refused: the token is bound to workflow "v"',
  },
  {
    name: 'another workflow`s thread',
    sender: { workflow: 'w' },
    owner: { team: 'red', workflow: 'x' },
    is: `the thread is another workflow's: the token is bound to workflow "w"`,
  },
])('$name', ({ sender, owner, is }) => {
  expect(trespass(sender, event, owner)).toBe(is);
});

test('an event without a label is not the bound one`s', () => {
  expect(trespass({ team: 'red' }, {}, undefined)).toBe('team undefined is refused: the token is bound to team "red"');
});
