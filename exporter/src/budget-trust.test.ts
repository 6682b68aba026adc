import { BudgetTrust } from './budget-trust.ts';
import type { BudgetView } from './model/views.ts';

const view = (name: string, ...untrusted: string[]): BudgetView =>
  ({ name, valid: untrusted.length === 0, untrusted }) as unknown as BudgetView;

function trust(): { readonly trust: BudgetTrust; readonly lines: string[] } {
  const lines: string[] = [];
  return {
    trust: new BudgetTrust((level, message, fields) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`)),
    lines,
  };
}

const DOUBT = 'warn the numbers of a budget cannot be trusted {"budget":"a","reasons":["why"]}';
const TRUST = 'info the numbers of a budget can be trusted again {"budget":"a"}';

test.each<{ name: string; notes: BudgetView[][]; said: string[] }>([
  { name: 'no budgets', notes: [[], []], said: [] },
  { name: 'budgets that were never doubtful', notes: [[view('a')], [view('a')]], said: [] },
  { name: 'one that is doubtful for long', notes: [[view('a', 'why')], [view('a', 'why')]], said: [DOUBT] },
  { name: 'one that recovers', notes: [[view('a', 'why')], [view('a')], [view('a')]], said: [DOUBT, TRUST] },
  {
    name: 'one that is deleted and comes back doubtful',
    notes: [[view('a', 'why')], [], [view('a', 'why')]],
    said: [DOUBT, DOUBT],
  },
])('$name', ({ notes, said }) => {
  const { trust: noted, lines } = trust();
  for (const views of notes) noted.note(views);
  expect(lines).toEqual(said);
});
