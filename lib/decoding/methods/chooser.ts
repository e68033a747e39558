import { type Random, seededRandom } from "../../core/random.js";
import { type Chain, chain, createChain, type LogitsProcessor } from "../processors/index.js";
import type { Chooser } from "../running.js";
import { pickFirst, type Sampler } from "../samplers.js";
import type { CommonRecipe, MethodContext } from "./types.js";

/**
 * The processors and sampler of one sequence. Each sequence has two random streams of its own, one for the sampler
 * and one for the processors, so that neither the number of sequences nor a processor that draws shifts the
 * sampler's draws.
 * @param before stages of the method's own, which come before the processors
 */
export function recipeChooser(
  recipe: Required<CommonRecipe>,
  context: MethodContext,
  sequence: number,
  createSampler: (random: Random) => Sampler,
  before: readonly LogitsProcessor[] = [],
): Chooser {
  const process = recipeChain(recipe, context, sequence, before);
  const sample = createSampler(seededRandom(recipe.seed, 2 * sequence));
  return { process, sample: context.picks ? pickFirst(context.picks, sample) : sample };
}

/** The constraint, if there is one, the method's own stages, and the processors of one sequence. */
export function recipeChain(
  { seed, maxNewTokens, processors }: Required<CommonRecipe>,
  { model, prompt, endTokens, tokenizer, constraint }: MethodContext,
  sequence: number,
  before: readonly LogitsProcessor[] = [],
): Chain {
  const { stages } = createChain(processors, {
    vocabSize: model.vocabSize,
    prompt,
    maxNewTokens,
    endTokens,
    ...(tokenizer && { tokenizer }),
    random: seededRandom(seed, 2 * sequence + 1),
  });
  return chain([...(constraint ? [constraint.process] : []), ...before, ...stages]);
}
