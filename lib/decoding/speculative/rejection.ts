import type { Random } from "../../core/random.js";
import { softmax } from "../../core/rows.js";
import type { Verifier } from "./types.js";

/**
 * Speculative sampling (Leviathan et al. 2023, algorithm 1; Chen et al. 2023): a token drawn with probability q is
 * kept with probability min(1, p/q), else replaced by one drawn from max(0, p - q). What comes out has the
 * distribution p, whatever q is; the nearer they are, the more is kept: the sum of min(p, q).
 */
export function rejectionVerifier(random: Random): Verifier {
  return (logits, token, draftScores) => {
    const wanted = softmax(logits);
    const drafted = softmax(draftScores);
    if (random.next() * drafted[token] < wanted[token]) return token;
    const residual = wanted.map((probability, other) => Math.max(0, probability - drafted[other]));
    return drawByWeight(residual, random) ?? drawByWeight(wanted, random) ?? token;
  };
}

/** Undefined if every weight is 0. */
function drawByWeight(weights: Float64Array, random: Random): number | undefined {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = random.next() * total;
  let last: number | undefined;
  for (let token = 0; token < weights.length; token++) {
    if (weights[token] === 0) continue;
    left -= weights[token];
    last = token;
    if (left < 0) break;
  }
  return last;
}
