import { earlyStoppedBeamSearch } from "../beam/earlyStopped.js";
import type { BeamStep } from "../beam/types.js";
import { beamObject, beamOptions, best, type CommonBeamRecipe } from "./beamFields.js";
import type { MethodDefinition } from "./types.js";

/** Beam search that ends as soon as `numBeams` sequences have finished. */
export interface EarlyStoppedBeamRecipe extends CommonBeamRecipe {
  readonly method: "earlyStoppedBeam";
}

export const earlyStoppedBeamMethod: MethodDefinition<EarlyStoppedBeamRecipe, BeamStep> = {
  method: "earlyStoppedBeam",
  schema: beamObject("earlyStoppedBeam", {}).describe(
    "Beam search that ends as soon as numBeams sequences have finished.",
  ),
  run(recipe, context) {
    const search = earlyStoppedBeamSearch(context.model, context.prompt, beamOptions(recipe, context));
    return best(search, recipe.numReturnSequences);
  },
};
