import { AGENT_STATES, type AgentState } from 'orchestrator-exporter/contract/states';
import { ALL_STATES, clickState, hasState } from './state-filter.ts';

const words = (set: number): AgentState[] => AGENT_STATES.filter((state) => hasState(set, state));
const but = (...states: AgentState[]): AgentState[] => AGENT_STATES.filter((state) => !states.includes(state));

describe('clicks on the legend', () => {
  test.each<{ name: string; clicks: Array<[state: AgentState, additive: boolean]>; out: AgentState[] }>([
    { name: 'none: all are shown', clicks: [], out: [...AGENT_STATES] },
    { name: 'a click shows one alone', clicks: [['failed', false]], out: ['failed'] },
    {
      name: 'a second click brings all back',
      clicks: [
        ['failed', false],
        ['failed', false],
      ],
      out: [...AGENT_STATES],
    },
    {
      name: 'a click on another shows that one',
      clicks: [
        ['failed', false],
        ['idle', false],
      ],
      out: ['idle'],
    },
    { name: 'with ctrl one goes', clicks: [['idle', true]], out: but('idle') },
    {
      name: 'with ctrl one is added, in the order of the codes',
      clicks: [
        ['failed', false],
        ['waiting', true],
      ],
      out: ['waiting', 'failed'],
    },
    {
      name: 'a click on one of several leaves it alone',
      clicks: [
        ['idle', true],
        ['running', false],
      ],
      out: ['running'],
    },
    {
      name: 'taking the last one out brings all back',
      clicks: [
        ['failed', false],
        ['failed', true],
      ],
      out: [...AGENT_STATES],
    },
  ])('$name', ({ clicks, out }) => {
    const shown = clicks.reduce((set, [state, additive]) => clickState(set, state, { additive }), ALL_STATES);
    expect(words(shown)).toEqual(out);
  });
});
