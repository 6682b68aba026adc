import type { AgentState } from 'orchestrator-exporter/contract/states';
import { pointColumns } from './build-states.ts';
import { keepOrder, toLaneTree, visibleNodes, type LaneView, type ShownOrder } from './lane-tree.ts';
import { toTimeline, type ThreadSamples, type Timeline } from './timeline.ts';

const RANGE = { fromMs: 0, toMs: 1_000 };
const VIEW: LaneView = { groupBy: ['thread'], sort: 'activity', sortState: 'waiting', filter: '', range: RANGE };

interface Given {
  readonly workflow?: string;
  readonly ended?: boolean;
  readonly costUsd?: number;
  readonly agents: Record<string, Array<[number, AgentState]>>;
}

function timelineOf(threads: Record<string, Given>): Timeline {
  const samples = Object.entries(threads).map(([thread, { workflow, ended, costUsd, agents }]): ThreadSamples => ({
    thread,
    workflow: workflow ?? '',
    states: ended === true ? [{ atMs: 990, state: 'completed' }] : [],
    agents: Object.entries(agents).map(([agent, points]) => ({
      agent,
      points: [pointColumns(points.map(([atMs, state]) => ({ atMs, state })))],
      costUsd: points[0]?.[0],
    })),
    checkpoints: [],
    costUsd,
    spendMs: undefined,
  }));
  return toTimeline(samples, {
    ...RANGE,
    nowMs: 1_000,
    stalenessMs: 1_000,
    holeMs: 5_000,
    sampled: false,
  });
}

const TIMELINE = timelineOf({
  late: { workflow: 'review', costUsd: 1, agents: { writer: [[300, 'running']], '<b>': [[200, 'waiting']] } },
  early: {
    workflow: 'ingest',
    costUsd: 9,
    agents: {
      planner: [[100, 'running']],
      'tool:x': [[150, 'running']],
      writer: [
        [120, 'waiting'],
        [140, 'idle'],
      ],
    },
  },
  done: { workflow: 'ingest', ended: true, agents: { planner: [[10, 'running']] } },
});

function text(view: Partial<LaneView> = {}, collapsed: (key: string) => boolean = () => false): string[] {
  const tree = toLaneTree(TIMELINE, { ...VIEW, ...view });
  return visibleNodes(tree.roots, collapsed).map(
    (node) => `${'  '.repeat(node.depth)}${node.kind === 'group' ? `${node.level} ` : ''}${node.name}`
  );
}

test.each<{ name: string; view: Partial<LaneView>; out: string[] }>([
  {
    name: 'by thread and first activity, ended threads last, tools below their callers',
    view: {},
    out: [
      'thread early',
      '  planner',
      '  tool:x',
      '  writer',
      'thread late',
      '  <b>',
      '  writer',
      'thread done',
      '  planner',
    ],
  },
  {
    name: 'by workflow and thread, by name',
    view: { groupBy: ['workflow', 'thread'], sort: 'name', filter: 'planner' },
    out: ['workflow ingest', '  thread done', '    planner', '  thread early', '    planner'],
  },
  {
    name: 'by cost, the dearest first, unknown last',
    view: { sort: 'cost', filter: 'writer' },
    out: ['thread early', '  writer', 'thread late', '  writer'],
  },
  {
    name: 'by time in a state',
    view: { groupBy: [], sort: 'state-time', sortState: 'waiting', filter: 'e' },
    out: [
      'late \u203a <b>',
      'early \u203a writer',
      'done \u203a planner',
      'early \u203a planner',
      'early \u203a tool:x',
      'late \u203a writer',
    ],
  },
  {
    name: 'by agent, each thread a lane',
    view: { groupBy: ['agent'], sort: 'name', filter: 'WRITER' },
    out: ['agent writer', '  early', '  late'],
  },
  { name: 'nothing passes the filter', view: { filter: 'writer nobody' }, out: [] },
  {
    name: 'a filter of spaces hides nothing',
    view: { filter: '   ', groupBy: ['workflow'], sort: 'name' },
    out: [
      'workflow ingest',
      '  done \u203a planner',
      '  early \u203a planner',
      '  early \u203a tool:x',
      '  early \u203a writer',
      'workflow review',
      '  late \u203a <b>',
      '  late \u203a writer',
    ],
  },
])('lanes stand $name', ({ view, out }) => {
  expect(text(view)).toEqual(out);
});

test('what is below a collapsed group is left out, and hidden lanes are counted', () => {
  expect(text({}, () => true)).toEqual(['thread early', 'thread late', 'thread done']);
  expect(toLaneTree(TIMELINE, { ...VIEW, filter: 'planner' }).hidden).toBe(4);
});

test('a level that a lane has no name for is left out', () => {
  const nameless = timelineOf({ '': { agents: { a: [[1, 'running']] } } });
  const tree = toLaneTree(nameless, { ...VIEW, groupBy: ['workflow', 'thread'] });
  expect(visibleNodes(tree.roots, () => false).map((node) => [node.kind, node.depth])).toEqual([['lane', 0]]);
});

test('an empty timeline has no tree', () => {
  expect(toLaneTree(timelineOf({}), VIEW)).toEqual({ roots: [], lanes: [], hidden: 0 });
});

test('in a sliding range lanes keep the order in which they were shown', () => {
  const shown: ShownOrder = new Map();
  const names = (timeline: Timeline, view = VIEW) =>
    visibleNodes(toLaneTree(timeline, view, shown).roots, () => false)
      .map((node) => node.name)
      .join(' ');
  const first = timelineOf({ t: { agents: { a: [[100, 'running']], b: [[200, 'running']] } } });
  // The start of `a` has left the range: what is known of it begins later than `b`; `c` is new.
  const later = timelineOf({
    t: { agents: { a: [[400, 'running']], b: [[200, 'running']], c: [[300, 'running']] } },
  });
  expect([names(first), names(later), names(later, { ...VIEW, sort: 'name' })]).toEqual([
    't a b',
    't a b c',
    't a b c',
  ]);
  expect(names(later)).toBe('t a b c');
});

test.each<{ name: string; wanted: string; shown: string; out: string }>([
  { name: 'nothing shown before', wanted: 'a b c', shown: '', out: 'a b c' },
  { name: 'nothing left', wanted: '', shown: 'a b', out: '' },
  { name: 'the order shown stays', wanted: 'c a b', shown: 'a b c', out: 'a b c' },
  { name: 'new ones follow whom they follow', wanted: 'x a y b z', shown: 'b a', out: 'x b z a y' },
  { name: 'gone ones are gone', wanted: 'a c', shown: 'c b a', out: 'c a' },
])('order: $name', ({ wanted, shown, out }) => {
  const words = (some: string) => some.split(' ').filter((word) => word !== '');
  expect(keepOrder(words(wanted), words(shown)).join(' ')).toBe(out);
});
