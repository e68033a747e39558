import type { Logits } from "../../../core/types.js";

/**
 * A row on its way through a chain that nobody looks into. Once a filter has run it holds the tokens that are left and
 * nothing else, so that the stages after it touch fifty scores instead of a whole vocabulary.
 */
export interface CandidateRow {
  readonly scores: Logits;
  /** The tokens that the scores belong to, in ascending order; absent while the row holds the whole vocabulary. */
  readonly tokens?: Int32Array;
}

const ruledOut = Number.NEGATIVE_INFINITY;

/** The same row without the tokens that are ruled out, if those are the most; else the row itself. */
export function compact(row: CandidateRow): CandidateRow {
  const { scores } = row;
  let left = 0;
  for (let at = 0; at < scores.length; at++) if (scores[at] !== ruledOut) left++;
  if (left > scores.length / 2) return row;
  const positions = new Int32Array(left);
  for (let at = 0, next = 0; next < left; at++) if (scores[at] !== ruledOut) positions[next++] = at;
  return pick(row, positions);
}

/** The scores at these positions, which ascend, each divided by a number. */
export function pick({ scores, tokens }: CandidateRow, positions: Int32Array, divisor = 1): CandidateRow {
  const picked = new Float32Array(positions.length);
  for (let at = 0; at < positions.length; at++) picked[at] = scores[positions[at]] / divisor;
  return { scores: picked, tokens: tokens ? positions.map((position) => tokens[position]) : positions };
}

/** The row over the whole vocabulary. */
export function expand({ scores, tokens }: CandidateRow, vocabSize: number): Logits {
  if (tokens === undefined) return scores;
  const whole = new Float32Array(vocabSize).fill(ruledOut);
  for (let at = 0; at < tokens.length; at++) whole[tokens[at]] = scores[at];
  return whole;
}
