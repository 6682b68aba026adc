// A stretch of the body of /metrics, kept as bytes: the lines of some series of one family. A value that changed is written
// over the old one where it is as long as that; else what lies behind it moves. Nothing else is rendered again.
import { deflated } from './deflate.ts';
import type { Deflated } from './deflate.ts';

/**
 * Lines of a page. Larger ones cost less a series while all of them change or none does, smaller ones less while a few do:
 * docs/design/0012-patched-scrape-body.md has the figures.
 */
export const PAGE_LINES = 256;

/** A series with its place on a page. It must say when its value changed; it is asked for the value when a body is made. */
export abstract class Shown {
  /** The values of its labels. */
  readonly labels: readonly string[];
  #page: Page | undefined;
  #at = 0;
  /** The page does not show the present value: it knows, or has not written the series yet. */
  #isStale = true;

  constructor(labels: readonly string[]) {
    this.labels = labels;
  }

  /** The value of one of its lines as the text formats write it: ASCII, at most 255 characters. */
  abstract valueText(line: number): string;

  /** To be called after every change of a value. */
  protected changed(): void {
    if (this.#isStale || this.#page === undefined) return;
    this.#isStale = true;
    this.#page.soil(this.#at);
  }

  /** The page that shows it, if any does. */
  get page(): Page | undefined {
    return this.#page;
  }

  /** Its place among the series of the page. */
  get at(): number {
    return this.#at;
  }

  /** For pages. */
  place(page: Page | undefined, at: number): void {
    this.#page = page;
    this.#at = at;
  }

  /** For pages: what it holds is shown. */
  settled(): void {
    this.#isStale = false;
  }
}

/** The lines of a body that come from one place. What is read is of now, and stays as it is only until the next turn. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly deflated: Deflated;
}

/** The same at all times. */
export class FixedPiece implements Piece {
  readonly bytes: Uint8Array;
  #deflated: Deflated | undefined;

  constructor(text: string) {
    this.bytes = Buffer.from(text);
  }

  get deflated(): Deflated {
    return (this.#deflated ??= deflated(this.bytes));
  }
}

const LINE_FEED = 10;
const FIRST_BYTES = 512;

/** Where lines are put together while their lengths change; all pages share it, for no work on a page is ever interrupted. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

interface Moved {
  readonly from: number;
  readonly length: number;
  readonly text: string;
}

/** How the series of a family are written. */
export interface Lines {
  /** So many for each. */
  readonly each: number;
  /** What stands before the values: `name{labels} `, one for each line. */
  readonly heads: (labels: readonly string[]) => readonly string[];
}

export class Page implements Piece {
  readonly #linesEach: number;
  readonly #headsOf: Lines['heads'];
  /** Undefined where one has gone and its lines are still there. */
  readonly #series: (Shown | undefined)[] = [];
  /** Behind these, and not written before a body wants them: many come and go unseen, and in a snapshot nobody looks. */
  #unwritten: Shown[] = [];
  /** Lengths in bytes, by line: of what stands before the value, and of the value. */
  #heads = new Uint32Array(8);
  #values = new Uint8Array(8);
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;
  /** By series: 1 where the value on the page is not the present one. */
  #stale = new Uint8Array(8);
  #isStale = false;
  #gone = 0;
  #deflated: Deflated | undefined;
  /** Of what it was compressed to last: new buffers for every body would be collected, and that holds the loop. */
  #deflatedRoom: ArrayBufferLike | undefined;

  constructor({ each, heads }: Lines) {
    this.#linesEach = each;
    this.#headsOf = heads;
  }

  get size(): number {
    return this.#series.length - this.#gone + this.#unwritten.length;
  }

  /** Whether no more fits. */
  get isFull(): boolean {
    return (this.#series.length + this.#unwritten.length + 1) * this.#linesEach > PAGE_LINES;
  }

  /** The series in the order in which they came. */
  *series(): Generator<Shown> {
    for (const one of this.#series) if (one !== undefined) yield one;
    yield* this.#unwritten;
  }

  add(series: Shown): void {
    series.place(this, 0);
    this.#unwritten.push(series);
  }

  /** For its series: the value of the one at this place changed. */
  soil(at: number): void {
    this.#stale[at] = 1;
    this.#isStale = true;
  }

  remove(series: Shown): void {
    const { at } = series;
    if (series.page !== this) return;
    series.place(undefined, 0);
    if (this.#series[at] !== series) {
      this.#unwritten = this.#unwritten.filter((other) => other !== series);
      return;
    }
    this.#series[at] = undefined;
    this.#stale[at] = 0;
    this.#gone += 1;
    // Without scrapes nothing else makes room again.
    if (this.#gone > this.size) this.#close();
  }

  /** Takes the series of another page in behind its own, if they fit and all are written: to write them is long work. */
  absorb(other: Page): boolean {
    if ((this.size + other.size) * this.#linesEach > PAGE_LINES) return false;
    if (this.#unwritten.length > 0 || other.#unwritten.length > 0) return false;
    this.#settle();
    other.#settle();
    this.#deflated = undefined;
    const line = this.#series.length * this.#linesEach;
    const lines = other.#series.length * this.#linesEach;
    this.#roomForLines(line + lines);
    this.#roomFor(this.#length + other.#length);
    this.#heads.set(other.#heads.subarray(0, lines), line);
    this.#values.set(other.#values.subarray(0, lines), line);
    this.#bytes.set(other.#bytes.subarray(0, other.#length), this.#length);
    this.#length += other.#length;
    for (const one of other.#series.splice(0)) {
      one?.place(this, this.#series.length);
      this.#series.push(one);
    }
    other.#length = 0;
    return true;
  }

  get bytes(): Uint8Array {
    this.#settle();
    return this.#bytes.subarray(0, this.#length);
  }

  get deflated(): Deflated {
    this.#settle();
    this.#deflated ??= deflated(this.#bytes.subarray(0, this.#length), this.#deflatedRoom);
    this.#deflatedRoom = this.#deflated.bytes.buffer;
    return this.#deflated;
  }

  #settle(): void {
    if (this.#isStale) this.#patch();
    if (this.#gone > 0) this.#close();
    if (this.#unwritten.length > 0) this.#write();
  }

  #write(): void {
    const series = this.#unwritten.splice(0);
    let line = this.#series.length * this.#linesEach;
    this.#roomForLines(line + series.length * this.#linesEach);
    let to = 0;
    for (const one of series) {
      for (const [i, head] of this.#headsOf(one.labels).entries()) {
        const value = one.valueText(i);
        // Three bytes a UTF-16 unit at most.
        const room = to + 3 * head.length + value.length + 1;
        if (scratch.length < room) scratch = widened(Buffer.allocUnsafeSlow(2 * room), scratch);
        this.#heads[line] = scratch.write(head, to);
        this.#values[line] = value.length;
        to = writeAscii(scratch, value, to + (this.#heads[line] ?? 0));
        scratch[to++] = LINE_FEED;
        line += 1;
      }
      one.place(this, this.#series.length);
      one.settled();
      this.#series.push(one);
    }
    this.#roomFor(this.#length + to);
    this.#bytes.set(scratch.subarray(0, to), this.#length);
    this.#length += to;
    this.#deflated = undefined;
    if (this.isFull) this.#trim();
  }

  /** Brings the values of the stale series up to date. What stands between them is only added up. */
  #patch(): void {
    const each = this.#linesEach;
    const [heads, values, stale] = [this.#heads, this.#values, this.#stale];
    const moved: Moved[] = [];
    let start = 0;
    let line = 0;
    for (let at = 0; at < this.#series.length; at++) {
      if (stale[at] !== 1) continue;
      for (; line < at * each; line++) start += (heads[line] ?? 0) + (values[line] ?? 0) + 1;
      const series = this.#series[at];
      for (let i = 0; i < each; i++, line++) {
        const from = start + (heads[line] ?? 0);
        const length = values[line] ?? 0;
        start = from + length + 1;
        const text = series?.valueText(i) ?? '';
        if (text.length === length) {
          writeAscii(this.#bytes, text, from);
        } else {
          moved.push({ from, length, text });
          values[line] = text.length;
        }
      }
      series?.settled();
    }
    if (moved.length > 0) this.#move(moved);
    stale.fill(0);
    this.#isStale = false;
    this.#deflated = undefined;
  }

  /** Values that are longer or shorter than before, in the order of their places. */
  #move(moved: readonly Moved[]): void {
    const [first] = moved;
    if (first === undefined) return;
    const grown = moved.reduce((sum, { text, length }) => sum + text.length - length, this.#length);
    if (scratch.length < grown) scratch = Buffer.allocUnsafeSlow(2 * grown);
    let to = 0;
    for (const [i, { from, length, text }] of moved.entries()) {
      to = writeAscii(scratch, text, to);
      const rest = this.#bytes.subarray(from + length, moved[i + 1]?.from ?? this.#length);
      scratch.set(rest, to);
      to += rest.length;
    }
    this.#roomFor(grown);
    this.#bytes.set(scratch.subarray(0, to), first.from);
    this.#length = grown;
  }

  /** Closes the gaps that series have left. */
  #close(): void {
    if (this.#isStale) this.#patch();
    const each = this.#linesEach;
    let [from, to, kept] = [0, 0, 0];
    for (const [at, series] of this.#series.entries()) {
      let length = 0;
      for (let line = at * each; line < (at + 1) * each; line++) {
        length += (this.#heads[line] ?? 0) + (this.#values[line] ?? 0) + 1;
      }
      if (series !== undefined) {
        this.#bytes.copyWithin(to, from, from + length);
        this.#heads.copyWithin(kept * each, at * each, (at + 1) * each);
        this.#values.copyWithin(kept * each, at * each, (at + 1) * each);
        to += length;
        this.#series[kept] = series;
        series.place(this, kept);
        kept += 1;
      }
      from += length;
    }
    this.#series.length = kept;
    this.#length = to;
    this.#gone = 0;
    this.#deflated = undefined;
  }

  #roomFor(length: number): void {
    if (length <= this.#bytes.length) return;
    this.#resize(this.isFull ? this.#withSlack(length) : Math.max(length, 2 * this.#bytes.length));
  }

  /** Of a page that gets no more series: room for values that grow. */
  #withSlack(length: number): number {
    return length + 4 * this.#series.length * this.#linesEach;
  }

  #roomForLines(lines: number): void {
    if (lines <= this.#values.length) return;
    const room = Math.max(lines, 2 * this.#values.length);
    this.#heads = widened(new Uint32Array(room), this.#heads);
    this.#values = widened(new Uint8Array(room), this.#values);
    this.#stale = widened(new Uint8Array(room), this.#stale);
  }

  #trim(): void {
    const lines = this.#series.length * this.#linesEach;
    this.#resize(this.#withSlack(this.#length));
    this.#heads = this.#heads.slice(0, lines);
    this.#values = this.#values.slice(0, lines);
    this.#stale = this.#stale.slice(0, this.#series.length);
  }

  #resize(room: number): void {
    const bytes = Buffer.allocUnsafeSlow(room);
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}

function widened<A extends Uint8Array | Uint32Array>(wide: A, narrow: A): A {
  wide.set(narrow);
  return wide;
}

/** @returns the place behind it. Faster than `Buffer.write` for so few characters. */
function writeAscii(bytes: Uint8Array, text: string, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}
