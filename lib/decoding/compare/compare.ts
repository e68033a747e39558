import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { OpenModel } from "../../core/types.js";
import type { Recipe } from "../methods/index.js";
import { textTokens } from "../promptTokens.js";
import { callNames, type GenerateOptions, generate, parseRecipe } from "../recipe.js";
import { assertTarget, measureSequences } from "./measure.js";
import type { ComparisonRow } from "./types.js";

export interface CompareOptions extends Omit<GenerateOptions, "onStep"> {
  /** Takes the place of every recipe's own seed. Default: each keeps its own. */
  readonly seed?: number;
  /** The text that was expected: each row gets its BLEU against it. Default: nothing was. */
  readonly target?: string;
  /** Called with the rows of each recipe as soon as it is done. */
  readonly onRecipe?: (rows: readonly ComparisonRow[]) => void;
}

const names: OptionNames<CompareOptions> = { ...callNames, seed: true, target: true, onRecipe: true };

/** Recipes by name, or in a list, where number and method make the name: `1 greedy`. */
export type Recipes = Readonly<Record<string, Recipe>> | readonly Recipe[];

/**
 * Runs recipes on one prompt, one after the other, and measures what each made of it: one row for each sequence, in
 * the order of the recipes.
 * @throws OptionError for no recipe, before any is run for one that is none, and as `generate`, naming the recipe
 * @example const rows = await compare(open, prompt, { greedy: { method: "greedy" }, nucleus });
 * show(new DataFrame(rows));
 */
export async function compare(
  open: OpenModel,
  prompt: string,
  recipes: Recipes,
  options: CompareOptions = {},
): Promise<ComparisonRow[]> {
  assertKnownOptions(options, names);
  const { seed, target, onRecipe, clock = () => performance.now(), ...generateOptions } = options;
  const { model, tokenizer } = open;
  const complete = completeRecipes(recipes, seed);
  assertTarget(target);
  // Otherwise the first recipe alone would pay for reading the prompt.
  await model.nextLogits([textTokens(prompt, tokenizer)], options.signal);
  const rows: ComparisonRow[] = [];
  for (const [name, recipe] of complete) {
    const start = clock();
    const { promptTokens, sequences } = await generate(open, prompt, recipe, {
      ...generateOptions,
      clock,
    }).catch((error: unknown) => {
      throw placed(error, `recipes.${name}`);
    });
    const seconds = (clock() - start) / 1000;
    const measures = await measureSequences(open, promptTokens, sequences, {
      signal: options.signal,
      target,
    });
    const added = measures.map((row) => ({ recipe: name, ...row, seconds }));
    onRecipe?.(added);
    rows.push(...added);
  }
  return rows;
}

/** All recipes are read before the first is run, so that a mistake in the last one costs nothing. */
function completeRecipes(recipes: Recipes, seed: number | undefined): [string, Recipe][] {
  const complete = Object.entries(recipes).map(([key, recipe]): [string, Recipe] => {
    const parsed = readRecipe(`recipes.${key}`, recipe);
    const name = Array.isArray(recipes) ? `${Number(key) + 1} ${parsed.method}` : key;
    return [name, seed === undefined ? parsed : { ...parsed, seed }];
  });
  if (complete.length === 0) throw new OptionError("recipes", recipes, "at least one recipe");
  return complete;
}

function readRecipe(place: string, recipe: unknown): Recipe {
  try {
    return parseRecipe(recipe);
  } catch (error) {
    throw placed(error, place);
  }
}

/** The error with the recipe's place before the field that is at fault. */
function placed(error: unknown, place: string): unknown {
  if (!(error instanceof OptionError)) return error;
  const field = error.option === "recipe" ? "" : `.${error.option}`;
  return new OptionError(place + field, error.value, error.expected);
}
