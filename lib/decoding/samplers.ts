import { LogitsError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { maxScore } from "../core/rows.js";
import { argmax } from "../core/top.js";
import type { Logits } from "../core/types.js";

/**
 * Chooses the next token from processed scores.
 * @throws LogitsError for a row that holds NaN or +Infinity, or nothing above -Infinity
 */
export type Sampler = (logits: Logits) => number;

/** Chooses the likeliest token; of equally likely ones the lowest id. */
export function greedy(): Sampler {
  return (logits) => {
    maxScore(logits);
    return argmax(logits);
  };
}

/** Draws a token by its probability. A token with probability 0 is never drawn. */
export function multinomial(random: Random): Sampler {
  return (logits) => {
    const max = maxScore(logits);
    const weights = new Float64Array(logits.length);
    let total = 0;
    for (let token = 0; token < logits.length; token++) {
      const weight = Math.exp((logits[token] as number) - max);
      weights[token] = weight;
      total += weight;
    }
    return drawByWeight(weights, random.next() * total);
  };
}

/** Walks along the weights until `remainder` is used up. */
function drawByWeight(weights: Float64Array, remainder: number): number {
  let left = remainder;
  let last: number | undefined;
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token] as number;
    if (weight === 0) continue;
    last = token;
    left -= weight;
    if (left < 0) return token;
  }
  // Rounding can leave a sliver over: it belongs to the last token that is allowed.
  if (last === undefined) throw new LogitsError("the row is empty");
  return last;
}
