import { z } from "zod";
import { drain } from "../core/drain.js";
import { OptionError } from "../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../core/options.js";
import type { LanguageModel, OpenModel, Tokenizer, Tokens } from "../core/types.js";
import { openConstraint } from "./constraint/index.js";
import { guidedModel } from "./guidance.js";
import {
  type AnyStep,
  type CompleteRecipe,
  methodOf,
  methodsWithPicks,
  type Recipe,
  recipeSchema,
  type StepOf,
} from "./methods/index.js";
import { textTokens } from "./promptTokens.js";
import { toZod, validate } from "./schema.js";
import { withText } from "./sequenceText.js";
import type { Sequence } from "./step.js";
import type { Clock, StopWhen } from "./stopping.js";

/**
 * Reads a recipe from JSON text or from a value, and fills in its defaults: what comes back replays exactly even
 * if a default changes.
 * @throws OptionError that names the field at fault, its rule, its value and, for a misspelt name, the nearest one
 */
export function parseRecipe(json: unknown): CompleteRecipe {
  return validate(recipeSchema, typeof json === "string" ? parseJson(json) : json, "");
}

/** The JSON Schema (draft 2020-12) of a recipe, with the documentation and default of every field. */
export function recipeJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(toZod(recipeSchema), { io: "input" }) as Record<string, unknown>;
}

/** What a recipe is run with. */
export interface RecipeOptions {
  /** Aborting it makes the generator throw its reason. */
  readonly signal?: AbortSignal;
  /** A smaller model with the same tokenizer: `speculative` guesses with it. Other methods have no use for it. */
  readonly draft?: LanguageModel;
  /** Hands out the scores with each step. */
  readonly keepRows?: boolean;
  /**
   * Tokens to take before the recipe chooses by itself, in every sequence; the seed's draws stay where they are. Only
   * methods in which a sampler chooses each token can.
   */
  readonly picks?: Tokens;
  /** Ends a sequence by a rule that no recipe can write down. */
  readonly stopWhen?: StopWhen;
  /** What the recipe's `maxTime` is measured with. Default `performance.now`. */
  readonly clock?: Clock;
}

/** The names of `RecipeOptions`, save `keepRows`, which is only for those who read the steps. */
export const callNames: OptionNames<Omit<RecipeOptions, "keepRows">> = {
  signal: true,
  draft: true,
  picks: true,
  stopWhen: true,
  clock: true,
};

const recipeNames: OptionNames<RecipeOptions> = { ...callNames, keepRows: true };

/**
 * Decodes as the recipe says. Yields steps (whole frontiers from beam methods) and gives back the finished sequences. Sequences drawn together share
 * one model call per step.
 * @param vocabulary the model's tokenizer, or only its end tokens where no text is wanted
 * @throws OptionError as `parseRecipe`, and otherwise as `decode`
 */
export async function* decodeRecipe<SomeRecipe extends Recipe>(
  model: LanguageModel,
  vocabulary: Tokenizer | Pick<Tokenizer, "endTokens">,
  prompt: Tokens,
  recipe: SomeRecipe,
  options: RecipeOptions = {},
): AsyncGenerator<StepOf<SomeRecipe>, Sequence[]> {
  assertKnownOptions(options, recipeNames);
  const complete = parseRecipe(recipe);
  if (options.picks && !methodOf(complete).takesPicks) {
    throw new OptionError(
      "method",
      complete.method,
      `${methodsWithPicks.join(" or ")} where tokens are picked`,
    );
  }
  const { endTokens } = vocabulary;
  const clock = options.clock ?? (() => performance.now());
  const tokenizer: { tokenizer?: Tokenizer } = "encode" in vocabulary ? { tokenizer: vocabulary } : {};
  const guided = guidedModel(model, prompt, complete.guidance, tokenizer.tokenizer);
  const text = { ...tokenizer, prompt, endTokens };
  const { signal } = options;
  const constraint =
    complete.constraint === null
      ? undefined
      : await openConstraint(complete.constraint, { ...text, ...(signal && { signal }) });
  try {
    const context = { ...options, ...text, clock, model: guided, ...(constraint && { constraint }) };
    const steps = methodOf(complete).run(complete, context);
    // The registry pairs each method with its steps; that the name picks the right pair is lost on the compiler.
    return yield* steps as AsyncGenerator<StepOf<SomeRecipe>, Sequence[]>;
  } finally {
    constraint?.dispose();
  }
}

/** A finished sequence with its text. */
export interface GeneratedSequence extends Sequence {
  /** The text of the generated tokens, without the end token, up to a stop string. */
  readonly text: string;
}

export interface Generated {
  readonly promptTokens: Tokens;
  readonly sequences: readonly GeneratedSequence[];
}

export interface GenerateOptions<SomeStep extends AnyStep = AnyStep> extends Omit<RecipeOptions, "keepRows"> {
  /** Called after every step; decoding waits for what it returns. */
  readonly onStep?: (step: SomeStep) => void | Promise<void>;
}

const generateNames: OptionNames<GenerateOptions> = { ...callNames, onStep: true };

/**
 * Continues a text as the recipe says. The text is tokenized as it stands, with no token added.
 * @throws as `decodeRecipe`
 */
export async function generate<SomeRecipe extends Recipe>(
  open: OpenModel,
  text: string,
  recipe: SomeRecipe,
  options: GenerateOptions<StepOf<SomeRecipe>> = {},
): Promise<Generated> {
  assertKnownOptions(options, generateNames);
  const { model, tokenizer } = open;
  const { onStep, ...recipeOptions } = options;
  const promptTokens = textTokens(text, tokenizer);
  const steps = decodeRecipe(model, tokenizer, promptTokens, recipe, recipeOptions);
  const sequences = await drain(steps, onStep);
  return {
    promptTokens,
    sequences: sequences.map((sequence) => withText(sequence, tokenizer, recipe.stopStrings)),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OptionError(
      "recipe",
      text.slice(0, 80),
      `JSON, such as {"method":"greedy"} (${(error as Error).message})`,
    );
  }
}
