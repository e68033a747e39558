import { logSumExp } from "../../../core/rows.js";
import type { ChosenToken, Sampler } from "../../samplers.js";
import { type CandidateRow, expand } from "./row.js";

/**
 * The token that a sampler chooses, with its log-probability in nats. A sampler that isn't known to look at the scores
 * alone gets the whole row, and one of its own.
 */
export function choose(sample: Sampler, row: CandidateRow, vocabSize: number): ChosenToken {
  if (sample.withLogProb && sample.tokenBlind) {
    const { token: at, logProb } = sample.withLogProb(row.scores);
    return { token: row.tokens?.[at] ?? at, logProb };
  }
  if (sample.tokenBlind) {
    const at = sample(row.scores);
    return { token: row.tokens?.[at] ?? at, logProb: row.scores[at] - logSumExp(row.scores) };
  }
  const whole = row.tokens ? expand(row, vocabSize) : row.scores.slice();
  const token = sample(whole);
  return { token, logProb: whole[token] - logSumExp(whole) };
}
