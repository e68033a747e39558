import { earlyStoppedBeamSearch } from "../beam/earlyStopped.js";
import type { BeamStep } from "../beam/types.js";
import {
  beamFields,
  beamOptions,
  best,
  type CommonBeamRecipe,
  returnsWithinBeams,
  withinBeams,
} from "./beamFields.js";
import { recipeObject } from "./fields.js";
import type { MethodDefinition } from "./types.js";

/** Beam search that ends as soon as `numBeams` sequences have finished. */
export interface EarlyStoppedBeamRecipe extends CommonBeamRecipe {
  readonly method: "earlyStoppedBeam";
}

export const earlyStoppedBeamMethod: MethodDefinition<EarlyStoppedBeamRecipe, BeamStep> = {
  method: "earlyStoppedBeam",
  schema: recipeObject("earlyStoppedBeam", { ...beamFields })
    .refine(returnsWithinBeams, withinBeams)
    .describe("Beam search that ends as soon as numBeams sequences have finished."),
  run(recipe, context) {
    const search = earlyStoppedBeamSearch(context.model, context.prompt, beamOptions(recipe, context));
    return best(search, recipe.numReturnSequences);
  },
};
