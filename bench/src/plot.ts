// A chart with logarithmic axes as SVG, readable on light and dark pages.

export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly lines: readonly { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
}

const WIDTH = 720;
const HEIGHT = 360;
const LEFT = 56;
const RIGHT = 130;
const TOP = 40;
const BOTTOM = 44;
/** Of Okabe and Ito: told apart by everybody, and legible on white and on black. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'] as const;
const GREY = '#808080';
const NAME_HEIGHT = 14;

/** @throws RangeError when a point is not above zero: it has no logarithm. */
export function chart({ title, x, lines }: Chart): string {
  const points = lines.flatMap((line) => line.points);
  if (points.length === 0 || points.some(([a, b]) => !(a > 0 && b > 0))) {
    throw new RangeError('a chart with logarithmic axes needs points above zero');
  }
  const across = scale(
    points.map(([a]) => a),
    LEFT,
    WIDTH - RIGHT
  );
  const up = scale(
    points.map(([, b]) => b),
    HEIGHT - BOTTOM,
    TOP
  );
  const text = (at: { x: number; y: number; anchor: string; fill?: string }, words: string): string =>
    `<text x="${at.x}" y="${at.y}" text-anchor="${at.anchor}" fill="${at.fill ?? GREY}">${escaped(words)}</text>`;
  const grid = [
    ...across.ticks.map((tick) => {
      const place = round(across.at(tick));
      const line = `<path d="M${place} ${TOP}V${HEIGHT - BOTTOM}" stroke="${GREY}" stroke-opacity="0.3"/>`;
      return line + text({ x: place, y: HEIGHT - BOTTOM + 16, anchor: 'middle' }, shown(tick));
    }),
    ...up.ticks.map((tick) => {
      const place = round(up.at(tick));
      const line = `<path d="M${LEFT} ${place}H${WIDTH - RIGHT}" stroke="${GREY}" stroke-opacity="0.3"/>`;
      return line + text({ x: LEFT - 8, y: place + 4, anchor: 'end' }, shown(tick));
    }),
  ];
  const ends = apart(lines.map(({ points: own }) => round(up.at(own.at(-1)?.[1] ?? 1))));
  const drawn = lines.map(({ name, points: own }, at) => {
    const colour = COLOURS[at % COLOURS.length] ?? GREY;
    const places = own.map(([a, b]) => [round(across.at(a)), round(up.at(b))] as const);
    const path = `<polyline points="${places.map((place) => place.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`;
    const dots = places.map(([a, b]) => `<circle cx="${a}" cy="${b}" r="3" fill="${colour}"/>`).join('');
    return path + dots + text({ x: WIDTH - RIGHT + 8, y: (ends[at] ?? 0) + 4, anchor: 'start', fill: colour }, name);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12" role="img" aria-label="${escaped(title)}">`,
    text({ x: LEFT, y: 22, anchor: 'start' }, title),
    ...grid,
    ...drawn,
    text({ x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, anchor: 'middle' }, x),
    '</svg>',
    '',
  ].join('\n');
}

interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Whole powers of ten around the values. */
function scale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
    ticks: Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at)),
  };
}

/** Places of names down the page, moved down where two would stand on each other. */
function apart(places: readonly number[]): readonly number[] {
  const moved = [...places];
  let least = 0;
  for (const [place, at] of places.map((each, index) => [each, index] as const).sort((a, b) => a[0] - b[0])) {
    moved[at] = Math.max(place, least);
    least = (moved[at] ?? 0) + NAME_HEIGHT;
  }
  return moved;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function shown(value: number): string {
  return value.toLocaleString('en-US');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
