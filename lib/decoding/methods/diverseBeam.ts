import { z } from "zod";
import { diverseBeamSearch } from "../beam/diverse.js";
import type { BeamStep } from "../beam/types.js";
import { countField } from "../schema.js";
import {
  beamObject,
  beamOptions,
  best,
  type CommonBeamRecipe,
  type EarlyStoppingRecipe,
  earlyStoppingField,
} from "./beamFields.js";
import type { MethodDefinition } from "./types.js";

/** Several groups of beams, each kept from repeating what those before it chose. */
export interface DiverseBeamRecipe extends CommonBeamRecipe, EarlyStoppingRecipe {
  readonly method: "diverseBeam";
  /** How many groups the beams form, a divisor of `numBeams`. */
  readonly numBeamGroups: number;
  /** What a token loses, in nats, for each beam of an earlier group that chose it in the same step. */
  readonly diversityPenalty: number;
}

const penalty = { error: "a number from 0" };

export const diverseBeamMethod: MethodDefinition<DiverseBeamRecipe, BeamStep> = {
  method: "diverseBeam",
  schema: beamObject("diverseBeam", {
    numBeamGroups: countField(1).describe("How many groups the beams form, a divisor of numBeams."),
    diversityPenalty: z
      .number(penalty)
      .min(0, penalty)
      .describe("What a token loses, in nats, for each beam of an earlier group that chose it in the step."),
    ...earlyStoppingField,
  })
    .refine(({ numBeams, numBeamGroups }) => numBeams % numBeamGroups === 0, {
      path: ["numBeamGroups"],
      error: ({ input }) => `a divisor of \`numBeams\`, ${(input as DiverseBeamRecipe).numBeams} here`,
    })
    .describe("Several groups of beams, each kept from repeating what those before it chose."),
  run(recipe, context) {
    const { earlyStopping, numBeamGroups, diversityPenalty } = recipe;
    const options = { ...beamOptions(recipe, context), earlyStopping, numBeamGroups, diversityPenalty };
    return best(diverseBeamSearch(context.model, context.prompt, options), recipe.numReturnSequences);
  },
};
