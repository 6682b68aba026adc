// Ids and digests of records, read from segments without reading the events: what recognises repeats of records that a
// snapshot holds.
import { ID_HASH_WORDS } from './id-hash.ts';
import type { SegmentHead } from './recovery.ts';
import { scanSegment } from './scan.ts';
import type { Damage } from './scan.ts';
import { decodeIds, idsName } from './segment-ids.ts';
import type { SegmentIds } from './segment-ids.ts';
import type { ReadableStorage } from './storage.ts';

type OnId = (id: string, digest: string) => void;
/** Of the hash at `at` in `words`. */
type OnHash = (words: Uint32Array, at: number) => void;

export interface IdListener {
  readonly onId: OnId;
  /** Where it is given, ids that are kept as hashes beside their segment are handed over as such. */
  readonly onHash?: OnHash | undefined;
}

export interface IdRange {
  /** Number of the first record wanted, and of the first one not wanted any more. */
  readonly from: number;
  readonly until: number;
}

/**
 * Hands over id and digest of the records in the range, in their order, as far as there are segments.
 * @returns the damage met: what it hides may be taken for new when it is sent again.
 */
export async function readIds(
  storage: ReadableStorage,
  heads: readonly SegmentHead[],
  { from, until, onId, onHash }: IdRange & IdListener
): Promise<readonly (Damage & { readonly file: string })[]> {
  if (from >= until) return [];
  const damage: (Damage & { file: string })[] = [];
  let next = Math.max(from, heads[0]?.header?.first ?? 0);
  for (const [at, head] of heads.entries()) {
    const { name, header } = head;
    const following = heads.slice(at + 1).find((head) => head.header !== undefined)?.header?.first;
    if (header !== undefined && header.first >= until) break;
    if (following !== undefined && following <= from) continue;
    const end = Math.min(until, following ?? until);
    const stored = onHash === undefined || header === undefined ? undefined : await storedIds(storage, head);
    if (onHash !== undefined && stored !== undefined && stored.first + stored.count >= end) {
      if (stored.first > next) {
        damage.push({ file: name, kind: 'missing_records', offset: 0, bytes: 0, records: stored.first - next });
      }
      hashesOf(stored, { from: Math.max(from, next), until: end }, onHash);
      next = end;
      continue;
    }
    const bytes = await storage.read(name);
    const scan = scanSegment(bytes);
    damage.push(...scan.damage.filter(({ kind }) => kind !== 'torn_tail').map((found) => ({ file: name, ...found })));
    const first = scan.first ?? next;
    if (first > next) {
      damage.push({ file: name, kind: 'missing_records', offset: 0, bytes: 0, records: first - next });
    }
    for (const { seq, count, body } of scan.frames) {
      if (seq + count > until || (following !== undefined && seq + count > following)) break;
      next = Math.max(next, seq + count);
      if (seq + count > from) idsOf(body, from - seq, onId);
    }
  }
  const last = heads.at(-1);
  if (last !== undefined && next < until) {
    damage.push({ file: last.name, kind: 'missing_records', offset: 0, bytes: 0, records: until - next });
  }
  return damage;
}

async function storedIds(storage: ReadableStorage, head: SegmentHead): Promise<SegmentIds | undefined> {
  try {
    return decodeIds(await storage.read(idsName(head.name)), head);
  } catch {
    return undefined;
  }
}

function hashesOf({ first, words }: SegmentIds, { from, until }: IdRange, onHash: OnHash): void {
  for (let seq = Math.max(from, first); seq < until; seq += 1) {
    const at = (seq - first) * ID_HASH_WORDS;
    // Of a sweep there is none.
    if (words[at] !== 0) onHash(words, at);
  }
}

const ID = '"id":"';
const DIGEST = ',"d":"';

/**
 * The lines of a frame from the `skip`-th on. A quote inside a JSON string is escaped, so the text `"id":"` can only be that
 * key; of an event it is the only one, and the digest stands behind the event.
 */
function idsOf(body: Buffer, skip: number, onId: OnId): void {
  const text = body.toString('utf8');
  let line = 0;
  for (let at = 0; at < text.length; line += 1) {
    const found = text.indexOf('\n', at);
    const end = found === -1 ? text.length : found;
    if (line >= skip) idOf(text, { at, end }, onId);
    at = end + 1;
  }
}

function idOf(text: string, { at, end }: { at: number; end: number }, onId: OnId): void {
  const line = text.slice(at, end);
  const key = line.indexOf(ID);
  // A sweep has none.
  if (key === -1) return;
  const id = stringAt(line, key + ID.length);
  const digestKey = line.lastIndexOf(DIGEST);
  onId(id, digestKey > key ? stringAt(line, digestKey + DIGEST.length) : id);
}

/** The JSON string that begins at `from`, behind its quote. */
function stringAt(line: string, from: number): string {
  let end = line.indexOf('"', from);
  const plain = line.slice(from, end);
  if (!plain.includes('\\')) return plain;
  while (isEscaped(line, end)) end = line.indexOf('"', end + 1);
  return JSON.parse(line.slice(from - 1, end + 1)) as string;
}

function isEscaped(line: string, at: number): boolean {
  let slashes = 0;
  while (line[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}
