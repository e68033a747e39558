import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { Random } from "../../core/random.js";
import type { LanguageModel, Tokens } from "../../core/types.js";
import { type DecodeLimits, limitNames } from "../rounds.js";
import type { Sequence } from "../step.js";
import { drawContinuations, topContinuations } from "./continuations.js";
import { type Advance, followBeams, rootBeam } from "./follow.js";
import {
  advanceFrontier,
  type BeamRanking,
  candidateCount,
  frontierRules,
  toBeams,
  toSequences,
} from "./frontier.js";
import { type BeamScoring, beamRow, keptRows } from "./rows.js";
import type { Beam, BeamStep } from "./types.js";

export interface BeamOptions extends BeamRanking, BeamScoring, DecodeLimits {
  /** How many sequences to follow at once, a whole number from 1. */
  readonly numBeams: number;
  /** Draws the continuations by their probability, without replacement, instead of taking the likeliest. */
  readonly random?: Random;
}

const names: OptionNames<BeamOptions> = {
  ...limitNames,
  process: true,
  numBeams: true,
  lengthPenalty: true,
  earlyStopping: true,
  random: true,
};

/**
 * Follows the `numBeams` likeliest sequences at once, one model call per step, and yields the frontier after each.
 * Gives back the finished sequences, best first, at most `numBeams`. Token for token Hugging Face's `_beam_search`
 * (transformers 5): scores are normalised by generated length; a beam that ends counts only if it is among the first
 * `numBeams` candidates of its step; of beams that a limit cuts off the best count as finished.
 * @throws OptionError for a number of beams or tokens below 1; otherwise as `decode`
 */
export async function* beamSearch(
  model: LanguageModel,
  prompt: Tokens,
  options: BeamOptions,
): AsyncGenerator<BeamStep, Sequence[]> {
  assertKnownOptions(options, names);
  const { numBeams, random, stopTokens } = options;
  const rules = frontierRules(model, prompt, numBeams, options);
  const count = candidateCount(numBeams, stopTokens);
  let finished: readonly Beam[] = [];
  const advance: Advance = (running, raw) => {
    const rows = running.map((beam, index) => beamRow(raw[index], beam.tokens, options));
    const continuations = random
      ? drawContinuations(running, rows, count, random)
      : topContinuations(running, rows, count).slice(0, count);
    const { bound, ...frontier } = advanceFrontier(toBeams(running, continuations, rules), finished, rules);
    ({ finished } = frontier);
    const bounds = bound ? [bound] : [];
    return { kind: "beams", ...frontier, bounds, ...keptRows(rows, options) };
  };
  yield* followBeams(model, [rootBeam(prompt)], advance, options);
  return toSequences(finished, prompt.length);
}
