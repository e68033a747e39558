import { type Random, seededRandom } from "../../core/random.js";
import { createChain } from "../processors/index.js";
import type { Sampler } from "../samplers.js";
import type { Chooser } from "../sequences.js";
import type { CommonRecipe, MethodContext } from "./types.js";

/**
 * The processors and sampler of one sequence. Each sequence has two random streams of its own, one for the sampler
 * and one for the processors, so that neither the number of sequences nor a processor that draws shifts the
 * sampler's draws.
 */
export function recipeChooser(
  recipe: Required<CommonRecipe>,
  context: MethodContext,
  sequence: number,
  createSampler: (random: Random) => Sampler,
): Chooser {
  const { model, prompt, endTokens, tokenizer } = context;
  const { seed, maxNewTokens, processors } = recipe;
  const process = createChain(processors, {
    vocabSize: model.vocabSize,
    prompt,
    maxNewTokens,
    endTokens,
    ...(tokenizer && { tokenizer }),
    random: seededRandom(seed, 2 * sequence + 1),
  });
  return { process, sample: createSampler(seededRandom(seed, 2 * sequence)) };
}
