import { z } from "zod";
import { processorSchema } from "../processors/index.js";
import { countField, toZod } from "../schema.js";

const seconds = { error: "a number of seconds above 0, or null for no limit" };
const texts = { error: "a list of texts" };
const stopText = { error: "a text that is not empty" };

/** The schema's side of `CommonRecipe`. */
export const commonFields = {
  maxNewTokens: countField(1).default(64).describe("The most tokens to generate."),
  maxTime: z
    .number(seconds)
    .positive(seconds)
    .nullable()
    .default(null)
    .describe("Seconds after which no further token is begun; null for no limit."),
  stopStrings: z
    .array(z.string(stopText).min(1, stopText), texts)
    .default([])
    .describe("Texts that end a sequence; they are generated, but cut from its text."),
  seed: countField(0, " to 2^53 - 1").default(0).describe("The same seed gives the same tokens."),
  processors: z
    .array(toZod(processorSchema), { error: "a list of processors" })
    .default([])
    .describe("Rewrite the scores before the choice, from first to last."),
};
