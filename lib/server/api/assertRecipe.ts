import type { CompleteRecipe } from "../../decoding/index.js";
import type { Limits } from "../context.js";
import { assertSequences, RECIPE_FIELDS } from "../openai/sequenceCount.js";
import { assertMaxTokens } from "../openai/toRecipe.js";

/** @throws OptionError for a request whose `recipe` asks for more than the server allows */
export function assertRecipe(recipe: CompleteRecipe, limits: Limits): void {
  assertMaxTokens(recipe, limits, "recipe.maxNewTokens");
  assertSequences(recipe, 1, limits, RECIPE_FIELDS);
}
