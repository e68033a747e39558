import { z } from "zod";
import { OptionError } from "../../core/errors.js";
import { seededRandom } from "../../core/random.js";
import type { LanguageModel } from "../../core/types.js";
import { greedy, multinomial } from "../samplers.js";
import { countField } from "../schema.js";
import { decodeSpeculatively } from "../speculative/decode.js";
import { modelDrafter } from "../speculative/draftModel.js";
import { rejectionVerifier } from "../speculative/rejection.js";
import { recipeChain } from "./chooser.js";
import { type GreedyOrSampleRecipe, greedyOrSampleObject } from "./greedyOrSample.js";
import { recipeLimits } from "./limits.js";
import type { MethodContext, MethodDefinition } from "./types.js";

/** Greedy decoding or sampling, faster with a small model that guesses ahead. */
export interface SpeculativeRecipe extends GreedyOrSampleRecipe {
  readonly method: "speculative";
  /** The most tokens to guess at a time. Default 20. */
  readonly numAssistantTokens?: number;
  /** A guess ends with a token that the draft gives less than this probability. Default 0.4. */
  readonly assistantConfidenceThreshold?: number;
}

const range = { error: "a number from 0 to 1" };

/**
 * The tokens of `greedy`, or the distribution of `sample`, with a draft model that guesses ahead. A recipe is data, so
 * the draft is given beside it; both models need the same tokenizer. Processors work on the draft's scores too.
 * Defaults are Hugging Face's.
 */
export const speculativeMethod: MethodDefinition<SpeculativeRecipe> = {
  method: "speculative",
  needsDraft: true,
  schema: greedyOrSampleObject("speculative", {
    numAssistantTokens: countField(1).default(20).describe("The most tokens to guess at a time."),
    assistantConfidenceThreshold: z
      .number(range)
      .min(0, range)
      .max(1, range)
      .default(0.4)
      .describe("A guess ends with a token that the draft gives less than this probability."),
  }).describe("Greedy decoding or sampling with a draft model that guesses ahead."),
  run(recipe, context) {
    const { model, prompt, endTokens } = context;
    const { doSample, seed, numReturnSequences, numAssistantTokens, assistantConfidenceThreshold } = recipe;
    const draft = draftOf(context);
    const sequences = Array.from({ length: numReturnSequences }, (_, sequence) => {
      // One stream for the draws of the draft, of the model and of the choice between them: each is drawn once.
      const random = seededRandom(seed, 2 * sequence);
      return {
        sample: doSample ? multinomial(random) : greedy(),
        process: recipeChain(recipe, context, sequence),
        draftProcess: recipeChain(recipe, { ...context, model: draft }, sequence),
        ...(doSample && { verify: rejectionVerifier(random) }),
      };
    });
    const draftChoosers = sequences.map(({ sample, draftProcess }) => ({ sample, process: draftProcess }));
    const options = { numAssistantTokens, assistantConfidenceThreshold, stopTokens: endTokens };
    const drafter = modelDrafter(draft, draftChoosers, doSample, options);
    return decodeSpeculatively(model, prompt, sequences, drafter, recipeLimits(recipe, context));
  },
};

/** @throws OptionError for no draft model, for what is none, or one with another vocabulary */
function draftOf({ draft, model }: MethodContext): LanguageModel {
  if (draft === undefined) {
    throw new OptionError(
      "draft",
      draft,
      "a smaller language model with the same tokenizer, given in the options beside the recipe, on the command line " +
        "by --draft (without one, use the method `promptLookup`)",
    );
  }
  if (typeof draft.nextLogits !== "function") {
    throw new OptionError("draft", draft, "a language model, such as the `model` of an opened one");
  }
  if (draft.vocabSize !== model.vocabSize) {
    const rule = `a model with the same ${model.vocabSize} tokens`;
    throw new OptionError("draft", `a model with ${draft.vocabSize} tokens`, rule);
  }
  return draft;
}
