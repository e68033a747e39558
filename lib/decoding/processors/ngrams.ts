import type { Tokens } from "../../core/types.js";

/**
 * The tokens that would complete an n-gram of `source` if they came after the end of `tokens`. Empty while the tokens
 * are too few to begin one.
 */
export function completions(source: Tokens, tokens: Tokens, size: number): Set<number> {
  const found = new Set<number>();
  const prefixLength = size - 1;
  const from = tokens.length - prefixLength;
  if (from < 0) return found;
  for (let start = 0; start + prefixLength < source.length; start++) {
    let matched = 0;
    while (matched < prefixLength && source[start + matched] === tokens[from + matched]) matched++;
    if (matched === prefixLength) found.add(source[start + prefixLength]);
  }
  return found;
}

/** Whether the tokens end with the whole run but its last token. */
export function wouldComplete(run: Tokens, tokens: Tokens): boolean {
  const from = tokens.length - (run.length - 1);
  if (from < 0) return false;
  for (let at = 0; at < run.length - 1; at++) {
    if (run[at] !== tokens[from + at]) return false;
  }
  return true;
}

/**
 * For each position but the last, how many tokens up to and including it equal the same number of tokens at the very
 * end. Linear in the number of tokens (the Z algorithm, Gusfield 1997, run from the end).
 */
export function repeatLengths(tokens: Tokens): number[] {
  const last = tokens.length - 1;
  const lengths = new Array<number>(Math.max(0, last)).fill(0);
  // The stretch [from, to] matches the end of the tokens and reaches farthest to the left so far.
  let to = last;
  let from = last + 1;
  for (let at = last - 1; at >= 0; at--) {
    const mirrored = last - (to - at);
    let length = at >= from ? Math.min(lengths[mirrored], at - from + 1) : 0;
    while (at - length >= 0 && tokens[at - length] === tokens[last - length]) length++;
    lengths[at] = length;
    if (at - length + 1 < from) [from, to] = [at - length + 1, at];
  }
  return lengths;
}
