// The scripts: which agents take which turn in which kind of thread.
import { publish, read, review, supervise, write, type Reader } from './agents.ts';
import type { Thread } from './thread.ts';

export interface Workflow {
  readonly name: string;
  readonly team: string;
  /** What thread ids begin with. */
  readonly prefix: string;
  readonly run: (thread: Thread) => Promise<void>;
}

const RESEARCH: Reader = {
  agent: 'research',
  task: 'read papers',
  tools: [
    { name: 'search', slow: false },
    { name: 'search', slow: false },
    { name: 'fetch', slow: true },
  ],
  calls: [5, 8],
};
const CODER: Reader = {
  agent: 'coder',
  task: 'change the code',
  tools: [
    { name: 'read_file', slow: false },
    { name: 'read_file', slow: false },
    { name: 'run_tests', slow: true },
  ],
  calls: [5, 8],
};
const LIBRARIAN: Reader = {
  agent: 'research',
  task: 'find similar cases',
  tools: [{ name: 'search', slow: false }],
  calls: [4, 7],
};

/** Research and writing overlap: the next sources are read while the last draft is written. */
async function marketReport(thread: Thread): Promise<void> {
  await supervise(thread, 'plan the report');
  await read(thread, { ...RESEARCH, task: 'plan sources' });
  for (let draft = 1; draft <= 7; draft += 1) {
    await supervise(thread, `assign draft ${draft}`);
    await Promise.all([write(thread, { agent: 'writer', task: `draft v${draft}` }), read(thread, RESEARCH)]);
    await supervise(thread, `send draft ${draft} to review`);
    await review(thread, { task: `review draft v${draft}`, withPerson: draft % 2 === 0 });
  }
  await supervise(thread, 'release');
  await publish(thread, 'publish the report');
}

async function codeChange(thread: Thread): Promise<void> {
  await supervise(thread, 'read the ticket');
  await write(thread, { agent: 'planner', task: 'plan the change' });
  for (let round = 1; round <= 7; round += 1) {
    await supervise(thread, `start round ${round}`);
    await read(thread, CODER);
    await Promise.all([
      write(thread, { agent: 'tester', task: `write tests, round ${round}` }),
      review(thread, { task: `review round ${round}`, withPerson: round % 3 === 0 }),
    ]);
  }
  await supervise(thread, 'release');
  await publish(thread, 'merge and deploy');
}

async function supportCase(thread: Thread): Promise<void> {
  for (let question = 1; question <= 9; question += 1) {
    await supervise(thread, `question ${question}`);
    await read(thread, LIBRARIAN);
    await write(thread, { agent: 'writer', task: `answer ${question}` });
    if (question % 3 === 0) await review(thread, { task: `check answer ${question}`, withPerson: true });
  }
  await supervise(thread, 'close the case');
}

export const WORKFLOWS: readonly Workflow[] = [
  { name: 'market-report', team: 'research', prefix: 'research', run: marketReport },
  { name: 'code-change', team: 'platform', prefix: 'change', run: codeChange },
  { name: 'support-case', team: 'research', prefix: 'case', run: supportCase },
];
