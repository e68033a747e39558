import type { TracedRow, TracedStage } from "./types.js";
import type { WeighedRow } from "./weigh.js";

const ruledOut = Number.NEGATIVE_INFINITY;

/** The row that one stage of the chain handed on. */
export interface WeighedStage {
  readonly name: string;
  readonly row: WeighedRow;
}

/** What a trace keeps of a row. */
export function tracedRow({ tokensLeft, entropy }: WeighedRow): TracedRow {
  return { tokensLeft, entropy };
}

/**
 * How far one distribution lies from another, KL(processed ‖ raw) in nats; null where it is without bound, since a token
 * is possible that the other rules out. Rounding does not bring it below 0.
 * @param processed a row with a token left
 */
export function divergence(raw: WeighedRow, processed: WeighedRow): number | null {
  let sum = 0;
  for (let token = 0; token < raw.logits.length; token++) {
    if (processed.logits[token] === ruledOut) continue;
    if (raw.logits[token] === ruledOut) return null;
    const difference = processed.logits[token] - processed.total - (raw.logits[token] - raw.total);
    sum += processed.probabilities[token] * difference;
  }
  return Math.max(0, sum);
}

/** What each stage did to the row that it was given, from the raw row on. */
export function traceStages(raw: WeighedRow, stages: readonly WeighedStage[]): TracedStage[] {
  let before = raw;
  return stages.map(({ name, row }) => {
    const [massRemoved, difference] = changes(before.probabilities, row);
    before = row;
    // Sums of rounded probabilities may end a little beyond 1; what has no token left has nowhere to move to.
    const massMoved = Math.min(Math.max(difference / 2, massRemoved), 1);
    return { name, ...tracedRow(row), massRemoved: Math.min(massRemoved, 1), massMoved };
  });
}

/** The probability that ruled-out tokens had, and the sum of all differences. */
function changes(before: Float64Array, { logits, probabilities }: WeighedRow): [number, number] {
  let [massRemoved, difference] = [0, 0];
  for (let token = 0; token < logits.length; token++) {
    if (logits[token] === ruledOut) massRemoved += before[token];
    difference += Math.abs(probabilities[token] - before[token]);
  }
  return [massRemoved, difference];
}
