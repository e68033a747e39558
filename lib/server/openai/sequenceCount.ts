import { OptionError } from "../../core/errors.js";
import type { CompleteRecipe } from "../../decoding/index.js";
import type { Limits } from "../context.js";

/** How many answers a recipe gives to one prompt. */
export function answersOf(recipe: CompleteRecipe): number {
  return "numReturnSequences" in recipe ? recipe.numReturnSequences : 1;
}

/** @throws OptionError where a request asks for more sequences at once than the server allows */
export function assertSequences(recipe: CompleteRecipe, prompts: number, { maxSequences }: Limits): void {
  const beams = "numBeams" in recipe ? recipe.numBeams : 0;
  const each = Math.max(answersOf(recipe), beams);
  if (each * prompts <= maxSequences) return;
  const field = beams > 0 ? "logitbook.recipe.numBeams" : "n";
  const rule = `at most ${maxSequences} over all prompts, the limit of this server`;
  throw new OptionError(field, each, rule);
}
