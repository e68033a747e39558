import { greedy } from "../samplers.js";
import { decodeSequences } from "../sequences.js";
import { recipeChooser } from "./chooser.js";
import { recipeObject } from "./fields.js";
import { recipeLimits } from "./limits.js";
import type { CommonRecipe, MethodDefinition } from "./types.js";

/** Takes the likeliest token at every step. */
export interface GreedyRecipe extends CommonRecipe {
  readonly method: "greedy";
}

export const greedyMethod: MethodDefinition<GreedyRecipe> = {
  method: "greedy",
  schema: recipeObject("greedy", {}, () => true).describe("Takes the likeliest token at every step."),
  takesPicks: true,
  run(recipe, context) {
    const { model, prompt } = context;
    const choosers = [recipeChooser(recipe, context, 0, greedy)];
    return decodeSequences(model, prompt, choosers, recipeLimits(recipe, context));
  },
};
