import type { Tokens } from "../../core/types.js";

/** A prefix that waits for its row of scores. */
export interface WaitingRow {
  readonly tokens: Tokens;
  /** How many of its tokens the model has read, as far as is known. Its last one is always read again. */
  read: number;
}

/** What one step does for one row: reads its first `length` tokens. */
export interface PlannedRead<Row extends WaitingRow> {
  readonly row: Row;
  readonly length: number;
}

/**
 * Chooses what the next call of the model reads: every row that lacks only its last token, and of longer ones, in the
 * order they came, as many tokens as `budget` allows. A prompt longer than that is read in several steps, between
 * which the other rows go on.
 */
export function planStep<Row extends WaitingRow>(rows: Iterable<Row>, budget: number): PlannedRead<Row>[] {
  const planned: PlannedRead<Row>[] = [];
  let left = budget;
  for (const row of rows) {
    const { length } = row.tokens;
    const missing = length - row.read;
    if (missing <= 1) {
      planned.push({ row, length });
      continue;
    }
    if (left === 0) continue;
    const taken = Math.min(missing, left);
    left -= taken;
    planned.push({ row, length: row.read + taken });
  }
  return planned;
}

/** Cuts the reads into calls of at most `maxRows` rows, those of similar length together. */
export function callsOf<Row extends WaitingRow>(
  reads: readonly PlannedRead<Row>[],
  maxRows: number,
): PlannedRead<Row>[][] {
  const sorted = [...reads].sort((a, b) => a.length - b.length);
  const calls: PlannedRead<Row>[][] = [];
  for (let at = 0; at < sorted.length; at += maxRows) calls.push(sorted.slice(at, at + maxRows));
  return calls;
}
