import { type Random, seededRandom } from "../../core/random.js";
import { type Chain, chain, createChain } from "../processors/index.js";
import type { Chooser } from "../running.js";
import { pickFirst, type Sampler } from "../samplers.js";
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
  const process = recipeChain(recipe, context, sequence);
  const sample = createSampler(seededRandom(recipe.seed, 2 * sequence));
  return { process, sample: context.picks ? pickFirst(context.picks, sample) : sample };
}

/** The constraint, if there is one, and the processors of one sequence. */
export function recipeChain(
  { seed, maxNewTokens, processors }: Required<CommonRecipe>,
  { model, prompt, endTokens, tokenizer, constraint }: MethodContext,
  sequence: number,
): Chain {
  const { stages } = createChain(processors, {
    vocabSize: model.vocabSize,
    prompt,
    maxNewTokens,
    endTokens,
    ...(tokenizer && { tokenizer }),
    random: seededRandom(seed, 2 * sequence + 1),
  });
  return chain(constraint ? [constraint.process, ...stages] : stages);
}
