import { z } from "zod";
import { type DolaLayers, dola } from "../dola.js";
import { greedy, multinomial } from "../samplers.js";
import { countField } from "../schema.js";
import { decodeSequences } from "../sequences.js";
import { recipeChooser } from "./chooser.js";
import { type GreedyOrSampleRecipe, greedyOrSampleObject } from "./greedyOrSample.js";
import { recipeLimits } from "./limits.js";
import type { MethodDefinition } from "./types.js";

/** Takes what the upper layers have added to the lower ones: fewer slips into what is merely likely. */
export interface DolaRecipe extends GreedyOrSampleRecipe {
  readonly method: "dola";
  /**
   * The early layers to choose from at each step: "low" or "high", every second one of the lower or upper half, or a list,
   * where 0 is the embedding. The paper takes low ones for long answers and high ones for short facts. Default "low".
   */
  readonly layers?: DolaLayers;
}

const rule = { error: '"low", "high" or a list of layers, such as [4, 8, 12]' };

/** Hugging Face has no default for the layers, and recommends a `repetitionPenalty` of 1.2 among the processors. */
export const dolaMethod: MethodDefinition<DolaRecipe> = {
  method: "dola",
  schema: greedyOrSampleObject("dola", {
    layers: z
      .union([z.enum(["low", "high"]), z.array(countField(0)).min(1, rule)], rule)
      .default("low")
      .describe(
        "The early layers to choose from: every second one of the lower or upper half (low for long answers, high for " +
          "short facts), or a list, where 0 is the embedding.",
      ),
  }).describe(
    "Takes what the upper layers have added to the lower ones; goes well with repetitionPenalty 1.2.",
  ),
  takesPicks: true,
  run(recipe, context) {
    const { doSample, numReturnSequences, layers } = recipe;
    const { model, process } = dola(context.model, layers);
    const choosers = Array.from({ length: numReturnSequences }, (_, sequence) =>
      recipeChooser(recipe, context, sequence, doSample ? multinomial : greedy, [process]),
    );
    return decodeSequences(model, context.prompt, choosers, recipeLimits(recipe, context));
  },
};
