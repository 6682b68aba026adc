import { AGENT_STATE_CODE, type AgentState } from 'orchestrator-exporter/contract/states';
import { UNKNOWN_CODE, type StateColumns } from '../model/state-columns.ts';
import { ALL_STATES } from '../model/state-filter.ts';
import { visitMarks } from './segment-rects.ts';
import type { TimeAxis } from './time-axis.ts';

type Entry = readonly [startMs: number, state: AgentState | 'hole'];
type Drawn = readonly [state: string, x: number, width: number, entries: string];

/** A pixel a millisecond. */
const AXIS: TimeAxis = { fromMs: 1_000, toMs: 1_100, left: 50, right: 150 };
/** The middle 80 ms take 10 px, what is around them 4.5 px a millisecond. */
const FOLDED: TimeAxis = {
  ...AXIS,
  pieces: [
    { fromMs: 1_000, toMs: 1_010, left: 50, right: 95, isFold: false },
    { fromMs: 1_010, toMs: 1_090, left: 95, right: 105, isFold: true },
    { fromMs: 1_090, toMs: 1_100, left: 105, right: 150, isFold: false },
  ],
};
const CODES: Readonly<Record<AgentState | 'hole', number>> = { ...AGENT_STATE_CODE, hole: UNKNOWN_CODE };
const nameOf = (code: number) => Object.entries(CODES).find(([, own]) => own === code)?.[0] ?? String(code);

function columnsOf(entries: readonly Entry[], endMs: number): StateColumns {
  return {
    length: entries.length,
    startMs: Float64Array.from(entries, ([startMs]) => startMs),
    code: Uint8Array.from(entries, ([, state]) => CODES[state]),
    endMs,
    beganBefore: false,
    ongoing: false,
  };
}

const many = Array.from({ length: 50 }, (_, i): Entry => [1_020 + i / 100, i === 33 ? 'failed' : 'idle']);

test.each<{ name: string; entries: Entry[]; endMs?: number; axis?: TimeAxis; devicePixel?: number; out: Drawn[] }>([
  { name: 'no states', entries: [], out: [] },
  { name: 'a state within the range', entries: [[1_010, 'running']], endMs: 1_030, out: [['running', 60, 20, '0-1']] },
  {
    name: 'what reaches beyond the range is cut at both its ends',
    entries: [
      [0, 'running'],
      [1_040, 'waiting'],
    ],
    endMs: 9_000,
    out: [
      ['running', 50, 40, '0-1'],
      ['waiting', 90, 60, '1-2'],
    ],
  },
  {
    name: 'what begins where the range ends is its last pixel; what ended where it begins, and a hole, are not drawn',
    entries: [
      [900, 'paused'],
      [1_000, 'hole'],
      [1_100, 'failed'],
    ],
    endMs: 1_200,
    out: [['failed', 149, 1, '2-3']],
  },
  {
    name: 'just a device pixel stands on its own, less is the pixel that it begins in',
    entries: [
      [1_010.25, 'running'],
      [1_011.25, 'waiting'],
      [1_012, 'paused'],
    ],
    endMs: 1_020,
    out: [
      ['running', 60.25, 1, '0-1'],
      ['waiting', 61, 1, '1-2'],
      ['paused', 62, 8, '2-3'],
    ],
  },
  {
    name: 'of many in a pixel the most important, and the last one goes on',
    entries: [...many, [1_020.5, 'running']],
    endMs: 1_030,
    out: [
      ['failed', 70, 1, '0-50'],
      ['running', 70.5, 9.5, '50-51'],
    ],
  },
  {
    name: 'half a CSS pixel where the device is that fine',
    entries: [
      [1_020, 'queued'],
      [1_020.25, 'idle'],
      [1_020.5, 'running'],
    ],
    endMs: 1_030,
    devicePixel: 0.5,
    out: [
      ['queued', 70, 0.5, '0-2'],
      ['running', 70.5, 9.5, '2-3'],
    ],
  },
  {
    name: 'through a fold',
    entries: [
      [1_006, 'running'],
      [1_010, 'idle'],
      [1_090, 'waiting'],
      [1_092, 'running'],
    ],
    endMs: 2_000,
    axis: FOLDED,
    out: [
      ['running', 77, 18, '0-1'],
      ['idle', 95, 10, '1-2'],
      ['waiting', 105, 9, '2-3'],
      ['running', 114, 36, '3-4'],
    ],
  },
  {
    name: 'a range of no time',
    entries: [[1_000, 'running']],
    axis: { ...AXIS, toMs: 1_000 },
    out: [['running', 50, 1, '0-1']],
  },
  { name: 'times that are none', entries: [[NaN, 'running']], endMs: NaN, out: [] },
])('$name', ({ entries, endMs = 1_100, axis = AXIS, devicePixel = 1, out }) => {
  const drawn: Drawn[] = [];
  const round = (x: number) => Math.round(1_000 * x) / 1_000;
  visitMarks(columnsOf(entries, endMs), { axis, devicePixel, shown: ALL_STATES }, ({ code, x, width, first, end }) =>
    drawn.push([nameOf(code), round(x), round(width), `${first}-${end}`])
  );
  expect(drawn).toEqual(out);
});
