import { OptionError } from "../../core/errors.js";
import type { CompleteRecipe } from "../../decoding/index.js";
import type { Limits } from "../context.js";

/** How many answers a recipe gives to one prompt. */
export function answersOf(recipe: CompleteRecipe): number {
  return "numReturnSequences" in recipe ? recipe.numReturnSequences : 1;
}

/** By which fields a request says how many sequences it wants. */
interface CountFields {
  readonly beams: string;
  readonly answers: string;
}

const OPENAI_FIELDS: CountFields = { beams: "logitbook.recipe.numBeams", answers: "n" };
export const RECIPE_FIELDS: CountFields = { beams: "recipe.numBeams", answers: "recipe.numReturnSequences" };

/** @throws OptionError where a request asks for more sequences at once than the server allows */
export function assertSequences(
  recipe: CompleteRecipe,
  prompts: number,
  { maxSequences }: Limits,
  fields = OPENAI_FIELDS,
): void {
  const beams = "numBeams" in recipe ? recipe.numBeams : 0;
  const each = Math.max(answersOf(recipe), beams);
  if (each * prompts <= maxSequences) return;
  if (prompts > maxSequences) {
    throw new OptionError("prompt", prompts, `at most ${maxSequences} prompts, the limit of this server`);
  }
  const field = beams > 0 ? fields.beams : fields.answers;
  throw new OptionError(field, each, `at most ${maxSequences} over all prompts, the limit of this server`);
}
