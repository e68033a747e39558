import type { Tokens } from "../../core/types.js";

/** How often each run of `size` neighbouring tokens occurs; empty for a text shorter than that. */
export function countNgrams(tokens: Tokens, size: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + size <= tokens.length; start++) {
    const ngram = tokens.slice(start, start + size).join(" ");
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}
