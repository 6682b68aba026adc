// Ways in which closed files are found changed: by bit rot, by a bad block, by a copy that was cut, by a hand.
import { FOOTER_BYTES, footerAt } from '../../src/journal/format.ts';
import type { Files } from './simulated-disk.ts';

export interface Damaged {
  readonly name: string;
  /**
   * All that was changed is the footer of a segment, and none is left: that is what a crash while sealing leaves. It costs
   * nothing and need not be called damage.
   */
  readonly isUnsealing: boolean;
  readonly damaged: Files;
}

/** Records that a damage costs on average, at least: see the test that asks for it. */
export const DAMAGED_AT_LEAST = 5;

type Change = (bytes: Buffer, random: () => number) => Buffer;

const within = (bytes: Buffer, random: () => number): number => Math.floor(random() * bytes.length);

/** Rubbish behind a segment whose writer was killed is what a write that was cut off leaves: no damage. */
function isUnsealed(file: string, bytes: Buffer): boolean {
  return file.endsWith('.seg') && footerAt(bytes, bytes.length - FOOTER_BYTES) === undefined;
}

function commonLength(a: Buffer, b: Buffer): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length += 1;
  return length;
}

const CHANGES: Readonly<Record<string, Change>> = {
  'a bit flipped': (bytes, random) => {
    const at = within(bytes, random);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    return bytes;
  },
  '4 KiB zeroed': (bytes, random) => {
    const at = Math.floor(within(bytes, random) / 4_096) * 4_096;
    return bytes.fill(0, at, Math.min(bytes.length, at + 4_096));
  },
  'cut short': (bytes, random) => bytes.subarray(0, within(bytes, random)),
  '512 bytes of rubbish': (bytes, random) => {
    const at = within(bytes, random);
    for (let i = at; i < Math.min(bytes.length, at + 512); i += 1) bytes[i] = Math.floor(random() * 256);
    return bytes;
  },
  'rubbish behind the end': (bytes, random) =>
    Buffer.concat([bytes, Buffer.from(Array.from({ length: 40 }, () => Math.floor(random() * 256)))]),
  'a stretch taken out': (bytes, random) => {
    const at = within(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + within(bytes, random))]);
  },
  'a stretch doubled': (bytes, random) => {
    const at = within(bytes, random);
    return Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(Math.floor(at / 2))]);
  },
};

/** Every kind of change once in every file, and every file taken away once. Changes that change nothing are left out. */
export function* damages(files: Files, random: () => number): Generator<Damaged> {
  for (const [file, bytes] of files) {
    for (const [change, apply] of Object.entries(CHANGES)) {
      const changed = apply(Buffer.from(bytes), random);
      if (changed.equals(bytes) || (isUnsealed(file, bytes) && commonLength(bytes, changed) === bytes.length)) continue;
      const isUnsealing =
        !isUnsealed(file, bytes) &&
        isUnsealed(file, changed) &&
        commonLength(bytes, changed) >= bytes.length - FOOTER_BYTES;
      yield { name: `${file}: ${change}`, isUnsealing, damaged: new Map([...files, [file, changed]]) };
    }
    yield { name: `${file}: gone`, isUnsealing: false, damaged: new Map([...files].filter(([name]) => name !== file)) };
  }
}
