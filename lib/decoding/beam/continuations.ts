import type { Random } from "../../core/random.js";
import { topIndices } from "../../core/top.js";
import type { BeamRow } from "./rows.js";
import type { Beam } from "./types.js";

/** One token after one running beam. */
export interface Continuation {
  /** Which of the running beams it continues, from 0. */
  readonly parent: number;
  readonly token: number;
  /** The beam's log-probability with the token's added, in nats. */
  readonly logProb: number;
}

/** The `count` likeliest continuations of each running beam, likeliest first; tokens that are ruled out never. */
export function topContinuations(
  running: readonly Beam[],
  rows: readonly BeamRow[],
  count: number,
): Continuation[] {
  const candidates = running.flatMap((beam, parent) => {
    const { scores, shift } = rows[parent];
    return topIndices(scores, count)
      .filter((token) => scores[token] !== Number.NEGATIVE_INFINITY)
      .map((token) => ({ parent, token, logProb: beam.logProb + (scores[token] - shift) }));
  });
  return candidates.sort((a, b) => b.logProb - a.logProb);
}

/**
 * Draws `count` continuations, no two alike, each by its probability among those that are left; in the order in
 * which they were drawn. The same distribution as `torch.multinomial` without replacement over all beams' tokens.
 */
export function drawContinuations(
  running: readonly Beam[],
  rows: readonly BeamRow[],
  count: number,
  random: Random,
): Continuation[] {
  const weights = continuationWeights(running, rows);
  const vocabSize = rows[0].scores.length;
  const drawn: Continuation[] = [];
  while (drawn.length < count) {
    const index = drawIndex(weights, random);
    if (index === undefined) break;
    weights[index] = 0;
    const [parent, token] = [Math.floor(index / vocabSize), index % vocabSize];
    const { scores, shift } = rows[parent];
    drawn.push({ parent, token, logProb: running[parent].logProb + (scores[token] - shift) });
  }
  return drawn;
}

/** One weight for each token of each beam, beam after beam, scaled so that the largest is 1. */
function continuationWeights(running: readonly Beam[], rows: readonly BeamRow[]): Float64Array {
  const vocabSize = rows[0].scores.length;
  const weights = new Float64Array(running.length * vocabSize);
  let max = Number.NEGATIVE_INFINITY;
  for (const [parent, { scores, shift }] of rows.entries()) {
    for (let token = 0; token < vocabSize; token++) {
      const logProb = running[parent].logProb + (scores[token] - shift);
      weights[parent * vocabSize + token] = logProb;
      if (logProb > max) max = logProb;
    }
  }
  if (max === Number.NEGATIVE_INFINITY) return new Float64Array(0);
  for (let index = 0; index < weights.length; index++) weights[index] = Math.exp(weights[index] - max);
  return weights;
}

/** Summed anew for each draw, since subtracting what was drawn would lose the small weights that are left. */
function drawIndex(weights: Float64Array, random: Random): number | undefined {
  let total = 0;
  for (let index = 0; index < weights.length; index++) total += weights[index];
  let left = random.next() * total;
  let last: number | undefined;
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index];
    if (weight === 0) continue;
    left -= weight;
    if (left < 0) return index;
    last = index;
  }
  // Rounding can leave a sliver over: it belongs to the last one that is left.
  return last;
}
