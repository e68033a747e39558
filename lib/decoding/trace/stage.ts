import { entropy, logSumExp, softmax } from "../../core/rows.js";
import type { Logits } from "../../core/types.js";
import type { StageRow } from "../processors/chain.js";
import type { TracedRow, TracedStage } from "./types.js";

const ruledOut = Number.NEGATIVE_INFINITY;

/** Tokens left and entropy of one row. A later stage may bring a token back, so that a row may have none: entropy 0. */
export function traceRow(row: Logits): TracedRow {
  let tokensLeft = 0;
  for (let token = 0; token < row.length; token++) if (row[token] !== ruledOut) tokensLeft++;
  return { tokensLeft, entropy: tokensLeft > 0 ? entropy(row) : 0 };
}

/** The distribution of a row; nothing but zeros where no token is left. */
function probabilitiesOf(row: Logits): Float64Array {
  return row.some((score) => score !== ruledOut) ? softmax(row) : new Float64Array(row.length);
}

/**
 * How far one distribution lies from another, KL(processed ‖ raw) in nats; null where it is without bound, since a token
 * is possible that the other rules out. Rounding does not bring it below 0.
 * @param processed a row with a token left
 */
export function divergence(raw: Logits, processed: Logits): number | null {
  const [before, after] = [logSumExp(raw), logSumExp(processed)];
  let sum = 0;
  for (let token = 0; token < raw.length; token++) {
    if (processed[token] === ruledOut) continue;
    if (raw[token] === ruledOut) return null;
    const logProb = processed[token] - after;
    sum += Math.exp(logProb) * (logProb - (raw[token] - before));
  }
  return Math.max(0, sum);
}

/** What each stage did to the row that it was given, from the raw row on. */
export function traceStages(raw: Logits, stages: readonly StageRow[]): TracedStage[] {
  let before = { logits: raw, probabilities: stages.length > 0 ? softmax(raw) : new Float64Array() };
  return stages.map(({ name, logits }) => {
    const after = { logits, probabilities: probabilitiesOf(logits) };
    let [massRemoved, difference] = [0, 0];
    for (let token = 0; token < logits.length; token++) {
      const probability = before.probabilities[token];
      if (logits[token] === ruledOut) massRemoved += probability;
      difference += Math.abs(after.probabilities[token] - probability);
    }
    before = after;
    // Sums of rounded probabilities may end a little beyond 1; what has no token left has nowhere to move to.
    const massMoved = Math.min(Math.max(difference / 2, massRemoved), 1);
    return { name, ...traceRow(logits), massRemoved: Math.min(massRemoved, 1), massMoved };
  });
}
