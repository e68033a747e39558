import { logSumExp } from "../../core/rows.js";
import type { Logits } from "../../core/types.js";
import type { Standing } from "./types.js";

/**
 * Probability and rank of some tokens of a row, in the order of `tokens`; null for a token that is ruled out.
 * @param tokens different ids
 * @throws LogitsError for a row that holds NaN or +Infinity where one of them is left
 */
export function standings(row: Logits, tokens: readonly number[]): (Standing | null)[] {
  // No token may be left between two stages, if a later one brings one back.
  if (tokens.every((token) => row[token] === Number.NEGATIVE_INFINITY)) return tokens.map(() => null);
  const total = logSumExp(row);
  const ranks = ranksOf(
    row,
    tokens.filter((token) => row[token] !== Number.NEGATIVE_INFINITY),
  );
  return tokens.map((token) => {
    const rank = ranks.get(token);
    return rank === undefined ? null : { probability: Math.exp(row[token] - total), rank };
  });
}

/**
 * One pass over the row: nearly every other token comes after all of the asked ones and costs one comparison. The
 * rest are counted at the first asked token that they precede; summed up, the counts are ranks.
 */
function ranksOf(row: Logits, tokens: readonly number[]): Map<number, number> {
  const precedes = (a: number, b: number) => row[a] > row[b] || (row[a] === row[b] && a < b);
  const order = [...tokens].sort((a, b) => (precedes(a, b) ? -1 : 1));
  const before = order.map(() => 0);
  const last = order[order.length - 1];
  for (let token = 0; token < row.length; token++) {
    if (precedes(token, last)) before[order.findIndex((asked) => precedes(token, asked))]++;
  }
  let preceding = 0;
  const ranks = new Map<number, number>();
  for (const [index, token] of order.entries()) {
    preceding += before[index];
    ranks.set(token, preceding + 1);
  }
  return ranks;
}
