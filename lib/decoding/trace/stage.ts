import { entropy, softmax } from "../../core/rows.js";
import type { Logits } from "../../core/types.js";
import type { StageRow } from "../processors/chain.js";
import type { TracedRow, TracedStage } from "./types.js";

const ruledOut = Number.NEGATIVE_INFINITY;

/** Tokens left and entropy of one row. */
export function traceRow(row: Logits): TracedRow {
  let tokensLeft = 0;
  for (let token = 0; token < row.length; token++) if (row[token] !== ruledOut) tokensLeft++;
  return { tokensLeft, entropy: entropy(row) };
}

/** What each stage did to the row that it was given, from the raw row on. */
export function traceStages(raw: Logits, stages: readonly StageRow[]): TracedStage[] {
  let before = { logits: raw, probabilities: stages.length > 0 ? softmax(raw) : new Float64Array() };
  return stages.map(({ name, logits }) => {
    const after = { logits, probabilities: softmax(logits) };
    let [massRemoved, difference] = [0, 0];
    for (let token = 0; token < logits.length; token++) {
      const probability = before.probabilities[token];
      if (logits[token] === ruledOut) massRemoved += probability;
      difference += Math.abs(after.probabilities[token] - probability);
    }
    before = after;
    // Sums of rounded probabilities may end a little beyond 1.
    const massMoved = Math.min(difference / 2, 1);
    return { name, ...traceRow(logits), massRemoved: Math.min(massRemoved, 1), massMoved };
  });
}
