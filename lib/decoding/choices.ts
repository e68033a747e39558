import { OptionError } from "../core/errors.js";
import { logSumExp } from "../core/rows.js";
import { topIndices } from "../core/top.js";
import type { Logits, Tokenizer } from "../core/types.js";

/** One candidate for the next token. */
export interface Choice {
  readonly token: number;
  /** Between 0 and 1. */
  readonly probability: number;
  /** In nats. */
  readonly logProb: number;
  /** 1 for the likeliest. */
  readonly rank: number;
}

/** A candidate with its text; bytes that are no whole character show as U+FFFD. */
export interface TextChoice extends Choice {
  readonly text: string;
}

/**
 * The `count` likeliest next tokens, likeliest first, equally likely ones by lower id. Fewer if the vocabulary is
 * smaller.
 * @throws OptionError unless `count` is a whole number from 1; LogitsError for a row without a distribution
 */
export function topChoices(logits: Logits, count: number): Choice[];
export function topChoices(logits: Logits, count: number, tokenizer: Tokenizer): TextChoice[];
export function topChoices(logits: Logits, count: number, tokenizer?: Tokenizer): Choice[] {
  if (!Number.isInteger(count) || count < 1) throw new OptionError("count", count, "a whole number from 1");
  const total = logSumExp(logits);
  return topIndices(logits, count).map((token, index) => {
    const logProb = logits[token] - total;
    const choice = { token, probability: Math.exp(logProb), logProb, rank: index + 1 };
    return tokenizer === undefined ? choice : { ...choice, text: tokenizer.decode([token]) };
  });
}
