// Reads the bytes of one segment, whatever state they are in: every frame that is whole and in its place is kept, whatever is
// not is named with its place and size. Nothing is guessed and nothing throws.
import type { JournalDamageKind } from '../contract/metrics.ts';
import {
  decodeHeader,
  FOOTER_BYTES,
  footerAt,
  FRAME_HEAD_BYTES,
  FRAME_MAGIC,
  frameAt,
  HEADER_BYTES,
  SegmentDigest,
} from './format.ts';
import type { Frame, SegmentFooter, SegmentHeader } from './format.ts';

export interface Damage {
  readonly kind: JournalDamageKind;
  /** Offset in the file. */
  readonly offset: number;
  readonly bytes: number;
  /** Records known to be lost by it; undefined where that cannot be told. */
  readonly records: number | undefined;
}

/** A frame and where it stands. */
export interface PlacedFrame extends Frame {
  readonly offset: number;
  readonly end: number;
}

export interface SegmentScan {
  readonly header: SegmentHeader | undefined;
  readonly frames: readonly PlacedFrame[];
  /** Present when the segment was sealed; whether it fits is in `damage`. */
  readonly footer: SegmentFooter | undefined;
  readonly damage: readonly Damage[];
  /** Number of the first record that the segment was made for; undefined when nothing tells. */
  readonly first: number | undefined;
}

export function scanSegment(bytes: Buffer): SegmentScan {
  const header = decodeHeader(bytes);
  const frames: PlacedFrame[] = [];
  const damage: Damage[] = [];
  if (header === undefined) {
    // No more than a header: cut off while it was made, before it held any record.
    const isTorn = bytes.length <= HEADER_BYTES;
    damage.push({ kind: isTorn ? 'torn_tail' : 'header', ...span(0, Math.min(bytes.length, HEADER_BYTES)) });
  }
  let expected = header?.first;
  let footer: SegmentFooter | undefined;
  for (let offset = HEADER_BYTES; offset < bytes.length;) {
    const frame = frameAt(bytes, offset);
    if (frame !== undefined) {
      const end = offset + FRAME_HEAD_BYTES + frame.body.length;
      if (expected !== undefined && frame.seq < expected) {
        // Whole, but not in its place: a copy of what was there already.
        damage.push({ kind: 'gap', ...span(offset, end) });
      } else {
        if (expected !== undefined && frame.seq > expected) damage.push(missing(offset, frame.seq - expected));
        frames.push({ ...frame, offset, end });
        expected = frame.seq + frame.count;
      }
      offset = end;
      continue;
    }
    footer = footerAt(bytes, offset);
    if (footer !== undefined) {
      damage.push(...checkFooter(bytes, { footer, offset, frames, expected, isWhole: damage.length === 0 }));
      break;
    }
    const resumed = nextWhole(bytes, offset + 1);
    damage.push({ kind: resumed === undefined ? 'torn_tail' : 'gap', ...span(offset, resumed ?? bytes.length) });
    offset = resumed ?? bytes.length;
  }
  return { header, frames, footer, damage, first: header?.first ?? frames[0]?.seq };
}

const span = (from: number, to: number): Omit<Damage, 'kind'> => ({
  offset: from,
  bytes: to - from,
  records: undefined,
});

const missing = (offset: number, records: number): Damage => ({ kind: 'missing_records', offset, bytes: 0, records });

interface FooterPlace {
  readonly footer: SegmentFooter;
  readonly offset: number;
  readonly frames: readonly PlacedFrame[];
  readonly expected: number | undefined;
  /** Nothing before it was damaged, so its digest must fit. */
  readonly isWhole: boolean;
}

function checkFooter(bytes: Buffer, { footer, offset, frames, expected, isWhole }: FooterPlace): Damage[] {
  const found: Damage[] = [];
  const next = expected ?? footer.first;
  if (next <= footer.last) found.push(missing(offset, footer.last + 1 - next));
  if (isWhole && (frames.length !== footer.frames || !digestOf(bytes, frames).equals(footer.digest))) {
    found.push({ kind: 'footer', ...span(offset, offset + FOOTER_BYTES) });
  }
  if (offset + FOOTER_BYTES < bytes.length) {
    found.push({ kind: 'footer', ...span(offset + FOOTER_BYTES, bytes.length) });
  }
  return found;
}

/** Digest of a segment that consists of its header and these frames. */
export function digestOf(bytes: Buffer, frames: readonly PlacedFrame[]): Buffer {
  const digest = new SegmentDigest();
  digest.add(bytes.subarray(0, HEADER_BYTES));
  for (const { offset, end } of frames) digest.add(bytes.subarray(offset, end));
  return digest.value();
}

/** Where the next whole frame or footer begins at or after `from`. */
function nextWhole(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf('HXF', from, 'latin1'); at !== -1; at = bytes.indexOf('HXF', at + 1, 'latin1')) {
    const isFrame = bytes.subarray(at, at + 4).equals(FRAME_MAGIC) && frameAt(bytes, at) !== undefined;
    if (isFrame || footerAt(bytes, at) !== undefined) return at;
  }
  return undefined;
}
