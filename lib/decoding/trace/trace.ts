import { drain } from "../../core/drain.js";
import { OptionError } from "../../core/errors.js";
import { assertKnownOptions, type OptionNames } from "../../core/options.js";
import type { OpenModel, Tokens } from "../../core/types.js";
import type { Recipe } from "../methods/index.js";
import { promptTokens } from "../promptTokens.js";
import {
  callNames,
  decodeRecipe,
  type GeneratedSequence,
  parseRecipe,
  type RecipeOptions,
} from "../recipe.js";
import { withText } from "../sequenceText.js";
import type { Sequence, Step } from "../step.js";
import { traceStep } from "./step.js";
import type { Trace, TraceStep } from "./types.js";

export interface TraceOptions extends Omit<RecipeOptions, "keepRows"> {
  /** How many of the likeliest tokens, before and after the chain, to follow through it. Default 10. */
  readonly top?: number;
}

const names: OptionNames<TraceOptions> = { ...callNames, top: true };

/** A step of a decode, with the rows that explain it. */
export type TraceableStep = Step & { readonly rows: NonNullable<Step["rows"]> };

/** What a trace needs of an opened model. */
export type Traceable = Pick<OpenModel, "model" | "tokenizer">;

/**
 * Decodes as the recipe says and explains every token on the way: the same tokens as `decodeRecipe`, with one more
 * pass over each stage's row for what the trace says, and no call of the model beyond the decode's own.
 * @param prompt a text, tokenized as it stands, or tokens
 * @throws OptionError for `top` below 1, and for a method that doesn't choose token by token; otherwise as `decodeRecipe`
 */
export async function* traceSteps(
  { model, tokenizer }: Traceable,
  prompt: string | Tokens,
  recipe: Recipe,
  options: TraceOptions = {},
): AsyncGenerator<TraceStep, GeneratedSequence[]> {
  assertKnownOptions(options, names);
  const { top = 10, ...recipeOptions } = options;
  if (!Number.isInteger(top) || top < 1) throw new OptionError("top", top, "a whole number from 1");
  const tokens = promptTokens(prompt, tokenizer);
  const steps = decodeWithRows({ model, tokenizer }, tokens, recipe, recipeOptions);
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done) return next.value.map((sequence) => withText(sequence, tokenizer, recipe.stopStrings));
      yield traceStep(next.value, tokens.length, top, tokenizer);
    }
  } finally {
    await steps.return([]);
  }
}

/**
 * The steps that `traceSteps` explains, for those who explain only some of them.
 * @throws OptionError for a method that doesn't choose token by token; otherwise as `decodeRecipe`
 */
export async function* decodeWithRows(
  { model, tokenizer }: Traceable,
  prompt: Tokens,
  recipe: Recipe,
  options: Omit<RecipeOptions, "keepRows">,
): AsyncGenerator<TraceableStep, Sequence[]> {
  const steps = decodeRecipe(model, tokenizer, prompt, recipe, { ...options, keepRows: true });
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done) return next.value;
      const step = next.value;
      if (step.kind !== "token" || step.rows === undefined) {
        throw new OptionError(
          "method",
          recipe.method,
          "one that chooses token by token, to be traced (a search with beams has `traceTree`)",
        );
      }
      yield { ...step, rows: step.rows };
    }
  } finally {
    await steps.return([]);
  }
}

/**
 * The whole trace as plain data, for a table, a file or an HTTP field.
 * @throws as `traceSteps`
 * @example const { steps } = await trace(open, "Transformers are the", { method: "greedy", maxNewTokens: 8 });
 * console.log(steps[0].raw.entropy, steps[0].chosen.raw?.rank);
 */
export async function trace(
  open: Traceable,
  prompt: string | Tokens,
  recipe: Recipe,
  options: TraceOptions = {},
): Promise<Trace> {
  const { tokenizer } = open;
  const complete = parseRecipe(recipe);
  const tokens = [...promptTokens(prompt, tokenizer)];
  const steps: TraceStep[] = [];
  const sequences = await drain(traceSteps(open, tokens, complete, options), (step) => void steps.push(step));
  return { recipe: complete, prompt: { tokens, text: tokenizer.decode(tokens) }, steps, sequences };
}
