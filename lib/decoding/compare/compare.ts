import { OptionError } from "../../core/errors.js";
import type { OpenModel } from "../../core/types.js";
import type { Recipe } from "../methods/index.js";
import { type GeneratedSequence, type GenerateOptions, generate, parseRecipe } from "../recipe.js";
import { withoutEnd } from "../sequenceText.js";
import { distinct } from "./distinct.js";
import { modelLogProb } from "./modelLogProb.js";
import { repetitionRate } from "./repetition.js";
import { selfBleu } from "./selfBleu.js";
import type { ComparisonRow } from "./types.js";

export interface CompareOptions extends Omit<GenerateOptions, "onStep"> {
  /** Takes the place of every recipe's own seed. Default: each keeps its own. */
  readonly seed?: number;
  /** Called with the rows of each recipe as soon as it is done. */
  readonly onRecipe?: (rows: readonly ComparisonRow[]) => void;
}

/** Recipes by name, or in a list, where number and method make the name: `1 greedy`. */
export type Recipes = Readonly<Record<string, Recipe>> | readonly Recipe[];

/**
 * Runs recipes on one prompt, one after the other, and measures what each made of it: one row for each sequence, in
 * the order of the recipes.
 * @throws OptionError for no recipe, before any is run for one at fault (named by its place), and as `generate`
 * @example const rows = await compare(open, prompt, { greedy: { method: "greedy" }, nucleus });
 * show(new DataFrame(rows));
 */
export async function compare(
  open: OpenModel,
  prompt: string,
  recipes: Recipes,
  options: CompareOptions = {},
): Promise<ComparisonRow[]> {
  const { seed, onRecipe, clock = () => performance.now(), ...generateOptions } = options;
  const { model, tokenizer } = open;
  const complete = completeRecipes(recipes, seed);
  // Otherwise the first recipe alone would pay for reading the prompt.
  await model.nextLogits([tokenizer.encode(prompt)], options.signal);
  const rows: ComparisonRow[] = [];
  for (const [name, recipe] of complete) {
    const start = clock();
    const { promptTokens, sequences } = await generate(open, prompt, recipe, { ...generateOptions, clock });
    const seconds = (clock() - start) / 1000;
    const sums: number[] = [];
    for (const { tokens } of sequences) {
      sums.push(await modelLogProb(model, promptTokens, tokens, options.signal));
    }
    const measured = measure(sequences, tokenizer.endTokens, sums);
    const added = measured.map((row) => ({ recipe: name, ...row, seconds }));
    onRecipe?.(added);
    rows.push(...added);
  }
  return rows;
}

function measure(
  sequences: readonly GeneratedSequence[],
  endTokens: readonly number[],
  modelLogProbs: readonly number[],
): Omit<ComparisonRow, "recipe" | "seconds">[] {
  const contents = sequences.map(({ tokens }) => withoutEnd(tokens, endTokens));
  const likeness = selfBleu(contents);
  return sequences.map(({ text, tokens, logProb, finishReason }, sequence) => ({
    sequence,
    text,
    tokens: tokens.length,
    logProbPerToken: logProb / tokens.length,
    modelLogProbPerToken: modelLogProbs[sequence] / tokens.length,
    distinct1: distinct(contents[sequence], 1),
    distinct2: distinct(contents[sequence], 2),
    distinct3: distinct(contents[sequence], 3),
    repetition: repetitionRate(contents[sequence]),
    selfBleu: likeness[sequence],
    ended: finishReason === "stop",
    finishReason,
  }));
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
    if (!(error instanceof OptionError)) throw error;
    const field = error.option === "recipe" ? "" : `.${error.option}`;
    throw new OptionError(place + field, error.value, error.expected);
  }
}
