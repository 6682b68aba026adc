// The marks of one track as columns: a frame has thousands of them, and as objects they cost more than their drawing.
import type { AgentState } from 'orchestrator-exporter/contract/states';
import { stateOfCode, UNKNOWN_CODE } from '../model/state-columns.ts';

/** A stretch of the axis and the entries [first, end) that it stands for. */
export interface Mark {
  /** The most important of the states that it stands for. */
  code: number;
  /** CSS pixels. */
  x: number;
  width: number;
  /** Entries of the track's columns, more than one where pixels hold several states. */
  first: number;
  end: number;
}

export interface Label {
  readonly text: string;
  readonly x: number;
  readonly inside: boolean;
}

export interface MarkLabel extends Label {
  /** Index of the mark that it belongs to. */
  readonly mark: number;
}

type MarkColumns = {
  readonly [K in keyof Mark]: K extends 'code' ? Uint8Array : K extends 'x' | 'width' ? Float64Array : Int32Array;
};

/** From left to right, none over another; what each column says stands with {@link Mark}. */
export interface TrackMarks extends MarkColumns {
  readonly length: number;
  /** Marks before this index began before the visible range: drawn open to the left. */
  readonly openTo: number;
  /** Something of the last mark's state runs on at the now line. */
  readonly goesOn: boolean;
  /** Ascending. */
  readonly labels: readonly MarkLabel[];
}

/** One mark, taken out of its columns. */
export interface SegmentRect {
  readonly state: AgentState;
  readonly x: number;
  readonly width: number;
  readonly first: number;
  readonly end: number;
  readonly arrow: boolean;
  readonly open: boolean;
  readonly label: Label | undefined;
}

/** Mark `i` as an object; undefined outside the columns. */
export function segmentRect(marks: TrackMarks, i: number): SegmentRect | undefined {
  const { code, x, width, first, end, length } = marks;
  const state = i < 0 || i >= length ? undefined : stateOfCode(code[i]);
  return state === undefined
    ? undefined
    : {
        state,
        x: x[i] ?? NaN,
        width: width[i] ?? NaN,
        first: first[i] ?? 0,
        end: end[i] ?? 0,
        arrow: marks.goesOn && i === length - 1,
        open: i < marks.openTo,
        label: marks.labels.find(({ mark }) => mark === i),
      };
}

/** Marks [from, to) as objects: for tables and for what is below the pointer, not for drawing. */
export function segmentRects(marks: TrackMarks, from = 0, to = marks.length): SegmentRect[] {
  const rects: SegmentRect[] = [];
  for (let i = Math.max(0, from); i < Math.min(to, marks.length); i++) {
    const rect = segmentRect(marks, i);
    if (rect !== undefined) {
      rects.push(rect);
    }
  }
  return rects;
}

/** All columns in one piece of memory: five of them are asked for and freed for each track in each frame of a zoom. */
function roomFor(length: number): MarkColumns {
  const memory = new ArrayBuffer(25 * length);
  return {
    x: new Float64Array(memory, 0, length),
    width: new Float64Array(memory, 8 * length, length),
    first: new Int32Array(memory, 16 * length, length),
    end: new Int32Array(memory, 20 * length, length),
    code: new Uint8Array(memory, 24 * length, length),
  };
}

const COLUMNS = ['x', 'width', 'first', 'end', 'code'] as const;

const LEAST_ROOM = 1_024;
let room = roomFor(LEAST_ROOM);

function grow(): void {
  const before = room;
  room = roomFor(2 * before.code.length);
  for (const key of COLUMNS) {
    room[key].set(before[key]);
  }
}

interface MarksDraft {
  length(): number;
  /** Of the mark added last; {@link UNKNOWN_CODE} where there is none. */
  lastCode(): number;
  add(mark: Readonly<Mark>): void;
  /** Lets the mark added last reach as far as `right` and entry `end`. */
  extend(right: number, end: number): void;
  finish(): MarkColumns & { readonly length: number };
}

/** Marks in the making. They all use the same room: one is finished before the next one begins. */
export function marksDraft(): MarksDraft {
  let length = 0;
  return {
    length: () => length,
    lastCode: () => (length === 0 ? UNKNOWN_CODE : (room.code[length - 1] ?? UNKNOWN_CODE)),
    add: ({ code, x, width, first, end }) => {
      if (length === room.code.length) {
        grow();
      }
      room.code[length] = code;
      room.x[length] = x;
      room.width[length] = width;
      room.first[length] = first;
      room.end[length] = end;
      length += 1;
    },
    extend: (right, end) => {
      room.width[length - 1] = right - (room.x[length - 1] ?? 0);
      room.end[length - 1] = end;
    },
    finish: () => {
      const own = roomFor(length);
      for (const key of COLUMNS) {
        own[key].set(room[key].subarray(0, length));
      }
      return { length, ...own };
    },
  };
}
