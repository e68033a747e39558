import { z } from "zod";
import { type CompleteRecipe, type ConfigSchema, recipeSchema } from "../../decoding/index.js";
import { closedObject, countField, toZod } from "../../decoding/schema.js";

/** What to sample from a model: texts without a prompt, and texts that go on from prompts. */
export interface SamplingConfig {
  /** Texts that begin from nothing but the end-of-text token. */
  readonly auto: number;
  /** Prompts to go on from, one text each. */
  readonly prompts: readonly string[];
  /** Tokens to generate; null for the recipe's own `maxNewTokens`. */
  readonly length: number | null;
  readonly recipe: CompleteRecipe;
}

const texts = { error: "a list of texts that are not empty" };

const schema = closedObject({
  auto: countField(0).default(1).describe("Texts that begin from nothing."),
  prompts: z.array(z.string(texts).min(1, texts), texts).default([]).describe("Prompts to go on from."),
  length: countField(1)
    .nullable()
    .default(null)
    .describe("Tokens to generate; null for the recipe's maxNewTokens."),
  recipe: toZod(recipeSchema)
    .prefault({
      method: "sample",
      processors: [
        { type: "temperature", t: 0.9 },
        { type: "topP", p: 0.95 },
      ],
    })
    .describe("How to decode, as in `logitbook generate --recipe`."),
});

/** A sampling section, or a whole sampling file. */
export const samplingSchema = schema as unknown as ConfigSchema<SamplingConfig>;
