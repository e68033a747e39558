import type { Tokens } from "../../core/types.js";
import { distinct } from "./distinct.js";

/**
 * Repetition rate of one text, seq-rep-n of Welleck et al. (2020, "Neural Text Generation with Unlikelihood
 * Training"), by default with their n = 4: the share of n-grams that occurred before in the text, 1 - distinct-n. 0 for
 * none; people's texts stay near 0.
 * @returns null for a text of fewer than `size` tokens
 * @throws OptionError unless `size` is a whole number from 1
 */
export function repetitionRate(tokens: Tokens, size = 4): number | null {
  const share = distinct(tokens, size);
  return share === null ? null : 1 - share;
}
