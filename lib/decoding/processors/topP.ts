import { z } from "zod";
import { softmax } from "../../core/rows.js";
import type { Logits } from "../../core/types.js";
import { closedObject, countField, nameField, validate } from "../schema.js";
import { named } from "./chain.js";
import type { LogitsProcessor, ProcessorDefinition } from "./types.js";

export interface TopPOptions {
  /**
   * What happens to the token whose probability crosses the threshold. "atLeast" keeps it, so that the kept tokens
   * reach `p` (Hugging Face, and the default); "atMost" drops it, so that they stay within `p`.
   */
  readonly rule?: "atLeast" | "atMost";
  /** Keeps at least as many tokens as this, however small `p` is. Default 1. */
  readonly minTokensToKeep?: number;
}

export interface TopPConfig extends TopPOptions {
  readonly type: "topP";
  readonly p: number;
}

const range = { error: "a number from 0 to 1" };

const schema = closedObject({
  type: z.literal("topP"),
  p: z
    .number(range)
    .min(0, range)
    .max(1, range)
    .describe("The probability that the kept tokens make up together."),
  rule: nameField(["atLeast", "atMost"])
    .default("atLeast")
    .describe(
      "atLeast keeps the token that crosses the threshold, so that the kept ones reach p; " +
        "atMost drops it, so that they stay within p.",
    ),
  minTokensToKeep: countField(1)
    .default(1)
    .describe("Keeps at least as many tokens as this, however small p is."),
}).describe("Keeps the likeliest tokens that together make up a given probability.");

/**
 * The probability by which a sum may miss `p` and still count as `p`: scores are 32-bit floats, so that 0.5 and 0.3
 * written as scores don't add up to exactly 0.8.
 */
const tolerance = 1e-7;

/**
 * Keeps the likeliest tokens that together make up the probability `p`: the nucleus (Holtzman et al. 2020). Of
 * equally likely tokens the lower ids come first.
 * @throws OptionError for a `p` outside 0 to 1, an unknown rule, or a `minTokensToKeep` below 1
 */
export function topP(p: number, options: TopPOptions = {}): LogitsProcessor {
  const { rule, minTokensToKeep } = validate(schema, { type: "topP", p, ...options }, "topP");
  return named("topP", (logits) => {
    // Everything is kept; summing would drop what is too small to change the sum.
    if (p === 1) return logits.slice();
    const probabilities = softmax(logits);
    const sorted = likeliest(probabilities, p, minTokensToKeep);
    const kept = rule === "atLeast" ? countReaching(sorted, p) : countWithin(sorted, p);
    return keepLikeliest(logits, probabilities, sorted, Math.max(kept, minTokensToKeep));
  });
}

export const topPProcessor: ProcessorDefinition<TopPConfig> = {
  type: "topP",
  schema,
  create: ({ p, rule, minTokensToKeep }) => topP(p, { rule, minTokensToKeep }),
};

/**
 * Probabilities in descending order: all that the nucleus can need. Tokens below (1 - p) / n make up less than
 * 1 - p together, so that the others reach p without them, and sorting those few is fast.
 */
function likeliest(probabilities: Float64Array, p: number, atLeast: number): Float64Array {
  const floor = (1 - p) / probabilities.length;
  const candidates = probabilities.filter((probability) => probability >= floor);
  const enough = candidates.length >= atLeast ? candidates : probabilities.slice();
  return enough.sort().reverse();
}

/** How many of the probabilities it takes to reach `p`. */
function countReaching(sorted: Float64Array, p: number): number {
  let sum = 0;
  let count = 0;
  while (count < sorted.length && sum < p - tolerance) sum += sorted[count++] as number;
  return count;
}

/** How many of the probabilities stay within `p` together. */
function countWithin(sorted: Float64Array, p: number): number {
  let sum = 0;
  let count = 0;
  while (count < sorted.length) {
    sum += sorted[count] as number;
    if (sum > p + tolerance) break;
    count++;
  }
  return count;
}

/** Rules out all but the `count` likeliest tokens. */
function keepLikeliest(
  logits: Logits,
  probabilities: Float64Array,
  sorted: Float64Array,
  count: number,
): Logits {
  if (count >= logits.length) return logits.slice();
  const threshold = sorted[count - 1] as number;
  let ties = 0;
  for (let i = count - 1; i >= 0 && sorted[i] === threshold; i--) ties++;
  return logits.map((score, token) => {
    const probability = probabilities[token] as number;
    const keep = probability > threshold || (probability === threshold && ties-- > 0);
    return keep ? score : Number.NEGATIVE_INFINITY;
  });
}
