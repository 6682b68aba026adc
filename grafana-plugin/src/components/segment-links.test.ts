import {
  createDataFrame,
  FieldType,
  locationUtil,
  type DataFrame,
  type DataLink,
  type ScopedVars,
} from '@grafana/data';
import { PER_THREAD, TIMELINE } from 'orchestrator-exporter/contract/metrics';
import { findLinkSource, type LinkSubject } from '../read/link-source.ts';
import { rawFrame } from '../testing/frames.ts';
import { segmentLinks } from './segment-links.ts';
import { linkSubjectOf } from './use-pinned-tooltip.ts';

const LINK: DataLink = { title: 'Logs', url: 'https://logs/' };
const AGENT = TIMELINE.agentState.name;

function linked(frame: DataFrame, links: DataLink[] = [LINK]): DataFrame {
  return {
    ...frame,
    fields: frame.fields.map((field) =>
      field.type === FieldType.time ? field : { ...field, config: { ...field.config, links } }
    ),
  };
}

const exact = (labels: Record<string, string>, times: number[] = [1_000, 2_000, 3_000]) =>
  rawFrame({ metric: AGENT, labels, samples: times.map((at) => [at, 2]) });

const TABLE = createDataFrame({
  fields: [
    { name: 'start', type: FieldType.time, values: [1_000, 2_000, 2_000] },
    { name: 'end', type: FieldType.time, values: [2_000, 3_000, 3_000] },
    { name: 'Agent', type: FieldType.string, values: ['a', 'b', 'a'] },
    { name: 'state', type: FieldType.string, values: ['running', 'running', 'failed'] },
  ],
});

const SUBJECT: LinkSubject = { thread: 't', agent: 'a', state: 'running', startMs: 2_000 };

test.each<{ name: string; frames: DataFrame[]; subject?: Partial<LinkSubject>; field?: string; row?: number }>([
  { name: 'no frames', frames: [] },
  { name: 'a field without links', frames: [exact({ thread: 't', agent: 'a' })] },
  { name: 'a frame without rows', frames: [linked(exact({ thread: 't', agent: 'a' }, []))] },
  {
    name: 'another agent and another thread',
    frames: [linked(exact({ thread: 't', agent: 'b' })), linked(exact({ thread: 'u', agent: 'a' }))],
  },
  { name: 'the sample at the start', frames: [linked(exact({ thread: 't', agent: 'a' }))], field: AGENT, row: 1 },
  {
    name: 'a start between samples',
    frames: [linked(exact({ thread: 't', agent: 'a' }))],
    subject: { startMs: 2_999 },
    field: AGENT,
    row: 1,
  },
  {
    name: 'a start before all samples',
    frames: [linked(exact({ thread: 't', agent: 'a' }))],
    subject: { startMs: 0 },
    field: AGENT,
    row: 0,
  },
  {
    name: 'of two series of one agent the one with a sample at that instant',
    frames: [
      linked(exact({ thread: 't', agent: 'a', shard: '1' }, [500])),
      linked(exact({ thread: 't', agent: 'a', shard: '2' }, [1, 2_000])),
    ],
    field: AGENT,
    row: 1,
  },
  {
    name: 'of the gauges the one of the state, and only where there is no exact series',
    frames: ['idle', 'running'].map((state) =>
      linked(
        rawFrame({
          metric: PER_THREAD.agentState.name,
          labels: { thread: 't', agent: 'a', state },
          samples: [
            [1, 0],
            [2_000, 1],
          ],
        })
      )
    ),
    field: PER_THREAD.agentState.name,
    row: 1,
  },
  {
    name: 'the exact series before a gauge',
    frames: [
      linked(
        rawFrame({
          metric: PER_THREAD.agentState.name,
          labels: { thread: 't', agent: 'a', state: 'running' },
          samples: [[2_000, 1]],
        })
      ),
      linked(exact({ thread: 't', agent: 'a' })),
    ],
    field: AGENT,
    row: 1,
  },
  {
    name: 'a checkpoint',
    frames: [
      linked(exact({ thread: 't', agent: 'a' })),
      linked(rawFrame({ metric: TIMELINE.checkpoint.name, labels: { thread: 't' }, samples: [[2_000, 4]] })),
    ],
    subject: { agent: undefined, state: undefined },
    field: TIMELINE.checkpoint.name,
    row: 0,
  },
  { name: 'a row of a table', frames: [linked(TABLE)], subject: { thread: '' }, field: 'state', row: 2 },
  { name: 'no row of a table', frames: [linked(TABLE)], subject: { thread: '', agent: 'c' } },
  {
    name: 'a series of any other name',
    frames: [linked(rawFrame({ metric: 'up', labels: { thread: 't' }, samples: [[2_000, 2]] }))],
    subject: { agent: 'up' },
    field: 'up',
    row: 0,
  },
  {
    name: 'money is no state',
    frames: [
      linked(
        rawFrame({ metric: PER_THREAD.threadCost.name, labels: { thread: 't', agent: 'a' }, samples: [[2_000, 2]] })
      ),
    ],
  },
])('the value behind a state: $name', ({ frames, subject, field, row }) => {
  const found = findLinkSource(frames, { ...SUBJECT, ...subject });
  expect(found === undefined ? undefined : [found.field.name, found.rowIndex]).toEqual(
    field === undefined ? undefined : [field, row]
  );
});

describe('links', () => {
  beforeAll(() => {
    locationUtil.initialize({
      config: { appSubUrl: '' } as Parameters<typeof locationUtil.initialize>[0]['config'],
      getTimeRangeForUrl: () => ({ from: 'now-1h', to: 'now' }),
      getVariablesUrlParams: () => ({}),
    });
  });

  /** Grafana's own way with `${name.path}`, in small. */
  function replaceVariables(text: string, scopedVars?: ScopedVars, format?: unknown): string {
    return text.replace(/\$\{(\w+)\.([\w.]+)(:raw)?\}/g, (all, name: string, path: string, raw: string | undefined) => {
      const value = path
        .split('.')
        .reduce<unknown>((of, key) => (of as Record<string, unknown> | undefined)?.[key], scopedVars?.[name]?.value);
      const written = value === undefined ? all : String(value);
      return format === 'uriencode' && raw === undefined ? encodeURI(written) : written;
    });
  }

  const linksOf = (links: DataLink[], agent = 'a', labels: Record<string, string> = {}) => {
    const frames = [linked(exact({ thread: 't', agent, ...labels }), links)];
    const source = findLinkSource(frames, { ...SUBJECT, agent });
    const variables = {
      start: 2_000,
      end: 2_500,
      duration: 500,
      state: 'running',
      agent,
      thread: 't',
      workflow: 'w',
    } as const;
    return source === undefined
      ? undefined
      : segmentLinks(source, variables, { replaceVariables, timeZone: 'utc', postProcess: undefined }).map(
          ({ title, href, target }) => [title, href, target]
        );
  };

  test('know start, end, length, state, names and labels', () => {
    const url = ['start', 'end', 'duration', 'state', 'agent', 'thread', 'workflow', 'labels.team', 'labels.agent']
      .map((name) => `\${__segment.${name}}`)
      .join('/');
    expect(
      linksOf([{ title: '${__segment.agent} failed?', url: `/d/x?at=${url}`, targetBlank: true }], 'a b', {
        team: 'core',
      })
    ).toEqual([['a b failed?', '/d/x?at=2000/2500/500/running/a%20b/t/w/core/a%20b', '_blank']]);
  });

  test.each<[string, DataLink[], unknown[]]>([
    ['none', [], []],
    ['a script', [{ title: 'x', url: 'javascript:alert(1)' }], ['about:blank']],
    ['a script in disguise', [{ title: 'x', url: ' \u0001JaVa\nScRiPt&colon;alert(1)' }], ['about:blank']],
    ['a document', [{ title: 'x', url: 'data:text/html,<script>1</script>' }], ['about:blank']],
    ['vbscript', [{ title: 'x', url: 'vbscript:x' }], ['about:blank']],
    ['a script by a variable', [{ title: 'x', url: '${__segment.agent:raw}' }], ['about:blank']],
    [
      'a link that is built and throws',
      [
        {
          title: 'x',
          url: '',
          onBuildUrl: () => {
            throw new Error('no');
          },
        },
        LINK,
      ],
      ['https://logs/'],
    ],
    ['the same twice', [LINK, LINK], ['https://logs/']],
  ])('%s', (_name, links, hrefs) => {
    const found = linksOf(links, 'javascript:alert(1)');
    expect((found ?? []).map(([, href]) => href)).toEqual(hrefs);
  });

  test('sanitise even where Grafana is configured not to', () => {
    locationUtil.initialize({
      config: { appSubUrl: '', disableSanitizeHtml: true } as Parameters<typeof locationUtil.initialize>[0]['config'],
      getTimeRangeForUrl: () => ({ from: 'now-1h', to: 'now' }),
      getVariablesUrlParams: () => ({}),
    });
    expect(linksOf([{ title: 'x', url: 'javascript:alert(1)' }])).toEqual([['x', 'about:blank', undefined]]);
  });
});

test('a hit without a state and a checkpoint is nothing to pin', () => {
  expect(linkSubjectOf({ lane: undefined, segment: undefined, checkpoint: undefined }, undefined)).toBeUndefined();
});

test('a checkpoint is its own instant, of its thread', () => {
  const checkpoint = { x: 1, index: 3, atMs: 5, thread: 't', count: 1 };
  expect(linkSubjectOf({ lane: undefined, segment: undefined, checkpoint }, undefined)).toEqual({
    subject: { thread: 't', agent: undefined, state: undefined, startMs: 5 },
    variables: { start: 5, end: 5, duration: 0, state: 'checkpoint', agent: '', thread: 't', workflow: '' },
  });
});
