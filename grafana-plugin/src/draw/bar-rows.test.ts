import { createRecordingContext } from '../testing/recording-context.ts';
import { fillBarRows, type BarRow } from './bar-rows.ts';

interface Bar {
  readonly x: number;
  readonly width: number;
}

const crowd = Array.from({ length: 100 }, (_, i): Bar => ({ x: 2 * i, width: 1 }));
const solid = { fill: '#ff8000' };
const row = (bars: readonly Bar[], more: Partial<BarRow> = {}): BarRow => ({
  y: 5,
  height: 16,
  bars: { length: bars.length, x: bars.map(({ x }) => x), width: bars.map(({ width }) => width), openTo: 0 },
  at: Int32Array.from(bars, (_, i) => i),
  styleOf: () => solid,
  ...more,
});

test.each<{ name: string; rows: BarRow[]; out: string[] }>([
  { name: 'no rows', rows: [], out: [] },
  { name: 'a row without bars', rows: [row([])], out: [] },
  {
    name: 'where there are no pixels every narrow bar is a rectangle',
    rows: [row(crowd)],
    out: crowd.map(({ x }) => `fillRect ${x} 5 1 16 #ff8000`),
  },
  {
    name: 'bars without a style are left out',
    rows: [
      row(
        [
          { x: 0, width: 2 },
          { x: 4, width: 3 },
        ],
        { styleOf: (i) => (i === 1 ? solid : undefined) }
      ),
    ],
    out: ['fillRect 4 5 3 16 #ff8000'],
  },
  {
    name: 'low bars have no room for corners',
    rows: [row([{ x: 0, width: 20 }], { height: 2 })],
    out: ['fillRect 0 5 20 2 #ff8000'],
  },
  {
    name: 'a narrow bar has no rim',
    rows: [row([{ x: 0, width: 3 }], { styleOf: () => ({ fill: '#111111', rim: '#222222' }) })],
    out: ['fillRect 0 5 3 16 #111111'],
  },
])('$name', ({ rows, out }) => {
  const context = createRecordingContext();
  fillBarRows(context, rows);
  expect(context.drawn).toEqual(out);
});
