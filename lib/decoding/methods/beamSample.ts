import { seededRandom } from "../../core/random.js";
import { beamSearch } from "../beam/beamSearch.js";
import type { BeamStep } from "../beam/types.js";
import {
  beamObject,
  beamOptions,
  best,
  type CommonBeamRecipe,
  type EarlyStoppingRecipe,
  earlyStoppingField,
} from "./beamFields.js";
import type { MethodDefinition } from "./types.js";

/** Beam search that draws each step's continuations instead of taking the likeliest. */
export interface BeamSampleRecipe extends CommonBeamRecipe, EarlyStoppingRecipe {
  readonly method: "beamSample";
}

/**
 * Hugging Face's beam search with `do_sample`: each step draws its candidates without replacement, by the probability
 * of the whole sequence so far; which of the drawn ones run on and which count as finished is decided as in `beam`.
 */
export const beamSampleMethod: MethodDefinition<BeamSampleRecipe, BeamStep> = {
  method: "beamSample",
  schema: beamObject("beamSample", earlyStoppingField).describe(
    "Beam search that draws each step's continuations by probability.",
  ),
  run(recipe, context) {
    const { earlyStopping, seed } = recipe;
    const options = { ...beamOptions(recipe, context), earlyStopping, random: seededRandom(seed) };
    return best(beamSearch(context.model, context.prompt, options), recipe.numReturnSequences);
  },
};
