import { OptionError } from "../../core/errors.js";
import type { Tokens } from "../../core/types.js";
import { countNgrams } from "./ngrams.js";

/**
 * Distinct-n (Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models"): different
 * n-grams divided by all n-grams, from just above 0 for a text that turns in circles to 1 for one that never repeats
 * itself. Li et al. divide by the number of words, which differs by n - 1. It falls with the length of a text: compare
 * texts of like lengths.
 * @returns null for a text of fewer than `size` tokens
 * @throws OptionError unless `size` is a whole number from 1
 */
export function distinct(tokens: Tokens, size: number): number | null {
  if (!Number.isInteger(size) || size < 1) throw new OptionError("size", size, "a whole number from 1");
  const total = tokens.length - size + 1;
  return total < 1 ? null : countNgrams(tokens, size).size / total;
}
