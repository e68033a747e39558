import { greedy, multinomial } from "../samplers.js";
import { countField } from "../schema.js";
import { decodeSpeculatively } from "../speculative/decode.js";
import { lookupDrafter } from "../speculative/lookup.js";
import { recipeChooser } from "./chooser.js";
import { type GreedyOrSampleRecipe, greedyOrSampleObject } from "./greedyOrSample.js";
import { recipeLimits } from "./limits.js";
import type { MethodDefinition } from "./types.js";

/** Greedy decoding or sampling, faster where a text repeats itself: guesses that it goes on as it did before. */
export interface PromptLookupRecipe extends GreedyOrSampleRecipe {
  readonly method: "promptLookup";
  /** The most tokens to guess at a time. Default 10. */
  readonly numTokens?: number;
  /** How many of the last tokens are looked for, at most. Default 2. */
  readonly maxMatchingNgramSize?: number;
}

/**
 * The tokens are those of `greedy`, or of `sample` with the same seed; the result says how many guesses held. It guesses
 * as far as such guesses held lately, and not at all where they don't.
 */
export const promptLookupMethod: MethodDefinition<PromptLookupRecipe> = {
  method: "promptLookup",
  schema: greedyOrSampleObject("promptLookup", {
    numTokens: countField(1).default(10).describe("The most tokens to guess at a time."),
    maxMatchingNgramSize: countField(1)
      .default(2)
      .describe("How many of the last tokens are looked for in the text, at most."),
  }).describe("Greedy decoding or sampling that guesses ahead where the text repeats itself."),
  run(recipe, context) {
    const { model, prompt, endTokens } = context;
    const { doSample, numReturnSequences, numTokens, maxMatchingNgramSize } = recipe;
    const choosers = Array.from({ length: numReturnSequences }, (_, sequence) =>
      recipeChooser(recipe, context, sequence, doSample ? multinomial : greedy),
    );
    const drafter = lookupDrafter({ numTokens, maxMatchingNgramSize, stopTokens: endTokens });
    return decodeSpeculatively(model, prompt, choosers, drafter, recipeLimits(recipe, context));
  },
};
