import type { Logits } from "../../core/types.js";
import { positionsFrom } from "../processors/filter.js";
import type { Standing } from "./types.js";
import type { WeighedRow } from "./weigh.js";

const ruledOut = Number.NEGATIVE_INFINITY;

/**
 * Probability and rank of some tokens of a row, in the order of `tokens`; null for a token that is ruled out.
 * @param tokens different ids
 */
export function standings(
  { logits, probabilities }: Pick<WeighedRow, "logits" | "probabilities">,
  tokens: readonly number[],
): (Standing | null)[] {
  const ranks = ranksOf(
    logits,
    tokens.filter((token) => logits[token] !== ruledOut),
  );
  return tokens.map((token) => {
    const rank = ranks.get(token);
    return rank === undefined ? null : { probability: probabilities[token], rank };
  });
}

/**
 * One pass over the row finds those that don't come after all of the asked ones, which are few. They are counted at the
 * first asked token that they precede; summed up, the counts are ranks.
 */
function ranksOf(row: Logits, tokens: readonly number[]): Map<number, number> {
  const ranks = new Map<number, number>();
  if (tokens.length === 0) return ranks;
  const precedes = (a: number, b: number) => row[a] > row[b] || (row[a] === row[b] && a < b);
  const order = [...tokens].sort((a, b) => (precedes(a, b) ? -1 : 1));
  const before = order.map(() => 0);
  for (const token of positionsFrom(row, row[order[order.length - 1]])) {
    const at = order.findIndex((asked) => precedes(token, asked));
    if (at >= 0) before[at]++;
  }
  let preceding = 0;
  for (const [index, token] of order.entries()) {
    preceding += before[index];
    ranks.set(token, preceding + 1);
  }
  return ranks;
}
