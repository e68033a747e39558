import { sumExp } from "../core/exp.js";
import type { Random } from "../core/random.js";
import { maxScore } from "../core/rows.js";
import type { Logits } from "../core/types.js";

/**
 * Chooses the next token from processed scores.
 * @throws LogitsError for a row that holds NaN or +Infinity, or nothing above -Infinity
 */
export interface Sampler {
  (logits: Logits): number;
  /** It looks at the scores alone, so that it may be given only the tokens that are left, in order of their ids. */
  readonly tokenBlind?: true;
  /** The same choice with its log-probability: what both need is computed once. */
  readonly withLogProb?: (logits: Logits) => ChosenToken;
}

export interface ChosenToken {
  readonly token: number;
  /** In nats. */
  readonly logProb: number;
}

/** Chooses the likeliest token; of equally likely ones the lowest id. */
export function greedy(): Sampler {
  return tokenBlind((logits) => {
    const max = maxScore(logits);
    return { token: logits.indexOf(max), logProb: max - logTotal(max, sumExp(logits, max)) };
  });
}

/** Draws a token by its probability. A token that is ruled out is never drawn. */
export function multinomial(random: Random): Sampler {
  let weights = new Float64Array();
  return tokenBlind((logits) => {
    const max = maxScore(logits);
    if (weights.length < logits.length) weights = new Float64Array(logits.length);
    const sum = sumExp(logits, max, weights);
    const token = weightedToken(weights, logits.length, random.next() * sum);
    return { token, logProb: logits[token] - logTotal(max, sum) };
  });
}

/**
 * Takes these tokens one after another, ruled out or not, and then chooses by `sample`. It draws for a picked token
 * too, so that a pick that equals the draw changes nothing of what follows.
 */
export function pickFirst(picks: readonly number[], sample: Sampler): Sampler {
  let taken = 0;
  return (logits) => {
    const drawn = sample(logits);
    return picks[taken++] ?? drawn;
  };
}

/** As `logSumExp` computes it. */
function logTotal(max: number, sum: number): number {
  return max + Math.log(sum);
}

/** The token in whose share of the summed weights a point lies. */
function weightedToken(weights: Float64Array, count: number, point: number): number {
  let left = point;
  let last = 0;
  for (let token = 0; token < count; token++) {
    const weight = weights[token];
    if (weight === 0) continue;
    left -= weight;
    if (left < 0) return token;
    last = token;
  }
  // Rounding can leave a sliver over: it belongs to the last token that is allowed.
  return last;
}

function tokenBlind(choose: (logits: Logits) => ChosenToken): Sampler {
  const sample = (logits: Logits) => choose(logits).token;
  return Object.assign(sample, { tokenBlind: true, withLogProb: choose } as const);
}
