import type { Tokens } from "../../core/types.js";
import { assertCount } from "../assertCount.js";
import type { Drafter } from "./types.js";

export interface LookupOptions {
  /** The most tokens to guess at a time. Default 10, as in Hugging Face. */
  readonly numTokens?: number;
  /** How many of the last tokens are looked for, at most. Default 2, as in Hugging Face. */
  readonly maxMatchingNgramSize?: number;
  /** A guess ends before one of these. Default none. */
  readonly stopTokens?: readonly number[];
}

/**
 * Guesses that the text goes on as it did the first time its last few tokens stood there (Saxena 2023, prompt lookup).
 * The longest match counts: `maxMatchingNgramSize` tokens first, then fewer, as in Hugging Face.
 * @throws OptionError for a number of tokens below 1
 */
export function lookupDrafter(options: LookupOptions = {}): Drafter {
  const { numTokens = 10, maxMatchingNgramSize = 2, stopTokens = [] } = options;
  assertCount("numTokens", numTokens);
  assertCount("maxMatchingNgramSize", maxMatchingNgramSize);
  return async (requests) =>
    requests.map(({ tokens, room }) => {
      const found = lookUp(tokens, maxMatchingNgramSize, Math.min(numTokens, room));
      const end = found.findIndex((token) => stopTokens.includes(token));
      return { tokens: end < 0 ? found : found.slice(0, end) };
    });
}

/** What followed the text's last tokens where they first stood in it; empty if they stand there only once. */
export function lookUp(tokens: Tokens, longest: number, count: number): Tokens {
  if (count <= 0) return [];
  for (let size = Math.min(longest, tokens.length - 1); size > 0; size--) {
    for (let start = 0; start + size < tokens.length; start++) {
      if (repeatsEnd(tokens, start, size)) return tokens.slice(start + size, start + size + count);
    }
  }
  return [];
}

/** Whether the `size` tokens from `start` are the last ones of the text. */
function repeatsEnd(tokens: Tokens, start: number, size: number): boolean {
  for (let at = 0; at < size; at++) {
    if (tokens[start + at] !== tokens[tokens.length - size + at]) return false;
  }
  return true;
}
