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

/** Follows the likeliest sequences at once and gives back the best: Hugging Face's beam search. */
export interface BeamRecipe extends CommonBeamRecipe, EarlyStoppingRecipe {
  readonly method: "beam";
}

export const beamMethod: MethodDefinition<BeamRecipe, BeamStep> = {
  method: "beam",
  schema: beamObject("beam", earlyStoppingField).describe(
    "Follows the likeliest sequences at once and gives back the best.",
  ),
  run(recipe, context) {
    const options = { ...beamOptions(recipe, context), earlyStopping: recipe.earlyStopping };
    return best(beamSearch(context.model, context.prompt, options), recipe.numReturnSequences);
  },
};
