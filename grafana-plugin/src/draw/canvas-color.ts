// Colours as numbers, for pixels that are mixed here and not by the canvas.

export interface Rgba {
  /** 0..255. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** 0..1. */
  readonly opacity: number;
  /** All of it as one pixel of an image read as 32 bit words, in the byte order of this machine. */
  readonly word: number;
}

function rgba(red: number, green: number, blue: number, opacity: number): Rgba {
  const bytes = Uint8ClampedArray.of(red, green, blue, 255 * opacity);
  return { red, green, blue, opacity, word: new Uint32Array(bytes.buffer)[0] ?? 0 };
}

/** A colour as the canvas gives it back: `#rrggbb` where it is opaque, else `rgba(r, g, b, a)`; undefined otherwise. */
export function parseCanvasColor(color: string): Rgba | undefined {
  if (/^#[0-9a-f]{6}$/i.test(color)) {
    const at = (i: number) => parseInt(color.slice(i, i + 2), 16);
    return rgba(at(1), at(3), at(5), 1);
  }
  const parts = /^rgba\((\d+), (\d+), (\d+), ([\d.e-]+)\)$/.exec(color)?.slice(1).map(Number);
  const [red, green, blue, opacity] = parts ?? [];
  return red === undefined || green === undefined || blue === undefined || opacity === undefined
    ? undefined
    : rgba(red, green, blue, opacity);
}

const MAX_KNOWN = 200;
const known = new Map<string, Rgba | undefined>();

/** Any CSS colour, as `ctx` understands it; undefined where that is none that can be mixed here. */
export function colorOf(ctx: CanvasRenderingContext2D, color: string): Rgba | undefined {
  if (known.has(color)) {
    return known.get(color);
  }
  ctx.fillStyle = color;
  const parsed = parseCanvasColor(String(ctx.fillStyle));
  if (known.size >= MAX_KNOWN) {
    known.clear();
  }
  known.set(color, parsed);
  return parsed;
}
