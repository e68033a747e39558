import type { Logits } from "../../core/types.js";

/** 1 for the likeliest; of equal scores the lower id comes first. */
export function rankOf(row: Logits, token: number): number {
  let rank = 1;
  for (let other = 0; other < row.length; other++) {
    if (row[other] > row[token] || (row[other] === row[token] && other < token)) rank++;
  }
  return rank;
}
