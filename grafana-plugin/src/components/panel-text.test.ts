import { dateTime } from '@grafana/data';
import { toBurnDown, type BudgetSamples, type BurnDown } from '../model/burn-down.ts';
import { pointColumns } from '../model/build-states.ts';
import { forecast } from '../model/forecast.ts';
import { segmentOf } from '../model/state-columns.ts';
import { toTimeline, type ThreadSamples } from '../model/timeline.ts';
import type { AgentState, ThreadState } from 'orchestrator-exporter/contract/states';
import { rangeAt } from './drawn-range.ts';
import { figuresOf } from './figures-text.ts';
import { hoverText } from './hover-text.ts';
import { resolutionText, summaryText } from './summary-text.ts';
import { timeFormat } from './time-format.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 22, 14, 0);
const TIME = timeFormat('utc', 60 * MINUTE);
const EXTENT = {
  fromMs: NOW - 60 * MINUTE,
  toMs: NOW,
  nowMs: NOW,
  stalenessMs: MINUTE,
  holeMs: 60 * MINUTE,
  sampled: false,
};

function burnDown(more: Partial<BudgetSamples> = {}): BurnDown {
  const made = toBurnDown(
    {
      name: 'team',
      kind: 'budget',
      limits: [{ atMs: 0, usd: 10 }],
      remaining: Array.from({ length: 61 }, (_, i) => ({ atMs: NOW - (60 - i) * MINUTE, usd: 10 - 0.15 * i })),
      exactCost: [],
      thresholds: [{ ratio: 0.5 }, { ratio: 0.8 }, { ratio: 0.95 }],
      periods: [],
      reportedExhaustionMs: undefined,
      endedMs: undefined,
      ...more,
    },
    { nowMs: NOW, stalenessMs: MINUTE }
  );
  if (made === undefined) {
    throw new Error('the test budget has no points');
  }
  return made;
}

function thread(name: string, state: ThreadState, agents: Record<string, AgentState>): ThreadSamples {
  return {
    thread: name,
    states: [
      { atMs: NOW - 10 * MINUTE, state: 'running' },
      ...(state === 'running' ? [] : [{ atMs: NOW - MINUTE, state }]),
    ],
    agents: Object.entries(agents).map(([agent, last]) => ({
      agent,
      points: [
        pointColumns([
          { atMs: NOW - 9 * MINUTE, state: 'running' },
          { atMs: NOW - 30_000, state: last },
        ]),
      ],
      costUsd: undefined,
    })),
    checkpoints: [],
    costUsd: undefined,
    spendMs: undefined,
  };
}

/** `Label: value detail !tone`, one figure a line. */
function figures(burn: BurnDown | undefined, threads: ThreadSamples[]): string[] {
  return figuresOf({
    burnDown: burn,
    oneOfMany: false,
    forecast: burn === undefined ? undefined : forecast(burn, 30 * MINUTE),
    timeline: threads.length === 0 ? undefined : toTimeline(threads, EXTENT),
    lookbackMs: 30 * MINUTE,
    live: true,
    atMs: NOW,
    time: TIME,
  }).map((f) => `${f.label}: ${f.value} ${f.detail}${f.tone === 'plain' ? '' : ` !${f.tone}`}`);
}

describe('figures', () => {
  test('nothing known, nothing said', () => {
    expect(figures(undefined, [])).toEqual([]);
  });

  test('a budget that runs out within the hour, and one running thread', () => {
    expect(figures(burnDown(), [thread('t', 'running', { a: 'running', b: 'waiting', 'tool:x': 'running' })])).toEqual([
      'Remaining \u00b7 team: $1.00 of $10.00 !warning',
      'Burn rate: $9.00 /h \u00b7 $0.15 /min',
      'Trend, 30 min: \u00b10 % ',
      'Exhausted: 14:06 in 7 min, \u00b1 27 s !warning',
      'State: running 2 of 2 active, 1 waiting',
    ]);
  });

  test.each<{ name: string; threads: ThreadSamples[]; short: string }>([
    { name: 'of one thread, its agents', threads: [thread('t', 'running', { a: 'waiting', b: 'idle' })], short: '1/2' },
    { name: 'of an ended one, nothing', threads: [thread('t', 'failed', { a: 'failed' })], short: '' },
    {
      name: 'of several threads, those that run',
      threads: [thread('t', 'running', { a: 'queued' }), thread('u', 'completed', { a: 'completed' })],
      short: '1/2',
    },
  ])('where there is little room the state has a short form: $name', ({ threads, short }) => {
    const told = figuresOf({
      burnDown: undefined,
      oneOfMany: false,
      forecast: undefined,
      timeline: toTimeline(threads, EXTENT),
      lookbackMs: 0,
      live: true,
      atMs: NOW,
      time: TIME,
    });
    expect(told.map(({ id, shortDetail }) => [id, shortDetail])).toEqual([['state', short]]);
  });

  test('a range that lies in the past is told as it was at its end', () => {
    const timeline = toTimeline([thread('t', 'running', { a: 'waiting', b: 'idle', c: 'idle' })], EXTENT);
    const told = (atMs: number) =>
      figuresOf({
        burnDown: undefined,
        oneOfMany: false,
        forecast: undefined,
        timeline,
        lookbackMs: 0,
        live: true,
        atMs,
        time: TIME,
      });
    expect(told(NOW - 5 * MINUTE).map(({ detail }) => detail)).toEqual(['3 of 3 active']);
    expect(told(NOW).map(({ detail }) => detail)).toEqual(['1 of 3 active, 1 waiting']);
  });

  test.each<{ name: string; marginMs: number | undefined; detail: string }>([
    { name: 'a margin within the time left is told', marginMs: 10 * MINUTE, detail: 'in 10 min, \u00b1 10 min' },
    { name: 'a margin wider than the time left is no margin', marginMs: 11 * MINUTE, detail: 'in 10 min, or later' },
    { name: 'no latest time is no margin', marginMs: undefined, detail: 'in 10 min, or later' },
  ])('$name', ({ marginMs, detail }) => {
    const exhaustedMs = NOW + 10 * MINUTE;
    const told = figuresOf({
      burnDown: burnDown(),
      oneOfMany: false,
      forecast: {
        kind: 'forecast',
        fromMs: NOW,
        fromUsd: 1,
        rate: 1,
        slowestRate: 1,
        fastestRate: 1,
        exhaustedMs,
        exhaustedEarliestMs: exhaustedMs - (marginMs ?? 0),
        exhaustedLatestMs: marginMs === undefined ? undefined : exhaustedMs + marginMs,
      },
      timeline: undefined,
      lookbackMs: 30 * MINUTE,
      live: true,
      atMs: NOW,
      time: TIME,
    });
    expect(told.find(({ id }) => id === 'exhaustion')?.detail).toBe(detail);
  });

  test('money that outlasts its period does not warn', () => {
    const calm = burnDown({
      remaining: Array.from({ length: 61 }, (_, i) => ({ atMs: NOW - (60 - i) * MINUTE, usd: 10 - 0.001 * i })),
      periods: [{ startMs: NOW - 120 * MINUTE, endMs: NOW + 120 * MINUTE }],
    });
    expect(figures(calm, [])).toEqual([
      'Remaining \u00b7 team: $9.94 of $10.00',
      'Burn rate: $0.06 /h \u00b7 $0.001 /min',
      'Trend, 30 min: \u00b10 % ',
      expect.stringMatching(/^Exhausted: Nov 29, \d\d:\d\d in 7 d, \u00b1 /),
    ]);
  });

  test.each<{ name: string; more: Partial<BudgetSamples>; out: string }>([
    {
      name: 'too little to go by',
      more: { remaining: [{ atMs: NOW - 5, usd: 9 }] },
      out: 'Exhausted: \u2013 not enough data: 0 s of data',
    },
    {
      name: "too little to go by, but the exporter's own forecast",
      more: { remaining: [{ atMs: NOW - 5, usd: 9 }], reportedExhaustionMs: NOW + 30 * MINUTE },
      out: 'Exhausted: 14:30 by the exporter !warning',
    },
    {
      name: 'overspent',
      more: {
        remaining: [
          { atMs: NOW - 20 * MINUTE, usd: 1 },
          { atMs: NOW - 10 * MINUTE, usd: -1 },
          { atMs: NOW, usd: -1 },
        ],
      },
      out: 'Exhausted: exhausted since 13:50 !critical',
    },
    { name: 'an ended thread', more: { endedMs: NOW - 5 * MINUTE }, out: 'Exhausted: no thread ended' },
    {
      name: 'spend too small to matter',
      more: {
        remaining: Array.from({ length: 61 }, (_, i) => ({ atMs: NOW - (60 - i) * MINUTE, usd: 10 - 1e-7 * i })),
      },
      out: 'Exhausted: not foreseen within a year',
    },
  ])('exhaustion of $name', ({ more, out }) => {
    expect(figures(burnDown(more), []).find((line) => line.startsWith('Exhausted'))).toBe(out);
  });

  test.each<{ name: string; threads: ThreadSamples[]; out: string }>([
    {
      name: 'a failed thread',
      threads: [thread('t', 'failed', { a: 'failed' })],
      out: 'State: failed 1 agent !critical',
    },
    {
      name: 'several threads',
      threads: [thread('t', 'running', { a: 'queued', b: 'idle' }), thread('u', 'completed', { a: 'completed' })],
      out: 'State: running 1 of 2 threads, 1 of 3 agents active, 1 queued',
    },
  ])('state of $name', ({ threads, out }) => {
    expect(figures(undefined, threads)).toEqual([out]);
  });
});

describe('hover', () => {
  const timeline = toTimeline([thread('t', 'running', { a: 'running', b: 'waiting', c: 'idle' })], EXTENT);
  const row = (agent: string) => ({ lane: timeline.groups[0]?.lanes.find((lane) => lane.agent === agent) });

  test('lists every active agent with its exact duration, and what is left', () => {
    const said = hoverText(
      { atMs: NOW - 10_000, lane: undefined, segment: undefined, folded: [], checkpoint: undefined, ended: [] },
      { timeline, burnDowns: [burnDown()] }
    );
    expect(said.rows.map((r) => `${r.name} ${r.state} ${r.duration}`)).toEqual([
      'a running 9 min so far',
      'b waiting 30 s so far',
    ]);
    expect(said.remaining).toEqual([{ name: '', text: '$1.15' }]);
  });

  test('of what began before the range only a least duration is known', () => {
    const old = toTimeline([{ ...thread('t', 'running', { a: 'running' }), states: [], spendMs: NOW - 9 * MINUTE }], {
      ...EXTENT,
      fromMs: NOW - 9 * MINUTE,
    });
    const said = hoverText(
      { atMs: NOW - 10_000, lane: undefined, segment: undefined, folded: [], checkpoint: undefined, ended: [] },
      { timeline: old, burnDowns: [] }
    );
    expect(said.rows.map((r) => r.duration)).toEqual(['\u2265 9 min so far']);
  });

  test('the lane below the pointer is listed although it is idle, with start and end', () => {
    const pointed = row('c');
    const columns = pointed.lane?.tracks[0];
    const segment = columns === undefined ? undefined : segmentOf(columns, 1);
    const hit = { atMs: NOW - 10_000, ...pointed, segment, folded: [], checkpoint: undefined, ended: [] };
    const said = hoverText(hit, { timeline, burnDowns: [] });
    expect(said.rows.find((r) => r.pointed)).toMatchObject({ name: 'c', state: 'idle', duration: '30 s so far' });
    expect(said.pointed).toEqual({ startMs: NOW - 30_000, endMs: undefined, beganBefore: false });
  });

  test('what a pixel folds is told state by state', () => {
    const folded = [
      { state: 'failed', count: 1 },
      { state: 'running', count: 6 },
    ] as const;
    const hit = { atMs: NOW, lane: undefined, segment: undefined, folded, checkpoint: undefined, ended: [] };
    expect(hoverText(hit, { timeline, burnDowns: [] }).folded).toBe('7 states in this pixel: 1 failed, 6 running');
  });

  test('of many agents twelve are listed and the rest counted; nothing is said of money past what is known', () => {
    const crowd = toTimeline(
      [thread('t', 'running', Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`a${i}`, 'running'])))],
      EXTENT
    );
    const hit = {
      atMs: NOW + 5,
      lane: undefined,
      segment: undefined,
      folded: [],
      checkpoint: { index: 3, atMs: NOW - 20_000, thread: 't', x: 0, count: 1 },
      ended: [],
    };
    const said = hoverText({ ...hit, atMs: NOW - 5 }, { timeline: crowd, burnDowns: [] });
    expect([said.rows.length, said.more, said.atMs]).toEqual([12, 8, NOW - 20_000]);
    expect(hoverText(hit, { timeline: undefined, burnDowns: [burnDown()] }).remaining).toEqual([]);
  });

  test.each<{ name: string; runs: number; told: string[]; more: number }>([
    { name: 'no run ended there', runs: 0, told: [], more: 0 },
    { name: 'one did', runs: 1, told: ['<b>\ufffd0</b>: failed'], more: 0 },
    { name: 'five did', runs: 5, told: [0, 1, 2, 3, 4].map((i) => `<b>\ufffd${i}</b>: failed`), more: 0 },
    { name: 'a hundred did', runs: 100, told: [0, 1, 2, 3, 4].map((i) => `<b>\ufffd${i}</b>: failed`), more: 95 },
  ])('how runs ended is told as plain text, five at most: $name', ({ runs, told, more }) => {
    const ended = Array.from({ length: runs }, (_, i) => ({
      thread: `<b>\u202e${i}</b>`,
      atMs: NOW - 1_000 + i,
      outcome: 'failed' as const,
    }));
    const hit = { atMs: NOW, lane: undefined, segment: undefined, folded: [], checkpoint: undefined, ended };
    const said = hoverText(hit, { timeline, burnDowns: [] });
    expect([said.ends.map(({ text }) => text), said.moreEnds]).toEqual([told, more]);
  });
});

describe('resolution', () => {
  const states: AgentState[] = ['idle', 'running', 'waiting', 'running', 'failed'];
  const points = pointColumns(states.map((state, i) => ({ atMs: NOW - 50_000 + i * 1_000, state })));
  const agent = { agent: 'a', points: [points], costUsd: undefined };
  const timeline = toTimeline([{ ...thread('t', 'running', {}), states: [], agents: [agent] }], EXTENT);
  test.each([
    { resolution: undefined, out: '' },
    { resolution: { kind: 'exact' } as const, out: 'exact to 1 ms' },
    { resolution: { kind: 'sampled', stepMs: 15_000, counted: undefined } as const, out: 'sampled, \u00b115 s' },
    {
      resolution: { kind: 'sampled', stepMs: 15_000, counted: 17 } as const,
      out: 'sampled, \u00b115 s, 12 transitions between samples',
    },
    {
      resolution: { kind: 'sampled', stepMs: 15_000, counted: 3 } as const,
      out: 'sampled, \u00b115 s, 0 transitions between samples',
    },
  ])('$out', ({ resolution, out }) => {
    expect(resolutionText({ resolution, timeline }, EXTENT)).toBe(out);
  });
});

test('the summary says what the canvas shows', () => {
  const timeline = toTimeline([thread('t', 'running', { a: 'running' })], EXTENT);
  const data = {
    timeline,
    timelineLack: undefined,
    burnDowns: [],
    budgetLack: undefined,
    spenders: [],
    resolution: undefined,
    looks: {},
  };
  const figure = { id: 'remaining', label: 'Remaining', value: '$1.00', detail: '', tone: 'plain', hint: '' } as const;
  expect(summaryText(data, [figure])).toBe('Timeline of 1 thread with 1 lane. Remaining $1.00');
});

describe('times', () => {
  test.each([
    { step: 200, ms: NOW + 400, out: '14:00:00.400' },
    { step: 15_000, ms: NOW + 15_000, out: '14:00:15' },
    { step: MINUTE, ms: NOW, out: '14:00' },
    { step: 6 * 60 * MINUTE, ms: NOW - 14 * 60 * MINUTE, out: 'Nov 22' },
    { step: 86_400_000, ms: NOW - 14 * 60 * MINUTE, out: 'Nov 22' },
  ])('a tick every $step ms reads $out', ({ step, ms, out }) => {
    expect(TIME.tickText(ms, step)).toBe(out);
  });

  test('times are those of the dashboard, with their date where the range is long', () => {
    const berlin = timeFormat('Europe/Berlin', 48 * 60 * MINUTE);
    expect([
      berlin.exactTime(NOW + 0.7),
      berlin.zoneOffsetMs(NOW),
      berlin.clockTime(NOW + 400 * 86_400_000, NOW),
    ]).toEqual(['Nov 22 15:00:00.000', 60 * MINUTE, '2027-12-27']);
  });
});

test.each([
  { name: 'just ended: it ends now', clockMs: 1_500, out: 1_000 },
  { name: 'long past: now is beyond it', clockMs: 99_000, out: 99_000 },
  { name: 'reaching into the future: now is within it', clockMs: 600, out: 600 },
])('a range $name', ({ clockMs, out }) => {
  const range = { from: dateTime(0), to: dateTime(1_000), raw: { from: '', to: '' } };
  expect(rangeAt(range, clockMs)).toEqual({ fromMs: 0, toMs: 1_000, nowMs: out });
});
