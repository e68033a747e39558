import { z } from "zod";
import { contrastiveSearch } from "../contrastive.js";
import { recipeChain } from "./chooser.js";
import { recipeObject, rowsField } from "./fields.js";
import { recipeLimits } from "./limits.js";
import type { CommonRecipe, MethodDefinition } from "./types.js";

/** Takes likely tokens that don't repeat what the text already says, by the model's hidden states. */
export interface ContrastiveRecipe extends CommonRecipe {
  readonly method: "contrastive";
  /** How many of the likeliest tokens to choose from, at most 1,024 and as many as the model has. Default 4. */
  readonly topK?: number;
  /** How much repeating costs, from 0 (greedy) to 1. Default 0.6. */
  readonly penaltyAlpha?: number;
}

const range = { error: "a number from 0 to 1" };

/** Defaults are those that the paper and Hugging Face's documentation recommend; Hugging Face itself has none. */
export const contrastiveMethod: MethodDefinition<ContrastiveRecipe> = {
  method: "contrastive",
  schema: recipeObject(
    "contrastive",
    {
      topK: rowsField("`contrastiveSearch` itself takes more")
        .default(4)
        .describe("How many of the likeliest tokens to choose from."),
      penaltyAlpha: z
        .number(range)
        .min(0, range)
        .max(1, range)
        .default(0.6)
        .describe("How much repeating the text's own states costs, from 0 (greedy) to 1."),
    },
    () => true,
  ).describe("Takes likely tokens that don't repeat what the text already says."),
  run(recipe, context) {
    const { topK, penaltyAlpha } = recipe;
    const process = recipeChain(recipe, context, 0);
    const options = { ...recipeLimits(recipe, context), process, topK, penaltyAlpha };
    return contrastiveSearch(context.model, context.prompt, options);
  },
};
