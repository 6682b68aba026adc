// The numbers of broadcasts: made from the number of the journal's record that a broadcast tells of, so that they are the same
// after a restart, and what a client missed can be read from the journal again.

/** Numbers kept free for each record; an event of a thread with 1,000 lanes, the most there are, makes about as many. */
export const PER_RECORD = 2_048;

/** @param index from 0, in the order in which the broadcasts of the record are sent */
export function broadcastSeq(record: number, index: number): number {
  return record * PER_RECORD + Math.min(index, PER_RECORD - 1);
}

/** The last number that a broadcast of the record can have. */
export function lastSeqOf(record: number): number {
  return broadcastSeq(record, PER_RECORD - 1);
}

/** The record that a broadcast tells of. */
export function recordOf(seq: number): number {
  return Math.floor(seq / PER_RECORD);
}
