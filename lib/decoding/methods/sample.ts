import { multinomial } from "../samplers.js";
import { decodeSequences } from "../sequences.js";
import { recipeChooser } from "./chooser.js";
import { MORE_SEQUENCES, recipeObject, rowsField } from "./fields.js";
import { recipeLimits } from "./limits.js";
import type { CommonRecipe, MethodDefinition } from "./types.js";

/** Draws each token by its probability. */
export interface SampleRecipe extends CommonRecipe {
  readonly method: "sample";
  /** How many sequences to draw, side by side. Default 1. */
  readonly numReturnSequences?: number;
}

export const sampleMethod: MethodDefinition<SampleRecipe> = {
  method: "sample",
  schema: recipeObject("sample", {
    numReturnSequences: rowsField(MORE_SEQUENCES)
      .default(1)
      .describe("How many sequences to draw, side by side."),
  }).describe("Draws each token by its probability."),
  takesPicks: true,
  run(recipe, context) {
    const { model, prompt } = context;
    const { numReturnSequences } = recipe;
    const choosers = Array.from({ length: numReturnSequences }, (_, sequence) =>
      recipeChooser(recipe, context, sequence, multinomial),
    );
    return decodeSequences(model, prompt, choosers, recipeLimits(recipe, context));
  },
};
