import { type Distribution, distributionOf } from "../../core/rows.js";
import type { Logits } from "../../core/types.js";

const ruledOut = Number.NEGATIVE_INFINITY;

/** A row of scores with all that a trace wants to know of it, computed once. */
export interface WeighedRow extends Distribution {
  readonly logits: Logits;
  /** How many tokens have a score above -Infinity. */
  readonly tokensLeft: number;
}

/**
 * Weighs a row. A later stage may bring a token back, so that a row may have none: its probabilities and its entropy are 0.
 * @throws LogitsError for a row with a token left that holds NaN or +Infinity
 */
export function weigh(logits: Logits): WeighedRow {
  let tokensLeft = 0;
  for (let token = 0; token < logits.length; token++) if (logits[token] !== ruledOut) tokensLeft++;
  const distribution =
    tokensLeft > 0
      ? distributionOf(logits)
      : { probabilities: new Float64Array(logits.length), total: ruledOut, entropy: 0 };
  return { logits, tokensLeft, ...distribution };
}
